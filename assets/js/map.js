// The maps of the area pages. `hideout` brings numbers and names the file of the outlines; everything else is drawn here.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const g = yz.geo, d = yz.draw, CORNERS = ['tr', 'tl', 'br', 'bl'], PAD = 6;
  const states = {}; // id of the map's frame → what is on it
  const files = {}, ready = {}; // address → promise of a parsed file; the file itself

  function state(id) {
    return (states[id] = states[id] || { id: id, areas: new Map(), data: null, timer: 0, extra: [] });
  }

  function style() {
    return { weight: 1.25, color: '#fff', fillColor: 'var(--seq-1)', fillOpacity: 1, lineJoin: 'round' };
  }

  // Called by dash-leaflet, once: it hands its map over with the only outline that it has itself (components/area_map.py).
  function each(feature, layer, context) {
    const box = context.map.getContainer().closest('.map');
    const st = state(box.id);
    st.map = context.map;
    st.box = box;
    bare(st);
    if (!st.watched || st.watched !== box) watch(st);
    if (st.data) outlined(st);
  }

  function bare(st) {
    if (st.outlines) st.outlines.remove();
    st.areas.clear();
    st.file = '';
    st.outlines = st.base = null;
  }

  function empty(st) {
    bare(st);
    ['.over', '.under'].forEach(function (part) { st.box.querySelector(part).textContent = ''; });
    st.box.querySelector('.over').removeAttribute('data-at');
  }

  // No outlines: the figures and the ranking are there all the same.
  function lost(st) {
    const over = st.box.querySelector('.over'), line = document.createElement('p'), again = document.createElement('button');
    line.className = 'unplaced';
    line.setAttribute('role', 'status');
    line.textContent = st.data.words.failed + ' ';
    again.type = 'button';
    again.className = 'lk';
    again.textContent = st.data.words.again;
    again.onclick = function () { outlined(st); };
    line.appendChild(again);
    over.replaceChildren(line);
  }

  // The outlines that the numbers belong to; drawn at once where they are here already.
  function outlined(st, now) {
    const wanted = st.data.file, there = ready[wanted];
    if (!st.map || !wanted) return;
    if (st.file !== wanted) {
      if (!there) {
        empty(st); // other areas' outlines would stand under this one's name
        load(wanted).then(function () { if (st.data.file === wanted && alive(st.map)) outlined(st); },
          function () { if (st.data.file === wanted && alive(st.map)) lost(st); });
        return;
      }
      bare(st);
      st.file = wanted;
      st.outlines = L.geoJSON(there, { style: style, onEachFeature: function (feature, layer) { outline(st, feature, layer); } }).addTo(st.map);
    }
    if (now) paint(st); else later(st);
  }

  function outline(st, feature, layer) {
    const code = feature.properties.code;
    layer.options.smoothFactor = 0; // what is drawn over it follows the same points
    st.areas.set(code, { feature: feature, layer: layer, flat: flat(feature, st.map) });
    layer.on('click', function () { go(st, code); });
    layer.on('mouseover mouseout', function (e) { point(st, code, e.type === 'mouseover'); });
  }

  // A feature's rings on the plane of zoom 0, worked out once: every scale and place after that is a multiplication.
  const planes = new WeakMap();
  function flat(feature, map) {
    if (!planes.has(feature)) {
      planes.set(feature, g.rings(feature, function (c) { const p = map.project([c[1], c[0]], 0); return [p.x, p.y]; }));
    }
    return planes.get(feature);
  }

  // Fewer points, a pixel or two apart at the size they are drawn: enough to see whether a corner is free.
  function thin(rings, k) {
    const least = 2.5 / k;
    return rings.map(function (r) {
      const out = [r[0]];
      for (const p of r) {
        const q = out[out.length - 1];
        if (Math.abs(p[0] - q[0]) > least || Math.abs(p[1] - q[1]) > least) out.push(p);
      }
      return out;
    });
  }

  function shapeOf(rings, to) {
    const moved = rings.map(function (r) { return r.map(to); });
    return { rings: moved, box: g.box(moved) };
  }

  function watch(st) {
    st.watched = st.box;
    let w = st.box.clientWidth, h = st.box.clientHeight; // the first call only says what is drawn already
    new ResizeObserver(function () {
      if (st.box.clientWidth === w && st.box.clientHeight === h) return;
      w = st.box.clientWidth; h = st.box.clientHeight;
      later(st);
    }).observe(st.box);
  }

  // A map that its page took away has no pane any more; touching it would fail.
  function alive(map) { return Boolean(map && map.getPane && map.getPane('mapPane') && map.getPane('mapPane').isConnected); }

  function later(st) {
    cancelAnimationFrame(st.timer);
    st.timer = requestAnimationFrame(function () { paint(st); });
  }

  function name(st, p) {
    if (st.data.lang === 'en') return (p.en || p.name).replace(/ (County|District|City|Town|Township|Subdistrict)$/, '');
    return st.box.clientWidth < 420 && st.data.level === 'county' && p.short ? p.short : p.name;
  }

  function href(st, code) { return st.data.down.replace('{code}', code).replace('%7Bcode%7D', code); }
  function go(st, code) { if (st.data && st.data.down && code !== st.data.focus) yz.go(href(st, code)); }

  function point(st, code, on) {
    const row = document.querySelector('[data-row="' + code + '"]');
    if (row) row.classList.toggle('on', on);
    const a = st.areas.get(code), path = a && a.layer.getElement && a.layer.getElement();
    if (path) path.classList.toggle('hot', on);
  }

  // An outline as a link: class, name for screen readers, keyboard.
  function dress(st, code, layer) {
    const path = layer.getElement && layer.getElement(), v = st.data.v[code];
    if (!path) return;
    const p = st.areas.get(code).feature.properties;
    const text = (st.data.lang === 'en' ? p.en || p.name : p.name) + ' ' + (v ? v[1] + ' ' + st.data.unit : '');
    const hot = path.classList.contains('hot');
    const focus = code === st.data.focus, leads = st.data.down && !focus;
    path.setAttribute('class', 'leaflet-interactive area ' + (focus ? 'c-f' : v ? 'c-' + v[0] : 'c-x') + (hot ? ' hot' : '') + (leads ? '' : ' still'));
    if (leads) { path.setAttribute('tabindex', st.data.focus ? '-1' : '0'); path.setAttribute('role', 'link'); }
    else { path.removeAttribute('tabindex'); path.setAttribute('role', 'img'); }
    path.setAttribute('aria-label', text + (st.data.listed.indexOf(code) >= 0 ? ' ' + st.data.words.listed : ''));
    path.setAttribute('data-code', code);
    if (v) path.setAttribute('data-value', v[2] === null ? '' : String(v[2]));
    let title = path.querySelector('title');
    if (!title) title = d.el('title', {}, path);
    title.textContent = text;
    path.onkeydown = function (e) { if (e.key === 'Enter') { e.preventDefault(); go(st, code); } };
  }

  // What the drawing has to fit in: all areas, or the one that a page is about with a little around it.
  function shown(st) {
    const all = Array.from(st.areas.entries()), own = all.filter(function (a) { return a[0] === st.data.focus; });
    return (own.length ? own : all).map(function (a) { return a[1]; });
  }

  function bounds(st) {
    if (!st.base) {
      const b = g.box([].concat.apply([], shown(st).map(function (a) { return a.flat; }))), m = st.data.focus ? 0.06 : 0;
      st.base = { x: b.x - m * b.w, y: b.y - m * b.h, w: b.w * (1 + 2 * m), h: b.h * (1 + 2 * m) };
    }
    return st.base;
  }

  function shapesOf(st, to) {
    const out = {};
    st.areas.forEach(function (a, code) { out[code] = shapeOf(a.flat, to); });
    return out;
  }

  // Where the drawing and its legend fit beside one another: the largest scale at which a corner stays free.
  function arrange(st, W, H, legend) {
    const b = bounds(st), full = Math.min((W - 2 * PAD) / b.w, (H - 2 * PAD) / b.h);
    const thinned = shown(st).map(function (a) { return thin(a.flat, full); });
    // Townships: the drawing goes to one side, so that an inset finds room on the other.
    const ways = st.data.level === 'township' ? [0, 1, 0.5] : [0.5, 0, 1];
    let choice = null;
    for (const s of [1, 0.96, 0.92, 0.88, 0.84, 0.8, 0.75, 0.7, 0.65, 0.6]) {
      const k = full * s, fx = W - 2 * PAD - b.w * k, fy = H - 2 * PAD - b.h * k;
      const shapes = thinned.map(function (r) { return shapeOf(r, function (p) { return [(p[0] - b.x) * k, (p[1] - b.y) * k]; }); });
      for (const ax of fx > 8 ? [0, 1, 0.5] : [0.5]) for (const ay of fy > 8 ? ways : [0.5]) {
        const ox = PAD + fx * ax, oy = PAD + fy * ay;
        for (const c of CORNERS) {
          const r = { x: c[1] === 'r' ? W - legend.w : 0, y: c[0] === 'b' ? H - legend.h : 0, w: legend.w, h: legend.h };
          const there = { x: r.x - ox, y: r.y - oy, w: r.w, h: r.h };
          if (!g.covered(shapes, there, 4)) return { k: k, ox: ox, oy: oy, corner: c, legend: r, b: b };
        }
        if (!choice) choice = { k: k, ox: ox, oy: oy, corner: 'tr', legend: { x: W - legend.w, y: 0, w: legend.w, h: legend.h }, b: b };
      }
    }
    return choice;
  }

  function items(st, shapes, city) {
    const out = [], seats = st.data.layers.indexOf('seats') >= 0, focus = st.data.focus;
    st.areas.forEach(function (a, code) {
      const p = a.feature.properties, v = st.data.v[code] || ['x', focus ? '' : '—', null], state = st.data.centres[code];
      const dot = p.seat && (city ? seats : seats || state) && (!focus || code === focus);
      const at = p.seat && dot && !city ? st.to(p.seat) : st.to(p.label || p.seat);
      const mark = city && state ? (state === 'running' ? '■ ' : '□ ') : '';
      out.push({ code: code, name: mark + name(st, p), value: v[1], at: at, dot: !!dot && !city, seat: dot ? st.to(p.seat) : null, verified: p.verified !== false,
                 centre: city ? '' : state || '', shape: shapes[code],
                 size: g.surface(shapes[code].rings), cls: v[0], listed: st.data.listed.indexOf(code) >= 0 });
    });
    out.forEach(function (it) { it.plate = it.listed && !city; });
    return out;
  }

  function freeSpot(shapes, blocked, W, H, s) {
    for (const c of ['br', 'bl', 'tr', 'tl']) {
      const r = { x: c[1] === 'r' ? W - s[0] : 0, y: c[0] === 'b' ? H - s[1] : 20, w: s[0], h: s[1] };
      const noted = { x: r.x, y: r.y - 18, w: r.w, h: r.h + 18 };
      if (!g.covered(shapes, noted, 3) && !blocked.some(function (b) { return g.meet(noted, b, 6); })) return r;
    }
    return null;
  }

  // The smallest inset that names all that is left, else the one that names most. Each is tried out before it is drawn.
  function magnified(st, list, left, shapes, blocked, W, H, id) {
    let best = null;
    for (const f of [0.3, 0.34, 0.38, 0.44, 0.54, 0.66]) {
      const w = Math.max(132, W * f), spot = w < W ? freeSpot(shapes, blocked, W, H, [w, w * 0.76]) : null;
      for (const least of spot ? [1.7, 2.6, 3.6] : []) {
        const group = cluster(left, spot, least);
        if (!group) continue;
        const part = d.el('g', {}), done = d.inset(part, spot, group.rect, list, group.f, group.items, st.data.words, id);
        const n = left.filter(function (i) { return done[i.code]; }).length;
        if (n && (!best || n > best.n)) best = { n: n, part: part, done: done, spot: spot };
        if (best && best.n === left.length) return best;
      }
    }
    return best;
  }

  // The part of the drawing that needs magnifying: as many unplaced seats as fit when magnified at least so many times.
  function cluster(left, spot, least) {
    let best = null;
    left.forEach(function (core) {
      const near = left.slice().sort(function (a, b) {
        return Math.hypot(a.at[0] - core.at[0], a.at[1] - core.at[1]) - Math.hypot(b.at[0] - core.at[0], b.at[1] - core.at[1]);
      });
      for (let n = near.length; n >= 1; n--) {
        const xs = near.slice(0, n).map(function (i) { return i.at[0]; }), ys = near.slice(0, n).map(function (i) { return i.at[1]; });
        const m = 26, w = Math.max.apply(0, xs) - Math.min.apply(0, xs) + 2 * m, h = Math.max.apply(0, ys) - Math.min.apply(0, ys) + 2 * m;
        const f = Math.min(spot.w / w, spot.h / h, 5);
        if (f < least) continue;
        if (!best || n > best.n || (n === best.n && f > best.f)) {
          const cx = (Math.max.apply(0, xs) + Math.min.apply(0, xs)) / 2, cy = (Math.max.apply(0, ys) + Math.min.apply(0, ys)) / 2;
          best = { n: n, f: f, items: near.slice(0, n), rect: { x: cx - spot.w / f / 2, y: cy - spot.h / f / 2, w: spot.w / f, h: spot.h / f } };
        }
        break;
      }
    });
    return best;
  }

  function view(st, W, H, a) {
    const zoom = Math.log2(a.k), centre = L.point(a.b.x * a.k - a.ox + W / 2, a.b.y * a.k - a.oy + H / 2);
    st.map.invalidateSize({ animate: false, pan: false });
    st.map.setView(st.map.unproject(centre, zoom), zoom, { animate: false });
    // Leaflet keeps whole pixels: what is drawn over it follows what it really shows.
    st.to = function (c) { const p = st.map.latLngToContainerPoint([c[1], c[0]]); return [p.x, p.y]; };
    const origin = st.map.latLngToContainerPoint(st.map.unproject(L.point(a.b.x, a.b.y), 0));
    st.middle = st.map.getCenter().lat;
    st.plain = function (c) { const p = st.map.project([c[1], c[0]], zoom); return [p.x, p.y]; };
    st.plane = function (p) { return [origin.x + (p[0] - a.b.x) * a.k, origin.y + (p[1] - a.b.y) * a.k]; };
  }

  function hatch(st, svg, city, shapes) {
    if (!city) {
      st.data.listed.forEach(function (code) {
        if (shapes[code]) d.el('path', { d: g.path(shapes[code].rings), class: 'hat2' }, svg);
      });
      return [];
    }
    return st.extra.map(function (feature) {
      const rings = g.rings(feature, st.to);
      d.el('path', { d: g.path(rings), class: 'hat' }, svg);
      return { rings: rings, box: g.box(rings) };
    });
  }

  function paint(st) {
    if (!st.data || !alive(st.map) || !st.box.isConnected || !st.areas.size) return;
    const W = st.box.clientWidth, under = st.box.querySelector('.under');
    // Room for the line that names what has no label; the city's ten counties always have theirs.
    const H = st.box.clientHeight - (st.data.level === 'township' ? 36 : 0);
    if (W < 60 || H < 60) return;
    st.box.classList.remove('flying');
    yz.layers.legend(st);
    const focused = document.activeElement && document.activeElement.getAttribute('data-code');
    const legend = st.box.querySelector('.legend'), city = st.data.level === 'county';
    const narrow = W < 420; // there the legend stands below the drawing, which would be too small beside it
    legend.className = 'legend' + (narrow ? ' below' : '');
    const a = arrange(st, W, H, narrow ? { w: 0, h: 0 } : { w: legend.offsetWidth + 4, h: legend.offsetHeight + 4 });
    if (!narrow) legend.className = 'legend ' + a.corner;
    st.box.style.marginBottom = narrow ? legend.offsetHeight + 12 + 'px' : '';
    view(st, W, st.box.clientHeight, a);
    st.areas.forEach(function (x, code) { dress(st, code, x.layer); });
    const over = st.box.querySelector('.over');
    over.textContent = '';
    const svg = d.el('svg', { width: W, height: H, viewBox: '0 0 ' + W + ' ' + H, 'aria-hidden': 'true' }, over);
    const shapes = shapesOf(st, st.plane), all = Object.values(shapes);
    under.textContent = '';
    d.el('path', { d: all.map(function (s) { return g.path(s.rings); }).join(''), class: 'outer' }, d.el('svg', { width: W, height: H }, under));
    yz.layers.heat(st, svg, all, st.id + '-heat');
    const frame = { x: 0, y: 0, w: W, h: H }, spots = yz.layers.bubbles(st), kept = yz.layers.obstacles(spots);
    const hatched = hatch(st, svg, city, shapes), every = items(st, shapes, city), list = inFrame(st, every, frame);
    if (spots.length) list.forEach(function (it) { it.value = ''; });
    const found = yz.labels.place(list, frame, [a.legend], all, hatched.concat(kept), !st.data.focus, kept.length ? kept : null);
    let placed = found.placed, left = st.data.focus ? [] : found.left, insets = [];
    const layer = d.el('g', {}, svg);
    for (let n = 0; n < 2 && left.length && !spots.length; n++) { // an inset would show areas without what lies in them
      const blocked = [a.legend].concat(insets, placed.map(function (p) { return p.rect; }));
      const inset = magnified(st, list, left, all, blocked, W, H, st.id + '-clip' + n);
      if (!inset || (n && inset.n < 2)) break;
      svg.appendChild(inset.part);
      insets.push(inset.spot);
      left = left.filter(function (i) { return !inset.done[i.code]; });
      placed = placed.filter(function (p) { return !inset.done[p.item.code]; });
    }
    d.dots(layer, every);
    placed.forEach(function (p) { d.label(layer, p); });
    yz.layers.points(st, svg, spots);
    yz.layers.signals(st, svg);
    if (!city) d.scalebar(svg, frame, metresPerPixel(st, W, H), st.data.words, [a.legend].concat(insets, placed.map(function (p) { return p.rect; })), all);
    heard(svg);
    if (left.length) note(over, st, left);
    over.setAttribute('data-at', st.data.at || ''); // the address that this drawing answers (yizhan bench web waits for it)
    over.setAttribute('data-labels', String(list.length - left.length));
    if (focused && st.areas.has(focused)) {
      const again = st.areas.get(focused).layer.getElement();
      if (again && again !== document.activeElement) again.focus({ preventScroll: true });
    }
  }

  // Labels repeat what the outlines say, so nobody hears them twice; marks that can be reached by key must be heard.
  function heard(svg) {
    if (!svg.querySelector('[tabindex]')) return;
    svg.removeAttribute('aria-hidden');
    Array.from(svg.children).forEach(function (part) { if (!part.querySelector('[tabindex]')) part.setAttribute('aria-hidden', 'true'); });
  }

  // Around the one area that a page is about, neighbours are named where they show.
  function inFrame(st, list, frame) {
    return st.data.focus ? list.filter(function (it) { return it.code === st.data.focus ? false : g.within({ x: it.at[0], y: it.at[1], w: 0, h: 0 }, frame); }) : list;
  }

  function metresPerPixel(st, W, H) {
    return st.map.distance(st.map.containerPointToLatLng([0, H / 2]), st.map.containerPointToLatLng([100, H / 2])) / 100;
  }

  function note(over, st, left) {
    const line = document.createElement('p');
    line.className = 'unplaced';
    line.textContent = left.length > 6 ? st.data.words.many.replace('{n}', left.length) : st.data.words.left.replace('{names}', left.map(function (i) { return i.name + ' ' + i.value; }).join(st.data.lang === 'en' ? ', ' : '、'));
    over.appendChild(line);
  }

  function load(url) {
    files[url] = files[url] || fetch(url).then(function (r) { if (!r.ok) throw new Error(r.status); return r.json(); })
      .then(function (file) { return (ready[url] = file); }).catch(function (error) { delete files[url]; throw error; });
    return files[url];
  }

  // New numbers. `frame` is the id of the map's frame; the outlines may or may not be there yet. `now`: in this very frame, if they are.
  function numbers(data, frame, now) {
    if (!data || !data.v) return '';
    const st = state(frame), box = document.getElementById(frame);
    if (st.box && st.box !== box) { st.areas.clear(); st.map = null; st.file = ''; st.outlines = null; st.box = box; }
    st.data = data;
    st.base = null;
    st.extra = [];
    yz.layers.want(st, function () { later(st); });
    if (data.extra) {
      load(data.extra).then(function (file) {
        st.extra = file.features.filter(function (f) { return data.listed.indexOf(f.properties.code) >= 0; });
        later(st);
      });
    }
    outlined(st, now);
    if (data.near.length && window.requestIdleCallback) requestIdleCallback(function () { data.near.forEach(function (f) { load(f).catch(function () {}); }); }, { timeout: 5000 });
    return String(Date.now());
  }

  document.addEventListener('click', function (e) {
    const again = e.target.closest && e.target.closest('[data-act=layers]'), where = again && again.closest('.map');
    if (where) { yz.layers.want(states[where.id], function () { later(states[where.id]); }); later(states[where.id]); return; }
    const code = e.target.getAttribute && e.target.getAttribute('data-go'), box = code && e.target.closest('.map');
    if (box) go(states[box.id], code);
  });
  ['mouseover', 'mouseout'].forEach(function (kind) {
    document.addEventListener(kind, function (e) {
      const row = e.target.closest && e.target.closest('tr[data-row]');
      if (!row) return;
      Object.values(states).forEach(function (st) {
        const a = st.areas.get(row.getAttribute('data-row')), path = a && a.layer.getElement && a.layer.getElement();
        if (path) path.classList.toggle('hot', kind === 'mouseover');
      });
    });
  });
  if (document.fonts && document.fonts.ready) document.fonts.ready.then(function () { Object.values(states).forEach(later); });

  // An area that was looked for: the drawing goes towards it while its page is being asked for.
  function fly(code) {
    return Object.values(states).some(function (st) {
      const a = st.areas.get(code);
      if (!a || !st.plane || !alive(st.map) || !st.box.isConnected || matchMedia('(prefers-reduced-motion: reduce)').matches) return false;
      const b = shapeOf(a.flat, st.plane).box;
      st.box.style.setProperty('--fly', (b.x + b.w / 2).toFixed() + 'px ' + (b.y + b.h / 2).toFixed() + 'px');
      st.box.classList.add('flying');
      return true;
    });
  }

  // Its outlines, once they are all there, fill the little map.
  const fitting = new WeakMap();
  function fit(feature, layer, context) {
    const map = context.map, seen = fitting.get(map) || { bounds: L.latLngBounds([]), timer: 0 };
    fitting.set(map, seen);
    seen.bounds.extend(layer.getBounds());
    cancelAnimationFrame(seen.timer);
    seen.timer = requestAnimationFrame(function () { if (alive(map)) map.fitBounds(seen.bounds, { animate: false, padding: [2, 2] }); });
  }

  // Where a click on a part of a map leads; '' where to nothing.
  function leads(target) {
    const box = target.closest && target.closest('.map'), st = box && states[box.id];
    const code = st && st.data && st.data.down && (target.getAttribute('data-go') || target.getAttribute('data-code'));
    return code && code !== st.data.focus ? href(st, code) : '';
  }

  yz.map = { each: each, fit: fit, fly: fly, leads: leads, load: load };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    yizhan: Object.assign({}, (window.dash_clientside || {}).yizhan, { map: numbers }),
  });
})();
