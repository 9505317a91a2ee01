// Outlines from the map files, drawn as SVG paths; names are type over it, so that they keep their size.
YZ.map = (function () {
  const files = {}, drawn = new Map();
  let last = Promise.resolve(), missed = false;  // until what was asked for is drawn; whether a file did not come
  const load = function (name) {
    if (!files[name]) {
      files[name] = fetch('/assets/map/' + name).then(function (r) { if (!r.ok) throw new Error(r.status); return r.json(); })
        .catch(function (e) { delete files[name]; throw e; });
    }
    return files[name];
  };
  const each = function (g, fn) { (g.type === 'Polygon' ? [g.coordinates] : g.coordinates).forEach(function (p) { p.forEach(fn); }); };
  const frame = function (features, w, h) {
    let x0 = 999, y0 = 999, x1 = -999, y1 = -999;
    features.forEach(function (f) { each(f.geometry, function (ring) { ring.forEach(function (c) {
      x0 = Math.min(x0, c[0]); x1 = Math.max(x1, c[0]); y0 = Math.min(y0, c[1]); y1 = Math.max(y1, c[1]);
    }); }); });
    const k = Math.cos((y0 + y1) / 2 * Math.PI / 180), scale = Math.min(w / ((x1 - x0) * k), h / (y1 - y0));
    const dx = (w - (x1 - x0) * k * scale) / 2, dy = (h - (y1 - y0) * scale) / 2;
    return { scale: scale / 111320, at: function (c) { return [dx + (c[0] - x0) * k * scale, dy + (y1 - c[1]) * scale]; } };
  };
  const path = function (g, view) {
    let d = '';
    each(g, function (ring) {
      let px = null, py = null, first = true;
      ring.forEach(function (c) {
        const p = view.at(c), x = p[0].toFixed(1), y = p[1].toFixed(1);
        if (x === px && y === py) return;
        d += (first ? 'M' : 'L') + x + ' ' + y; first = false; px = x; py = y;
      });
      d += 'Z';
    });
    return d;
  };
  // Paths of a file at a size; a handful are kept.
  const shapes = function (name, features, w, h) {
    const key = name + '|' + Math.round(w) + '|' + Math.round(h);
    let kept = drawn.get(key);
    if (!kept) {
      const view = frame(features, w, h);
      kept = { view: view, areas: features.map(function (f) { const p = f.properties; return { code: p.code, s: p.county && document.documentElement.lang !== 'en' ? p.short : '', d: path(f.geometry, view), p: view.at(p.label || p.seat), r: (p.label_radius || 0) * view.scale }; }) };
      if (drawn.size > 24) drawn.clear();
      drawn.set(key, kept);
    }
    return kept;
  };
  const cross = function (a, list) { return list.some(function (b) { return a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1]; }); };
  // A place for a name: at its area, else beside it with a line, on no seam and on no other name; none at all if it does not fit.
  const settle = function (p, r, w, h, taken, origin, L, size, hot, rings, meets) {
    const steps = [[0, 0]], far = Math.max(L.t * 2.4, 10);
    for (let k = 1; k <= rings; k++) for (let i = 0; i < 12; i++) steps.push([Math.cos(i * Math.PI / 6) * far * k * (i % 2 ? .8 : 1), Math.sin(i * Math.PI / 6) * far * k * .8]);
    const near = [[0, .9], [0, -.9], [1.2, 0], [-1.2, 0]].map(function (s) { return [s[0] * L.t, s[1] * L.t]; });
    // The place of an alarm is named in it, or else outside: its name never lies on its border.
    const beside = [];
    if (hot) [0, 1, 1.4, 1.9, 2.5, 3.2].forEach(function (k) {
      if (k) beside.push([r * k + w / 2 + L.t * .4, 0], [-r * k - w / 2 - L.t * .4, 0], [0, r * k + h], [0, -r * k - h]); else beside.push([0, 0]);
    });
    const all = beside.concat([steps[0]], near, steps.slice(1));
    for (let i = 0; i < all.length; i++) {
      const x = p[0] + all[i][0], y = p[1] + all[i][1], b = [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
      const out = b[0] < 0 || b[1] < 0 || b[2] > size[0] || b[3] > size[1];
      const seam = L.sx.some(function (s) { return b[0] + origin[0] < s + 2 && b[2] + origin[0] > s - 2; }) || L.sy.some(function (s) { return b[1] + origin[1] < s + 2 && b[3] + origin[1] > s - 2; });
      if (!out && !seam && !cross(b, taken) && !(i < beside.length && meets(x, y))) { taken.push(b); return { x: x, y: y, far: Math.hypot(all[i][0], all[i][1]) > Math.max(r, L.t * 1.4) }; }
    }
    return null;
  };
  const measure = (function () {
    const c = document.createElement('canvas').getContext('2d');
    return function (text, size, bold) { c.font = (bold ? '700 ' : '400 ') + size + 'px ' + getComputedStyle(document.body).fontFamily; return c.measureText(text).width; };
  })();

  // How many of 49 points of a box of these half sizes lie in an area: a circle in it would say nothing of type that leaves it.
  const holds = (function () {
    const c = document.createElement('canvas').getContext('2d');
    return function (d, x, y, w, h) {
      const area = new Path2D(d);
      const steps = [-1, -.9, -.45, 0, .45, .9, 1];  // a border may run in between the corners
      return steps.reduce(function (n, i) { return n + steps.filter(function (j) { return c.isPointInPath(area, x + i * w, y + j * h); }).length; }, 0);
    };
  })();

  const draw = function (el, data, L) {
    const w = el.clientWidth, h = el.clientHeight;
    if (w < 20 || h < 20) return Promise.resolve();
    const wanted = [load(data.file)];
    if (data.cells !== data.file && (data.listed.length || data.marks.length)) wanted.push(load(data.cells));
    const done = Promise.all(wanted).then(function (got) {
      if (!el.isConnected) return;
      const features = data.only ? got[0].features.filter(function (f) { return data.only.indexOf(f.properties.code) >= 0; }) : got[0].features;
      const made = shapes(data.file + (data.only || ''), features, w, h), origin = el.getBoundingClientRect(), listed = new Set(data.listed);
      const cells = got[1] ? got[1].features : features, esc = YZ.esc;
      let svg = '<defs><pattern id="hatch" width="' + L.t * .42 + '" height="' + L.t * .42 + '" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="' + L.t * .15 + '" height="' + L.t * .42 + '" fill="var(--hatch)"/></pattern></defs>';
      made.areas.forEach(function (a) {
        const v = data.values[a.code], cls = a.code === data.hot ? 'hot' : v && v[0] !== null && v[0] !== undefined ? 'c' + v[0] : 'cx';
        svg += '<path class="' + cls + '" data-code="' + esc(a.code) + '" d="' + a.d + '"/>';
      });
      cells.forEach(function (f) { if (listed.has(f.properties.code)) svg += '<path class="listed" d="' + path(f.geometry, made.view) + '"/>'; });
      const taken = [], marks = [], ramp = el.parentElement.querySelector('.ramp');
      if (ramp) { const b = ramp.getBoundingClientRect(); taken.push([b.left - origin.left, b.top - origin.top, b.right - origin.left + L.t, b.bottom - origin.top]); }
      data.marks.forEach(function (m) {
        const f = cells.find(function (c) { return c.properties.code === m[0]; }) || features.find(function (c) { return c.properties.code === m[0]; });
        if (!f) return;
        const s = settle(made.view.at(f.properties.seat || f.properties.label), 0, L.t * 1.9, L.t * 1.9, taken, [origin.left, origin.top], L, [w, h], false, 1);
        if (s) marks.push('<div class="mk" style="left:' + s.x + 'px;top:' + s.y + 'px"><s></s><b>' + esc(m[1]) + '</b></div>');
      });
      let names = '', lines = '';
      made.areas.slice().sort(function (a, b) { return (b.code === data.hot) - (a.code === data.hot) || b.r - a.r; }).forEach(function (a) {
        const v = data.values[a.code], name = v && (a.s || v[2]);
        if (!v || (data.hot && a.code !== data.hot)) return;
        const high = (v[1] ? 2.7 : 1.5) * L.t, wide = Math.max(measure(name, L.t * (data.hot ? 1.3 : 1)), measure(v[1] || '', L.t * 1.3, true)) + L.t * .3;
        const meets = function (x, y) { return holds(a.d, x, y, wide * .46, high * .42) < 49 && holds(a.d, x, y, wide * .55, high * .6) > 0; };
        const s = settle(a.p, a.r, wide, high, taken, [origin.left, origin.top], L, [w, h], a.code === data.hot, v[3] ? 0 : 2, meets);
        if (!s) return;
        if (s.far) {  // up to the name, not through it
          const dx = s.x - a.p[0], dy = s.y - a.p[1], end = 1 - Math.min(wide / 2 / Math.abs(dx || 1e-9), high / 2 / Math.abs(dy || 1e-9), 1);
          lines += '<line x1="' + a.p[0] + '" y1="' + a.p[1] + '" x2="' + (a.p[0] + dx * end) + '" y2="' + (a.p[1] + dy * end) + '"/>';
        }
        const inside = holds(a.d, s.x, s.y, wide * .45, high * .42) === 49, dark = inside && (v[0] >= 3 || a.code === data.hot);  // type on its own area's ground; else with a dark edge
        names += '<div data-area="' + esc(a.code) + '" class="ml' + (dark ? ' dk' : !data.hot && !inside ? ' pl' : '') + '" style="left:' + s.x + 'px;top:' + s.y + 'px"><i>' + esc(name) + '</i>' + (v[1] ? '<b>' + esc(v[1]) + '</b>' : '') + '</div>';
      });
      el.innerHTML = '<svg class="geo" viewBox="0 0 ' + w + ' ' + h + '" aria-hidden="true">' + svg + '<g class="lead">' + lines + '</g></svg>' + names + marks.join('');
    }).catch(function () { missed = true; });
    last = Promise.all([last, done]).then(function () {});  // what that comes to holds what the one before came to, and so for ever
    return done;
  };
  return { draw: draw, measure: measure, missed: function () { const was = missed; missed = false; return was; }, ready: function () { return last; }, kept: function () { return drawn.size; } };
})();
