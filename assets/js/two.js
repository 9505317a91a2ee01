// Two periods side by side: an area pointed at or focused on one map is marked on the other; a second period of one's own days.
(function () {
  const yz = (window.yizhan = window.yizhan || {});

  ['mouseover', 'mouseout', 'focusin', 'focusout'].forEach(function (kind) {
    document.addEventListener(kind, function (e) {
      const path = e.target.closest && e.target.closest('.compare-page path.area[data-code]');
      if (!path) return;
      const on = kind === 'mouseover' || kind === 'focusin', code = path.getAttribute('data-code');
      document.querySelectorAll('.compare-page path.area[data-code="' + code + '"]').forEach(function (p) { p.classList.toggle('hot', on); });
      const row = document.querySelector('.compare-page tr[data-row="' + code + '"]');
      if (row) row.classList.toggle('on', on);
    });
  });

  document.addEventListener('toggle', function (event) {
    const form = event.target.open && event.target.querySelector && event.target.querySelector('form[data-act=beside]');
    if (form) yz.dateFields(form);
  }, true);

  document.addEventListener('submit', function (event) {
    if (event.target.getAttribute('data-act') !== 'beside') return;
    event.preventDefault();
    const days = [event.target.elements.from.value, event.target.elements.to.value].sort();
    if (!days[0]) return;
    const url = new URL(location.href);
    url.searchParams.set('with', days.join('..'));
    event.target.closest('details').open = false;
    yz.go(url.pathname + url.search);
  });
})();
