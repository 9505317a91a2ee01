// A map that its page has taken away may still be told of a resize or a fit that was under way; Leaflet then reaches for
// panes that are gone. Such a call now does nothing. (Leaflet arrives with dash-leaflet, after this file.)
(function wait() {
  if (!window.L || !window.L.Map) { setTimeout(wait, 20); return; }
  ['_resetView', '_rawPanBy', '_move', 'invalidateSize', 'fitBounds', 'setView'].forEach(function (name) {
    const own = window.L.Map.prototype[name];
    window.L.Map.prototype[name] = function () {
      return this._loaded !== undefined && !this._mapPane ? this : own.apply(this, arguments);
    };
  });
})();
