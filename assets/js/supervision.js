/* The desk of supervision and the assessment by keyboard: j / k through the rows; on the desk i opens the form of the row. */
(function () {
  'use strict';
  function rows() { return Array.prototype.slice.call(document.querySelectorAll('.sv a[data-row], .assess a[data-row]')); }

  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select, [contenteditable]')) return;
    if (!document.querySelector('.sv, .assess')) return;
    const all = rows(), at = all.indexOf(document.activeElement);
    if (event.key === 'j' || event.key === 'k') {
      const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + (event.key === 'j' ? 1 : -1)))];
      if (next) { event.preventDefault(); next.focus(); next.scrollIntoView({ block: 'nearest' }); }
    }
    if (event.key === 'i' && at >= 0) {
      const issue = all[at].closest('tr') && all[at].closest('tr').querySelector('[data-issue]');
      if (issue) { event.preventDefault(); issue.click(); }
    }
  });
  document.addEventListener('click', function (event) {
    const jump = event.target.closest && event.target.closest('.mech a[href^="#"]');
    const to = jump && document.getElementById(jump.getAttribute('href').slice(1));
    if (to) { event.preventDefault(); to.scrollIntoView({ block: 'start' }); to.focus({ preventScroll: true }); }
  });
})();
