// Small still maps: one matter's place, and the listed townships. Only colours and names; the shapes are static files.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const css = function (name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); };
  const named = function (p) { return document.documentElement.lang === 'en' ? p.en || p.name : p.name; };
  const still = function (layer) { layer.options.interactive = false; };

  yz.places = {
    placeStyle: function (feature, context) {
      const on = feature.properties.code === context.hideout.town;
      return { color: css('--line-strong'), weight: 0.75, fillColor: on ? css('--accent-weak') : css('--bg'), fillOpacity: 1 };
    },
    placeName: function (feature, layer, context) {
      still(layer);
      if (feature.properties.code !== context.hideout.town || context.hideout.dot) return;
      layer.bindTooltip(named(feature.properties), { permanent: true, direction: 'center', className: 'sm-tip' });
    },
    countyStyle: function () {
      return { color: css('--line-strong'), weight: 1, fillColor: css('--bg'), fillOpacity: 1 };
    },
    isListed: function (feature, context) {
      return Boolean(context.hideout.listed[feature.properties.code]);
    },
    listedStyle: function (feature, context) {
      const chosen = feature.properties.code === context.hideout.chosen;
      return { color: css('--act'), weight: chosen ? 2 : 1, fillColor: 'url(#hatch)', fillOpacity: 1 };
    },
    listedName: function (feature, layer, context) {
      still(layer);
      layer.bindTooltip(context.hideout.listed[feature.properties.code], { permanent: true, direction: 'top', className: 'sm-tip', offset: [0, -8] });
    },
  };
})();
