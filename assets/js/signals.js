/* Signals by keyboard: j / k through the cards, n l m x s take a step with the card one is on. */
(function () {
  'use strict';
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select, [contenteditable]')) return;
    if (!document.querySelector('.sg')) return;
    const all = Array.prototype.slice.call(document.querySelectorAll('.sg a[data-row]'));
    const own = document.activeElement && document.activeElement.closest && document.activeElement.closest('.sgc');
    const at = own ? all.indexOf(own.querySelector('a[data-row]')) : -1;
    if (event.key === 'j' || event.key === 'k') {
      const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + (event.key === 'j' ? 1 : -1)))];
      if (next) { event.preventDefault(); next.focus(); next.closest('.sgc').scrollIntoView({ block: 'nearest' }); }
      return;
    }
    const step = own && /^[a-z]$/.test(event.key) && own.querySelector('a[href][data-step="' + event.key + '"]');
    if (step) { event.preventDefault(); step.click(); }
  });
})();
