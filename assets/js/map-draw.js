// Drawing over the outlines: labels with a halo in the colour of their class, seats, hatching, inset, scale bar.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const g = (yz.geo = yz.geo || {}), NS = 'http://www.w3.org/2000/svg';
  const DARK = { q5: 1, q6: 1, d0: 1, d4: 1 };

  function el(name, attrs, parent, text) {
    const node = document.createElementNS(NS, name);
    Object.keys(attrs || {}).forEach(function (k) { node.setAttribute(k, attrs[k]); });
    if (text !== undefined) node.textContent = text;
    if (parent) parent.appendChild(node);
    return node;
  }

  function label(layer, p) {
    const it = p.item, r = p.rect, out = !!p.line, dark = DARK[it.cls] && !out;
    if (p.line) el('path', { d: 'M' + p.line[0] + 'L' + p.line[1], class: 'leader' }, layer);
    if (it.plate && !out) el('rect', { x: r.x - 4, y: r.y - 2, width: r.w + 8, height: r.h + 5, rx: 2, class: 'area ' + it.cls + ' plate' }, layer);
    const side = p.side || r.side || '';
    const x = side === 'start' ? r.x : side === 'end' ? r.x + r.w : r.x + r.w / 2;
    const text = el('text', { class: 'lab ' + (dark ? 'w' : 'k') + ' ' + (out ? 'out' : 'h-' + it.cls), style: side ? 'text-anchor:' + side : '' }, layer);
    el('tspan', { x: x, y: it.value ? r.y + 12 : r.y + r.h / 2 + 4, class: 'nm' }, text, it.name);
    if (it.value) el('tspan', { x: x, y: r.y + r.h - 3 }, text, it.value);
  }

  // A seat is a dot, and a square where the township's centre runs (dashed: where one is planned); hollow where the place is not verified.
  function dots(layer, items) {
    items.forEach(function (it) {
      const at = it.dot ? it.at : it.seat;
      if (!at) return;
      const tone = DARK[it.cls] ? '#fff' : 'var(--ink)', style = 'fill:' + (it.verified && it.centre !== 'planned' ? tone : 'none') + ';stroke:' + tone;
      if (it.centre) el('rect', { x: at[0] - 3, y: at[1] - 3, width: 6, height: 6, style: style, class: 'seat centre ' + it.centre }, layer);
      else el('circle', { cx: at[0], cy: at[1], r: it.dot ? 3 : 2.5, style: style, class: 'seat' }, layer);
    });
  }

  function inset(svg, rect, source, scene, factor, items, words, id) {
    const kx = function (p) { return [rect.x + (p[0] - source.x) * factor, rect.y + (p[1] - source.y) * factor]; };
    el('rect', { x: source.x, y: source.y, width: source.w, height: source.h, class: 'box' }, svg);
    const clip = el('clipPath', { id: id }, svg);
    el('rect', { x: rect.x, y: rect.y, width: rect.w, height: rect.h }, clip);
    const body = el('g', { 'clip-path': 'url(#' + id + ')' }, svg);
    el('rect', { x: rect.x, y: rect.y, width: rect.w, height: rect.h, fill: 'var(--surface)' }, body);
    const big = scene.map(function (s) {
      const rings = s.shape.rings.map(function (r) { return r.map(kx); });
      const shape = { rings: rings, box: g.box(rings) };
      el('path', { d: g.path(rings), class: 'area ' + s.cls, 'data-go': s.code }, body);
      if (s.listed) el('path', { d: g.path(rings), class: 'hat2' }, body);
      return Object.assign({}, s, { shape: shape, at: kx(s.at), size: s.size * factor * factor });
    });
    const frame = { x: rect.x + 2, y: rect.y + 2, w: rect.w - 4, h: rect.h - 4 };
    const seen = big.filter(function (s) { return s.at[0] > frame.x + 4 && s.at[0] < frame.x + frame.w - 4 && s.at[1] > frame.y + 4 && s.at[1] < frame.y + frame.h - 4; });
    const wanted = {};
    items.forEach(function (it) { wanted[it.code] = 1; });
    const first = seen.filter(function (s) { return wanted[s.code]; });
    const found = yz.labels.place(first, frame, [], [], [], false);
    const more = yz.labels.place(seen.filter(function (s) { return !wanted[s.code]; }), frame, found.placed.map(function (p) { return p.rect; }), [], [], false);
    dots(body, seen);
    found.placed.concat(more.placed).forEach(function (p) { label(body, p); });
    el('rect', { x: rect.x + 0.5, y: rect.y + 0.5, width: rect.w - 1, height: rect.h - 1, class: 'box' }, svg);
    const done = {};
    found.placed.concat(more.placed).forEach(function (p) { done[p.item.code] = 1; });
    const note = words.factor.replace('{x}', factor.toFixed(1)), above = rect.y > 24;
    el('text', { x: rect.x, y: above ? rect.y - 6 : rect.y + rect.h + 14, class: 'tk' }, svg, note);
    return done;
  }

  function scalebar(svg, frame, metres, words, blocked, shapes) {
    const lengths = [1, 2, 5, 10, 20, 50];
    const km = lengths.filter(function (n) { return (n * 1000) / metres <= 100; }).pop() || 1;
    const w = (km * 1000) / metres, text = words.km.replace('{n}', km), full = w + 12 + yz.labels.width(text, false);
    const spots = [[frame.x + 2, frame.y + frame.h - 8], [frame.x + frame.w - full - 4, frame.y + frame.h - 8], [frame.x + frame.w - full - 4, frame.y + 14], [frame.x + 2, frame.y + 14]];
    const at = spots.find(function (s) {
      const r = { x: s[0], y: s[1] - 12, w: full, h: 16 };
      return !g.covered(shapes, r, 2) && !blocked.some(function (b) { return g.meet(r, b, 4); });
    });
    if (!at) return;
    el('path', { d: 'M' + (at[0] + 0.5) + ',' + (at[1] - 4) + 'v4h' + w.toFixed(1) + 'v-4', class: 'bar-line' }, svg);
    el('text', { x: at[0] + w + 8, y: at[1] + 2, class: 'tk' }, svg, text);
  }

  yz.draw = { el: el, label: label, dots: dots, inset: inset, scalebar: scalebar, DARK: DARK };
})();
