// A meeting in front of the room: keys turn pages, a figure opens its rows, Esc comes back to the same page.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const KEEP = 'yizhan-meeting'; // the page that rows were opened from
  const NEXT = ['ArrowRight', 'ArrowDown', 'PageDown', ' '], PREV = ['ArrowLeft', 'ArrowUp', 'PageUp'];

  function slide() { return document.querySelector('.slide'); }
  function kept() { try { return JSON.parse(sessionStorage.getItem(KEEP) || 'null'); } catch (e) { return null; } }

  function whole(on) {
    if (on && document.documentElement.requestFullscreen) document.documentElement.requestFullscreen().catch(function () {});
    if (!on && document.fullscreenElement) document.exitFullscreen().catch(function () {});
  }

  function to(shown, name) {
    const href = shown.getAttribute('data-' + name);
    if (href) yz.go(href);
  }

  function turn(event, shown) {
    const key = event.key;
    if (NEXT.indexOf(key) >= 0) to(shown, 'next');
    else if (PREV.indexOf(key) >= 0) to(shown, 'prev');
    else if (key === 'Home') to(shown, 'first');
    else if (key === 'End') to(shown, 'last');
    else if (key === 'Escape') { whole(false); to(shown, 'exit'); }
    else if (key === 'n') { const note = shown.querySelector('.m-note'); note.hidden = !note.hidden; }
    else if (key === 'f') whole(!document.fullscreenElement);
    else return;
    event.preventDefault();
  }

  document.addEventListener('keydown', function (event) {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const shown = slide(), back = kept();
    // Space and Enter on a link are the link's own.
    if (shown && !(event.key === ' ' && event.target.closest('a'))) return turn(event, shown);
    if (!shown && back && event.key === 'Escape' && !document.querySelector('details.drop[open], dialog[open]')) { event.preventDefault(); yz.go(back.href); }
  });

  document.addEventListener('click', function (event) {
    const link = event.target.closest && event.target.closest('a[href]');
    if (!link) return;
    if (link.getAttribute('data-act') === 'present') whole(true);
    if (link.getAttribute('data-act') === 'leave') whole(false);
    if (link.id === 'meeting-back') return;
    const shown = slide();
    if (shown && shown.contains(link)) sessionStorage.setItem(KEEP, JSON.stringify({ href: location.pathname + location.search, text: shown.getAttribute('data-back') }));
  }, true);

  // The way back stands on every page that was reached from a slide; the desk forgets it.
  function mark() {
    const shown = slide(), back = kept(), at = location.pathname;
    document.documentElement.classList.toggle('presenting', !!shown);
    const desk = /^\/meeting(\/|$)/.test(at) && !/[?&]row=/.test(location.search); // a frozen line is rows too
    if (!shown && desk && !/present=/.test(location.search)) sessionStorage.removeItem(KEEP);
    let chip = document.getElementById('meeting-back');
    if (!shown && back && !desk) {
      if (!chip) {
        chip = document.createElement('a');
        chip.id = 'meeting-back';
        chip.className = 'btn pri';
        chip.textContent = back.text; // once: each change of the page calls this again
        document.body.appendChild(chip);
      }
      chip.href = back.href;
    } else if (chip) chip.remove();
  }
  let due = 0;
  new MutationObserver(function () {
    if (!due) due = requestAnimationFrame(function () { due = 0; mark(); });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
