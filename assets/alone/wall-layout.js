// Composes the wall for its size: where columns and rows break, that nothing lies on a seam, and how large type is.
YZ.layout = (function () {
  const USUAL = { std: [3650, 8000], wide: [7300, 8000], tall: [1060, 4000] };  // mm: width, furthest eye
  const MOST = 1.05;  // times the usual size of type
  let L = null;

  const shapeOf = function (w, h) { return w / h >= 2.5 ? 'wide' : w / h <= 1 ? 'tall' : 'std'; };
  const seams = function (length, count) {
    const out = [];
    for (let i = 1; i < count; i++) out.push(length * i / count);
    return out;
  };
  const near = function (value, list, reach) {
    let best = value, d = reach;
    list.forEach(function (s) { if (Math.abs(s - value) < d) { best = s; d = Math.abs(s - value); } });
    return best;
  };

  // Breaks of the rows below the header: the planned ones, each on a seam where one is near.
  const rowsOf = function (h, planned, sy) {
    let last = planned[0] * h;
    return planned.map(function (p, i) {
      const y = i === 0 ? p * h : near(p * h, sy, h * .061);
      last = i && y - last < h * .055 ? p * h : y;
      return Math.max(last, i ? planned[i - 1] * h : 0);
    });
  };

  // Grid areas by shape: [name, first row line, last row line, first column line, last column line].
  const AREA = {
    std: { rows: [.085, .33333, .5, .66667, .815, .894, 1], cells: [['hero', 0, 1, 0, 1], ['k0', 1, 2, 0, 1], ['k1', 2, 3, 0, 1], ['k2', 3, 4, 0, 1],
      ['act', 4, 5, 0, 1], ['map', 0, 3, 1, 2], ['rank', 0, 3, 2, 3], ['latest', 3, 5, 1, 3]] },
    wide: { rows: [.085, .33333, .5, .66667, .815, .894, 1], cells: [['hero', 0, 2, 0, 1], ['months', 2, 4, 0, 1], ['act', 4, 5, 0, 1], ['k0', 0, 1, 1, 2],
      ['k1', 1, 3, 1, 2], ['k2', 3, 5, 1, 2], ['map', 0, 5, 2, 4], ['rank', 0, 5, 4, 5], ['latest', 0, 5, 5, 6], ['sigs', 2, 5, 5, 6]] },
    tall: { rows: [.054, .188, .264, .304, .604, .756, .9, 1], cells: [['hero', 0, 1, 0, 2], ['months', 0, 1, 2, 3], ['k0', 1, 2, 0, 1], ['k1', 1, 2, 1, 2],
      ['k2', 1, 2, 2, 3], ['act', 2, 3, 0, 3], ['map', 3, 4, 0, 3], ['rank', 4, 5, 0, 3], ['latest', 5, 6, 0, 3]] }
  };

  const columnsOf = function (shape, w, sx) {
    if (shape === 'tall') return [0, w / 3, w * .64, w];
    if (shape === 'wide') return [0, 1, 2, 3, 4, 5, 6].map(function (i) { return i % 6 ? near(w * i / 6, sx, w * .09) : w * i / 6; });
    const first = sx.some(function (s) { return s < w / 3 - 1; }) ? near(w / 3, sx, w * .2) : w / 3;
    const last = sx.some(function (s) { return s > w * .75 + 1; }) ? near(w * .75, sx, w * .1) : w * .75;
    return [0, first, last, w];
  };

  const set = function (setup) {
    const w = window.innerWidth, h = window.innerHeight, shape = shapeOf(w, h);
    const wall = setup.wall || USUAL[shape][0], eye = setup.eye || USUAL[shape][1];
    const sx = seams(w, setup.cols || 1), sy = seams(h, setup.rows || 1);
    const plan = AREA[shape];
    // As large as the distance asks, but no larger than the shape has room for: a small wall far away would else be cut-off figures.
    const usual = Math.min(USUAL[shape][1] / USUAL[shape][0] * w, shape === 'tall' ? Infinity : 4.1 * h) * MOST;
    const asked = eye / wall * w, far = Math.min(asked, usual);
    L = { w: w, h: h, shape: shape, wall: wall, eye: eye, cols: setup.cols || 1, rows: setup.rows || 1, sx: sx, sy: sy,
      t: far / 197.8, reads: asked > usual ? far * wall / w : 0, ys: rowsOf(h, plan.rows, sy), xs: columnsOf(shape, w, sx), cells: plan.cells };
    L.top = L.ys[0];
    L.foot = L.ys[L.ys.length - 2];
    document.documentElement.style.setProperty('--t', L.t.toFixed(3) + 'px');
    document.body.className = 'wallbody ' + shape;
    return L;
  };

  const box = function (el, x0, y0, x1, y1) {
    el.style.cssText = 'left:' + x0.toFixed(1) + 'px;top:' + y0.toFixed(1) + 'px;width:' + (x1 - x0).toFixed(1) + 'px;height:' + (y1 - y0).toFixed(1) + 'px';
  };
  const place = function (root) {
    const halved = root.querySelector('[data-cell=sigs]');  // what came in last shares its column with the signals
    L.cells.forEach(function (c) {
      const el = root.querySelector('[data-cell=' + c[0] + ']');
      if (el) box(el, L.xs[c[3]], L.ys[c[1]], L.xs[c[4]], L.ys[halved && c[0] === 'latest' ? 2 : c[2]]);
    });
  };

  // Rows of a list: in each stretch between seams equally high, so that a border and never a line of type lies on a seam.
  const rows = function (list, least) {
    const r = list.getBoundingClientRect(), all = Array.from(list.children), min = least * L.t, two = list.dataset.two && L.shape === 'tall';
    const items = two ? all.slice(0, Math.ceil(all.length / 2)) : all;
    if (!items.length || r.height <= 0) return;
    const cuts = [r.top].concat(L.sy.filter(function (s) { return s > r.top + min && s < r.bottom - min * .8; }), [r.bottom]);
    const sizes = cuts.slice(1).map(function (y, i) { return y - cuts[i]; });
    const most = sizes.reduce(function (n, size) { return n + Math.floor(size / min); }, 0), shown = Math.min(items.length, most);
    let high = Math.max(min, Math.min(r.height / shown, min * 1.9));
    const room = function () { return sizes.reduce(function (n, size) { return n + Math.floor(size / high + .01); }, 0); };
    while (room() < shown && high > min) high = Math.max(min, high * .97);
    let left = shown;
    const heights = [];
    sizes.forEach(function (size) {
      const mine = Math.min(left, Math.floor(size / high + .01));
      left -= mine;
      for (let k = 0; k < mine; k++) heights.push(left ? size / mine : Math.min(high, size / mine));
      if (!mine && left && heights.length) heights[heights.length - 1] += size;
    });
    list.style.gridTemplateRows = heights.map(function (x) { return x.toFixed(1) + 'px'; }).join(' ');
    if (two) list.style.gridAutoFlow = 'column';
    all.forEach(function (item, i) { item.hidden = i >= (two ? shown * 2 : shown); });
  };

  // Columns of a list's lines: a column that would lie across a seam begins right after it.
  const columns = function (list, ems, scale) {
    const r = list.getBoundingClientRect(), em = L.t * scale, pad = L.t * .6, out = [], ends = {};
    let x = r.left;
    ems.forEach(function (e, i) {
      const free = e === 0, wide = free ? r.right - x : e * em;
      const seam = L.sx.find(function (s) { return s > x + 1 && s < x + wide - 1; });
      if (seam !== undefined && !free && seam - x - pad > wide * .55) {
        out.push(seam - x); x = seam + pad; out[out.length - 1] += pad;  // it keeps to what lies before the seam
        ends[i] = seam - pad;
        return;
      }
      if (seam !== undefined && (!free || seam - x < 9 * em)) {
        if (out.length) out[out.length - 1] += seam + pad - x; else out.push(seam + pad - x);
        x = seam + pad;
      }
      const end = free ? L.sx.find(function (s) { return s > x + 1 && s < r.right - 1; }) || r.right : 0;
      out.push(free ? end - x - (end < r.right ? pad : 0) : wide);
      x += out[out.length - 1];
    });
    list.style.setProperty('--cols', out.slice(-ems.length).map(function (n) { return Math.max(0, n).toFixed(1) + 'px'; }).join(' '));
    Object.keys(ends).forEach(function (k) { list.querySelectorAll(':scope > li > :nth-child(' + (Number(k) + 1) + ')').forEach(function (c) { c.style.paddingRight = (pad * 2).toFixed(1) + 'px'; }); });
  };

  const leaves = function (root) {
    const out = [], walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      if (!walk.currentNode.nodeValue.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(walk.currentNode);
      const r = range.getBoundingClientRect(), style = getComputedStyle(walk.currentNode.parentElement);
      const face = Math.max(0, (r.height - parseFloat(style.fontSize) * 1.02) / 2);  // the box of a line is higher than its type
      let left = r.left, right = r.right;  // of a text that is cut off only what is seen counts
      for (let p = walk.currentNode.parentElement; p && p.id !== 'wall'; p = p.parentElement) {
        const s = getComputedStyle(p);
        if (s.overflowX !== 'visible') { const b = p.getBoundingClientRect(); left = Math.max(left, b.left); right = Math.min(right, b.right - (s.textOverflow === 'ellipsis' ? parseFloat(s.paddingRight) : 0)); }
      }
      if (right - left > 1 && r.height && style.visibility !== 'hidden') {
        out.push({ el: walk.currentNode.parentElement, text: walk.currentNode.nodeValue.trim(), left: left, right: right, top: r.top + face, bottom: r.bottom - face,
          size: parseFloat(style.fontSize) });
      }
    }
    return out;
  };
  const on = function (f) {
    return L.sx.some(function (s) { return f.left < s - .5 && f.right > s + .5; }) || L.sy.some(function (s) { return f.top < s - .5 && f.bottom > s + .5; });
  };
  // Lines of a block that lie on a horizontal seam move below it.
  const nudge = function (block) {
    Array.from(block.children).forEach(function (child) {
      const r = child.getBoundingClientRect(), style = getComputedStyle(child);
      if (style.position === 'absolute') return;
      const seam = L.sy.find(function (s) { return r.top < s - 1 && r.bottom > s + 1 && leaves(child).some(on); });
      if (!seam) return;
      // A margin above swallows what is smaller than itself: more is added until the line lies where it should.
      for (let i = 0, missing; i < 12 && (missing = seam + L.t * .25 - child.getBoundingClientRect().top) > .5; i++) {
        child.style.marginTop = parseFloat(getComputedStyle(child).marginTop) + missing + 'px';
      }
    });
  };

  // A note beside a heading that lies across a seam begins after it, or is left out where it would not fit.
  const beside = function (note) {
    const r = note.getBoundingClientRect(), seam = L.sx.find(function (s) { return r.left < s - .5 && r.right > s + .5; });
    if (seam === undefined) return;
    const move = seam - r.left + L.t * .5, room = note.closest('.cell').getBoundingClientRect().right - L.t;
    const next = L.sx.find(function (s) { return s > seam + 1; }) || L.w;
    if (r.right + move > Math.min(room, next)) note.hidden = true; else note.style.marginLeft = (parseFloat(getComputedStyle(note).marginLeft) + move) + 'px';
  };

  return {
    beside: beside, set: set, place: place, box: box, rows: rows, columns: columns, nudge: nudge, get: function () { return L; },
    // for the check page and the tests: texts on a seam, smaller than allowed, or cut off
    faults: function () { return leaves(document.getElementById('wall')).filter(on); },
    small: function () { return leaves(document.getElementById('wall')).filter(function (f) { return f.size < L.t - .05; }); },
    outside: function () {
      return leaves(document.getElementById('wall')).filter(function (f) { return f.left < -1 || f.right > L.w + 1 || f.top < -1 || f.bottom > L.h + 1; });
    }
  };
})();
