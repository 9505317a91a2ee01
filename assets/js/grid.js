// The case grid: what its cells look like, how it follows the address, and the keys that move in it.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const GRID = 'cases-grid', NARROW = '(max-width: 719px)';
  const parts = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const h = function () { return React.createElement.apply(null, arguments); };
  let asked = null, picked = '', api = null, quiet = false, timer = 0;

  const blank = function () { return h('i', { className: 'cg-wait' }); };

  parts.CaseTitle = function (p) {
    if (!p.data) return blank();
    return h('a', { href: p.data.href, tabIndex: -1, title: p.data.title }, p.data.title);
  };
  parts.CaseClock = function (p) {
    if (!p.data) return null;
    return h('span', { className: p.data.tone === 'act' || p.data.tone === 'wait' ? p.data.tone + ' w6' : p.data.tone, title: p.data.due_day }, p.data.due_on);
  };
  parts.CaseMarks = function (p) {
    if (!p.data) return null;
    return h('span', { className: 'og' }, p.data.agencies.map(function (a, i) {
      return h('i', { key: i, title: a[1], role: 'img', 'aria-label': a[1] }, a[0]);
    }));
  };
  parts.CaseCard = function (p) {
    if (!p.data) return blank();
    return h('a', { href: p.data.href, className: 'cg-card', tabIndex: -1 },
      h('span', { className: 'a' }, p.data.title), h('span', { className: 'c ' + p.data.tone }, p.data.due_on),
      h('span', { className: 'b' }, p.data.card));
  };

  function told(search) {
    const q = new URLSearchParams(search || '');
    const sort = q.get('sort') || '', dir = q.get('dir') || '';
    ['sort', 'dir', 'cols'].forEach(function (k) { q.delete(k); });
    return { rows: q.toString(), sort: sort + '/' + dir };
  }

  // Which column stands for a sort of the address, and the other way round.
  const SORT_OF = { place: 'county_code' };
  const sortKey = function (col) { return SORT_OF[col] || col; };

  function ready(then) {
    dash_ag_grid.getApiAsync(GRID).then(function (found) {
      if (found !== api) { api = found; listen(); }
      then(found);
    });
  }

  function refresh(here, live) {
    const no = dash_clientside.no_update;
    if (!here || here.path !== '/matters') return no;
    const now = told(here.search), by = (dash_clientside.callback_context.triggered[0] || {}).prop_id;
    const box = document.getElementById('cases-q'), q = new URLSearchParams(here.search || '').get('q') || '';
    // What is being typed is never taken away by an answer that comes late.
    if (box && document.activeElement !== box && box.value !== q) dash_clientside.set_props('cases-q', { value: q });
    const first = asked === null || !document.getElementById(GRID) || document.getElementById(GRID) !== asked.el;
    const other = first || asked.rows !== now.rows;
    // The grid may have been mounted only after the last address was read: it then still shows the rows of that one.
    const stale = first && asked !== null && asked.rows !== now.rows;
    const onlyOrder = !other && asked.sort !== now.sort;
    asked = { rows: now.rows, sort: now.sort, el: document.getElementById(GRID) };
    if (first) {
      picked = ' ';
      pick('');
      const rail = document.getElementById('cases-rail-box');
      if (rail && matchMedia('(max-width: 899px)').matches) rail.open = false;
      ready(function (a) { narrow(); if (stale && a.getGridOption('datasource')) a.purgeInfiniteCache(); });
      return no;
    }
    ready(function (a) {
      if (other) { pick(''); a.deselectAll(); a.ensureIndexVisible && a.getDisplayedRowCount() && a.ensureIndexVisible(0, 'top'); a.purgeInfiniteCache(); }
      else if (!onlyOrder && by === 'live.data') a.refreshInfiniteCache();
    });
    return no;
  }

  function pick(code) {
    if (code === picked) return;
    picked = code;
    document.documentElement.classList.toggle('cases-open', Boolean(code));
    clearTimeout(timer);
    // By then the page may have been left, and its store with it.
    timer = setTimeout(function () {
      if (document.getElementById(GRID)) dash_clientside.set_props('cases-picked', { data: code || null });
    }, code ? 110 : 0);
  }

  function show(node) {
    if (!node || !node.data) return;
    if (!matchMedia(NARROW).matches) pick(node.data.code);
  }

  function range(a) {
    const out = document.getElementById('cases-range');
    const none = document.getElementById('cases-empty');
    if (!out || !a.getDisplayedRowCount()) return;
    if (none && none.children.length) { out.textContent = ''; return; }
    const first = a.getFirstDisplayedRowIndex(), last = a.getLastDisplayedRowIndex();
    const box = document.querySelector('#' + GRID + ' .ag-body-viewport'), row = a.getRowNode ? (matchMedia(NARROW).matches ? 64 : 36) : 36;
    if (!box || first < 0) return;
    const from = Math.floor(box.scrollTop / row) + 1, to = Math.min(last + 1, Math.floor((box.scrollTop + box.clientHeight) / row));
    const sum = document.querySelector('#cases-sums [data-figure=total]');
    const total = sum ? Number(sum.dataset.value) : a.getDisplayedRowCount(), n = function (x) { return x.toLocaleString('en-US'); };
    const words = out.getAttribute('data-text') || '{a}–{b} / {n}';
    out.textContent = words.replace('{a}', n(Math.min(from, total))).replace('{b}', n(Math.max(1, to))).replace('{n}', n(total));
  }

  yz.casesRange = range;

  function listen() {
    const a = api;
    a.addEventListener('sortChanged', function (e) {
      if (quiet || e.source !== 'uiColumnSorted') return;
      const col = a.getColumnState().find(function (c) { return c.sort; });
      const q = new URLSearchParams(location.search);
      const key = col ? sortKey(col.colId) : '', was = (q.get('sort') || 'accepted_on') + '/' + (q.get('dir') || ((q.get('sort') || 'accepted_on') === 'accepted_on' ? 'desc' : 'asc'));
      if (!col || was === key + '/' + col.sort) return;
      q.set('sort', key); q.set('dir', col.sort);
      asked && (asked.sort = key + '/' + col.sort);
      yz.go('/matters?' + q.toString());
    });
    a.addEventListener('cellFocused', function (e) {
      if (e.rowIndex === null || e.rowIndex === undefined || e.rowPinned) return;
      show(a.getDisplayedRowAtIndex(e.rowIndex));
    });
    a.addEventListener('cellKeyDown', function (e) {
      const key = e.event.key;
      if (key === 'Enter' && e.data) yz.go(e.data.href);
      if (key === 'Escape') close();
    });
    ['bodyScrollEnd', 'modelUpdated', 'viewportChanged', 'gridSizeChanged'].forEach(function (name) {
      a.addEventListener(name, function () { range(a); });
    });
    a.addEventListener('newColumnsLoaded', narrow);
    a.addEventListener('gridColumnsChanged', narrow);
    if (yz.cases) yz.cases(a);
    narrow();
    matchMedia(NARROW).addEventListener('change', narrow);
  }

  // On a phone every row is a card: one column, taller rows, no heading.
  let shaped = null;
  function narrow() {
    if (!api || api.isDestroyed && api.isDestroyed()) return;
    const small = matchMedia(NARROW).matches;
    const card = api.getColumn('card');
    if (!card || (shaped === api && card.isVisible() === small)) return;
    if (!api.getGridOption('datasource')) { setTimeout(narrow, 40); return; }
    shaped = api;
    quiet = true;
    const others = api.getColumns().map(function (c) { return c.getColId(); }).filter(function (id) { return id !== 'card'; });
    api.setColumnsVisible(['card'], small);
    api.setColumnsVisible(others, !small);
    api.setGridOption('headerHeight', small ? 0 : 36);
    api.setGridOption('rowSelection', { mode: 'multiRow', checkboxes: !small, headerCheckbox: false, enableClickSelection: false });
    if (api.getGridOption('rowHeight') !== (small ? 64 : 36)) {
      api.setGridOption('rowHeight', small ? 64 : 36);
      api.purgeInfiniteCache();
    }
    quiet = false;
  }

  function close() {
    if (!picked) return;
    pick('');
  }

  function search(value) {
    const no = dash_clientside.no_update, q = new URLSearchParams(location.search);
    if (location.pathname !== '/matters' || value === undefined || (value || '').trim() === (q.get('q') || '')) return no;
    if (value && value.trim()) q.set('q', value.trim()); else q.delete('q');
    yz.go('/matters' + (q.toString() ? '?' + q.toString() : ''));
    return no;
  }

  // A matter that was merged answers to its former codes: the address takes the code in force, without a step back.
  function moved(code) {
    const no = dash_clientside.no_update;
    if (!code || !/^\/matter\//.test(location.pathname) || location.pathname === '/matter/' + code) return no;
    history.replaceState(history.state, '', '/matter/' + encodeURIComponent(code) + location.search + location.hash);
    document.title = document.title.replace(/^[^ ]+/, code);
    return no;
  }

  // A form that has just been opened is brought into view, with the cursor in its first field.
  function formed(children) {
    if (children && !(Array.isArray(children) && !children.length)) {
      setTimeout(function () {
        const box = document.querySelector('#listing-form .form, #as-form .form');
        if (!box) return;
        box.scrollIntoView({ block: 'nearest' });
        const field = box.querySelector('textarea, input:not([type=hidden]), button');
        if (field) field.focus({ preventScroll: true });
      }, 60);
    }
    return dash_clientside.no_update;
  }

  function done(data) {
    if (data && data.href) yz.go(data.href);
    return dash_clientside.no_update;
  }

  document.addEventListener('click', function (event) {
    const act = event.target.closest && event.target.closest('[data-act]');
    if (act && act.getAttribute('data-act') === 'close-preview') close();
    if (act && act.getAttribute('data-act') === 'print') window.print();
    const jump = event.target.closest && event.target.closest('a[href^="#record-"]');
    if (jump) {
      const to = document.getElementById(jump.getAttribute('href').slice(1));
      if (to) { event.preventDefault(); to.scrollIntoView({ block: 'center' }); to.focus({ preventScroll: true }); }
    }
  });
  // Arrows move inside the grid, Tab leaves it: from cell to cell it would lead through every row of the list before what stands behind it.
  const STOPS = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Tab' || event.ctrlKey || event.altKey || event.metaKey || !event.target.closest('#' + GRID + ' .ag-row')) return;
    event.stopPropagation();
    const box = document.getElementById(GRID), cell = api && api.getFocusedCell();
    const next = Array.from(document.querySelectorAll(STOPS)).find(function (el) {
      return box.compareDocumentPosition(el) === Node.DOCUMENT_POSITION_FOLLOWING && el.tabIndex >= 0 && !el.disabled && el.getClientRects().length;
    });
    if (event.shiftKey ? !cell : !next) return;
    event.preventDefault();
    if (event.shiftKey) api.setFocusedHeader(cell.column); else next.focus();
  }, true);
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape' && picked && !event.target.closest('details.drop, input, .ag-root')) close();
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.cases = Object.assign({}, window.dash_clientside.cases, { refresh: refresh, search: search, moved: moved, done: done, formed: formed });
})();
