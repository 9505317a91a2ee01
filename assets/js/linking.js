// The queue of links: one key a decision, j / k through the pairs, a reason that outlives new data.
(function () {
  'use strict';
  const yz = (window.yizhan = window.yizhan || {});
  const no = function () { return dash_clientside.no_update; };
  let busy = false, kept = '', of = '';

  function page() { return document.querySelector('.linking'); }
  function rows() { return Array.from(document.querySelectorAll('.lnl a[data-pair]')); }
  function open() { const b = document.querySelector('[data-linking][data-pair]'); return b ? b.dataset.pair : ''; }

  function formed() {
    setTimeout(function () {
      const place = document.querySelector('.lnwhy');
      if (!place || place.firstChild) return;
      if (open() !== of) { of = open(); kept = ''; }
      const input = document.createElement('input');
      input.className = 'tf'; input.type = 'text'; input.maxLength = 500; input.autocomplete = 'off';
      input.value = kept; input.placeholder = place.dataset.hint; input.setAttribute('aria-label', place.dataset.label);
      input.addEventListener('input', function () { kept = input.value; });
      place.append(input);
      const on = document.querySelector('.lnl a[aria-current]');
      if (on) on.scrollIntoView({ block: 'nearest' });
    }, 30);
    return no();
  }

  function ask(button) {
    if (busy || !button) return;
    busy = true;
    setTimeout(function () { busy = false; }, 8000);
    dash_clientside.set_props('linking-ask', {
      data: { act: button.dataset.linking, id: button.dataset.pair || button.dataset.decision, why: kept, n: Date.now() },
    });
  }

  function done(data) {
    busy = false;
    if (data && data.href) {
      kept = '';
      if (data.href === window.location.pathname + window.location.search) dash_clientside.set_props('here', { data: { path: location.pathname, search: location.search } });
      else yz.go(data.href);
    }
    return no();
  }

  document.addEventListener('click', function (event) {
    const button = page() && event.target.closest && event.target.closest('[data-linking]');
    if (button) ask(button);
  });

  document.addEventListener('keydown', function (event) {
    if (!page() || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select, [contenteditable]')) return;
    const act = { a: 'accept', s: 'split', x: 'skip', u: 'undo' }[event.key];
    if (act) {
      event.preventDefault();
      return ask(document.querySelector('[data-linking=' + act + ']'));
    }
    if (event.key === 'j' || event.key === 'k') {
      const all = rows(), at = all.findIndex(function (a) { return a.hasAttribute('aria-current'); });
      const next = all[Math.max(0, Math.min(all.length - 1, at + (event.key === 'j' ? 1 : -1)))];
      if (next && next !== all[at]) { event.preventDefault(); yz.go(next.getAttribute('href')); }
    }
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, { linking: { formed: formed, done: done } });
})();
