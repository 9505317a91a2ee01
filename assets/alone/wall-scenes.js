// The scenes as HTML. Every text comes from the server and is escaped here.
YZ.esc = function (text) {
  return String(text === null || text === undefined ? '' : text).replace(/[&<>"']/g, function (c) { return '&#' + c.charCodeAt(0) + ';'; });
};
YZ.scenes = (function () {
  const e = YZ.esc;
  // a number and what it counts stay on one line
  const kept = function (text) { return e(text).replace(/\d[\d,.]* [\u4e00-\u9fff]/g, '<span class="nb">$&</span>'); };
  const head = function (h, n) { return '<h3>' + e(h) + (n ? '<span>' + e(n) + '</span>' : '') + '</h3>'; };
  const num = function (key, v, u) { return '<div class="num"><span data-k="' + key + '">' + e(v) + '</span>' + (u ? '<em>' + e(u) + '</em>' : '') + '</div>'; };
  const cell = function (name, cls, html) { return '<section class="cell ' + cls + '" data-cell="' + name + '">' + html + '</section>'; };

  const figures = function (a) {
    const p = a.hero.p.map(function (x) { return '<span>' + e(x[0]) + ' <b data-k="p' + e(x[0]) + '">' + e(x[1]) + '</b> ' + e(x[2]) + '</span>'; }).join('');
    let out = cell('hero', 'w-hero nudge', head(a.hero.h, a.hero.n) + num('hero', a.hero.v, a.hero.u) + '<p>' + p + '</p>');
    a.k.forEach(function (k, i) { out += cell('k' + i, 'w-kpi nudge', head(k.h, k.n) + num('k' + i, k.v, k.u)); });
    out += cell('act', 'w-act', a.act.v === '0' ? '<i class="ok"></i>' + head(a.act.h) + num('act', a.act.v, a.act.u)
      : '<i></i>' + head(a.act.h) + num('act', a.act.v, a.act.u) + '<p>' + e(a.act.n) + '</p>');
    if (a.months) {
      const bars = a.months.bars.map(function (b) { return '<li><b>' + e(b[1]) + '</b><u class="' + (b[3] ? 'now' : '') + '" style="height:calc((100% - 1.9em) * ' + b[2].toFixed(4) + ')"></u><span>' + e(b[0]) + '</span></li>'; });
      out += cell('months', 'w-months', head(a.months.h, a.months.n) + '<ol style="--n:' + bars.length + '">' + bars.join('') + '</ol>');
    }
    return out;
  };
  const map = function (m) {
    const ramp = ['', m.breaks[0], m.breaks[1], m.breaks[2], m.breaks[3]].map(function (b, i) { return '<li><i class="c' + i + '"></i><span>' + e(b) + '</span></li>'; }).join('');
    const legend = (m.listed.length ? '<span><i class="hx"></i>' + e(YZ.words.legend_listed) + '</span>' : '') + (m.marks.length ? '<span><i class="dm"></i>' + e(YZ.words.legend_signal) + '</span>' : '');
    return cell('map', 'w-map', head(m.h, m.n) + '<ul class="ramp">' + ramp + '</ul><p class="w-legend">' + legend + '</p><div class="mapbox" data-map="1"></div>');
  };
  const rank = function (r) {
    const rows = r.rows.map(function (x, i) {
      return '<li><i>' + (i + 1) + '</i><b>' + e(x[0]) + '</b><span class="bar"><u style="width:' + (x[1] * 100).toFixed(1) + '%"></u></span><span class="v" data-k="r' + e(x[0]) + '">' + e(x[2]) + '</span><span class="r">' + e(x[3]) + '</span></li>';
    }).join('');
    return cell('rank', 'w-rank', '<h3>' + e(r.h) + '<span class="h1">' + e(r.c1) + '</span><span class="h2">' + e(r.c2) + '</span></h3><ol class="list" data-least="1.62" data-two="1" style="--nm:' + Math.min(5.4, r.rows.reduce(function (m, x) { return Math.max(m, Array.from(x[0]).reduce(function (n, ch) { return n + (ch > '\u2000' ? 1 : .58); }, 0)); }, 3) + .4).toFixed(1) + 'em">' + rows + '</ol><p>' + e(r.foot) + '</p>');
  };
  const latest = function (l, seen) {
    const rows = l.rows.map(function (x) {
      return '<li class="' + (seen && !seen.has(x[6]) ? 'fresh' : '') + '"><time>' + e(x[0]) + '</time><b>' + e(x[1]) + '</b><span class="c">' + e(x[2]) + '</span><span class="s s-' + e(x[4]) + '">' + e(x[3]) + '</span><span class="t">' + e(x[5]) + '</span></li>';
    }).join('');
    return cell('latest', 'w-latest', head(l.h, l.n) + '<ul class="list" data-least="1.42">' + rows + '</ul>');
  };
  const alarm = function (d, at) {
    const live = d.alarms.filter(function (a) { return !a.acked; });
    const a = live[at % live.length];
    const fact = function (f) { return '<p class="fact"><i>' + e(f[0]) + '</i><span>' + kept(f[1]) + '</span></p>'; };
    const facts = a.facts.map(fact).join('') + (a.owner ? fact([YZ.words.owner, a.owner]) : '');
    const n = YZ.say('alarm_n', { a: at % live.length + 1, b: live.length });
    return { alarm: a, html: '<section class="w-alarm" data-alarm="' + e(a.key) + '" role="alert"><div class="a-top"><i class="tri"></i><b>' + e(a.head) + '</b><span>' + e(n) + '</span></div>' +
      '<div class="a-body"><div class="a-main nudge">' + a.place.map(function (p) { return '<h2>' + e(p) + '</h2>'; }).join('') + '<p class="a-what">' + kept(a.what) + '</p><p class="a-sub">' + e(a.sub) + '</p>' + facts + '</div>' +
      '<div class="a-map mapbox">' + (a.map ? '<div data-map="alarm" class="fill"></div>' : '<i class="sign"></i>') + '</div></div>' +
      '<div class="a-ack"><b data-age="unacked" data-at="' + e(a.raised) + '"></b><span>' + e(YZ.words.ack_where) + '</span></div></section>' };
  };
  const listings = function (d) {
    const s = d.listings, rows = s.rows.map(function (r) {
      return '<li><b class="no">' + e(r.no) + '</b><div class="st"><h2>' + e(r.area) + '<em>' + e(r.what) + '</em></h2><p>' + e(r.owner) + '</p></div><div class="term"><span class="bar' + (r.late ? ' late' : '') + '"><u style="width:' + (r.progress * 100).toFixed(1) + '%"></u></span><span class="' + (r.late ? 'act' : '') + '">' + e(r.term) + '</span></div><span class="vd v-' + e(r.tone) + '">' + e(r.verdict) + '</span></li>';
    }).join('');
    return '<section class="cell full w-listings" data-full="1">' + head(s.h, s.n) + '<ol class="list" data-least="3.6">' + rows + '</ol></section>';
  };
  const acts = function (d) {
    return d.acts.parts.map(function (p, i) {
      const rows = p.kind === 'bars'
        ? p.rows.map(function (r) { return '<li class="ob"><b>' + e(r[0]) + '</b><span class="bar act"><u style="width:' + (r[1] * 100).toFixed(1) + '%"></u></span><span class="v">' + e(r[2]) + '</span></li>'; })
        : p.rows.map(function (r) { return '<li class="ol"><b>' + e(r[0]) + '</b><span class="x ' + e(r[4]) + '">' + e(r[2]) + '<i>' + e(r[3]) + '</i></span><span class="t">' + e(r[1]) + '</span></li>'; });
      return '<section class="cell w-part" data-part="' + i + '">' + head(p.h, p.n) + (rows.length ? '<ol class="list" data-least="' + (p.kind === 'bars' ? 1.7 : 3.1) + '">' + rows.join('') + '</ol>' : '<p class="none">' + (p.calm === false ? '' : '<i class="ok"></i>') + e(p.none) + '</p>') + '</section>';
    }).join('');
  };
  const feeds = function (d) {
    const s = d.sources, rows = s.rows.map(function (r) {
      return '<li class="' + (r[3] ? 'late' : '') + '"><i></i><b>' + e(r[0]) + '</b><span class="ag" data-age="' + (r[3] ? 'late' : 'plain') + '" data-at="' + e(r[2] || '') + '"></span><p>' + e(r[1]) + (r[4] ? ' · ' + e(r[4]) : '') + '</p></li>';
    }).join('');
    return '<section class="cell full w-sources" data-full="1">' + head(s.h, s.n) + '<ol class="list" data-least="3.7">' + rows + '</ol></section>';
  };
  const signals = function (d, wide) {
    const s = d.signals, most = s.most || 1, pc = function (x) { return (Math.min(1, x / most) * 100).toFixed(2) + '%'; };
    const rows = s.rows.map(function (r) {
      return '<li><div class="mk"><s></s><b>' + e(r.no) + '</b></div><div class="st"><h2>' + e(r.title) + '<em>' + e(r.kind) + '</em></h2><p>' + e(r.said) + '</p><p>' + e(r.more) + '</p></div>' +
        (r.observed === null ? '<div></div>' : '<div class="dotc"><u class="band" style="left:' + pc(r.low) + ';width:' + (Math.max(0, r.high - r.low) / most * 100).toFixed(2) + '%"></u><u class="over" style="left:' + pc(r.high) + ';width:' + (Math.max(0, r.observed - r.high) / most * 100).toFixed(2) + '%"></u><u class="exp" style="left:' + pc(r.expected) + '"></u><b class="obs" style="left:' + pc(r.observed) + '"></b><span class="ov" style="left:' + pc(r.observed) + '">' + e(r.text) + '</span></div>') + '</li>';
    }).join('');
    return '<section class="cell w-signals" data-part="0">' + head(s.h, s.n) + (rows ? '<ol class="list" data-least="4.2">' + rows + '</ol>' : '<p class="none' + (s.unknown ? '' : ' fine') + '">' + (s.unknown ? '' : '<i class="ok"></i>') + e(s.none) + '</p>') + (s.unknown ? '<p class="cant"><i></i>' + e(s.unknown) + '</p>' : '') + '</section>' + (wide ? '' :
      '<section class="cell w-sigmap" data-part="1">' + head(s.map.h, s.map.n) + '<div class="mapbox" data-map="signals"></div><p class="w-stats">' + s.stats.map(function (x) { return '<span>' + e(x[0]) + '<b>' + e(x[1]) + '<em>' + e(x[2]) + '</em></b></span>'; }).join('') + '</p></section>');
  };
  // the signals of an area in short, for a wall that is wide enough
  const sigs = function (d, key) {
    const all = d.signals ? d.signals.rows : [], own = all.filter(function (r) { return key === Object.keys(d.areas)[0] || r.county === key; });
    if (!own.length) return '';
    const rows = own.map(function (r) { return '<li><div class="mk"><s></s><b>' + e(r.no) + '</b></div><div class="st"><b>' + e(r.title) + '</b><p>' + e(r.said) + '</p></div></li>'; });
    return cell('sigs', 'w-sigs', head(d.signals.title, key === Object.keys(d.areas)[0] ? d.signals.h : '') + '<ol class="list" data-least="2.9">' + rows.join('') + '</ol>');
  };
  // Each size in its own panel, as much of the words as has room there, and under it how far it can be read.
  const check = function (L) {
    const one = L.sx[0] || L.xs[1], next = L.sx.find(function (x) { return x > one + 1; }) || L.w;
    const lines = function (sizes, room) {
      return '<ol class="nudge">' + sizes.map(function (s) {
        const mm = L.t * s * .92 / L.w * L.wall, chars = Array.from(YZ.words.check_text);
        while (chars.length > 2 && YZ.map.measure(chars.join(''), L.t * s) > room) chars.pop();
        return '<li style="font-size:' + (L.t * s).toFixed(2) + 'px"><b>' + e(chars.join('')) + '</b><span>' + e(YZ.say('check_mm', { n: mm.toFixed(0), m: (mm * 215 / 1000).toFixed(1) })) + '</span></li>';
      }).join('') + '</ol>';
    };
    return '<section class="cell full w-check" data-full="1">' + head(YZ.words.check, YZ.say('check_wall', { w: L.wall, e: L.eye, c: L.cols, r: L.rows })) + (L.reads ? '<p class="act"><b>▲ ' + e(YZ.say('check_small', { m: (L.reads / 1000).toFixed(1) })) + '</b></p>' : '') + '<p>' + e(YZ.words.check_note) + '</p><p class="cols"><b class="act">■</b><b class="wait">■</b><b class="done">■</b><b class="acc">■</b><br>' + e(YZ.words.check_colours) + '</p><div>' + lines([1, 1.15, 1.3, 1.9, 2.2, 3], one - L.t * 3.2) + lines([4.1, 5, 7.1], next - one - L.t * 1.8) + '</div></section>';
  };
  return {
    area: function (d, key, seen, wide) { const a = d.areas[key]; return figures(a) + map(a.map) + rank(a.rank) + latest(a.latest, seen) + (wide ? sigs(d, key) : ''); },
    // a wide wall keeps the map, the ranking and what came in last beside every list
    beside: function (a) { return map(a.map) + rank(a.rank) + latest(a.latest); },
    figures: figures, alarm: alarm, listings: listings, acts: acts, feeds: feeds, signals: signals, check: check,
    title: function (d, s) { return s.kind === 'area' ? d.areas[s.key].title : s.kind === 'feeds' ? d.sources.title : s.kind === 'check' ? YZ.words.check : d[s.kind].title; }
  };
})();
