// The search box: areas and centres as one types; arrows choose, Enter opens; without a choice, or a whole name, Enter looks in the matters.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const PATIENCE = 2500; // ms that Enter waits for an answer that is under way
  let waiting = 0, asked = '', heard = '', entered = '', going = false;

  // The field of the top bar, in the language of the screen.
  function field() {
    const place = document.getElementById('find-field');
    if (!place) return;
    const input = place.firstChild || document.createElement('input');
    if (!input.id) {
      Object.assign(input, { id: 'find', name: 'q', type: 'search', maxLength: 60, autocomplete: 'off' });
      place.appendChild(input);
    }
    input.placeholder = place.dataset.words;
    input.setAttribute('aria-label', place.dataset.words);
  }

  function box() { return document.getElementById('found'); }
  function hide() { const b = box(); if (b) b.hidden = true; }

  function show(q, areas) {
    const place = box();
    if (!place || q !== asked) return;
    place.textContent = '';
    areas.forEach(function (a, i) {
      const link = document.createElement('a'), where = document.createElement('small');
      link.href = /^\/centre\//.test(a.href) ? a.href : yz.toArea(a.href);
      link.setAttribute('data-on', a.on.join(' '));
      if (a.exact && i === 0) link.setAttribute('data-exact', '1');
      link.textContent = a.name;
      where.textContent = a.in;
      link.appendChild(where);
      place.appendChild(link);
    });
    const all = document.createElement('button');
    all.type = 'submit';
    all.textContent = place.dataset.matters.replace('{q}', q);
    place.appendChild(all);
    place.hidden = false;
  }

  function ask(q) {
    asked = q;
    if (!q) { hide(); return Promise.resolve(); }
    const lang = document.documentElement.lang === 'en' ? '&lang=en' : '';
    return fetch('/find?q=' + encodeURIComponent(q) + lang, { credentials: 'same-origin', headers: { Accept: 'application/json' } })
      .then(function (r) { return r.ok && /json/.test(r.headers.get('Content-Type')) ? r.json() : []; })
      .then(function (areas) { heard = q; show(q, areas); }, hide);
  }

  document.addEventListener('input', function (event) {
    if (!event.target.closest('.find') || event.target.closest('.find.in')) return; // a list's own search asks for no areas
    clearTimeout(waiting);
    entered = '';
    const q = event.target.value.trim();
    waiting = setTimeout(function () { ask(q); }, 180);
  });

  document.addEventListener('keydown', function (event) {
    const form = event.target.closest && event.target.closest('.find');
    if (!form || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp' && event.key !== 'Escape')) return;
    if (event.key === 'Escape') return hide();
    const stops = [form.querySelector('input')].concat(Array.from(form.querySelectorAll('.found:not([hidden]) > *')));
    const at = stops.indexOf(document.activeElement), next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  });

  // The map, if it has the area or the one around it, goes towards it while the page is asked for.
  function fly(link) {
    const codes = (link.getAttribute('data-on') || '').split(' ');
    if (yz.map && link.pathname !== location.pathname) codes.some(function (code) { return yz.map.fly(code); });
  }

  document.addEventListener('click', function (event) { if (!event.target.closest('.find')) hide(); });
  // Who types a code and presses Enter at once means the area too: the answer is waited for, but not long.
  document.addEventListener('submit', function (event) {
    const form = event.target.closest('.find'), input = form && form.querySelector('input'), q = input && input.value.trim();
    if (!q || form.matches('.in') || document.activeElement !== input || heard === q || going) return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(waiting);
    entered = q;
    Promise.race([ask(q), new Promise(function (done) { setTimeout(done, PATIENCE); })]).then(function () {
      if (entered !== q || input.value.trim() !== q) return;
      going = true; // a page that was under way may have taken the focus and closed the list meanwhile
      form.requestSubmit();
      going = false;
    });
  }, true);
  document.addEventListener('submit', function (event) {
    if (event.defaultPrevented) return;
    const form = event.target.closest('.find'), open = form && box() && (going ? heard === entered : !box().hidden && document.activeElement === form.querySelector('input'));
    const first = open && box().querySelector('a[data-exact]');
    if (!first) return;
    event.preventDefault();
    event.stopPropagation();
    first.click();
  }, true);
  document.addEventListener('submit', function () { clearTimeout(waiting); asked = heard = entered = ''; hide(); });
  document.addEventListener('click', function (event) {
    const link = event.target.closest('.found a'), field = link && link.closest('.find').querySelector('input');
    if (!link) return;
    asked = heard = entered = '';
    fly(link);
    field.value = '';
    hide();
  });
  yz.find = { hide: hide, field: field };
})();
