// Plane geometry for labels: rectangles, polygons in pixels, free room.
(function () {
  const yz = (window.yizhan = window.yizhan || {});

  function polygons(geometry) {
    return geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  }

  // Rings of a feature in pixels: [[[x, y], …], …], holes included (even-odd).
  function rings(feature, project) {
    const out = [];
    polygons(feature.geometry).forEach(function (poly) {
      poly.forEach(function (ring) { out.push(ring.map(project)); });
    });
    return out;
  }

  function box(points) {
    let x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
    points.forEach(function (ring) {
      ring.forEach(function (p) {
        if (p[0] < x0) x0 = p[0];
        if (p[0] > x1) x1 = p[0];
        if (p[1] < y0) y0 = p[1];
        if (p[1] > y1) y1 = p[1];
      });
    });
    return { x: x0, y: y0, w: x1 - x0, h: y1 - y0 };
  }

  function inside(shape, x, y) {
    const b = shape.box;
    if (x < b.x || y < b.y || x > b.x + b.w || y > b.y + b.h) return false;
    let odd = false;
    shape.rings.forEach(function (r) {
      for (let i = 0, j = r.length - 1; i < r.length; j = i++) {
        if (r[i][1] > y !== r[j][1] > y && x < ((r[j][0] - r[i][0]) * (y - r[i][1])) / (r[j][1] - r[i][1]) + r[i][0]) odd = !odd;
      }
    });
    return odd;
  }

  function surface(ringsOf) {
    let sum = 0;
    ringsOf.forEach(function (r) {
      let a = 0;
      for (let i = 0, j = r.length - 1; i < r.length; j = i++) a += r[j][0] * r[i][1] - r[i][0] * r[j][1];
      sum += Math.abs(a / 2);
    });
    return sum;
  }

  function meet(a, b, gap) {
    const g = gap || 0;
    return a.x < b.x + b.w + g && b.x < a.x + a.w + g && a.y < b.y + b.h + g && b.y < a.y + a.h + g;
  }

  function within(a, frame) {
    return a.x >= frame.x && a.y >= frame.y && a.x + a.w <= frame.x + frame.w && a.y + a.h <= frame.y + frame.h;
  }

  // Which part of a rectangle lies in a shape: 0 … 1, by sample points.
  function share(shape, r) {
    let n = 0;
    for (let i = 0; i < 5; i++) for (let j = 0; j < 3; j++) if (inside(shape, r.x + (r.w * i) / 4, r.y + (r.h * j) / 2)) n++;
    return n / 15;
  }

  // Whether a rectangle touches any shape: a vertex in it, or a point of it in a shape.
  function covered(shapes, r, gap) {
    const g = gap || 0, q = { x: r.x - g, y: r.y - g, w: r.w + 2 * g, h: r.h + 2 * g };
    return shapes.some(function (s) {
      if (!meet(s.box, q)) return false;
      for (const ring of s.rings) for (const p of ring) if (p[0] >= q.x && p[0] <= q.x + q.w && p[1] >= q.y && p[1] <= q.y + q.h) return true;
      for (let i = 0; i < 7; i++) for (let j = 0; j < 5; j++) if (inside(s, q.x + (q.w * i) / 6, q.y + (q.h * j) / 4)) return true;
      return false;
    });
  }

  function cross(a, b, r) {
    // Whether the segment a–b passes through a rectangle, by sample points.
    for (let i = 1; i < 12; i++) {
      const x = a[0] + ((b[0] - a[0]) * i) / 12, y = a[1] + ((b[1] - a[1]) * i) / 12;
      if (x > r.x && x < r.x + r.w && y > r.y && y < r.y + r.h) return true;
    }
    return false;
  }

  function path(ringsOf) {
    return ringsOf.map(function (r) {
      return 'M' + r.map(function (p) { return p[0].toFixed(1) + ',' + p[1].toFixed(1); }).join('L') + 'Z';
    }).join('');
  }

  yz.geo = Object.assign(yz.geo || {}, { rings: rings, box: box, inside: inside, surface: surface, meet: meet, within: within, share: share, covered: covered, cross: cross, path: path });
})();
