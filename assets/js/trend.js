// Monthly numbers as a line to the size of its panel: this year in the accent, the year before in grey, both named at
// their ends; a month that is not complete is hollow and dashed; Spring Festival is written where it falls.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const kept = new Map(); // element → {draw, size}

  function nice(most) {
    const steps = [1, 2, 5].map(function (m) { return m; });
    for (let p = 1; ; p *= 10) for (const m of steps) { const step = m * p, n = Math.ceil(most / step); if (n <= 5) return { step: step, top: Math.max(1, n) * step }; }
  }

  function group(n) { return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ','); }
  function fill(text, values) { return text.replace(/\{(\w+)\}/g, function (_, k) { return values[k]; }); }

  function line(points, x, y, key) {
    return points.map(function (p, i) { return p[key] === null ? null : [x(i), y(p[key])]; }).filter(Boolean)
      .map(function (c) { return c[0].toFixed(1) + ',' + c[1].toFixed(1); }).join(' ');
  }

  // Labels at the right end, at least `gap` apart, in the order of their values.
  function spread(labels, gap, low, high) {
    labels.sort(function (a, b) { return a.y - b.y; });
    for (let i = 1; i < labels.length; i++) labels[i].y = Math.max(labels[i].y, labels[i - 1].y + gap);
    const over = labels.length ? labels[labels.length - 1].y - high : 0;
    if (over > 0) labels.forEach(function (l) { l.y -= over; });
    return labels.map(function (l) { l.y = Math.max(l.y, low); return l; });
  }

  function axes(svg, f, points, words) {
    const el = yz.draw.el;
    for (let v = 0; v <= f.scale.top; v += f.scale.step) {
      el('line', { class: v ? 'gl' : 'ax', x1: f.left, x2: f.right, y1: f.y(v), y2: f.y(v) }, svg);
      el('text', { class: 'tk', x: f.left - 8, y: f.y(v) + 4, 'text-anchor': 'end' }, svg, group(v));
    }
    const every = (f.right - f.left) / points.length < 13 ? 6 : 3;
    points.forEach(function (p, i) {
      const year = p.m === 1;
      if (year) el('line', { class: 'gl', x1: f.x(i), x2: f.x(i), y1: f.top, y2: f.bottom + 4, 'stroke-dasharray': '2 3' }, svg);
      if (year || (p.m - 1) % every === 0) {
        el('text', { class: 'tk', x: f.x(i), y: f.bottom + 18, 'text-anchor': 'middle', 'font-weight': year ? 600 : 400 }, svg, year ? p.y : words.months[p.m - 1]);
      }
    });
  }

  function feasts(svg, f, points) {
    const written = [];
    points.forEach(function (p, i) {
      if (!p.feast) return;
      const near = points.slice(Math.max(0, i - 1), i + 2), low = Math.max.apply(0, near.map(function (q) { return Math.max(f.y(q.now), q.before === null ? 0 : f.y(q.before)); }));
      const anchor = i < 2 ? 'start' : i > points.length - 3 ? 'end' : 'middle';
      const wide = yz.labels.width(p.feast, false) + 8, left = f.x(i) - (anchor === 'start' ? 0 : anchor === 'end' ? wide : wide / 2);
      let y = Math.min(low + 18, f.bottom - 4);
      // Next to the year before's a long name needs a line of its own, below it or, at the foot, above it.
      written.forEach(function (w) { if (left < w.right && Math.abs(y - w.y) < 16) y = w.y + 16 <= f.bottom - 4 ? w.y + 16 : w.y - 16; });
      written.push({ right: left + wide, y: y });
      yz.draw.el('text', { class: 'tk halo', x: f.x(i), y: y, 'text-anchor': anchor }, svg, p.feast);
    });
  }

  function ends(svg, f, points, words) {
    const el = yz.draw.el, last = points[points.length - 1], labels = [];
    labels.push({ y: f.y(last.now) + 4, text: group(last.now), style: 'fill:var(--accent)', weight: 600, part: last.open });
    if (last.before !== null) labels.push({ y: f.y(last.before) + 4, text: fill(words.before, { n: group(last.before) }), cls: 'tk', weight: 400 });
    const rows = [];
    labels.forEach(function (l) { rows.push(l); });
    spread(rows, 16, f.top + 4, f.bottom - (last.open ? 16 : 0));
    rows.forEach(function (l, i) {
      const below = rows[i + 1];
      let at = !below || below.y - l.y >= 30 ? l.y + 15 : l.y - 15;
      if (l.part && at < 12) { at = l.y + 15; below.y = l.y + 30; } // nothing fits above the highest point: the other label makes room
      el('text', { class: l.cls || '', x: f.right + 10, y: l.y, 'font-weight': l.weight, style: l.style || '' }, svg, l.text);
      if (l.part) el('text', { x: f.right + 10, y: at, style: 'fill:var(--wait)' }, svg, words.part);
    });
  }

  // Each month is a link to its matters, with a wide invisible target and a dot when focused or pointed at.
  function targets(svg, f, points, words, area) {
    const el = yz.draw.el, half = (f.right - f.left) / Math.max(1, points.length - 1) / 2;
    points.forEach(function (p, i) {
      if (!p.href) return;
      const a = el('a', { href: p.href, class: 'pt', 'data-figure': 'month.' + p.y + '-' + String(p.m).padStart(2, '0'), 'data-value': p.now, 'data-area': area }, svg);
      const text = fill(words.tip, { y: p.y, m: p.m, n: group(p.now) }) + (p.before === null ? '' : fill(words.tip_before, { n: group(p.before) }));
      a.setAttribute('aria-label', text);
      el('title', {}, a, text);
      el('rect', { x: f.x(i) - half, y: f.top, width: 2 * half, height: f.bottom - f.top, fill: 'transparent' }, a);
      el('circle', { cx: f.x(i), cy: f.y(p.now), r: 3.5 }, a);
    });
  }

  function frame(box, points, right, keys) {
    const W = Math.max(240, box.clientWidth), H = Math.max(80, box.clientHeight);
    let most = 1;
    points.forEach(function (p) { keys.forEach(function (k) { if (p[k]) most = Math.max(most, p[k]); }); });
    const scale = nice(most), left = 14 + yz.labels.width(group(scale.top), false), top = 16, bottom = H - 24, end = W - right;
    return { W: W, H: H, left: left, right: end, top: top, bottom: bottom, scale: scale,
             x: function (i) { return left + ((end - left) * i) / Math.max(1, points.length - 1); },
             y: function (v) { return bottom - ((bottom - top) * v) / scale.top; } };
  }

  function canvas(box, f, label) {
    box.textContent = '';
    return yz.draw.el('svg', { viewBox: '0 0 ' + f.W + ' ' + f.H, width: f.W, height: f.H, role: 'group', 'aria-label': label }, box);
  }

  function months(box, data) {
    const points = data.points, words = data.words, el = yz.draw.el;
    if (!points.length) { box.textContent = ''; return; }
    const f = frame(box, points, 14 + Math.max(yz.labels.width(fill(words.before, { n: '00,000' })), yz.labels.width(words.part)), ['now', 'before']);
    const svg = canvas(box, f, words.label), last = points.length - 1, open = points[last].open;
    axes(svg, f, points, words);
    el('polyline', { class: 'ln0', points: line(points, f.x, f.y, 'before') }, svg);
    el('polyline', { class: 'ln', points: line(open ? points.slice(0, last) : points, f.x, f.y, 'now') }, svg);
    if (open && last) el('line', { class: 'ln lnp', x1: f.x(last - 1), y1: f.y(points[last - 1].now), x2: f.x(last), y2: f.y(points[last].now) }, svg);
    feasts(svg, f, points);
    targets(svg, f, points, words, data.area);
    el('circle', { cx: f.x(last), cy: f.y(points[last].now), r: 3.5, style: 'fill:' + (open ? 'var(--surface)' : 'var(--accent)') + ';stroke:' + (open ? 'var(--wait)' : 'var(--accent)') + ';stroke-width:2;pointer-events:none' }, svg);
    ends(svg, f, points, words);
  }

  function listing(box, data) {
    const points = data.points, words = data.words, el = yz.draw.el;
    box.style.display = points.length < 2 ? 'none' : '';
    if (points.length < 2) { box.textContent = ''; return; }
    const f = frame(box, points, 40, ['now']), svg = canvas(box, f, words.label), last = points.length - 1;
    f.left = 8;
    const first = points[0];
    if (data.mark) {
      const i = (data.mark.y - first.y) * 12 + data.mark.m - first.m + (data.mark.d - 1) / 31 - 0.5;
      if (i >= -0.5 && i <= last + 1) {
        const x = Math.max(f.left, Math.min(f.right, f.x(Math.max(0, i))));
        el('rect', { x: x, y: 4, width: f.right - x, height: f.bottom - 4, fill: 'var(--bg)' }, svg);
        el('line', { x1: x, x2: x, y1: 4, y2: f.bottom, stroke: 'var(--act)' }, svg);
        const after = x < 90;
        el('text', { x: x + (after ? 4 : -4), y: 14, 'text-anchor': after ? 'start' : 'end', style: 'fill:var(--act)' }, svg, words.mark);
      }
    }
    el('line', { class: 'ax', x1: f.left, x2: f.right, y1: f.bottom, y2: f.bottom }, svg);
    const open = points[last].open;
    el('polyline', { class: 'ln', points: line(open ? points.slice(0, last) : points, f.x, f.y, 'now') }, svg);
    if (open) el('line', { class: 'ln lnp', x1: f.x(last - 1), y1: f.y(points[last - 1].now), x2: f.x(last), y2: f.y(points[last].now) }, svg);
    if (open) el('circle', { cx: f.x(last), cy: f.y(points[last].now), r: 3.5, style: 'fill:var(--surface);stroke:var(--wait);stroke-width:2' }, svg);
    el('text', { x: f.x(0), y: Math.max(11, f.y(first.now) - 8), 'text-anchor': 'start' }, svg, group(first.now));
    el('text', { x: f.right + 8, y: f.y(points[last].now) + 4, 'font-weight': 600, style: 'fill:var(--accent)' }, svg, group(points[last].now));
    const every = Math.max(1, Math.ceil(points.length / 6));
    points.forEach(function (p, i) {
      if ((last - i) % every === 0) el('text', { class: 'tk', x: f.x(i), y: f.bottom + 16, 'text-anchor': i === 0 ? 'start' : 'middle' }, svg, words.months[p.m - 1]);
    });
  }

  function keep(id, draw) {
    const box = document.getElementById(id);
    if (!box) return;
    const seen = kept.has(box);
    kept.set(box, draw);
    if (seen) return requestAnimationFrame(function () { if (kept.get(box) === draw) draw(box); });
    // The first call comes by itself, when the page has been measured anyway.
    new ResizeObserver(function () { if (box.isConnected && kept.has(box)) kept.get(box)(box); else kept.delete(box); }).observe(box);
  }

  function trend(data, root) {
    if (data) keep(root.replace('-root', '-trend'), function (box) { months(box, data); });
    return '';
  }

  function listed(data, root) {
    if (data) keep(root.replace('-root', '-listing-chart'), function (box) { listing(box, data); });
    return '';
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    yizhan: Object.assign({}, (window.dash_clientside || {}).yizhan, { trend: trend, listed: listed }),
  });
})();
