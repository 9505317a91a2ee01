// A phone's jump bar: goes to a part of the page, and marks the part that is on the screen.
(function () {
  function place(b) { const el = document.getElementById(b.getAttribute('data-jump')); return el && (el.closest('.p') || el); }

  document.addEventListener('click', function (e) {
    const b = e.target.closest && e.target.closest('[data-jump]'), to = b && place(b);
    if (to) to.scrollIntoView({ behavior: window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth', block: 'start' });
  });

  let waiting = 0;
  function mark() {
    waiting = 0;
    const buttons = Array.from(document.querySelectorAll('.jump [data-jump]')), line = window.innerHeight / 3;
    let now = null;
    buttons.forEach(function (b) { const el = place(b); if (el && el.getBoundingClientRect().top <= line) now = b; });
    buttons.forEach(function (b) { if (b === now) b.setAttribute('aria-current', 'true'); else b.removeAttribute('aria-current'); });
  }
  window.addEventListener('scroll', function () { if (!waiting && document.querySelector('.jump')) waiting = requestAnimationFrame(mark); }, { passive: true });
})();
