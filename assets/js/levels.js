// City, county and township are one page: its parts stand in other places at each level (components/area_page.py says where).
(function () {
  const yz = (window.yizhan = window.yizhan || {});

  function put(root, id, parts) {
    const place = document.getElementById(id), prefix = root.id.replace('-root', '-');
    parts.forEach(function (name, i) {
      const part = document.getElementById(prefix + name);
      if (place.children[i] !== part) place.insertBefore(part, place.children[i] || null);
    });
  }

  yz.level = function (root, level) {
    if (!root.dataset.places || root.dataset.level === level) return;
    const prefix = root.id.replace('-root', '-'), places = JSON.parse(root.dataset.places)[level], aside = document.getElementById(prefix + 'aside');
    const kept = new Set([].concat.apply([], Object.values(places)));
    Object.keys(places).forEach(function (sheet) { put(root, prefix + sheet, places[sheet]); });
    Object.keys(places).forEach(function (sheet) {
      Array.from(document.getElementById(prefix + sheet).children).forEach(function (part) { if (!kept.has(part.id.replace(prefix, ''))) aside.appendChild(part); });
    });
    root.classList.replace(root.dataset.level + '-page', level + '-page');
    root.dataset.level = level;
  };
})();
