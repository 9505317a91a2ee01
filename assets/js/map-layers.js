// What lies over the areas of a map: places by squares, a smoothed surface, signals. The server counts and thins; here it is drawn.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const g = yz.geo, d = yz.draw, SIDE = 30, LEAST = 11, MOST = 21; // pixels: side of a square that is told apart, radii
  const files = new Map(); // address → promise of an answer; the last few

  function load(url) {
    if (!files.has(url)) {
      const asked = fetch(url, { credentials: 'same-origin' }).then(function (r) {
        if (!r.ok) throw new Error(String(r.status));
        return r.json();
      });
      asked.catch(function () { files.delete(url); });
      files.set(url, asked);
      if (files.size > 24) files.delete(files.keys().next().value);
    }
    return files.get(url);
  }

  // Fetches what the screen asks for and calls back when it is there; what was asked for another screen is dropped. The same question of
  // newer data keeps the old drawing until the new one has come.
  function want(st, again) {
    const data = st.data, before = st.later || {};
    st.later = { asked: {} };
    ['points', 'heat'].forEach(function (kind) {
      if (!data[kind]) return;
      const question = data[kind].replace(/([?&])v=[0-9]+/, '$1');
      st.later.asked[kind] = question;
      if (before.asked && before.asked[kind] === question) st.later[kind] = before[kind];
      load(data[kind]).then(function (found) { if (st.data === data) { st.later[kind] = found; again(); } },
        function () { if (st.data === data) { st.later.failed = true; again(); } });
    });
  }

  // The squares that are told apart at this scale: a square is taken apart while its parts are large enough to be seen.
  function cut(found, side) {
    const out = [];
    function go(i) {
      const n = found.nodes[i];
      if (n[6].length && side(n[0] + 1) >= SIDE) n[6].forEach(go);
      else out.push({ level: n[0], cell: n[1], at: [n[2], n[3]], n: n[4], agencies: n[5] });
    }
    found.roots.forEach(go);
    return out;
  }

  function bubbles(st) {
    const found = st.later && st.later.points;
    if (!found) return [];
    const wide = st.plain([1, st.middle])[0] - st.plain([0, st.middle])[0]; // pixels a degree
    const list = cut(found, function (level) { return wide / (1 << level); });
    const most = list.reduce(function (m, b) { return Math.max(m, b.n); }, 1);
    list.forEach(function (b) {
      b.p = st.to(b.at);
      b.r = LEAST + (MOST - LEAST) * Math.sqrt(b.n / most);
    });
    return apart(list);
  }

  // Bubbles that would cover one another move a little apart; they stand for squares, and none goes further than its square is wide.
  function apart(list) {
    for (let round = 0; round < 12; round++) {
      let moved = false;
      for (let i = 0; i < list.length; i++) for (let j = i + 1; j < list.length; j++) {
        const a = list[i], b = list[j], dx = b.p[0] - a.p[0], dy = b.p[1] - a.p[1], gap = a.r + b.r + 1, far = Math.hypot(dx, dy) || 0.01;
        if (far >= gap) continue;
        const push = (gap - far) / 2, x = (dx / far) * push, y = (dy / far) * push;
        a.p = [a.p[0] - x, a.p[1] - y];
        b.p = [b.p[0] + x, b.p[1] + y];
        moved = true;
      }
      if (!moved) break;
    }
    return list;
  }

  // The shapes that labels keep clear of, if they can.
  function obstacles(list) {
    return list.map(function (b) {
      const ring = [];
      for (let k = 0; k < 8; k++) ring.push([b.p[0] + b.r * Math.cos((k * Math.PI) / 4), b.p[1] + b.r * Math.sin((k * Math.PI) / 4)]);
      return { rings: [ring], box: g.box([ring]) };
    });
  }

  function arc(b, share) {
    const r = b.r - 1.5, a = 2 * Math.PI * Math.min(share, 0.9999), x = b.p[0] + r * Math.sin(a), y = b.p[1] - r * Math.cos(a);
    return 'M' + b.p[0] + ',' + (b.p[1] - r) + 'A' + r + ',' + r + ' 0 ' + (share > 0.5 ? 1 : 0) + ' 1 ' + x.toFixed(1) + ',' + y.toFixed(1);
  }

  function said(st, found, b) {
    const w = st.data.words, km = (111.3 / (1 << b.level)).toFixed(b.level > 6 ? 1 : 0), comma = st.data.lang === 'en' ? ', ' : '，';
    const parts = b.agencies.map(function (a) { return found.agencies[a[0]][1] + ' ' + a[1]; });
    return [w.items.replace('{n}', b.n)].concat(parts, [w.side.replace('{n}', km)]).join(comma);
  }

  function mark(layer, cls, href, text, fire) {
    const node = d.el('g', { class: cls, role: 'link', tabindex: '-1', 'aria-label': text, 'data-href': href }, layer);
    d.el('title', {}, node, text);
    node.addEventListener('click', function () { yz.go(href); });
    node.addEventListener('keydown', function (e) {
      if (e.key === 'Enter') { e.preventDefault(); yz.go(href); }
      if (!/^Arrow/.test(e.key)) return;
      const all = Array.from(layer.querySelectorAll('[role=link]')), step = /Right|Down/.test(e.key) ? 1 : -1;
      const next = all[(all.indexOf(node) + step + all.length) % all.length];
      e.preventDefault();
      next.focus();
    });
    if (fire) node.setAttribute('tabindex', '0');
    return node;
  }

  // One mark for a square: its count, the mark of the agency that most came by, and on the ring that agency's share.
  function points(st, svg, list) {
    const found = st.later && st.later.points;
    if (!found) return;
    const layer = d.el('g', { class: 'points' }, svg);
    list.forEach(function (b, k) {
      const first = b.agencies[0] || ['', 0], name = found.agencies[first[0]][0];
      const node = mark(layer, 'bubble', found.rows + b.cell, said(st, found, b), k === 0);
      node.setAttribute('data-matters', b.n);
      d.el('circle', { cx: b.p[0], cy: b.p[1], r: b.r, class: 'disc' }, node);
      if (first[0]) d.el('path', { d: arc(b, first[1] / b.n), class: 'share' }, node);
      d.el('text', { x: b.p[0], y: b.p[1] + 4 }, node, (b.r > 14 ? name : '') + b.n);
    });
    layer.setAttribute('data-drawn', String(list.reduce(function (s, b) { return s + b.n; }, 0)));
  }

  function heat(st, svg, shapes, id) {
    const found = st.later && st.later.heat;
    if (!found || !found.bands.length) return;
    const clip = d.el('clipPath', { id: id }, svg), all = shapes.map(function (s) { return g.path(s.rings); }).join('');
    d.el('path', { d: all }, clip);
    const layer = d.el('g', { class: 'heat', 'clip-path': 'url(#' + id + ')' }, svg);
    found.bands.forEach(function (rings, k) {
      d.el('path', { d: g.path(rings.map(function (r) { return r.map(st.to); })), class: 'band ' + found.kinds[k], 'fill-rule': 'evenodd' }, layer);
    });
    d.el('path', { d: all, class: 'edge' }, layer);
  }

  function signals(st, svg) {
    const layer = d.el('g', { class: 'signals' }, svg), at = {};
    st.data.signals.forEach(function (s, k) {
      const p = st.to([s[1], s[2]]), key = p.map(Math.round).join(), n = (at[key] = (at[key] || 0) + 1) - 1, x = p[0] + n * 17, y = p[1] - 12;
      const node = mark(layer, 'signal', s[4], st.data.words.signal.replace('{n}', s[0]).replace('{title}', s[3]), k === 0);
      d.el('path', { d: 'M' + x + ',' + (y - 10) + 'l10,10l-10,10l-10,-10z' }, node);
      d.el('text', { x: x, y: y + 4 }, node, String(s[0]));
    });
  }

  // The lines of the legend that came with the layers.
  function legend(st) {
    const place = st.box.querySelector('.legend .later');
    if (!place) return;
    place.textContent = '';
    const lines = ['heat', 'points'].reduce(function (all, kind) { return all.concat((st.later && st.later[kind] && st.later[kind].legend) || []); }, []);
    const seen = {};
    lines.forEach(function (l) {
      if (seen[l.text]) return;
      seen[l.text] = 1;
      const row = document.createElement('li'), sw = document.createElement('i'), text = document.createElement(l.href ? 'a' : 'span');
      sw.className = 'sw ' + l.kind;
      text.textContent = l.text;
      if (l.href) {
        text.href = l.href;
        text.className = 'n';
        text.setAttribute('data-figure', l.figure);
        text.setAttribute('data-value', l.value);
      }
      row.append(sw, text);
      place.appendChild(row);
    });
    if (st.later && st.later.failed) {
      const row = document.createElement('li'), again = document.createElement('button');
      again.type = 'button';
      again.className = 'lk';
      again.textContent = st.data.words.failed + ' · ' + st.data.words.again;
      again.setAttribute('data-act', 'layers');
      row.appendChild(again);
      place.appendChild(row);
    }
  }

  yz.layers = { want: want, bubbles: bubbles, obstacles: obstacles, points: points, heat: heat, signals: signals, legend: legend };
})();
