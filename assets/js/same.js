// New data came in, and the page asks what it shows. Where the answer is what stands there already, nothing is drawn anew: an
// outline on a map would be gone for a tenth of a second, a focus and a selection for good. Only the version of the data
// (data-version) and the moment to which they go (data-moment) are written where they stand.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const ASKS = /_dash-update-component$/, LIVE = 'live.data';
  const shown = new Map(); // outputs of a callback → { asked, answer }: what it last answered, and to what
  const turns = new Map(); // outputs → how often they were asked for
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

  // Whether an output's answer shows what stands there already; then its marks are written there.
  function moved(id, before, given) {
    const place = document.getElementById(id), fresh = { versions: [], moments: [] };
    if (!place || !same(before, given, fresh)) return false;
    const versions = place.querySelectorAll('[data-version]'), moments = place.querySelectorAll('[data-moment]');
    if (versions.length !== fresh.versions.length || moments.length !== fresh.moments.length) return false;
    versions.forEach(function (node, i) { node.setAttribute('data-version', fresh.versions[i]); });
    moments.forEach(function (node, i) { if (node.firstChild) node.firstChild.nodeValue = fresh.moments[i]; });
    return true;
  }

  // Output → its properties.
  function outputs(ask, told) {
    if (told.sideUpdate || !told.response) return null;
    return told.multi ? told.response : { [ask.output.slice(0, ask.output.lastIndexOf('.'))]: told.response.props };
  }

  // The framework builds a place anew: what the reader is at there is put back as soon as it stands, not after the second in which
  // he went on; and of a small map the old picture stands before the new one until that has its outlines.
  function kept(ids) {
    ids.forEach(function (id) {
      const place = document.getElementById(id);
      if (!place) return;
      const back = yz.keeping(place), maps = pictures(place);
      const watch = new MutationObserver(function () { back(); veil(place, maps); });
      watch.observe(place, { subtree: true, childList: true });
      setTimeout(function () { watch.disconnect(); }, 1000);
    });
  }

  function pictures(place) {
    return Array.from(place.querySelectorAll('.sm-map:not(.was)')).map(function (map) { return map.querySelector('path') ? map.cloneNode(true) : null; });
  }

  function veil(place, was) {
    const maps = place.querySelectorAll('.sm-map:not(.was)');
    if (maps.length !== was.length) return;
    maps.forEach(function (map, i) {
      const old = was[i];
      if (!old || map.querySelector('path')) return;
      was[i] = null;
      old.classList.add('was');
      old.setAttribute('aria-hidden', 'true');
      map.parentNode.appendChild(old);
      const until = performance.now() + 1500;
      (function look() {
        if (map.querySelector('path') || performance.now() > until) requestAnimationFrame(function () { old.remove(); });
        else requestAnimationFrame(look);
      })();
    });
  }

  window.fetch = function (url, options) {
    const ask = asking(url, options);
    if (!ask) return plain.apply(this, arguments);
    const turn = (turns.get(ask.output) || 0) + 1;
    turns.set(ask.output, turn);
    return plain.apply(this, arguments).then(async function (answer) {
      if (answer.status !== 200) return answer;
      const text = await answer.text(), told = JSON.parse(text), given = outputs(ask, told), before = shown.get(ask.output);
      if (turns.get(ask.output) !== turn) { // the framework shows the newest answer alone, and throws this one away
        shown.delete(ask.output);
        return new Response(text, { status: 200, headers: answer.headers });
      }
      if (given) shown.set(ask.output, { asked: ask.asked, answer: given }); else shown.delete(ask.output);
      if (!given || !ask.byData) return new Response(text, { status: 200, headers: answer.headers });
      const ids = Object.keys(given), known = before && before.asked === ask.asked;
      const anew = ids.filter(function (id) { return !known || !(id in before.answer) || !moved(id, before.answer[id], given[id]); });
      if (!anew.length) return new Response(null, { status: 204 });
      kept(anew);
      if (!told.multi || anew.length === ids.length) return new Response(text, { status: 200, headers: answer.headers });
      const rest = Object.fromEntries(anew.map(function (id) { return [id, given[id]]; }));
      return new Response(JSON.stringify(Object.assign({}, told, { response: rest })), { status: 200, headers: answer.headers });
    });
  };
})();
