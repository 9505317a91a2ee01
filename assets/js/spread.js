// The townships of a group by number of matters: tint and number; the shapes are static files.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const css = function (name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); };
  const named = function (p) { return document.documentElement.lang === 'en' ? p.en || p.name : p.name; };
  yz.spread = {
    style: function (feature, context) {
      const all = context.hideout.n || {}, n = all[feature.properties.code] || 0;
      const most = Math.max.apply(null, [1].concat(Object.values(all)));
      return { color: css('--line-strong'), weight: 0.75, fillColor: n ? css('--seq-' + (2 + Math.ceil((3 * n) / most))) : css('--bg'), fillOpacity: 1 };
    },
    name: function (feature, layer, context) {
      const n = (context.hideout.n || {})[feature.properties.code];
      yz.map.fit(feature, layer, context);
      layer.options.interactive = false;
      if (n) layer.bindTooltip(named(feature.properties) + ' ' + n, { permanent: true, direction: 'center', className: 'sm-tip' });
    },
  };
})();
