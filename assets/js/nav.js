// Going from page to page without a reload. The address is the only state; the frame's `here` store mirrors it.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  // What a link of the navigation keeps of the screen it is on.
  const KEPT = ['from', 'to', 'window', 'category', 'agency', 'channel', 'compare', 'exclude', 'as_of', 'lang'];
  const LEAVES = /^\/(login|logout|api|assets|metrics)(\/|$)/;
  const places = {}; // address → scroll, for the back button
  let byBack = false, came = false, leaving = false;

  yz.go = function (href) {
    const to = new URL(href, location.href);
    if (to.origin !== location.origin || LEAVES.test(to.pathname)) return location.assign(to.href);
    places[location.href] = window.scrollY;
    byBack = false;
    if (asks() && key(to.pathname, to.search) === laid) ask(to.pathname, to.search);
    dash_clientside.set_props('url', { pathname: to.pathname, search: to.search, hash: to.hash });
  };

  function kept(path, more) {
    const now = new URLSearchParams(location.search), out = new URLSearchParams();
    KEPT.concat(more || []).forEach(function (k) { if (now.get(k)) out.set(k, now.get(k)); });
    const text = out.toString();
    return path + (text ? '?' + text : '');
  }

  // From area to area also what the map shows stays.
  yz.toArea = function (path) { return kept(path, document.querySelector('.area-page') ? ['indicator', 'show', 'layers'] : []); };

  // The part of an address that decides the layout: another one means another page, not another filter. Another moment is
  // another page: it wears a banner, and nothing of it is asked again when data come in.
  function key(path, search) {
    const given = new URLSearchParams(search);
    return path + '|' + (given.get('lang') || '') + '|' + (given.get('as_of') || '');
  }

  // Other filters of an area's page are asked for at the click itself, past the framework, which would take a quarter of the time
  // until they are drawn; it learns of the address meanwhile. Where that fails its own callbacks ask, and say what is wrong.
  let laid = '', asked = '', call = null; // key of the page that is laid out; the address last asked for, and how to call that off
  let pressed = null; // what the pressed button would ask for

  function asks() { return document.querySelector('.area-page[data-asks]'); }

  function ask(path, search) {
    const address = path + search, mine = new AbortController();
    if (call) call.abort();
    call = mine;
    asked = yz.wanted = address;
    yz.asking(true);
    const begun = pressed && pressed.address === address && performance.now() - pressed.at < 1000 ? pressed.answer : answer(address, mine.signal);
    pressed = null;
    begun.then(function (given) { if (call === mine) take(given); })
      .catch(function (error) { if (call === mine && error.name !== 'AbortError') dash_clientside.set_props('turn', { data: Date.now() }); });
  }

  function answer(address, signal) {
    return fetch('/answer' + address, { signal: signal, headers: { Accept: 'application/json' } })
      .then(function (r) { if (!r.ok) throw new Error(r.status); return r.json(); });
  }

  // A mouse button is held for a tenth of a second: time enough for most of an answer. Drawn only when it is let go of on the same link.
  document.addEventListener('pointerdown', function (event) {
    pressed = null;
    const to = event.pointerType === 'mouse' && plain(event) && linked(event);
    if (!to || !asks() || key(to.pathname, to.search) !== laid || to.pathname + to.search === location.pathname + location.search) return;
    pressed = { address: to.pathname + to.search, answer: answer(to.pathname + to.search), at: performance.now() };
    pressed.answer.catch(function () {});
  });

  // New data came while the reader went on, and the framework's answer to them was for the filters of before.
  yz.again = function () { if (asks()) ask(location.pathname, location.search); };

  function take(given) {
    const root = asks(), own = dash_clientside.yizhan;
    if (!root) return;
    const prefix = root.id.replace('-root', ''), of = function (name) { return given[prefix + '-' + name]; };
    if (of('bar-tree.data')) own.trees(of('bar-tree.data'));
    const at = own.drawn(of('trees.data'), of('trend-data.data'), of('listing-data.data'), of('areas.hideout'), root.id, true);
    // What follows upon the figures, the time bar's steps, after the screen has them.
    requestAnimationFrame(function () { setTimeout(function () { if (root.isConnected) dash_clientside.set_props(prefix + '-drawn', { data: at }); }); });
  }

  function route(path, search, here, goto) {
    const no = dash_clientside.no_update;
    if (path === undefined || path === null) return [no, no, no];
    yz.fresh = false;
    const next = { path: path, search: search || '', key: key(path, search), n: Date.now(), worn: (here && here.worn) || '' };
    document.querySelectorAll('details.drop[open]').forEach(function (d) { d.open = false; });
    laid = next.key;
    yz.wanted = next.path + next.search;
    if (goto && goto.key === next.key) {
      if (asks()) {
        if (asked !== next.path + next.search) ask(next.path, next.search);
        return [Object.assign({}, here, next), no, no];
      }
      if (document.querySelector('.area-page')) yz.asking(true);
      return [Object.assign({}, here, next), no, next.n];
    }
    if (call) call.abort();
    call = null;
    asked = '';
    return [no, next, no];
  }

  function arrived(here) {
    if (!here) return '';
    document.documentElement.lang = here.lang === 'en' ? 'en' : 'zh-CN';
    document.querySelectorAll('a[data-keep]').forEach(function (a) {
      a.setAttribute('href', kept(new URL(a.href).pathname));
    });
    document.querySelectorAll('a[data-tongue]').forEach(function (a) {  // this very screen in the other language
      const query = new URLSearchParams(location.search);
      query.set('lang', a.dataset.tongue);
      a.setAttribute('href', location.pathname + '?' + query);
    });
    if (document.title !== here.title) {
      document.title = here.title;
      const field = document.querySelector('#find input, input#find');
      if (field && document.activeElement !== field) field.value = new URLSearchParams(here.search).get('q') || '';
      const at = byBack ? places[location.href] || 0 : 0;
      const moved = came && !byBack;
      // A reader of the screen stands at the new page's content; on the very first page the browser decides.
      requestAnimationFrame(function () {
        window.scrollTo(0, at);
        if (moved) document.getElementById('page').focus({ preventScroll: true });
      });
      came = true;
      return here.title;
    }
    return dash_clientside.no_update;
  }

  function gate(data) {
    if (data && data.login && !leaving) {  // every panel that asks says so: only the first sends the browser away
      leaving = true;
      location.assign('/login?next=' + encodeURIComponent(location.pathname + location.search));
    }
    return dash_clientside.no_update;
  }

  function plain(event) { return !(event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey); }

  // Where a link leads that stays within these pages; null for any other.
  function linked(event) {
    const link = event.target.closest && event.target.closest('a[href]');
    if (!link || link.target || link.hasAttribute('data-reload') || link.hasAttribute('download')) return null;
    const href = link.getAttribute('href');
    if (!href || href[0] === '#') return null;
    const to = new URL(href, location.href);
    return to.origin !== location.origin || LEAVES.test(to.pathname) ? null : to;
  }

  document.addEventListener('click', function (event) {
    document.querySelectorAll('details.drop[open]').forEach(function (d) { if (!d.contains(event.target)) d.open = false; });
    const to = plain(event) && linked(event);
    if (!to) return;
    event.preventDefault();
    yz.go(to.href);
  });

  document.addEventListener('submit', function (event) {
    if (event.target.getAttribute('data-act') !== 'find') return;
    event.preventDefault();
    const q = event.target.querySelector('input').value.trim();
    const base = new URL(kept('/matters'), location.href);
    base.searchParams.set('window', 'all');
    ['from', 'to'].forEach(function (k) { base.searchParams.delete(k); });
    if (q) base.searchParams.set('q', q);
    yz.go(base.pathname + base.search);
  });

  document.addEventListener('keydown', function (event) {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const field = document.querySelector('.find input');
      if (field) { event.preventDefault(); field.focus(); field.select(); }
    }
    if (event.key === 'Escape') {
      document.querySelectorAll('details.drop[open]').forEach(function (d) {
        d.open = false;
        d.querySelector('summary').focus();
      });
      if (typing && event.target.closest('.find')) event.target.blur();
    }
  });

  window.addEventListener('popstate', function () { byBack = true; });
  window.addEventListener('pageshow', function () { leaving = false; });
  if ('scrollRestoration' in history) history.scrollRestoration = 'manual';

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    yizhan: Object.assign({}, (window.dash_clientside || {}).yizhan, { route: route, arrived: arrived, gate: gate }),
  });
})();
