// The search box: areas as one types, matters on Enter.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  let waiting = 0, asked = '';

  function box() { return document.getElementById('found'); }
  function hide() { const b = box(); if (b) b.hidden = true; }

  function show(q, areas) {
    const place = box();
    if (!place || q !== asked) return;
    place.textContent = '';
    areas.forEach(function (a) {
      const link = document.createElement('a'), where = document.createElement('small');
      link.href = a.href;
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
    if (!q) return hide();
    const lang = document.documentElement.lang === 'en' ? '&lang=en' : '';
    fetch('/find?q=' + encodeURIComponent(q) + lang, { credentials: 'same-origin', headers: { Accept: 'application/json' } })
      .then(function (r) { return r.ok && /json/.test(r.headers.get('Content-Type')) ? r.json() : []; })
      .then(function (areas) { show(q, areas); }, hide);
  }

  document.addEventListener('input', function (event) {
    if (!event.target.closest('.find') || event.target.closest('.find.in')) return; // a list's own search asks for no areas
    clearTimeout(waiting);
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

  document.addEventListener('click', function (event) { if (!event.target.closest('.find')) hide(); });
  document.addEventListener('submit', function () { clearTimeout(waiting); asked = ''; hide(); });
  document.addEventListener('click', function (event) { if (event.target.closest('.found a')) { asked = ''; hide(); } });
  yz.find = { hide: hide };
})();
