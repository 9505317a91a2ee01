// Maps are drawn to the size of their box on the screen; on paper the box keeps that size and is scaled to the sheet (css/print.css).
(function () {
  const SHEET = 715; // px between the margins of A4
  window.addEventListener('beforeprint', function () {
    document.querySelectorAll('.map').forEach(function (box) {
      const w = box.clientWidth, h = box.clientHeight;
      if (!w || !h) return;
      box.style.setProperty('--print-w', w + 'px');
      box.style.setProperty('--print-h', h + 'px');
      box.style.setProperty('--print-zoom', String(Math.min(1.2, SHEET / w, 560 / h)));
    });
  });
})();
