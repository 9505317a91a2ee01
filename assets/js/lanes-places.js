// Small still maps: one matter's place, and the listed townships. Only colours and names; the shapes are static files.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const css = function (name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); };
  const named = function (p) { return document.documentElement.lang === 'en' ? p.en || p.name : p.name; };
  const still = function (layer) { layer.options.interactive = false; };
  const AROUND = [['top', [0, -8]], ['right', [10, 0]], ['bottom', [0, 8]], ['left', [-10, 0]]];
  let listed = [], waiting = 0;

  const meet = function (a, b) { return a.left < b.right + 2 && b.left < a.right + 2 && a.top < b.bottom && b.top < a.bottom; };

  // Each label takes the first side of its area where it touches no label placed before it and leaves the map nowhere.
  function arrange() {
    const placed = [];
    listed = listed.filter(function (l) { return l.getTooltip() && l.getTooltip().getElement() && l.getTooltip().getElement().isConnected; });
    listed.forEach(function (layer) {
      const tip = layer.getTooltip(), el = tip.getElement(), map = el.closest('.leaflet-container').getBoundingClientRect();
      const tries = AROUND.map(function (side) {
        tip.options.direction = side[0];
        tip.options.offset = side[1];
        tip.update();
        const r = el.getBoundingClientRect();
        const outside = r.left < map.left || r.right > map.right || r.top < map.top || r.bottom > map.bottom;
        return { side: side, r: r, bad: placed.filter(function (p) { return meet(p, r); }).length * 2 + (outside ? 1 : 0) };
      });
      const best = tries.reduce(function (a, b) { return b.bad < a.bad ? b : a; });
      tip.options.direction = best.side[0];
      tip.options.offset = best.side[1];
      tip.update();
      placed.push(best.r);
    });
  }
  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(arrange, 120);
  }
  window.addEventListener('resize', later);

  yz.places = {
    placeStyle: function (feature, context) {
      const on = feature.properties.code === context.hideout.town;
      return { color: css('--line-strong'), weight: 0.75, fillColor: on ? css('--accent-weak') : css('--bg'), fillOpacity: 1 };
    },
    placeName: function (feature, layer, context) {
      yz.map.fit(feature, layer, context);
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
      listed.push(layer);
      later();
    },
  };
})();
