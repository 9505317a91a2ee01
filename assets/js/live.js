// One small poll at a time; pages ask again only when the data are newer than what they show.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const EVERY = 3000, HIDDEN = 30000, BROKEN = 10000;
  let etag = '', timer = 0, known = null, misses = 0;

  function later(ms) {
    clearTimeout(timer);
    timer = setTimeout(poll, ms);
  }

  // The version that the page on the screen was computed from.
  function shown() {
    const mark = document.querySelector('#page [data-version]');
    return mark ? Number(mark.getAttribute('data-version')) : null;
  }

  // A page that looks back to an earlier moment does not change.
  function lookingBack() {
    const banner = document.getElementById('as-of');
    return Boolean(banner && banner.firstElementChild);
  }

  function tell(data) {
    if (lookingBack()) return;
    if (shown() === null || (data.version === shown() && known !== null && known.day === String(data.now).slice(0, 10))) {
      known = { day: String(data.now).slice(0, 10) };
      return;
    }
    const first = known === null && data.version === shown();
    known = { day: String(data.now).slice(0, 10) };
    if (first) return;
    yz.fresh = true;
    yz.forget(data.version);
    dash_clientside.set_props('live', { data: data });
  }

  async function poll() {
    let pause = document.hidden ? HIDDEN : EVERY;
    try {
      const answer = await fetch('/live', { headers: etag ? { 'If-None-Match': etag } : {}, credentials: 'same-origin', cache: 'no-store' });
      if (answer.status === 401) {
        location.assign('/login?next=' + encodeURIComponent(location.pathname + location.search));
        return;
      }
      if (answer.status === 200) {
        etag = answer.headers.get('ETag') || '';
        tell(await answer.json());
      } else if (answer.status !== 304) pause = BROKEN;
      misses = 0;
    } catch (error) {
      misses += 1;
      pause = BROKEN;
    }
    document.documentElement.classList.toggle('offline', misses > 2);
    later(pause);
  }

  document.addEventListener('visibilitychange', function () { if (!document.hidden) later(0); });
  document.addEventListener('click', function (event) {
    if (event.target.closest && event.target.closest('[data-act=retry]')) {
      dash_clientside.set_props('live', { data: { version: shown(), retry: Date.now() } });
    }
  });

  // Figures that new data changed are underlined for three seconds; nothing moves. Going elsewhere marks nothing.
  const before = new Map();
  let waiting = 0;
  function compare() {
    waiting = 0;
    const seen = new Map();
    document.querySelectorAll('#page [data-figure]').forEach(function (el) {
      const key = el.getAttribute('data-area') + '.' + el.getAttribute('data-figure'), value = el.getAttribute('data-value');
      if (seen.has(key)) return;
      seen.set(key, value);
      if (yz.fresh && before.has(key) && before.get(key) !== value) {
        el.classList.add('changed');
        setTimeout(function () { el.classList.remove('changed'); }, 3000);
      }
    });
    before.clear();
    seen.forEach(function (v, k) { before.set(k, v); });
  }
  // 400 ms: after a click the page is there before that.
  new MutationObserver(function () { if (!waiting) waiting = setTimeout(compare, 400); })
    .observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-value'] });

  yz.poll = poll;
  later(1500);
})();
