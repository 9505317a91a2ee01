// Where the labels of a map go: name over value, at the seat; then beside it; then outside with a hairline; the rest is
// left for an inset. Nothing is dropped: what has no place is handed back.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const g = (yz.geo = yz.geo || {}), LINE = 15, DOT = 4;
  let pen = null;

  function width(text, bold) {
    if (!pen) pen = document.createElement('canvas').getContext('2d');
    pen.font = (bold ? '600' : '400') + ' 12px ' + getComputedStyle(document.body).fontFamily;
    return pen.measureText(text).width;
  }

  // Positions around a seat: name and value below, above, astride the dot, right, left. `gap` is the room around the dot.
  function around(item) {
    const w = item.w, x = item.at[0], y = item.at[1], h = 2 * LINE;
    if (!item.dot) {
      const out = [];
      for (let d = 0; d <= 64; d += 8) {
        for (let a = 0; a < 12; a++) {
          if (d === 0 && a) break;
          const dx = d * Math.cos((a * Math.PI) / 6), dy = d * Math.sin((a * Math.PI) / 6);
          out.push({ x: x - w / 2 + dx, y: y - h / 2 + dy, w: w, h: h });
        }
      }
      return out;
    }
    const out = [
      { x: x - w / 2, y: y + DOT + 1, w: w, h: h },
      { x: x - w / 2, y: y - DOT - 1 - h, w: w, h: h },
      { x: x - w / 2, y: y - DOT - LINE - 1, w: w, h: h + 2 * DOT + 2, split: true },
    ];
    [0, -10, 10].forEach(function (dy) {
      out.push({ x: x + DOT + 3, y: y - h / 2 + dy, w: w, h: h, side: 'start' });
      out.push({ x: x - DOT - 3 - w, y: y - h / 2 + dy, w: w, h: h, side: 'end' });
    });
    [-14, 14, -24, 24].forEach(function (dx) {
      out.push({ x: x - w / 2 + dx, y: y + DOT + 1, w: w, h: h });
      out.push({ x: x - w / 2 + dx, y: y - DOT - 1 - h, w: w, h: h });
    });
    return out;
  }

  function free(r, item, placed, items, frame, blocked) {
    if (!g.within(r, frame)) return false;
    if (blocked.some(function (b) { return g.meet(r, b, 2); })) return false;
    if (placed.some(function (p) { return g.meet(r, p.rect, 1); })) return false;
    return !items.some(function (o) {
      return o.dot && o !== item && g.meet(r, { x: o.at[0] - 3, y: o.at[1] - 3, w: 6, h: 6 }, 1);
    });
  }

  function near(item, placed, items, frame, blocked, least, soft) {
    for (const r of around(item)) {
      if (!free(r, item, placed, items, frame, blocked) || g.share(item.shape, r) < least) continue;
      if (soft.some(function (s) { return g.covered([s], r, 0); })) continue;
      return { item: item, rect: r };
    }
    return null;
  }

  function outside(item, placed, items, frame, blocked, shapes) {
    const w = item.w, h = 2 * LINE, at = item.at;
    let best = null;
    for (let d = 24; d <= 150; d += 9) {
      for (let k = 0; k < 24; k++) {
        const a = (k * Math.PI) / 12, px = at[0] + d * Math.cos(a), py = at[1] + d * Math.sin(a), left = Math.cos(a) < -0.3, right = Math.cos(a) > 0.3;
        const r = { x: left ? px - w : right ? px : px - w / 2, y: left || right ? py - h / 2 : Math.sin(a) < 0 ? py - h : py, w: w, h: h };
        if (!free(r, item, placed, items, frame, blocked) || g.covered(shapes, r, 1)) continue;
        const end = [px, py], busy = placed.filter(function (p) { return g.cross(at, end, p.rect); }).length;
        const crossed = items.filter(function (o) { return o !== item && o.dot && g.cross(at, end, { x: o.at[0] - 4, y: o.at[1] - 4, w: 8, h: 8 }); }).length;
        const lines = placed.filter(function (p) { return p.line && near2(p.line, [at, end]); }).length;
        const cost = d + 60 * busy + 40 * crossed + 80 * lines + 12 * Math.abs(Math.sin(a));
        if (busy === 0 && lines === 0 && (!best || cost < best.cost)) best = { item: item, rect: r, line: [at, end], cost: cost, side: left ? 'end' : right ? 'start' : '' };
      }
      if (best && d > best.cost) break;
    }
    return best;
  }

  function near2(s, t) {
    function side(a, b, c) { return Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])); }
    return side(s[0], s[1], t[0]) !== side(s[0], s[1], t[1]) && side(t[0], t[1], s[0]) !== side(t[0], t[1], s[1]);
  }

  // items: {code, name, value, at, dot, shape}; returns {placed, left}. What is `soft` is kept clear of if there is room elsewhere; `hard`: always.
  function place(items, frame, blocked, shapes, soft, mayLead, hard) {
    items.forEach(function (it) { it.w = Math.ceil(Math.max(width(it.name, true), width(it.value, false))) + 2; });
    let left = items.slice().sort(function (a, b) { return a.size - b.size; });
    const placed = [];
    [[1, soft], [0.86, soft], [0.66, soft], [0.52, hard || []]].forEach(function (pass) {
      left = left.filter(function (it) {
        const found = near(it, placed, items, frame, blocked, pass[0], pass[1]);
        if (found) placed.push(found);
        return !found;
      });
    });
    if (mayLead) {
      left = left.filter(function (it) {
        const found = outside(it, placed, items, frame, blocked, hard ? shapes.concat(hard) : shapes);
        if (found) placed.push(found);
        return !found;
      });
    }
    return { placed: placed, left: left };
  }

  yz.labels = { place: place, width: width, LINE: LINE };
})();
