// New data came in, and the page asks what it shows. Where the answer is what stands there already, nothing is drawn anew: an
// outline on a map would be gone for a tenth of a second, a focus and a selection for good. Only the version of the data
// (data-version) and the moment to which they go (data-moment) are written where they stand.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const ASKS = /_dash-update-component$/, LIVE = 'live.data';
  const shown = new Map(); // outputs of a callback → { asked, answer }: what it last answered, and to what
  const files = new Map(); // address of outlines → promise of the answer
  const plain = window.fetch;

  // What a callback that listens to new data was asked, apart from the data's version; null for all others.
  function asking(url, options) {
    if (!options || typeof options.body !== 'string' || !ASKS.test(String(url).split('?')[0]) || options.body.indexOf('"id":"live"') < 0) return null;
    const told = JSON.parse(options.body), inputs = told.inputs || [];
    if (/-trees\.data$/.test(told.output) || !inputs.some(function (i) { return i.id === 'live'; })) return null; // trees.js sees to its own
    const kept = inputs.filter(function (i) { return i.id !== 'live'; });
    return { output: told.output, asked: JSON.stringify([kept, told.state]), byData: String(told.changedPropIds) === LIVE };
  }

  // Whether two answers show the same; `fresh` takes what of it moves with time, in the order in which it stands.
  function same(a, b, fresh) {
    if (a === b) return true;
    if (!a || !b || typeof a !== 'object' || typeof b !== 'object' || Array.isArray(a) !== Array.isArray(b)) return false;
    const keys = Object.keys(b);
    if (Object.keys(a).length !== keys.length) return false;
    const moment = 'data-moment' in a && 'data-moment' in b && typeof b.children === 'string';
    if (moment) fresh.moments.push(b.children);
    if ('data-version' in b) fresh.versions.push(b['data-version']);
    return keys.every(function (k) {
      return k in a && (k === 'data-version' || (moment && k === 'children') || same(a[k], b[k], fresh));
    });
  }

  // An answer that shows what stands there already: its marks are written there. False where it shows something else.
  function moved(outputs, before) {
    const found = Object.keys(outputs).map(function (id) {
      const place = document.getElementById(id), fresh = { versions: [], moments: [] };
      if (!place || !same(before[id], outputs[id], fresh)) return null;
      const versions = place.querySelectorAll('[data-version]'), moments = place.querySelectorAll('[data-moment]');
      const there = versions.length === fresh.versions.length && moments.length === fresh.moments.length;
      return there && { versions: versions, moments: moments, fresh: fresh };
    });
    if (!found.every(Boolean)) return false;
    found.forEach(function (f) {
      f.versions.forEach(function (node, i) { node.setAttribute('data-version', f.fresh.versions[i]); });
      f.moments.forEach(function (node, i) { if (node.firstChild) node.firstChild.nodeValue = f.fresh.moments[i]; });
    });
    return true;
  }

  // Output → its properties.
  function outputs(ask, told) {
    if (told.sideUpdate || !told.response) return null;
    return told.multi ? told.response : { [ask.output.slice(0, ask.output.lastIndexOf('.'))]: told.response.props };
  }

  // The framework builds a place anew: what the reader is at there is put back as soon as it stands, not after the second in which he went on.
  function kept(ids) {
    ids.forEach(function (id) {
      const place = document.getElementById(id);
      if (!place) return;
      const back = yz.keeping(place), watch = new MutationObserver(back);
      watch.observe(place, { subtree: true, childList: true });
      setTimeout(function () { watch.disconnect(); }, 1000);
    });
  }

  // The outlines of small maps, which the map fetches anew whenever it is built anew: from here they come before the next frame.
  function outlines(url) {
    const mine = files.get(url) || plain(url).then(function (answer) {
      if (!answer.ok) files.delete(url);
      return answer;
    }, function (error) { files.delete(url); throw error; });
    files.set(url, mine);
    return mine.then(function (answer) { return answer.clone(); });
  }

  window.fetch = function (url, options) {
    if (typeof url === 'string' && url.indexOf('/assets/map/') === 0 && !(options && options.signal)) return outlines(url);
    const ask = asking(url, options);
    if (!ask) return plain.apply(this, arguments);
    return plain.apply(this, arguments).then(async function (answer) {
      if (answer.status !== 200) return answer;
      const text = await answer.text(), given = outputs(ask, JSON.parse(text)), before = shown.get(ask.output);
      const still = given && before && ask.byData && before.asked === ask.asked && moved(given, before.answer);
      if (given) shown.set(ask.output, { asked: ask.asked, answer: given }); else shown.delete(ask.output);
      if (still) return new Response(null, { status: 204 });
      if (given && ask.byData) kept(Object.keys(given));
      return new Response(text, { status: 200, headers: answer.headers });
    });
  };
})();
