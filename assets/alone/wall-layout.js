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

  // Breaks, each on the nearest seam within reach; a seam has one break, the nearest or else the last, and the others lie halfway between their neighbours.
  const breaks = function (planned, sx, reach, w, least) {
    const out = planned.map(function () { return null; });
    sx.forEach(function (s) {
      let best = -1;
      planned.forEach(function (p, i) { if (out[i] === null && Math.abs(p - s) < reach && (best < 0 || Math.abs(p - s) <= Math.abs(planned[best] - s) + 1)) best = i; });
      if (best >= 0 && out.every(function (o, i) { return o === null || (i < best ? o < s : o > s); })) out[best] = s;
    });
    return out.map(function (o, i) {
      if (o !== null) return o;
      const before = i ? out.slice(0, i).filter(function (x) { return x !== null; }).pop() || 0 : 0;
      const after = out.slice(i + 1).find(function (x) { return x !== null; }) || w, p = planned[i];
      const gap = Math.min(w * (least || .11), (after - before) / 3);
      return (out[i] = p > before + gap && p < after - gap ? p : (before + after) / 2);
    });
  };
  const columnsOf = function (shape, w, sx) {
    if (shape === 'tall') return [0].concat(breaks([w / 3, w * .64], sx, w * .18, w, .2), w);  // no column too narrow for a figure
    if (shape === 'wide') return [0].concat(breaks([1, 2, 3, 4, 5].map(function (i) { return w * i / 6; }), sx, w * .09, w), w);
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
    document.documentElement.style.setProperty('--first', (sx[0] || L.xs[1]).toFixed(1) + 'px');
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
    const r = list.getBoundingClientRect(), all = Array.from(list.children), min = least * L.t;
    const beside = Number(list.dataset.n) || (list.dataset.two && L.shape === 'tall' ? 2 : 1);  // columns of rows, filled one after the other
    const items = all.slice(0, Math.ceil(all.length / beside));
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
    if (beside > 1) list.style.gridAutoFlow = 'column';
    all.forEach(function (item, i) { item.hidden = i >= shown * beside; });
  };

  // A note that its cell would cut off is not there at all.
  const whole = function (note) {
    const cell = note.closest('.cell').getBoundingClientRect();
    if (note.getClientRects().length && note.getBoundingClientRect().right > cell.right - L.t * .2) note.hidden = true;
  };
  // A heading of a row that is a little too long gets smaller before it is cut off.
  const shrunk = function (h) {
    const over = h.scrollWidth / h.clientWidth, size = parseFloat(getComputedStyle(h).fontSize);
    if (over > 1) h.style.fontSize = Math.max(L.t * 1.3, size / over * .98).toFixed(1) + 'px';
  };
  // The words of a row end with their row, by dots: first what is said is shortened a line at a time, then what was done about it left out.
  const ended = function (row) {
    const words = row.querySelector('.st'), said = words && words.querySelector('p'), more = said && said.nextElementSibling;
    if (!said) return;
    said.style.cssText = '';
    if (more) more.hidden = false;
    const fits = function () { return words.scrollHeight <= row.clientHeight + 1 && !across(said); };
    for (let n = 3; n > 0 && !fits(); n--) said.style.cssText = 'display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:' + n + ';max-height:none';
    if (more && !fits()) more.hidden = true;
  };
  const across = function (el) {
    const r = el.getBoundingClientRect(), between = function (a, b) { return function (s) { return a < s - .5 && b > s + .5; }; };
    // type is higher than its line
    return el.getClientRects().length > 0 && (L.sy.some(between(r.top - L.t * .25, r.bottom + L.t * .25)) || L.sx.some(between(r.left, r.right)));
  };
  // Where a row reaches over a seam and its words found no other place, its heading has to do.
  const spared = function (words) { if (across(words)) words.style.display = 'none'; };

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

  // A list of short rows in a column for each panel that it reaches over, in two at least but on an upright wall: a gutter lies on every seam.
  const spread = function (list) {
    const r = list.getBoundingClientRect(), gap = L.t * 2.6, inner = L.sx.filter(function (s) { return s > r.left + gap && s < r.right - gap; });
    const n = L.shape === 'tall' ? 1 : Math.max(2, Math.min(inner.length + 1, Math.floor(r.width / (L.t * 14))));
    const planned = Array.from({ length: n - 1 }, function (_, i) { return r.left + r.width * (i + 1) / n; });
    const ends = [r.left - gap / 2].concat(breaks(planned, inner, r.width * .2, r.right), r.right + gap / 2);
    list.dataset.n = n;
    list.style.columnGap = gap.toFixed(1) + 'px';
    list.style.gridTemplateColumns = ends.slice(1).map(function (x, i) { return (x - ends[i] - gap).toFixed(1) + 'px'; }).join(' ');
  };

  const leaves = function (root) {
    const out = [], walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      if (!walk.currentNode.nodeValue.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(walk.currentNode);
      const style = getComputedStyle(walk.currentNode.parentElement);
      const r = (style.webkitLineClamp > 0 ? walk.currentNode.parentElement : range).getBoundingClientRect();  // of lines that are left out nothing is seen
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
  // Words and their figure that lie across a seam begin after it together, if they have room there.
  const together = function (span) {
    const r = span.getBoundingClientRect(), seam = L.sx.find(function (s) { return r.left < s - .5 && r.right > s + .5; }), p = span.parentElement;
    if (seam === undefined || !span.previousElementSibling) return;
    span.style.marginLeft = (seam - r.left + L.t * .3).toFixed(1) + 'px';
    if (p.scrollWidth > p.clientWidth) span.style.marginLeft = '';
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

  // A figure without room for its size on either side of a seam gets smaller, down to half: above the seam, or below it, where nudge() moves it.
  const fit = function (num) {
    const f = leaves(num)[0], cell = num.closest('.cell').getBoundingClientRect(), pad = L.t * .25;
    if (!f) return;
    const share = function (list, low, high, end) {
      const seam = list.find(function (s) { return f[low] < s - .5 && f[high] > s + .5; }), size = f[high] - f[low];
      return seam === undefined ? 1 : Math.max((seam - pad - f[low]) / size, (end - seam - pad * 3) / size);
    };
    const least = Math.min(share(L.sx, 'left', 'right', 0), share(L.sy, 'top', 'bottom', cell.bottom));
    if (least < 1 && least > .5) num.style.fontSize = parseFloat(getComputedStyle(num).fontSize) * least * .97 + 'px';
  };
  // A text for which there is no other place ends before the seam: cut off or in two lines, as its own style says.
  const narrow = function (f, pad) {
    let p = f.el;
    const whole = function (el) { return el.matches('.cell, .w-alarm, .w-head, .w-note'); };  // a part of the wall is never narrowed itself
    while (p.parentElement && !whole(p) && getComputedStyle(p).overflowX === 'visible') p = p.parentElement;
    const cut = whole(p) ? f.el : p, left = cut.getBoundingClientRect().left, seam = L.sx.find(function (s) { return f.left < s - .5 && f.right > s + .5; });
    if (seam === undefined || seam - pad - left < f.size * 4) return;
    cut.dataset.moved = '1';
    if (getComputedStyle(cut).display === 'inline') cut.style.display = 'inline-block';
    cut.style.maxWidth = (seam - pad - left).toFixed(1) + 'px';
  };
  // What still lies across a seam moves to the side that is nearer, if it stays in its cell and meets no other text.
  const avoid = function (root) {
    root.querySelectorAll('[data-moved]').forEach(function (el) { ['translate', 'max-width', 'display'].forEach(function (p) { el.style.removeProperty(p); }); });
    for (let pass = 0; pass < 3; pass++) {
      const all = leaves(root), bad = all.filter(function (f) { return on(f) && !f.el.closest('svg'); });
      if (!bad.length) return;
      bad.forEach(function (f) {
        const frame = f.el.closest('.cell, .w-alarm') || root, room = frame.getBoundingClientRect(), pad = L.t * .25, moves = [[0, 0]];
        const ways = function (list, low, high) {
          return list.reduce(function (out, s) { return f[low] < s - .5 && f[high] > s + .5 ? [s - f[high] - pad, s - f[low] + pad] : out; }, [0]);
        };
        const dx = ways(L.sx, 'left', 'right'), dy = ways(L.sy, 'top', 'bottom');
        dx.forEach(function (x) { dy.forEach(function (y) { moves.push([x, y]); }); });
        const fits = moves.map(function (m) { return { m: m, left: f.left + m[0], right: f.right + m[0], top: f.top + m[1], bottom: f.bottom + m[1] }; }).filter(function (b) {
          return !on(b) && b.left >= room.left && b.right <= room.right && b.top >= room.top && b.bottom <= room.bottom
            && !all.some(function (o) { return o.el !== f.el && !f.el.contains(o.el) && o.left < b.right && o.right > b.left && o.top < b.bottom && o.bottom > b.top; });
        }).sort(function (a, b) { return Math.hypot(a.m[0], a.m[1]) - Math.hypot(b.m[0], b.m[1]); });
        if (!fits.length) return narrow(f, pad);
        const style = f.el.style, had = (style.translate || '0px 0px').split(' ').map(parseFloat);
        f.el.dataset.moved = '1';
        if (getComputedStyle(f.el).display === 'inline') style.display = 'inline-block';
        style.translate = (had[0] + fits[0].m[0]).toFixed(1) + 'px ' + ((had[1] || 0) + fits[0].m[1]).toFixed(1) + 'px';
      });
    }
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
    beside: beside, breaks: breaks, fit: fit, avoid: avoid, set: set, place: place, box: box, rows: rows, whole: whole, shrunk: shrunk, ended: ended, spared: spared, columns: columns, spread: spread, together: together, nudge: nudge, get: function () { return L; },
    empty: function () {
      return Array.from(document.querySelectorAll('#wall .cell')).filter(function (c) { return c.getClientRects().length && (c.clientWidth < L.t * 6 || c.clientHeight < L.t * 1.2); })
        .map(function (c) { return { text: c.className, el: c }; });
    },
    // for the check page and the tests: cells without room, texts on a seam, smaller than allowed, or cut off
    faults: function () { return leaves(document.getElementById('wall')).filter(on); },
    small: function () { return leaves(document.getElementById('wall')).filter(function (f) { return f.size < L.t - .05; }); },
    outside: function () {
      return leaves(document.getElementById('wall')).filter(function (f) {
        const figure = f.el.closest('.cell .num');  // of these also what the next cell would cover
        return f.left < -1 || f.right > L.w + 1 || f.top < -1 || f.bottom > (figure ? figure.closest('.cell').getBoundingClientRect().bottom + L.t * .2 : L.h + 1);
      });
    }
  };
})();
