// The time bar under a map. All steps' figures come in one answer; moving or playing only changes the map and the bar. When it comes
// to rest the address is that of the step, and the whole page follows.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const bars = {}; // prefix → what its bar shows
  const still = window.matchMedia('(prefers-reduced-motion: reduce)');
  const SVG = 'http://www.w3.org/2000/svg', REST = 350;
  const ICON = { play: 'M3 1.5v11l9-5.5z', pause: 'M3 2h3v10H3zM8 2h3v10H8z' };

  function el(name, attrs, parent, text) {
    const node = document.createElementNS(SVG, name);
    Object.keys(attrs).forEach(function (k) { node.setAttribute(k, attrs[k]); });
    if (text !== undefined) node.textContent = text;
    parent.appendChild(node);
    return node;
  }
  function make(tag, cls, parent, text) {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text !== undefined) node.textContent = text;
    parent.appendChild(node);
    return node;
  }

  function pace(st) { return still.matches ? 1800 : st.data.grain === 'week' ? 700 : 1100; }
  function root(st) { return document.getElementById(st.prefix + '-root'); }
  function address(step) {
    const url = new URL(location.href);
    url.searchParams.delete('window');
    url.searchParams.set('from', step.a);
    url.searchParams.set('to', step.b);
    return url.pathname + url.search;
  }

  // The map with the numbers of a step: everything else of it stays as it came.
  function onMap(st) {
    const v = st.at >= 0 && st.data.v && st.data.v[st.at];
    if (v && st.base) dash_clientside.yizhan.map(Object.assign({}, st.base, { v: v }), st.prefix + '-frame');
  }

  function said(step) { return step.t + ' ' + step.s + (step.c ? '，' + step.c : ''); }

  function mark(st) {
    const step = st.data.steps[st.at], place = document.getElementById(st.prefix + '-time');
    if (!place || !st.track) return;
    place.querySelectorAll('.b').forEach(function (b, i) { b.classList.toggle('on', i === st.at); });
    const knob = place.querySelector('.knob');
    knob.setAttribute('visibility', step ? 'visible' : 'hidden');
    if (step) knob.setAttribute('cx', st.x(st.at));
    st.track.setAttribute('aria-valuenow', String(Math.max(0, st.at)));
    st.track.setAttribute('aria-valuetext', step ? said(step) : st.data.words.none);
    const line = place.querySelector('.says');
    line.textContent = '';
    if (!step) { make('span', 'm', line, st.data.words.none).style.marginLeft = '0'; return; }
    make('b', '', line, step.t);
    make('span', '', line, step.s + (step.open ? '（' + st.data.words.open + '）' : ''));
    if (step.c) make('span', '', line, step.c);
    if (step.feast) make('span', '', line, step.feast);
    make('span', 'm', line, st.playing ? st.data.words.playing : st.data.still ? st.data.words.still : st.data.words.keys);
  }

  function show(st, i) {
    st.at = Math.max(0, Math.min(st.data.steps.length - 1, i));
    mark(st);
    onMap(st);
  }

  // At rest the page follows; moving by keys comes to rest after a moment.
  function rest(st, soon) {
    clearTimeout(st.resting);
    const step = st.data.steps[st.at];
    if (!step) return;
    const go = function () { st.resting = 0; if (!st.playing && document.getElementById(st.prefix + '-time')) yz.go(address(step)); };
    if (soon) go(); else st.resting = setTimeout(go, REST);
  }

  function move(st, i) {
    stop(st, true);
    show(st, i);
    rest(st);
  }

  function tick(st) {
    if (!document.getElementById(st.prefix + '-time')) return stop(st, true);
    if (st.at >= st.data.steps.length - 1) return stop(st);
    show(st, st.at + 1);
    history.replaceState(history.state, '', address(st.data.steps[st.at]));
    st.timer = setTimeout(function () { tick(st); }, pace(st));
  }

  function start(st) {
    if (st.data.still || !st.data.steps.length) return;
    clearTimeout(st.resting);
    st.resting = 0;
    if (st.at < 0 || st.at >= st.data.steps.length - 1) show(st, 0);
    st.playing = true;
    button(st);
    mark(st);
    root(st).classList.add('playing');
    st.timer = setTimeout(function () { tick(st); }, pace(st));
  }

  function stop(st, quiet) {
    if (!st.playing) return;
    st.playing = false;
    clearTimeout(st.timer);
    const page = root(st);
    if (page) page.classList.remove('playing');
    button(st);
    mark(st);
    if (!quiet) rest(st, true);
  }

  function button(st) {
    const b = document.querySelector('#' + st.prefix + '-time .play');
    if (!b) return;
    b.setAttribute('aria-label', st.playing ? st.data.words.pause : st.data.words.play);
    b.title = b.getAttribute('aria-label');
    b.querySelector('path').setAttribute('d', st.playing ? ICON.pause : ICON.play);
  }

  function keys(st, e) {
    const last = st.data.steps.length - 1, far = st.data.grain === 'week' ? 4 : 12, at = st.at < 0 ? last : st.at;
    const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageDown: at - far, PageUp: at + far, Home: 0, End: last }[e.key];
    if (to !== undefined) { e.preventDefault(); move(st, to); }
    else if (e.key === ' ' && e.target === st.track) { e.preventDefault(); if (st.playing) stop(st); else start(st); }
  }

  function chart(st) {
    const W = Math.max(120, st.track.clientWidth), H = st.track.clientHeight || 44, foot = 14, steps = st.data.steps, w = W / steps.length;
    const most = Math.max.apply(0, steps.map(function (s) { return s.n || 0; })) || 1;
    st.track.textContent = '';
    const svg = el('svg', { viewBox: '0 0 ' + W + ' ' + H, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, st.track);
    st.x = function (i) { return ((i + 0.5) * w).toFixed(1); };
    steps.forEach(function (s, i) {
      const h = Math.max(1, ((H - foot - 6) * (s.n || 0)) / most);
      el('rect', { x: (i * w + Math.min(1, w / 6)).toFixed(1), width: Math.max(1, w - Math.min(2, w / 3)).toFixed(1), y: (H - foot - h).toFixed(1), height: h.toFixed(1), class: 'b' + (s.open ? ' open' : '') }, svg);
      const y = s.a.slice(0, 4), first = i === 0 || steps[i - 1].a.slice(0, 4) !== y;
      const next = steps.findIndex(function (n) { return n.a.slice(0, 4) > y; }); // the first year gives way where the next begins soon
      if (first && (i || next < 0 || next * w > 34) && W - i * w > 30) {
        if (i) el('line', { class: 'yr', x1: (i * w).toFixed(1), x2: (i * w).toFixed(1), y1: 0, y2: H }, svg);
        el('text', { x: (i * w + (i ? 4 : 0)).toFixed(1), y: H - 1 }, svg, y);
      }
    });
    el('circle', { class: 'knob', r: 4, cy: H - foot + 1, cx: 0 }, svg);
  }

  function build(st, place) {
    const words = st.data.words;
    place.textContent = '';
    place.className = 'time' + (st.data.grain ? ' on' : '');
    if (st.data.grain) {
      const b = make('button', 'play', place);
      b.type = 'button';
      el('path', { d: ICON.play }, el('svg', { viewBox: '0 0 14 14', width: 14, height: 14, 'aria-hidden': 'true' }, b));
      b.disabled = st.data.still;
      b.onclick = function () { if (st.playing) stop(st); else start(st); };
      st.track = make('div', 'track', place);
      const given = { role: 'slider', tabindex: '0', 'aria-label': words.name, 'aria-valuemin': '0', 'aria-valuemax': String(st.data.steps.length - 1), 'aria-orientation': 'horizontal' };
      Object.keys(given).forEach(function (k) { st.track.setAttribute(k, given[k]); });
      const where = function (e) { const r = st.track.getBoundingClientRect(); return Math.floor(((e.clientX - r.left) / r.width) * st.data.steps.length); };
      st.track.onpointerdown = function (e) { if (e.button) return; st.track.focus(); st.track.setPointerCapture(e.pointerId); st.drag = true; stop(st, true); show(st, where(e)); e.preventDefault(); };
      st.track.onpointermove = function (e) { if (st.drag && where(e) !== st.at) show(st, where(e)); };
      st.track.onpointerup = function () { if (st.drag) { st.drag = false; rest(st, true); } };
      // A finger that scrolls the page meant no step.
      st.track.onpointercancel = function () { if (st.drag) { st.drag = false; if (st.data.now >= 0) show(st, st.data.now); } };
      place.onkeydown = function (e) { keys(st, e); };
      make('div', 'says', place);
    } else {
      st.track = null;
      place.onkeydown = null;
      const icon = el('svg', { viewBox: '0 0 14 14', width: 12, height: 12, class: 'clue', 'aria-hidden': 'true' }, place);
      el('path', { d: ICON.play }, icon);
      place.title = words.time;
    }
    const seg = make('div', 'seg sm', place);
    seg.setAttribute('role', 'group');
    seg.setAttribute('aria-label', words.time);
    ['week', 'month'].concat(st.data.grain ? ['off'] : []).forEach(function (k) {
      const a = make('a', '', seg, words[k]);
      a.href = st.data.links[k];
      if (k === st.data.grain) a.setAttribute('aria-current', 'true');
    });
    if (st.track) { chart(st); watch(st); }
  }

  function watch(st) {
    let w = st.track.clientWidth;
    new ResizeObserver(function () {
      if (!st.track || !st.track.isConnected || Math.abs(st.track.clientWidth - w) < 2) return;
      w = st.track.clientWidth;
      chart(st);
      mark(st);
    }).observe(st.track);
  }

  // The step of the address: an answer may be to an older one, and must not take the reader back there.
  function here(data) {
    const now = new URLSearchParams(location.search), a = now.get('from'), b = now.get('to');
    const i = a ? data.steps.findIndex(function (s) { return s.a === a && s.b === b; }) : -1;
    return i >= 0 ? i : data.now;
  }

  function time(data, rootId) {
    if (!data) return '';
    const prefix = rootId.replace('-root', ''), place = document.getElementById(prefix + '-time');
    if (!place) return '';
    place.inert = false;
    const old = bars[prefix], st = (bars[prefix] = old && old.place === place ? old : { prefix: prefix, place: place, at: -1, base: old ? old.base : null });
    if (old && old !== st) { clearTimeout(old.timer); clearTimeout(old.resting); }
    const playing = st.playing, at = st.at, focused = place.contains(document.activeElement) ? document.activeElement.className : '';
    st.data = data;
    if (!data.grain && playing) stop(st, true);
    build(st, place);
    if (data.grain) {
      // New data while it plays, is dragged or has not come to rest do not move it.
      st.at = playing || st.drag || (st.resting && at >= 0) ? Math.min(at, data.steps.length - 1) : here(data);
      button(st);
      mark(st);
    }
    const again = focused && place.querySelector('.' + focused.split(' ')[0]);
    if (again) again.focus({ preventScroll: true });
    return '';
  }

  // New numbers of the map: what a step is drawn over. While it plays or is dragged the step stays.
  function base(hideout, frame) {
    const prefix = frame.replace('-frame', '');
    const st = (bars[prefix] = bars[prefix] || { prefix: prefix, place: null, at: -1 });
    st.base = hideout;
    if (st.data && st.data.grain && (st.playing || st.drag)) onMap(st);
    return '';
  }

  // Another area: the bar of the one before stands still until its own comes.
  function leave(prefix) {
    const st = bars[prefix];
    if (!st || !st.place) return;
    if (st.data) stop(st, true);
    clearTimeout(st.resting);
    st.resting = 0;
    st.drag = false;
    st.at = -1;
    st.place.inert = true;
  }

  window.addEventListener('popstate', function () { Object.values(bars).forEach(function (st) { stop(st, true); clearTimeout(st.resting); st.resting = 0; }); });
  yz.time = { bars: bars, leave: leave };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    yizhan: Object.assign({}, (window.dash_clientside || {}).yizhan, { time: time, timeBase: base }),
  });
})();
