// What scrolls sideways or down inside a page can be reached by key, as long as it does and nothing inside it can be.
(function () {
  const BOXES = '.scroll, .ln-wrap, .pannex, .notice-sheet, .hbs', INSIDE = 'a[href], button, input, select, textarea, [tabindex="0"]';
  let due = 0;

  function mark() {
    due = 0;
    document.querySelectorAll(BOXES).forEach(function (box) {
      const how = getComputedStyle(box), hides = /auto|scroll/.test(how.overflowX + how.overflowY);
      const more = hides && (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1);
      if (more && !box.querySelector(INSIDE)) box.tabIndex = 0; else box.removeAttribute('tabindex');
    });
  }

  function soon() { if (!due) due = setTimeout(mark, 120); }

  window.addEventListener('resize', soon);
  window.addEventListener('load', function () { new MutationObserver(soon).observe(document.body, { childList: true, subtree: true }); soon(); });
})();
