// The banner of every page: what keeps the store from taking data. It comes and goes by itself.
(function () {
  const EVERY = 10000, HIDDEN = 60000, SOON = 3000;
  let timer = 0, misses = 0, shown = '';

  function line(kind, title, text, since) {
    const out = document.createElement('div'), b = document.createElement('b'), span = document.createElement('span');
    out.className = 'health-line ' + kind;
    b.textContent = title;
    span.textContent = text + (since ? '　' + since : '');
    out.append(b, span);
    return out;
  }

  function show(problems) {
    const box = document.getElementById('health'), words = document.getElementById('health-words');
    if (!box || !words) return;
    const key = JSON.stringify(problems);
    if (key === shown) return; // said already: a screen reader hears it once
    shown = key;
    box.textContent = '';
    problems.forEach(function (p) {
      const made = line(p.kind, p.title, p.text, p.since);
      if (location.pathname !== '/feeds' && p.code) {
        const a = document.createElement('a');
        a.href = '/feeds' + (document.documentElement.lang === 'en' ? '?lang=en' : '');
        a.textContent = words.dataset.see;
        made.append(a);
      }
      box.append(made);
    });
  }

  async function poll() {
    let pause = document.hidden ? HIDDEN : EVERY;
    const words = document.getElementById('health-words');
    if (words) {
      try {
        const lang = document.documentElement.lang === 'en' ? 'en' : 'zh';
        const answer = await fetch('/health-banner?lang=' + lang, { credentials: 'same-origin', cache: 'no-store' });
        if (answer.ok) show(await answer.json());
        else if (answer.status >= 500) show([{ kind: 'stop', title: '', text: words.dataset.down }]);
        if (!answer.ok || shown.length > 2) pause = SOON; // a problem is looked at more often, so that it goes when it is over
        misses = 0;
      } catch (error) {
        misses += 1;
        pause = SOON;
        if (misses > 1) show([{ kind: 'stop', title: '', text: words.dataset.offline }]);
      }
    } else pause = 500;
    clearTimeout(timer);
    timer = setTimeout(poll, pause);
  }

  timer = setTimeout(poll, 800);
})();
