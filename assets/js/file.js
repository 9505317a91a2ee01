// The file of a matter: forms that open in place, acts by button and form, and the keys that move in the passage.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const no = function () { return dash_clientside.no_update; };
  let asked = null, from = null, hiding = 0;

  function page() { return document.querySelector('.matter'); }
  function form() { return document.querySelector('#matter-form form'); }

  function values(el) {
    const out = {};
    Object.keys(el.dataset).forEach(function (k) { out[k] = el.dataset[k]; });
    return out;
  }

  // Several of a list: boxes to tick.
  function picks(place) {
    const d = place.dataset, box = document.createElement('fieldset'), name = document.createElement('legend');
    name.className = 'fl';
    name.textContent = d.label;
    box.append(name);
    JSON.parse(d.options || '[]').forEach(function (o) {
      const label = document.createElement('label'), input = document.createElement('input');
      Object.assign(input, { type: 'checkbox', value: o[0], checked: d.value === o[0] });
      label.append(input, ' ' + o[1]);
      box.append(label);
    });
    place.append(box);
  }

  // One native field: text, long, date, number, choice. What must be filled in, and its bounds, the browser checks first.
  function field(place) {
    if (place.dataset.kind === 'picks') return picks(place);
    const d = place.dataset, label = document.createElement('label'), name = document.createElement('span');
    const tag = d.kind === 'long' ? 'textarea' : d.kind === 'choice' ? 'select' : 'input', input = document.createElement(tag);
    name.className = 'fl';
    name.textContent = d.label;
    input.className = d.kind === 'long' ? 'ta' : 'tf';
    input.name = d.field;
    if (tag === 'select') {
      const options = JSON.parse(d.options || '[]');
      if (!d.must || !d.value) options.unshift(['', d.must ? '' : d.none]);
      options.forEach(function (o) { input.add(new Option(o[1], o[0])); });
    } else if (tag === 'input') {
      input.type = d.kind === 'date' || d.kind === 'number' ? d.kind : 'text';
      if (d.kind === 'date' || d.kind === 'number') Object.assign(input, { min: d.least || '', max: d.most || '' });
      if (d.kind === 'number') input.step = 'any';
    }
    if (tag !== 'select' && d.kind !== 'date' && d.kind !== 'number') {
      input.maxLength = Number(d.most) || (d.kind === 'long' ? 2000 : 200);
      if (d.least) input.minLength = Number(d.least);
    }
    input.value = d.value || '';
    input.placeholder = d.hint || '';
    input.autocomplete = 'off';
    input.required = Boolean(d.must);
    label.append(name, input);
    place.append(label);
  }

  function formed() {
    setTimeout(function () {
      const f = form();
      if (!f) {
        const words = document.querySelector('#matter-form > *');
        if (words) words.scrollIntoView({ block: 'nearest' });
        return;
      }
      if (f.dataset.made) return;
      f.dataset.made = '1';
      f.querySelectorAll('[data-field]').forEach(field);
      f.scrollIntoView({ block: 'center' });
      const first = Array.from(f.querySelectorAll('input, textarea, select')).find(function (i) { return !i.value || i.type === 'checkbox'; }) || f.querySelector('button');
      if (first) first.focus({ preventScroll: true });
    }, 30);
    return no();
  }

  function shut(back) {
    dash_clientside.set_props('matter-form', { children: [] });
    dash_clientside.set_props('matter-open', { data: null });
    if (back && from && from.isConnected) from.focus();
  }

  function hush() {
    clearTimeout(hiding);
    if (document.getElementById('matter-said')) dash_clientside.set_props('matter-said', { children: [] });
  }

  function done(data) {
    if (asked) asked.removeAttribute('aria-busy');
    asked = null;
    if (!data) return no();
    const f = form();
    if (data.version && f) f.dataset.version = data.version;
    if (data.done) {
      shut(false);
      dash_clientside.set_props('matter-tick', { data: { n: Date.now() } });
    }
    setTimeout(function () {
      const words = document.querySelector('#matter-said .told');
      if (!words) return;
      words.scrollIntoView({ block: 'nearest' });
      clearTimeout(hiding);
      // What was masked goes away by itself; so it does when the reader turns to something else.
      if (words.dataset.hide) hiding = setTimeout(hush, Number(words.dataset.hide) * 1000);
    }, 60);
    return no();
  }

  function ask(data, button) {
    if (button) {
      if (button.getAttribute('aria-busy') === 'true') return;
      button.setAttribute('aria-busy', 'true');
      asked = button;
    }
    data.n = Date.now();
    dash_clientside.set_props('matter-ask', { data: data });
  }

  document.addEventListener('submit', function (event) {
    const f = event.target;
    if (f.getAttribute('data-act') !== 'file') return;
    event.preventDefault();
    const data = Object.assign(values(f), { act: f.dataset.ask, fields: {} });
    f.querySelectorAll('[data-field]').forEach(function (place) {
      const input = place.querySelector('input, textarea, select');
      if (place.dataset.kind === 'picks') {
        data.fields[place.dataset.field] = Array.from(place.querySelectorAll('input:checked')).map(function (i) { return i.value; }).join(',');
      } else if (input && input.value) data.fields[place.dataset.field] = input.value;
    });
    ask(data, f.querySelector('button[type=submit]'));
  });

  document.addEventListener('click', function (event) {
    if (!page() || !event.target.closest) return;
    const opens = event.target.closest('.matter [data-open]');
    if (opens) {
      const menu = opens.closest('details.drop');
      from = menu ? menu.querySelector('summary') : opens;
      if (menu) menu.open = false;
      hush();
      return dash_clientside.set_props('matter-open', { data: Object.assign(values(opens), { n: Date.now() }) });
    }
    const shuts = event.target.closest('.matter [data-shut]');
    if (shuts) return shuts.dataset.shut === 'said' ? hush() : shut(true);
  });

  function move(by) {
    const all = Array.from(document.querySelectorAll('.matter .ev > li'));
    const at = all.indexOf(document.activeElement && document.activeElement.closest('.ev > li'));
    const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))];
    if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: 'center' }); }
  }

  document.addEventListener('keydown', function (event) {
    if (!page() || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === 'Escape' && form()) { event.preventDefault(); return shut(true); }
    if (typing) return;
    if (event.key === 'j' || event.key === 'k') { event.preventDefault(); return move(event.key === 'j' ? 1 : -1); }
    if (event.key === 'e') {
      const menu = document.querySelector('.matter details.acts-of');
      if (!menu) return;
      event.preventDefault();
      menu.open = true;
      menu.querySelector('.mi').focus();
    }
    const open = document.activeElement && document.activeElement.closest('details.acts-of[open]');
    if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      const items = Array.from(open.querySelectorAll('.mi')), at = items.indexOf(document.activeElement);
      event.preventDefault();
      items[(at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length].focus();
    }
    if (event.key === 'u' && document.activeElement.closest('.ev > li')) {
      const undo = document.activeElement.closest('.ev > li').querySelector('[data-open=undo], [data-open=unlink]');
      if (undo) { event.preventDefault(); undo.click(); }
    }
  });

  // A masked value does not outlive the page it was asked for on, nor a look away for long.
  document.addEventListener('visibilitychange', function () { if (document.hidden && document.querySelector('#matter-said .secret')) hush(); });
  window.addEventListener('beforeprint', function () { if (document.querySelector('#matter-said .secret')) hush(); });

  window.dash_clientside = Object.assign({}, window.dash_clientside, { file: { formed: formed, done: done } });
})();
