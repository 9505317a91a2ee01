// The wall: which scene is on, what it is drawn with, what an alarm, a lost line or an operator changes.
(function () {
  const root = document.getElementById('wall'), B = document.body, words = YZ.words, esc = YZ.esc;
  let data = null, scene = 0, since = performance.now(), orders = 0, stage = '', drawnKey = '', values = {}, seen = {}, alarmAt = 0, alarmSince = 0, alarmKeys = '', sounded = '', visit = '', asked = 0, stale = null, mapAt = 0, clockWide = 0;
  const VISIT = 60, PIN = 'yizhan-pin';  // seconds that a scene out of turn stays; what was on when an operator said to stay
  const checking = B.dataset.check === '1';

  root.innerHTML = '<header class="w-head"><div class="w-title"><b></b><span></span></div><div class="w-note"><b></b><span></span></div><div class="w-scene"></div><div class="w-clock"><div class="w-date"><span></span><span class="w-age"></span></div><time></time></div></header>' +
    '<div class="w-stage"></div><div class="w-text" hidden></div><footer class="w-feeds"></footer>';
  const q = function (s) { return root.querySelector(s); };
  const stageEl = q('.w-stage'), feedsEl = q('.w-feeds'), textEl = q('.w-text');
  const put = function (el, text) { if (el.textContent !== text) el.textContent = text; };

  const list = function () { return data ? data.scenes : []; };
  const told = function () { return data ? data.display.orders || {} : {}; };
  const current = function () {
    if (checking || told().pin === 'check') return { key: 'check', kind: 'check', dwell: 3600 };
    const l = list(), pin = told().pin === '*' ? stays() : told().pin, pinned = l.findIndex(function (s) { return s.key === pin; });
    if (pinned >= 0) scene = pinned;
    if (quiet()) scene = 0;
    return (!quiet() && (pin ? pinned < 0 && guest(pin) : visit && guest(visit))) || l[scene % l.length];
  };
  // A scene that an operator asks for and that is not among those in turn: left out in the settings, or without anything to act on.
  const guest = function (key) {
    if (data.areas[key]) return { key: key, kind: 'area', dwell: VISIT, guest: true };
    return ['listings', 'acts', 'feeds'].indexOf(key) >= 0 || (key === 'signals' && data.signals) ? { key: key, kind: key, dwell: VISIT, guest: true } : null;
  };
  const stays = function () {
    try { const kept = JSON.parse(localStorage.getItem(PIN) || '[]'); return kept[1] === told().pinned ? kept[0] : ''; } catch (e) { return ''; }
  };
  const quiet = function () { return data && YZ.clock.within(data.quiet); };
  const unacked = function () { return data ? data.alarms.filter(function (a) { return !a.acked; }) : []; };
  const held = function () { return told().paused || told().pin || quiet() || checking; };

  const home = function () { return data.areas[list()[0].kind === 'area' ? list()[0].key : Object.keys(data.areas)[0]]; };

  // ---- drawing
  const header = function () {
    const L = YZ.layout.get(), s = current(), lost = YZ.link.lost(), good = YZ.link.good();
    root.classList.toggle('lost', lost);
    const calm = data.alarms.filter(function (a) { return a.acked; });
    put(q('.w-title b'), lost ? YZ.say('lost', { x: good ? YZ.clock.when(good) : '—' }) : unacked().length && s.kind !== 'check' ? home().title : YZ.scenes.title(data, s));
    put(q('.w-title span'), lost ? '' : data.claim);
    const note = q('.w-note');
    const line = lost ? YZ.say('held', { x: good ? YZ.clock.when(good) : '—' }) : calm.length ? calm[0].head + ' ' + calm[0].place.join('') + (calm.length > 1 ? ' +' + (calm.length - 1) : '') : '';
    note.classList.toggle('red', !lost && calm.length > 0);
    put(note.firstChild, line);
    put(note.lastChild, lost || L.shape === 'tall' ? '' : told().text || '');  // an upright wall has it above its feeds
    note.classList.toggle('both', !!line && !!note.lastChild.textContent);
    note.classList.remove('tight');
    put(q('.w-scene'), checking || lost ? '' : [told().paused ? words.paused : told().pin ? words.pinned : '', s.guest ? '' : YZ.say('scene', { a: scene % list().length + 1, b: list().length })].filter(Boolean).join(' · '));
    // the title keeps to the first panel, the note begins in the second, the clock has the last
    const one = L.w / L.cols, title = q('.w-title'), span = q('.w-title span'), pad = L.t * 1.5;
    const first = L.cols > 1 ? one : L.w * .56;
    title.style.maxWidth = (first - pad) + 'px';
    span.hidden = L.shape === 'tall' || title.scrollWidth > first - pad;
    if (span.hidden === false && title.scrollWidth > first - pad) span.hidden = true;
    note.style.left = (L.cols > 1 ? one + pad * .5 : Math.min(title.scrollWidth + pad * 2, L.w * .5)) + 'px';
    let room = one - pad;
    if (L.cols === 2) {  // the second of two panels is the clock's too: the note goes where there is more room for it
      const by = pad + q('.w-title b').offsetWidth + pad * (lost ? 2 : 1), mine = one - pad * .5 - by;
      room = L.w - pad * 2 - q('.w-clock').offsetWidth - one - pad * .5;
      if (room < mine && (note.lastChild.textContent || room < L.t * 24)) { room = mine; note.style.left = by + 'px'; if (note.textContent) span.hidden = true; }
    }
    const sceneEl = q('.w-scene'), last = L.cols > 1 ? L.w - one : L.w - q('.w-clock').offsetWidth - pad * 2;
    sceneEl.style.right = (L.w - last + pad * .7) + 'px';
    sceneEl.hidden = L.shape === 'tall' || (L.cols > 1 && L.cols < 4 && (lost || calm.length > 0 && L.cols === 2 || !!note.lastChild.textContent));
    note.style.maxWidth = (L.cols > 1 ? room : last - parseFloat(note.style.left) - (sceneEl.hidden ? 0 : sceneEl.offsetWidth + pad)) + 'px';
    // What the operator says is said whole: in finer lines, and of the alarms that somebody has taken note of then only how many there are.
    if (note.lastChild.textContent && note.lastChild.scrollHeight > note.lastChild.clientHeight + L.t * .4) {
      note.classList.add('tight');
      if (line) put(note.firstChild, String(calm.length));
    }
    // Which picture of how many can be counted on the wall itself: it gives way to what somebody has to know.
    if (!sceneEl.hidden && note.textContent && note.getBoundingClientRect().right > sceneEl.getBoundingClientRect().left - pad * .5) sceneEl.hidden = true;
    YZ.layout.avoid(q('.w-head'));
  };
  const ago = function (ms) { const age = YZ.clock.age(ms); return age === words.now ? age : YZ.say('ago', { x: age }); };
  const tick = function () {
    if (!YZ.clock.known()) return;
    const now = YZ.clock.now();
    put(q('.w-clock time'), YZ.clock.hm(now));
    const frame = YZ.layout.get();
    put(q('.w-date span'), YZ.clock.date(frame.cols > 1 ? frame.w / frame.cols < frame.t * (frame.cols === 2 ? 27 : 20) : frame.shape === 'tall' && YZ.link.lost()));  // beside the clock on one panel
    const at = data ? YZ.clock.parse(data.at) : null, lost = YZ.link.lost(), good = YZ.link.good();
    const age = q('.w-age');
    age.classList.toggle('late', lost);
    const L = YZ.layout.get(), narrow = (L.cols > 1 && L.w / L.cols < L.t * 27) || (lost && L.shape === 'tall');  // too narrow for the whole line
    const since = lost && good ? YZ.clock.age(good) : '', gone = since === words.now ? since : YZ.say('since', { x: since });
    if (narrow && (lost ? good : at)) put(age, lost ? gone : ago(at));
    else if (lost && good) put(age, YZ.say('stopped', { x: YZ.clock.when(good) }) + ' · ' + gone);
    else if (at) put(age, YZ.say('as_of', { x: YZ.clock.when(at) }) + ' · ' + ago(at));
    root.querySelectorAll('[data-age]').forEach(function (el) {
      const t = YZ.clock.parse(el.dataset.at), text = YZ.clock.age(t);
      put(el, el.dataset.age === 'unacked' ? (text === words.now ? words.unacked_now : YZ.say('unacked', { x: text })) : el.dataset.age === 'late' ? text + ' ' + words.late : text);
    });
    const wide = q('.w-clock').offsetWidth;  // what stands beside the clock keeps clear of it
    if (wide !== clockWide) { clockWide = wide; if (data && list().length) header(); }
  };
  const feeds = function () {
    const L = YZ.layout.get(), cell = L.t * 10.2, pad = L.t * 1.5, one = L.w / L.cols;
    const per = Math.max(1, Math.floor((one - pad * .4) / cell)), rows = Math.max(1, Math.floor((L.h - L.foot - L.t * .5) / (L.t * 1.55)));
    // The heading takes the first places of the first panel: of every line, or of the first alone where the others would have no room.
    const slots = function (lines) {
      const out = [], headed = Math.ceil(L.t * 8 / (one / per));
      for (let r = 0; r < rows; r++) for (let c = 0; c < L.cols; c++) for (let k = 0; k < per; k++) if (c || r >= lines || k >= headed) out.push([c, k, r]);
      return out;
    };
    const flat = slots(rows).length < data.feeds.length, places = slots(flat ? 1 : rows);
    const sorted = data.feeds.slice().sort(function (a, b) { return b.late - a.late; });
    const rest = sorted.splice(places.length < sorted.length ? Math.max(0, places.length - 1) : sorted.length);
    const used = Math.max(1, Math.min(rows, flat || rest.length ? rows : Math.ceil(data.feeds.length / Math.max(1, places.length / rows))));
    const high = (L.h - L.foot - L.t * .4) / used, late = rest.filter(function (f) { return f.late; }).length;
    const at = function (i, cls, html) {
      const p = places[i] || [0, 0, 0];
      return '<div class="fd' + cls + '" style="left:' + (p[0] * one + pad * .7 + p[1] * ((one - pad * .4) / per)).toFixed(1) + 'px;top:' + (L.t * .2 + p[2] * high).toFixed(1) + 'px;height:' + high.toFixed(1) + 'px;width:' + ((one - pad * .9) / per - 4).toFixed(1) + 'px"><i></i>' + html + '</div>';
    };
    feedsEl.className = 'w-feeds' + (flat ? ' flat' : '');
    feedsEl.innerHTML = '<h3' + (flat ? ' style="height:' + (high + L.t * .2).toFixed(1) + 'px"' : '') + '>' + esc(words.feeds) + '<span>' + esc(words.feeds_note) + '</span></h3>' + sorted.map(function (f, i) {
      return at(i, f.late ? ' late' : '', '<b>' + esc(f.name) + '</b><span data-age="' + (f.late ? 'late' : 'plain') + '" data-at="' + esc(f.at || '') + '"></span>');
    }).join('') + (rest.length ? at(places.length - 1, ' more' + (late ? ' late' : ''), '<span>' + esc(YZ.say(late ? 'more_late' : 'more_feeds', { n: rest.length, m: late })) + '</span>') : '');
    YZ.layout.box(feedsEl, 0, L.foot, L.w, L.h);
  };
  // The operator's line above the feeds of an upright wall: as large as it fits, no word across a seam; null when there is none.
  const bar = function () {
    const L = YZ.layout.get(), t = L.shape === 'tall' ? told().text || '' : '', one = L.w / L.cols, pad = L.t * 1.5;
    if (!t) return null;
    const parts = t.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+/g);
    const set = function (size) {
      const out = [['']];  // lines of columns
      parts.forEach(function (part) {
        const line = out[out.length - 1], last = line.length - 1;
        if (!line[last] || YZ.map.measure(line[last] + part, size) <= one - pad * 2) line[last] += part;
        else if (line.length < L.cols) line.push(part); else out.push([part]);
      });
      return out;
    };
    let size = L.t * 1.6, lines = set(size);
    if (lines.length > 1) { size = L.t * 1.3; lines = set(size); }
    return { lines: lines, size: size, step: size * 1.3, high: Math.max(L.t * 2.6, lines.length * size * 1.3 + L.t * .5) };
  };
  const text = function () {
    const L = YZ.layout.get(), b = bar(), one = L.w / L.cols, pad = L.t * 1.5;
    textEl.hidden = !b;
    if (!b) return;
    const top = (b.high - b.lines.length * b.step) / 2;
    textEl.innerHTML = b.lines.map(function (line, r) {
      return line.map(function (p, i) { return '<span style="left:' + (i * one + pad).toFixed(1) + 'px;top:' + (top + r * b.step).toFixed(1) + 'px;height:' + b.step.toFixed(1) + 'px;font-size:' + b.size.toFixed(1) + 'px">' + esc(p) + '</span>'; }).join('');
    }).join('');
    YZ.layout.box(textEl, 0, L.foot - b.high, L.w, L.foot);
  };
  const boxes = function (s, alarm) {
    const L = YZ.layout.get(), line = bar(), foot = line ? L.foot - line.high : L.foot;
    const wide = L.shape === 'wide' && !alarm;
    if (s.kind === 'area' || alarm || wide) YZ.layout.place(stageEl);
    const came = stageEl.querySelector('[data-cell=latest]');
    if (came && foot < L.foot) YZ.layout.box(came, 0, L.ys[5], L.w, foot);
    stageEl.querySelectorAll('[data-full]').forEach(function (el) { YZ.layout.box(el, 0, L.top, wide && s.kind !== 'check' ? L.xs[2] : L.w, foot); });
    const parts = stageEl.querySelectorAll('[data-part]');
    if (s.kind === 'acts') parts.forEach(function (el, i) {
      if (wide) return YZ.layout.box(el, L.xs[i], L.top, L.xs[i + 1], foot);
      if (L.shape === 'tall') YZ.layout.box(el, 0, L.top + (foot - L.top) * i / 3, L.w, L.top + (foot - L.top) * (i + 1) / 3);
      else YZ.layout.box(el, third(L, i), L.top, third(L, i + 1), foot);
    });
    if (s.kind === 'acts' && wide) { const m = stageEl.querySelector('[data-cell=map]'); if (m) YZ.layout.box(m, L.xs[3], L.top, L.xs[4], foot); }
    if (s.kind === 'signals') parts.forEach(function (el, i) {
      if (wide) return YZ.layout.box(el, 0, L.top, L.xs[2], foot);
      if (L.shape === 'tall') YZ.layout.box(el, 0, i ? L.top + (foot - L.top) * .62 : L.top, L.w, i ? foot : L.top + (foot - L.top) * .62);
      else YZ.layout.box(el, i ? third(L, 2) : 0, L.top, i ? L.w : third(L, 2), foot);
    });
    const al = stageEl.querySelector('.w-alarm');
    if (al) {
      let x = L.shape === 'tall' ? 0 : L.xs[L.shape === 'wide' ? 2 : 1];
      const cut = L.shape === 'tall' ? undefined : L.sx.find(function (s) { return s > x + 1 && s < x + L.t * 22 && s < L.w * .6; });
      if (cut) {  // its words would lie across a seam: it begins there, and the figures have what is before
        stageEl.querySelectorAll('.w-hero, .w-kpi, .w-act').forEach(function (c) { if (c.offsetLeft + c.offsetWidth > x - 2) c.style.width = (cut - c.offsetLeft) + 'px'; });
        x = cut;
      }
      YZ.layout.box(al, x, L.shape === 'tall' ? L.ys[3] : L.top, L.w, foot);  // upright: below the red line, which stays
      const one = L.w / L.cols, main = al.querySelector('.a-main'), r = main.getBoundingClientRect();
      const seam = L.sx.find(function (s) { return s > r.left + L.t * 10 && s < r.right; });
      if (seam) main.style.setProperty('--main', (seam - r.left - L.t * 2.2).toFixed(1) + 'px');  // its lines end before it
      const name = al.querySelector('.a-top b'), n = name.getBoundingClientRect(), at = L.sx.find(function (s) { return n.left < s && n.right > s; });
      if (at) name.style.fontSize = Math.max(L.t * 1.3, L.t * 2.8 * (at - L.t * .5 - n.left) / n.width).toFixed(1) + 'px';
      if (L.shape === 'tall' && one < L.t * 27) {  // its panels hold a line each
        al.classList.add('slim');
        al.style.setProperty('--one', one.toFixed(1) + 'px');
        const top = al.querySelector('.a-top b');
        top.style.fontSize = Math.max(L.t * 1.3, Math.min(L.t * 2.8, (one - L.t * 5.6) / YZ.map.measure(top.textContent, 1, true))).toFixed(1) + 'px';
        al.querySelectorAll('h2').forEach(function (h) { h.style.fontSize = Math.max(L.t * 2, Math.min(L.t * 5, (one - L.t * 2.6) / YZ.map.measure(h.textContent, 1, true))).toFixed(1) + 'px'; });
      }
    }
  };
  const third = function (L, i) { return [0].concat(YZ.layout.breaks([L.w / 3, L.w * 2 / 3], L.sx, L.w * .17, L.w), L.w)[i]; };
  const COLS = { 'w-listings': { std: [[4, 26, 26, 0], 1], wide: [[4, 21, 16, 0], 1], tall: null, near: [[3.2, 15.5, 11.5, 0], 1] },
    'w-signals': { std: [[3.1, 26, 0], 1], wide: [[3.1, 26, 0], 1], tall: [[3.1, 30, 0], 1] }, 'w-latest': { std: [[4, 9.2, 5.8, 5, 0], 1.15], wide: [[4, 0], 1.15], tall: [[3.8, 9.2, 5.8, 4.6, 0], 1.15] } };
  const settle = function () {
    const L = YZ.layout.get();
    stageEl.querySelectorAll('.cell > h3 > span').forEach(YZ.layout.beside);
    stageEl.querySelectorAll('.w-hero h3 span, .w-kpi h3 span, .w-act > p').forEach(YZ.layout.whole);
    stageEl.querySelectorAll('.w-hero p').forEach(function (p) { if (p.scrollWidth > p.clientWidth) p.lastElementChild.hidden = true; });  // whole or not at all
    stageEl.querySelectorAll('.w-hero p span').forEach(YZ.layout.together);
    stageEl.querySelectorAll('.w-hero .num').forEach(function (n) {  // seven figures, or six on a narrow column
      n.style.fontSize = '';
      const over = n.scrollWidth / n.clientWidth;
      if (over > 1) n.style.fontSize = parseFloat(getComputedStyle(n).fontSize) / over * 0.98 + 'px';
    });
    stageEl.querySelectorAll('.nudge > .num').forEach(YZ.layout.fit);
    stageEl.querySelectorAll('.nudge').forEach(YZ.layout.nudge);
    stageEl.querySelectorAll('.a-main').forEach(function (main) {  // all of what is known, in smaller type where the panels leave less room
      const ends = function () { return main.scrollWidth <= main.clientWidth + 1 && main.lastElementChild.getBoundingClientRect().bottom <= main.getBoundingClientRect().bottom + 1; };
      for (let k = .9; k > .7 && !ends(); k -= .09) {
        main.style.setProperty('--k', k.toFixed(2));
        Array.from(main.children).forEach(function (c) { c.style.marginTop = ''; });
        YZ.layout.nudge(main);
      }
    });
    stageEl.querySelectorAll('.list').forEach(function (el) {
      const c = COLS[el.parentElement.className.split(' ').find(function (n) { return COLS[n]; })];
      if (el.closest('.w-sources')) YZ.layout.spread(el);
      const near = c && c.near && el.clientWidth < L.t * 52;  // two panels that are none: the term in two lines
      el.classList.toggle('near', !!near && L.shape !== 'tall');
      if (c && c[L.shape]) YZ.layout.columns(el, c[near ? 'near' : L.shape][0], c[L.shape][1]);
      YZ.layout.rows(el, parseFloat(el.dataset.least) * (el.closest('.w-latest') && L.shape === 'wide' ? 2.1 : el.closest('.w-listings') && L.shape === 'tall' ? 1.6 : 1));
    });
    stageEl.querySelectorAll('.w-signals h2, .w-listings h2').forEach(YZ.layout.shrunk);
    stageEl.querySelectorAll('.w-signals li').forEach(YZ.layout.ended);
    YZ.layout.avoid(stageEl);
    stageEl.querySelectorAll('.w-signals .st p').forEach(YZ.layout.spared);
  };
  const maps = function (s, a) {
    const L = YZ.layout.get();
    stageEl.querySelectorAll('[data-map]').forEach(function (el) {
      const kind = el.dataset.map;
      if (kind === '1') YZ.map.draw(el, (data.areas[s.key] || home()).map, L);
      if (kind === 'signals') YZ.map.draw(el, data.signals.map, L);
      if (kind === 'alarm' && a) {
        const named = {};
        named[a.code] = [null, '', a.place[a.place.length - 1]];
        YZ.map.draw(el, { file: a.map, cells: a.map, values: named, listed: [], marks: [], hot: a.code }, L);
      }
    });
  };
  // A changed figure is underlined for three seconds; nothing else moves.
  const mark = function (key) {
    const now = {}, old = values[key];
    stageEl.querySelectorAll('[data-k]').forEach(function (el) {
      now[el.dataset.k] = el.textContent;
      if (old && old[el.dataset.k] !== undefined && old[el.dataset.k] !== el.textContent) el.classList.add('changed');
    });
    values[key] = now;
  };
  const draw = function () {
    if (!data || !list().length) return;
    const s = current(), live = unacked(), L = YZ.layout.get();
    let html = '', a = null;
    if (live.length && s.kind !== 'check') {
      const made = YZ.scenes.alarm(data, alarmAt);
      a = made.alarm;
      html = YZ.scenes.figures(L.shape === 'tall' ? Object.assign({}, home(), { months: null }) : home()) + made.html;
    } else if (s.kind === 'area') {
      html = YZ.scenes.area(data, s.key, seen[s.key], L.shape === 'wide');
    } else html = s.kind === 'check' ? YZ.scenes.check(L) : YZ.scenes[s.kind](data, L.shape === 'wide') + (L.shape === 'wide' ? YZ.scenes.beside(home()) : '');
    root.classList.toggle('alarmed', !!a);
    const key = (a ? 'alarm:' + a.key : s.key) + '|' + L.w + 'x' + L.h + '|' + L.cols + '|' + L.rows + '|' + L.t.toFixed(2);
    const mapKey = key + JSON.stringify(a ? 0 : s.kind === 'area' ? data.areas[s.key].map : [home().map, s.kind === 'signals' ? data.signals.map : 0]) + (told().text ? 1 : 0);
    if (html + mapKey === stage) { header(); return; }
    const keptMap = drawnKey === mapKey ? stageEl.querySelector('[data-map]') : null;
    stageEl.innerHTML = html;
    stageEl.className = 'w-stage ' + s.kind;
    boxes(s, a); tick(); settle();  // the ages stand in their lines before what is measured beside them
    const hole = keptMap && stageEl.querySelector('[data-map]');
    if (hole) hole.replaceWith(keptMap); else maps(s, a);
    stage = html + mapKey; drawnKey = mapKey;
    mark(a ? 'alarm' : s.key);
    if (s.kind === 'area' && !a) seen[s.key] = new Set(data.areas[s.key].latest.rows.map(function (r) { return r[6]; }));
    text(); header();
    if (s.kind === 'check') seamsShown();
  };
  const seamsShown = function () {
    const L = YZ.layout.get();
    L.sx.forEach(function (x) { stageEl.insertAdjacentHTML('beforeend', '<u class="seam" style="left:' + x + 'px;top:0;width:1px;height:100%"></u>'); });
    L.sy.forEach(function (y) { stageEl.insertAdjacentHTML('beforeend', '<u class="seam" style="top:' + y + 'px;left:0;height:1px;width:100%"></u>'); });
  };
  const whole = function () {
    if (!data) return;
    YZ.layout.set(data.display.setup);
    YZ.layout.box(q('.w-head'), 0, 0, YZ.layout.get().w, YZ.layout.get().top);
    stage = drawnKey = '';
    root.classList.toggle('dim', !!quiet());
    feeds(); draw(); tick();
  };
  const next = function () {
    if (visit) visit = ''; else scene = (scene + 1) % Math.max(1, list().length);
    since = performance.now();
    stageEl.classList.remove('in'); void stageEl.offsetWidth; stageEl.classList.add('in');
    draw();
  };

  // ---- what happens
  const sound = function () {
    const live = unacked(), keys = live.map(function (a) { return a.key; }).join();
    if (!live.length) { sounded = ''; return; }
    if (!data.display.setup.sound || keys === sounded || quiet()) return;
    sounded = keys;
    try {
      const ctx = new AudioContext();
      [0, .35, .7].forEach(function (at) {
        const o = ctx.createOscillator(), g = ctx.createGain();
        o.frequency.value = 660; g.gain.value = .15; o.connect(g); g.connect(ctx.destination); o.start(ctx.currentTime + at); o.stop(ctx.currentTime + at + .2);
      });
      setTimeout(function () { ctx.close(); }, 1500);
    } catch (e) { /* no sound here */ }
  };
  const obey = function (fresh) {
    const o = told(), again = o.asked === asked;  // a line of text, a pause: the scene is not asked for anew
    if (o.n === orders) return;
    orders = o.n;
    asked = o.asked;
    if (fresh || !list().length) return;
    if (o.pin === '*' && !stays()) try { localStorage.setItem(PIN, JSON.stringify([current().key, o.pinned])); } catch (e) { /* it stays until it is loaded anew */ }
    if (again) return;
    const i = list().findIndex(function (s) { return s.key === o.scene; });
    visit = i < 0 && guest(o.scene) ? o.scene : '';
    if (i >= 0) scene = i;
    since = performance.now();
  };
  const changed = function (now) {
    const old = data, key = old && list().length ? list()[scene % list().length].key : '';
    data = now;
    if (old && old.build && now.build && document.body.dataset.build !== now.build) stale = stale || performance.now();
    const kept = list().findIndex(function (s) { return s.key === key; });
    if (kept >= 0) scene = kept; else scene = Math.min(scene, Math.max(0, list().length - 1));
    obey(!old);
    const live = unacked().map(function (a) { return a.key; }).join();
    if (live !== alarmKeys) { alarmKeys = live; alarmAt = 0; alarmSince = performance.now(); }  // the worst first, whenever one comes or goes
    const same = old && JSON.stringify(old.display.setup) === JSON.stringify(now.display.setup) && JSON.stringify(old.display.orders.text) === JSON.stringify(now.display.orders.text);
    if (!same) whole(); else { feeds(); draw(); tick(); }
    sound();
  };
  // A new version is loaded between two scenes, without an alarm, on a good line, once the server has it ready.
  const renew = function () {
    const build = data && data.build;
    if (!build || build === B.dataset.build || YZ.link.lost() || unacked().length) return;
    let tried = null;
    try { tried = sessionStorage.getItem('yizhan-build'); } catch (e) { /* then once a scene */ }
    if (tried === build) return;
    fetch(location.pathname + location.search, { cache: 'no-store' }).then(function (r) { return r.ok ? r.text() : ''; }).then(function (t) {
      if (t.indexOf('data-build="' + build + '"') < 0) return;
      try { sessionStorage.setItem('yizhan-build', build); } catch (e) { /* the same */ }
      location.reload();
    }).catch(function () {});
  };
  const stranger = function (status) {
    data = null; stage = ''; visit = '';
    try { localStorage.removeItem(PIN); } catch (e) { /* nothing was kept */ }
    YZ.layout.set({});
    root.hidden = true;
    if (document.getElementById('pair')) return;
    B.insertAdjacentHTML('beforeend', status === 403 ? '<section id="pair"><h1>' + esc(words.refused) + '</h1></section>' :
      '<section id="pair"><form><h1>' + esc(words.pair_head) + '</h1><p>' + esc(words.pair_text) + '</p><label>' + esc(words.pair_code) + '<input name="code" autocomplete="off" spellcheck="false" maxlength="12" autofocus></label><button>' + esc(words.pair_go) + '</button><p class="said" role="alert"></p></form></section>');
    const form = document.querySelector('#pair form');
    if (form) form.addEventListener('submit', function (event) {
      event.preventDefault();
      const said = form.querySelector('.said');
      fetch('/wall/pair', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code: form.elements.code.value }) }).then(function (r) {
        said.textContent = r.ok ? '' : r.status === 429 ? words.pair_wait : r.status === 403 ? words.pair_wrong : words.pair_down;
        if (r.ok) YZ.link.hurry();
      }).catch(function () { said.textContent = words.pair_down; });
    });
  };

  setInterval(function () {
    if (!data || root.hidden) return;
    const live = unacked().length, s = current();
    if (live > 1 && performance.now() - alarmSince > 12000) { alarmAt++; alarmSince = performance.now(); draw(); }
    if (quiet() !== root.classList.contains('dim')) whole();
    // a map file that did not come is asked for again, twice a minute
    if (performance.now() - mapAt > 30000) { mapAt = performance.now(); if (YZ.map.missed()) whole(); }
    if (!live && !held() && performance.now() - since > s.dwell * 1000) { renew(); next(); } else if (held() && performance.now() - since > 60000) { since = performance.now(); renew(); draw(); }
    tick();
  }, 1000);
  let sizing = 0;
  window.addEventListener('resize', function () { clearTimeout(sizing); sizing = setTimeout(whole, 150); });
  if (document.fonts && document.fonts.ready) document.fonts.ready.then(whole);
  YZ.wall = { scene: function () { return current(); }, data: function () { return data; }, show: function (key) { visit = ''; scene = list().findIndex(function (s) { return s.key === key; }); since = performance.now(); draw(); }, whole: whole, take: changed };
  YZ.link.start({
    data: function (now) { root.hidden = false; const p = document.getElementById('pair'); if (p) p.remove(); if (!data) { data = now; obey(true); data = null; } changed(now); },
    kept: function (old, at) { if (!YZ.clock.known()) YZ.clock.set(new Date(at).toISOString()); data = old; orders = told().n || 0; asked = told().asked; whole(); },
    lost: function () { if (data) { header(); tick(); } else put(q('.w-title b'), words.nothing); }, back: function () { if (data) { header(); tick(); } }, stranger: stranger
  });
})();
