// The server's clock, carried on by the browser's steady one: a wall's own clock may be wrong, or jump.
window.YZ = window.YZ || {};
YZ.words = JSON.parse(document.body.dataset.words);
YZ.say = function (key, values) {
  return String(YZ.words[key]).replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
};
YZ.clock = (function () {
  let base = null, at = 0;  // the server's naive local time in ms, read when performance.now() was `at`
  const parse = function (iso) { return iso ? Date.parse(iso.slice(0, 23) + 'Z') : null; };
  const two = function (n) { return n < 10 ? '0' + n : String(n); };
  return {
    parse: parse,
    set: function (iso) { const t = parse(iso); if (t) { base = t; at = performance.now(); } },
    known: function () { return base !== null; },
    now: function () { return base === null ? null : base + performance.now() - at; },
    hm: function (ms) { const d = new Date(ms); return two(d.getUTCHours()) + ':' + two(d.getUTCMinutes()); },
    // hh:mm of today, with the day before it when it is another one
    when: function (ms) {
      const d = new Date(ms), n = new Date(this.now());
      const same = d.getUTCFullYear() === n.getUTCFullYear() && d.getUTCMonth() === n.getUTCMonth() && d.getUTCDate() === n.getUTCDate();
      return (same ? '' : two(d.getUTCMonth() + 1) + '-' + two(d.getUTCDate()) + ' ') + this.hm(ms);
    },
    date: function (short) {
      const d = new Date(this.now());
      if (short) return YZ.say('day', { m: d.getUTCMonth() + 1, d: d.getUTCDate() });
      return YZ.say('date', { y: d.getUTCFullYear(), m: d.getUTCMonth() + 1, d: d.getUTCDate() }) + ' ' + YZ.words.weekdays[d.getUTCDay()];
    },
    age: function (ms) {
      if (ms === null || base === null) return YZ.words.never;
      const minutes = Math.max(0, Math.floor((this.now() - ms) / 60000));
      if (minutes < 1) return YZ.words.now;
      if (minutes < 120) return YZ.say('minutes', { n: minutes });
      return minutes < 2880 ? YZ.say('hours', { n: Math.floor(minutes / 60) }) : YZ.say('days', { n: Math.floor(minutes / 1440) });
    },
    // whether the hours "22:00-06:30" hold now
    within: function (span) {
      if (!span || base === null) return false;
      const now = this.hm(this.now()), ends = span.split('-');
      return ends[0] <= ends[1] ? now >= ends[0] && now < ends[1] : now >= ends[0] || now < ends[1];
    }
  };
})();
