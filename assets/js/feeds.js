// The feeds' page: ages by the clock, one small poll, acts by button and form, choosing quarantined rows by mouse and keys.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const SLOW = 8000, FAST = 1500, HIDDEN = 30000;
  const no = function () { return dash_clientside.no_update; };
  let mark = '', timer = 0, waiting = 0, group = '', back = '', asked = null;
  let chosen = new Set();
  const since = new WeakMap();

  function page() { return document.querySelector('.feeds-page'); }
  function root() { return document.querySelector('.feeds-page [data-whole]'); }

  // One poll at a time; the page is asked for again only when the mark says that something on it is different.
  async function poll() {
    let pause = document.hidden ? HIDDEN : SLOW;
    if (root() && !document.hidden) {
      try {
        const answer = await fetch('/feeds/pulse', { credentials: 'same-origin', cache: 'no-store' });
        if (answer.ok) {
          const told = await answer.json();
          if (mark && told.mark !== mark && root()) dash_clientside.set_props('feeds-tick', { data: { n: Date.now() } });
          mark = told.mark;
          if (told.fast) pause = FAST;
        }
      } catch (error) { /* the banner says it */ }
    } else mark = '';
    later(pause);
  }
  function later(ms) { clearTimeout(timer); timer = setTimeout(poll, ms); }

  // Ages go on by the clock of the browser, from the age that the server gave.
  function tick() {
    const words = document.querySelector('.feeds-page [data-age-m]');
    if (!words) return;
    document.querySelectorAll('.feeds-page [data-age]').forEach(function (el) {
      const value = el.getAttribute('data-age'), known = since.get(el);
      if (!known || known.value !== value) since.set(el, { value: value, at: performance.now() });
      const s = Number(value) + (performance.now() - since.get(el).at) / 1000;
      const unit = s >= 86400 ? ['d', 86400] : s >= 3600 ? ['h', 3600] : s >= 60 ? ['m', 60] : ['s', 1];
      const text = words.getAttribute('data-age-' + unit[0]).replace('{n}', Math.floor(s / unit[1]));
      if (el.firstChild && el.firstChild.data !== text) el.firstChild.data = text;
    });
  }
  setInterval(function () { if (!document.hidden) tick(); }, 10000);

  // What is asked for: the values on the button or form, what was typed, and the rows that are chosen.
  function ask(data, button) {
    if (button) {
      if (button.getAttribute('aria-busy') === 'true') return;
      button.setAttribute('aria-busy', 'true');
      asked = button;
    }
    data.n = Date.now();
    dash_clientside.set_props('feeds-ask', { data: data });
  }

  function done(data) {
    if (asked) asked.removeAttribute('aria-busy');
    asked = null;
    if (data && data.done) {
      if (document.querySelector('#feeds-form form')) yz.go(back);
      else dash_clientside.set_props('feeds-tick', { data: { n: Date.now() } });
      later(600);
    }
    const said = document.getElementById('feeds-said');
    setTimeout(function () { if (said) said.scrollIntoView({ block: 'nearest' }); }, 60);
    return no();
  }

  function values(el) {
    const out = {};
    ['feed', 'group', 'ids', 'id', 'hold', 'row'].forEach(function (k) { if (el.dataset[k]) out[k] = el.dataset[k]; });
    return out;
  }

  function field(place) {
    const d = place.dataset, label = document.createElement('label'), name = document.createElement('span');
    const area = d.kind === 'textarea', input = document.createElement(area ? 'textarea' : 'input');
    name.className = 'fl';
    name.textContent = d.label + (d.badWord ? ' ' : '');
    if (d.badWord) {
      const bad = document.createElement('small');
      bad.className = 'act';
      bad.textContent = '✕ ' + d.badWord;
      name.append(bad);
      place.classList.add('bad');
    }
    input.className = area ? 'ta' : 'tf';
    input.name = d.field;
    if (!area) input.type = d.kind === 'date' ? 'date' : 'text';
    input.value = d.value || '';
    input.defaultValue = input.value;
    input.placeholder = d.hint || '';
    input.maxLength = d.kind === 'cell' ? 2000 : 500;
    input.autocomplete = 'off';
    if (d.min) input.min = d.min;
    if (d.max) input.max = d.max;
    if (d.must) input.required = true;
    label.append(name, input);
    place.append(label);
  }

  function formed(children) {
    setTimeout(function () {
      const form = document.querySelector('#feeds-form form');
      if (!form || form.dataset.made) return;
      form.dataset.made = '1';
      form.querySelectorAll('[data-field]').forEach(field);
      count();
      form.scrollIntoView({ block: 'nearest' });
      const first = form.querySelector('.bad input') || form.querySelector('input, textarea');
      if (first) first.focus({ preventScroll: true });
    }, 30);
    return no();
  }

  document.addEventListener('submit', function (event) {
    const form = event.target;
    if (form.getAttribute('data-act') !== 'feeds') return;
    event.preventDefault();
    const data = Object.assign(values(form), { act: form.dataset.ask }), cells = {};
    form.querySelectorAll('[data-field]').forEach(function (place) {
      const input = place.querySelector('input, textarea'), name = place.dataset.field;
      if (!input) return;
      if (place.dataset.kind !== 'cell') data[name] = input.value;
      else if (input.value !== input.defaultValue) cells[name.slice(5)] = input.value;
    });
    if (form.dataset.ask === 'edit') data.cells = cells;
    if (form.dataset.picked) Object.assign(data, { ids: Array.from(chosen), picked: '1' });
    if (form.dataset.picked && !chosen.size) return;
    back = form.dataset.back;
    ask(data, form.querySelector('button[type=submit]'));
  });

  // Rows: chosen ones live here, since an address is no place for a thousand numbers.
  function rows() { return Array.from(document.querySelectorAll('.qrows [data-row]')); }

  function count() {
    document.querySelectorAll('.feeds-page [data-picked]').forEach(function (el) {
      const wanted = el.getAttribute('data-picked');
      if (wanted.length > 1) {
        const text = wanted.replace('{n}', chosen.size);
        if (el.textContent !== text) { if (el.firstChild) el.firstChild.data = text; else el.textContent = text; }
      }
    });
    document.querySelectorAll('.feeds-page [data-need]').forEach(function (el) { el.setAttribute('aria-disabled', chosen.size ? 'false' : 'true'); });
  }

  function sync() {
    waiting = 0;
    if (!page()) { chosen = new Set(); return; }
    tick();
    const list = document.querySelector('.qrows');
    const now = list ? list.dataset.group : '';
    const here = new Set(Array.from(document.querySelectorAll('.qrows [data-pick]')).map(function (el) { return el.dataset.pick; }));
    if (now !== group) { group = now; chosen = new Set(); }
    chosen.forEach(function (id) { if (!here.has(id)) chosen.delete(id); });
    document.querySelectorAll('.qrows [data-pick]').forEach(function (el) {
      const on = chosen.has(el.dataset.pick) ? 'true' : 'false';
      if (el.getAttribute('aria-checked') !== on) el.setAttribute('aria-checked', on);
    });
    const all = document.querySelector('[data-pick=all]');
    if (all) all.setAttribute('aria-checked', here.size && chosen.size === here.size ? 'true' : chosen.size ? 'mixed' : 'false');
    count();
  }
  new MutationObserver(function () { if (!waiting) waiting = setTimeout(sync, 40); })
    .observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-pick', 'data-age'] });

  function toggle(id) {
    if (id === 'all') {
      const all = Array.from(document.querySelectorAll('.qrows [data-pick]')).map(function (el) { return el.dataset.pick; });
      chosen = chosen.size === all.length ? new Set() : new Set(all);
    } else if (chosen.has(id)) chosen.delete(id);
    else chosen.add(id);
    sync();
  }

  document.addEventListener('click', function (event) {
    if (!page() || !event.target.closest) return;
    const pick = event.target.closest('.feeds-page [data-pick]');
    if (pick) return toggle(pick.dataset.pick);
    const act = event.target.closest('.feeds-page [data-feeds]'), link = event.target.closest('.feeds-page a[href]');
    const disabled = event.target.closest('.feeds-page [aria-disabled=true]');
    if (disabled) { event.preventDefault(); return; }
    if (act) {
      const data = Object.assign(values(act), { act: act.dataset.feeds });
      if (act.dataset.need) Object.assign(data, { ids: Array.from(chosen), picked: '1' });
      ask(data, act);
    } else if (link && !link.closest('#feeds-form')) dash_clientside.set_props('feeds-said', { children: [] });
  });

  function move(by) {
    const all = rows(), at = all.indexOf(document.activeElement && document.activeElement.closest('[data-row]'));
    const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))];
    if (next) { next.focus(); next.scrollIntoView({ block: 'nearest' }); }
  }

  document.addEventListener('keydown', function (event) {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (!page() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && document.querySelector('#feeds-form form')) {
      event.preventDefault();
      return yz.go(document.querySelector('#feeds-form form').dataset.back);
    }
    if (typing) return;
    const pick = event.target.closest('[data-pick]');
    if (pick && (event.key === ' ' || event.key === 'Enter')) { event.preventDefault(); return toggle(pick.dataset.pick); }
    if (!document.querySelector('.qrows')) return;
    const row = event.target.closest('[data-row]');
    if (event.key === 'j' || event.key === 'k') { event.preventDefault(); return move(event.key === 'j' ? 1 : -1); }
    if ((event.key === 'x' || event.key === ' ') && row && row.querySelector('[data-pick]')) {
      event.preventDefault();
      return toggle(row.dataset.row);
    }
    if (event.key === 'e' && row && row.querySelector('[data-edit]')) { event.preventDefault(); return row.querySelector('[data-edit]').click(); }
    if (event.key === 'r' || event.key === 'd') {
      if (!chosen.size && row && row.querySelector('[data-pick]')) toggle(row.dataset.row);
      const go = document.querySelector(event.key === 'r' ? '.tools [data-feeds=replay][data-need]' : '.tools a[data-need]');
      if (go && chosen.size) { event.preventDefault(); go.click(); }
    }
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, { feeds: { done: done, formed: formed } });
  later(2000);
})();
