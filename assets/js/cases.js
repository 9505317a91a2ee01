// What the case list does besides its rows: forms of conditions and views, exports that are followed, chosen rows, kept widths.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const no = function () { return dash_clientside.no_update; };
  const here = function () { return location.pathname === '/matters'; };
  const tag = function (name, props, children) {
    const node = Object.assign(document.createElement(name), props || {});
    (children || []).forEach(function (c) { node.append(c); });
    return node;
  };
  const send = function (store, data) { dash_clientside.set_props(store, { data: Object.assign({ n: Date.now() }, data) }); };

  function control(field, form) {
    const type = field.type;
    if (type === 'choice') {
      const all = [['', form.dataset.any || '']].concat(field.options);
      return [tag('select', { name: field.name }, all.map(function (o) { return tag('option', { value: o[0], textContent: o[1], selected: o[0] === field.value }); }))];
    }
    if (type === 'number' || type === 'date') {
      return field.value.map(function (v, i) {
        return tag('input', { type: type, name: field.name + '-' + i, value: v, min: type === 'number' ? 0 : '', ariaLabel: field.label + (i ? ' ≤' : ' ≥') });
      });
    }
    return [tag('input', { type: type === 'check' ? 'checkbox' : 'text', name: field.name, value: field.value || '', maxLength: field.most || 60 })];
  }

  function fill(form) {
    form.textContent = '';
    JSON.parse(form.dataset.fields).forEach(function (field) {
      const parts = control(field, form), pair = parts.length === 2;
      if (pair) parts.splice(1, 0, tag('i', { textContent: form.dataset.to || '–' }));
      form.append(tag(pair ? 'fieldset' : 'label', { className: field.type }, [tag('span', { textContent: field.label })].concat(parts)));
    });
    form.append(tag('button', { type: 'submit', className: 'btn go', textContent: form.dataset.submit }));
    const first = form.querySelector('input, select');
    if (first) first.focus();
  }

  document.addEventListener('toggle', function (event) {
    const form = event.target.open && event.target.querySelector && event.target.querySelector('form.cform');
    if (form) fill(form);
  }, true);

  function narrowed(form) {
    const q = new URLSearchParams(location.search);
    JSON.parse(form.dataset.fields).forEach(function (field) {
      const at = function (name) { return (form.elements[name].value || '').trim(); };
      const pair = field.type === 'number' || field.type === 'date';
      const low = pair ? at(field.name + '-0') : '', high = pair ? at(field.name + '-1') : '';
      if (field.names) { // two parameters of the address; without both the list is of all days
        [low, high].forEach(function (v, i) { if (v) q.set(field.names[i], v); else q.delete(field.names[i]); });
        if (low || high) q.delete('window'); else q.set('window', 'all');
        return;
      }
      const value = pair ? (low || high ? low + '..' + high : '') : at(field.name);
      if (value) q.set(field.name, value); else q.delete(field.name);
    });
    return '/matters' + (q.toString() ? '?' + q.toString() : '');
  }

  document.addEventListener('submit', function (event) {
    const form = event.target, act = form.dataset && form.dataset.act;
    if (act !== 'cases-more' && act !== 'cases-keep') return;
    event.preventDefault();
    const box = form.closest('details');
    if (act === 'cases-more') yz.go(narrowed(form));
    else send('cases-act', { kind: 'keep', name: form.elements.name.value, shared: form.elements.shared.checked });
    if (box) box.open = false;
  });

  document.addEventListener('click', function (event) {
    const on = function (name) { return event.target.closest && event.target.closest('[data-' + name + ']'); };
    let found;
    if ((found = on('view'))) send('cases-act', { kind: 'drop', id: found.dataset.view });
    if ((found = on('export'))) { send('cases-ask', { kind: 'start', fmt: found.dataset.export }); found.closest('details').open = false; }
    if ((found = on('cancel'))) send('cases-ask', { kind: 'cancel', id: found.dataset.cancel });
    if ((found = on('chosen'))) chosen(found.dataset.chosen);
  });

  // While an export runs it is asked for again, one question at a time; when it is done its file is fetched, once.
  let fetched = '';
  function follow(children) {
    const job = (children && children.props) || {}, id = job['data-job'];
    if (job['data-status'] === 'running') setTimeout(function () { if (here()) send('cases-ask', { kind: 'poll', id: id }); }, 400);
    if (job['data-status'] === 'done' && id !== fetched) {
      fetched = id;
      const link = tag('a', { href: '/matters/export/made?id=' + encodeURIComponent(id), download: '' });
      document.body.append(link);
      link.click();
      link.remove();
    }
    return no();
  }

  // Rows chosen with the space bar or the box: how many, and the way to a list of only these.
  const codes = function (a) { return a.getSelectedRows().map(function (r) { return r.code; }); };
  function choosing(a) {
    const box = document.getElementById('cases-chosen'), n = codes(a).length;
    if (!box) return;
    box.hidden = !n;
    box.textContent = '';
    if (!n) return;
    box.append(tag('span', { textContent: box.dataset.text.replace('{n}', n) }));
    if (n <= 200) box.append(button('only', box.dataset.only));
    box.append(button('clear', box.dataset.clear));
  }
  function button(what, text) {
    const node = tag('button', { type: 'button', className: 'lk', textContent: text });
    node.dataset.chosen = what;
    return node;
  }
  function chosen(what) {
    if (what === 'only') yz.go('/matters?' + only(codes(grid)));
    grid.deselectAll();
  }
  // Only these, and all of these: the kind of list (of matters not yet accepted too), the moment it stands at and its look stay.
  function only(list) {
    const q = new URLSearchParams(location.search), kept = new URLSearchParams({ window: 'all' });
    ['part', 'as_of', 'lang', 'cols', 'sort', 'dir'].forEach(function (k) { if (q.get(k)) kept.set(k, q.get(k)); });
    return kept.toString() + '&codes=' + list.join(',');
  }

  // The order of the columns goes into the address, their widths stay with this browser.
  let grid = null;
  const WIDTHS = 'yizhan.cases.widths';
  const widths = function () { try { return JSON.parse(localStorage.getItem(WIDTHS)) || {}; } catch (e) { return {}; } };
  function ordered(a) {
    const keys = a.getAllDisplayedColumns().map(function (c) { return c.getColId(); }).filter(function (k) { return k !== 'card' && !/^ag-Grid/.test(k); });
    const q = new URLSearchParams(location.search);
    if (!here() || !keys.length || q.get('cols') === keys.join(',')) return;
    q.set('cols', keys.join(','));
    yz.go('/matters?' + q.toString());
  }
  function wide(a) {
    const kept = widths();
    const state = a.getColumns().map(function (c) { return c.getColId(); }).filter(function (k) { return kept[k]; })
      .map(function (k) { return { colId: k, width: kept[k], flex: null }; });
    if (state.length) a.applyColumnState({ state: state });
  }
  yz.cases = function (a) {
    grid = a;
    a.addEventListener('selectionChanged', function () { choosing(a); });
    a.addEventListener('columnMoved', function (e) { if (e.finished && e.source === 'uiColumnMoved') ordered(a); });
    a.addEventListener('columnResized', function (e) {
      if (!e.finished || e.source !== 'uiColumnResized' || !e.column) return;
      const kept = widths();
      kept[e.column.getColId()] = Math.round(e.column.getActualWidth());
      try { localStorage.setItem(WIDTHS, JSON.stringify(kept)); } catch (x) { /* no room: the width holds until one leaves */ }
    });
    a.addEventListener('newColumnsLoaded', function () { wide(a); });
    wide(a);
  };

  // The list's own search comes before the one of the frame.
  document.addEventListener('keydown', function (event) {
    const typing = event.target.closest && event.target.closest('input, textarea, select, [contenteditable]');
    if (!here() || event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = document.getElementById('cases-q');
    if (!box) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    box.focus();
    box.select();
  }, true);

  // Sums come after the rows: then the grid learns how long the list is.
  function counted() {
    const total = document.querySelector('#cases-sums [data-figure=total]');
    setTimeout(function () {
      const now = document.querySelector('#cases-sums [data-figure=total]') || total;
      if (grid && now && !(grid.isDestroyed && grid.isDestroyed()) && grid.getGridOption('datasource')) {
        const n = Number(now.dataset.value);
        if (n !== grid.getDisplayedRowCount()) grid.setRowCount(n, true);
        yz.casesRange && yz.casesRange(grid);
      }
    }, 30);
    return no();
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.cases = Object.assign({}, window.dash_clientside.cases, { follow: follow, counted: counted });
})();
