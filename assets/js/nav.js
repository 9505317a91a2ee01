// Going from page to page without a reload. The address is the only state; the frame's `here` store mirrors it.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  // What a link of the navigation keeps of the screen it is on.
  const KEPT = ['from', 'to', 'window', 'category', 'agency', 'channel', 'compare', 'exclude', 'as_of', 'lang'];
  const AREAS = /^\/((county|township)\/[^/]+)?$/; // pages of one layout
  const LEAVES = /^\/(login|logout|api|assets|metrics)(\/|$)/;
  const places = {}; // address → scroll, for the back button
  let byBack = false, came = false, leaving = false;

  yz.go = function (href) {
    const to = new URL(href, location.href);
    if (to.origin !== location.origin || LEAVES.test(to.pathname)) return location.assign(to.href);
    const address = to.pathname + to.search, tell = function () { dash_clientside.set_props('url', { pathname: to.pathname, search: to.search, hash: to.hash }); };
    places[location.href] = window.scrollY;
    byBack = false;
    const own = asks() && key(to.pathname, to.search) === laid, there = own && arriving(address);
    if (!there || !there.given) {
      if (own) ask(to.pathname, to.search, painted);
      return tell();
    }
    // Here already: drawn at once. The framework, which takes a twentieth of a second for it, learns of the address when the screen shows it,
    // and nobody else changes that meanwhile: it would change it back.
    ask(to.pathname, to.search, function (then) {
      painted(function () {
        if (yz.wanted !== address) return;
        tell();
        painted(then);
      });
    });
  };

  // After the next frame; where none comes, in a window behind others, soon.
  function painted(then) {
    let once = function () { once = function () {}; then(); };
    requestAnimationFrame(function () { setTimeout(function () { once(); }); });
    setTimeout(function () { once(); }, 300);
  }

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
    return (AREAS.test(path) ? '/' : path) + '|' + (given.get('lang') || '') + '|' + (given.get('as_of') || '');
  }

  // Other filters of an area's page, and another area, are asked for at the click itself or before, past the framework, which would
  // take half of the time until they are drawn; it learns of the address meanwhile. Where that fails its own callbacks ask, and
  // say what is wrong.
  let laid = '', at = '', asked = '', call = null; // key and path of the page that was laid out; the address last asked for, and how to call that off
  let coming = null, resting = 0; // what the link under the pointer would ask for: { address, at, answer, given }
  const FRESH = 2000, RESTS = 65; // ms that such an answer is good for; that a pointer rests on what it is about to press, not on its way

  function shows(root) { return root && root.dataset.at || at; } // the path of what a page shows
  function asks() { return document.querySelector('.area-page[data-asks]'); }

  function arriving(address) { return coming && !coming.failed && coming.address === address && performance.now() - coming.at < FRESH ? coming : null; }

  // `after` gets what is to follow when the screen shows the answer.
  function ask(path, search, after) {
    const address = path + search, mine = new AbortController(), there = arriving(address);
    if (call) call.abort();
    call = mine;
    asked = yz.wanted = address;
    yz.fresh = false;
    coming = null;
    if (there && there.given) return after(take(there.given));
    yz.asking(true);
    (there ? there.answer : answer(address, mine.signal)).then(function (given) { if (call === mine) after(take(given)); })
      .catch(function (error) { if (call === mine && error.name !== 'AbortError') instead(path, search); });
  }

  // By the framework: the page's callbacks, or for another area all of the page.
  function instead(path, search) {
    if (path === shows(asks())) return dash_clientside.set_props('turn', { data: Date.now() });
    at = path;
    dash_clientside.set_props('goto', { data: next(path, search, '') });
  }

  function answer(address, signal) {
    return fetch('/answer' + address, { signal: signal, headers: { Accept: 'application/json' } })
      .then(function (r) { if (!r.ok) throw new Error(r.status); return r.json(); })
      .then(function (given) {  // with the outlines of its map; where they do not come, the map says so
        const numbers = given[Object.keys(given).find(function (k) { return /\.hideout$/.test(k); })];
        const outlines = numbers && numbers.file ? yz.map.load(numbers.file) : Promise.resolve();
        return outlines.then(function () { return given; }, function () { return given; });
      });
  }

  // A pointer rests on what it is going to press, and a mouse button is held for a tenth of a second: time enough for most of an answer.
  // Drawn only when the click comes. One at a time for a pointer that rests, so that wandering over a map asks the server for little.
  function prepare(href, sure) {
    const to = new URL(href, location.href), address = to.pathname + to.search;
    if (!asks() || key(to.pathname, to.search) !== laid || address === yz.wanted) return;
    if (coming && coming.address === address && performance.now() - coming.at < FRESH) return;
    if (coming && !coming.given && !coming.failed && !sure) return;
    const mine = coming = { address: address, at: performance.now(), given: null, failed: false };
    mine.answer = answer(address).then(function (given) { return (mine.given = given); });
    mine.answer.catch(function () { mine.failed = true; });
  }
  // New data: what is older than they are must be asked for again.
  yz.forget = function (version) { if (coming && !(coming.given && coming.given.version >= version)) coming = null; };

  function leads(event) {
    if (event.pointerType !== 'mouse' || !asks()) return '';
    const to = linked(event);
    return to ? to.href : yz.map.leads(event.target);
  }
  document.addEventListener('pointerover', function (event) {
    clearTimeout(resting);
    const href = leads(event);
    if (href) resting = setTimeout(function () { prepare(href, false); }, RESTS);
  });
  document.addEventListener('pointerdown', function (event) {
    clearTimeout(resting);
    const href = plain(event) && leads(event);
    if (href) prepare(href, true);
  });

  // New data came while the reader went on, and the framework's answer to them was for the filters of before.
  yz.again = function () {
    const to = new URL(yz.wanted, location.origin); // where the reader is: the address bar may be a frame behind
    if (asks()) ask(to.pathname, to.search, painted);
  };

  // Draws an answer; gives what is to follow when the screen shows it: the time bar's steps.
  function take(given) {
    const root = asks(), own = dash_clientside.yizhan;
    if (!root) return function () {};
    const prefix = root.id.replace('-root', ''), of = function (name) { return given[prefix + '-' + name]; };
    const path = yz.wanted.split('?')[0];
    if (shows(root) !== path) yz.time.leave(prefix);
    root.dataset.at = path;
    yz.level(root, given.level);
    if (of('bar-tree.data')) own.trees(of('bar-tree.data'));
    const when = own.drawn(of('trees.data'), of('trend-data.data'), of('listing-data.data'), of('areas.hideout'), root.id, true);
    const other = document.title !== given.title;
    if (other) moved(given.title);
    return function () {
      if (other) dash_clientside.set_props('said', { children: given.title });
      if (root.isConnected) dash_clientside.set_props(prefix + '-drawn', { data: when });
    };
  }

  function next(path, search, worn) { return { path: path, search: search, key: key(path, search), n: Date.now(), worn: worn }; }

  function route(path, search, here, goto) {
    const no = dash_clientside.no_update;
    if (path === undefined || path === null) return [no, no, no];
    yz.fresh = false;
    const to = next(path, search || '', (here && here.worn) || '');
    document.querySelectorAll('details.drop[open]').forEach(function (d) { d.open = false; });
    laid = to.key;
    yz.wanted = to.path + to.search;
    if (goto && goto.key === to.key) {
      if (asks()) {
        if (asked !== to.path + to.search) ask(to.path, to.search, painted);
        return [Object.assign({}, here, to, { title: document.title }), no, no];
      }
      if (document.querySelector('.area-page')) yz.asking(true);
      return [Object.assign({}, here, to), no, to.n];
    }
    if (call) call.abort();
    call = null;
    asked = '';
    at = to.path;
    return [no, to, no];
  }

  function arrived(here) {
    if (!here) return '';
    yz.find.field();
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
      moved(here.title);
      return here.title;
    }
    return dash_clientside.no_update;
  }

  // Another page, or another area on the same one.
  function moved(title) {
    document.title = title;
    const field = document.getElementById('find');
    if (field && document.activeElement !== field) field.value = new URLSearchParams(location.search).get('q') || '';
    const at = byBack ? places[location.href] || 0 : 0, on = came && !byBack;
    // A reader of the screen stands at the new page's content; on the very first page the browser decides.
    requestAnimationFrame(function () {
      window.scrollTo(0, at);
      if (on && document.activeElement !== field) document.getElementById('page').focus({ preventScroll: true });
    });
    came = true;
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
