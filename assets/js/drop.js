// What drops down stays on the screen: moved sideways by what would stick out.
(function () {
  const EDGE = 8;
  document.addEventListener('toggle', function (event) {
    const drop = event.target;
    if (!drop.open || !drop.matches || !drop.matches('details.drop')) return;
    const menu = drop.querySelector(':scope > div');
    if (!menu) return;
    menu.style.translate = '';
    const box = menu.getBoundingClientRect(), wide = document.documentElement.clientWidth;
    const by = Math.max(EDGE - box.left, Math.min(0, wide - EDGE - box.right));
    if (by) menu.style.translate = Math.round(by) + 'px 0';
  }, true);
})();
