// The line to the server: one question at a time, a second apart; when it breaks the wall keeps what it has and asks on.
YZ.link = (function () {
  const EVERY = 1000, PATIENCE = 10000, SLOWEST = 10000, BROKEN = 3, KEPT = 'yizhan-wall';
  let etag = '', failures = 0, good = null, first = true, timer = 0, polls = 0, asking = false, told = null;
  const lang = document.documentElement.lang === 'en' ? 'en' : 'zh';

  const keep = function (text) { try { localStorage.setItem(KEPT, JSON.stringify({ at: good, text: text })); } catch (e) { /* a private window keeps nothing */ } };
  const forget = function () { try { localStorage.removeItem(KEPT); } catch (e) { /* the same */ } };
  const recall = function () {
    try { const kept = JSON.parse(localStorage.getItem(KEPT) || 'null'); return kept && kept.text ? { at: kept.at, data: JSON.parse(kept.text) } : null; } catch (e) { return null; }
  };
  const again = function (ms) { clearTimeout(timer); timer = setTimeout(ask, ms); };

  const ask = function () {
    const stop = new AbortController(), late = setTimeout(function () { stop.abort(); }, PATIENCE);
    const headers = first ? { 'X-Yizhan-First': '1' } : {};
    if (etag) headers['If-None-Match'] = etag;
    polls++;
    asking = true;
    return fetch('/wall/data?lang=' + lang, { cache: 'no-store', headers: headers, signal: stop.signal, credentials: 'same-origin', redirect: 'error' }).then(function (r) {
      if (r.status === 401 || r.status === 403) { etag = ''; first = true; failures = 0; forget(); told.stranger(r.status); return 3000; }
      if (r.status !== 200 && r.status !== 304) throw new Error(r.status);
      YZ.clock.set(r.headers.get('X-Yizhan-Now'));
      const arrived = function () { const back = failures >= BROKEN; failures = 0; good = YZ.clock.now(); first = false; if (back) told.back(); };
      if (r.status === 304) { arrived(); return EVERY; }
      return r.text().then(function (text) {
        const data = JSON.parse(text);
        etag = r.headers.get('ETag') || '';
        arrived(); keep(text); told.data(data);
        return EVERY;
      });
    }).catch(function () {
      failures++;
      if (failures >= BROKEN) told.lost(good);
      return Math.min(SLOWEST, EVERY * Math.pow(1.6, Math.max(0, failures - BROKEN))) * (.8 + Math.random() * .4);
    }).then(function (wait) { clearTimeout(late); asking = false; again(wait); });
  };
  // The cookie of a display lasts as long as browsers let it; once a day it is asked for anew.
  setInterval(function () { first = true; etag = ''; }, 24 * 3600 * 1000);
  return {
    start: function (handlers) {
      told = handlers;
      const kept = recall();
      if (kept) { good = kept.at; told.kept(kept.data, kept.at); }
      ask();
    },
    hurry: function () { again(0); }, lost: function () { return failures >= BROKEN; }, good: function () { return good; }, polls: function () { return polls; }, idle: function () { return !asking; }
  };
})();
