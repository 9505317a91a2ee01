// Panels that arrive as trees of elements (dashboard/el.py) and become DOM here. The framework gives every element a
// subscription of its own, and a page of ours has more than a thousand; built by hand they cost a few milliseconds.
(function () {
  const yz = (window.yizhan = window.yizhan || {});
  const SVG = 'http://www.w3.org/2000/svg', NAMES = { className: 'class', htmlFor: 'for', tabIndex: 'tabindex', colSpan: 'colspan', rowSpan: 'rowspan' };
  const said = new WeakMap(); // element → what it shows, as text

  function attribute(node, key, value, inSvg) {
    if (key === 'children' || value === null || value === undefined || value === false) return;
    if (key === 'style') return Object.assign(node.style, value);
    // Only addresses of our own.
    if (key === 'href' && !/^[/#?]/.test(value)) return;
    if (/^on/i.test(key) || key === 'srcDoc') return;
    node.setAttribute(inSvg ? key.replace('className', 'class') : NAMES[key] || key, value === true ? '' : String(value));
  }

  function build(tree, parent) {
    if (tree === null || tree === undefined || tree === '') return;
    if (Array.isArray(tree)) return tree.forEach(function (t) { build(t, parent); });
    if (typeof tree !== 'object') return parent.appendChild(document.createTextNode(String(tree)));
    const inSvg = tree.namespace === 'dash_svg', tag = tree.type.toLowerCase();
    if (tag === 'script' || tag === 'iframe') return;
    const node = inSvg ? document.createElementNS(SVG, tag) : document.createElement(tag), props = tree.props || {};
    Object.keys(props).forEach(function (k) { attribute(node, k, props[k], inSvg); });
    build(props.children, node);
    parent.appendChild(node);
  }

  // What finds an element again after its panel was built anew.
  function signature(node) {
    if (node.hasAttribute('data-figure')) return '[data-figure="' + node.getAttribute('data-figure') + '"][data-area="' + node.getAttribute('data-area') + '"]';
    if (node.hasAttribute('href')) return '[href="' + CSS.escape(node.getAttribute('href')) + '"]';
    if (/^(BUTTON|INPUT|SELECT)$/.test(node.tagName)) {
      const told = Array.from(node.attributes).filter(function (x) { return /^(data-|name$|value$|aria-label$)/.test(x.name); });
      return node.tagName.toLowerCase() + told.map(function (x) { return '[' + x.name + '="' + CSS.escape(x.value) + '"]'; }).join('');
    }
    return node.tagName === 'SUMMARY' ? 'summary[aria-label="' + CSS.escape(node.getAttribute('aria-label') || '') + '"]' : '';
  }

  // What a reader is at in a place: the element with the focus and the menus that are open. Gives what puts them back when it was built anew.
  yz.keeping = function (place) {
    const focused = place.contains(document.activeElement) ? signature(document.activeElement) : '';
    const open = Array.from(place.querySelectorAll('details[open] > summary')).map(signature).filter(Boolean);
    return function () {
      open.forEach(function (s) { const again = place.querySelector(s); if (again) again.parentNode.open = true; });
      if (!focused || (document.activeElement && document.activeElement !== document.body)) return;
      const again = place.querySelector(focused);
      if (again) again.focus({ preventScroll: true });
    };
  };

  function show(place, tree) {
    const text = JSON.stringify(tree);
    if (said.get(place) === text) return;
    const back = yz.keeping(place), part = document.createDocumentFragment();
    build(tree, part);
    place.textContent = '';
    place.appendChild(part);
    said.set(place, text);
    back();
  }

  // Old figures stay while new ones are asked for; only after 400 ms do they fade and the state line says so.
  let fading = 0;
  yz.asking = function (on) {
    clearTimeout(fading);
    if (on) fading = setTimeout(function () { document.documentElement.classList.add('asking'); }, 400);
    else document.documentElement.classList.remove('asking');
  };

  function trees(data) {
    if (!data) return '';
    const given = JSON.parse(data);
    Object.keys(given).forEach(function (id) {
      const place = document.getElementById(id);
      if (place) show(place, given[id]);
    });
    yz.asking(false);
    return '';
  }

  // What one answer of an area's page brought: its panels, the trend, a listing's months, and where there is a map its numbers.
  const drawnOf = new WeakMap(); // page → what is drawn of it
  // `sure`: that it is of the filters in force is known.
  function drawn(panels, months, listing, hideout, rootId, sure) {
    if (rootId === undefined) { rootId = hideout; hideout = null; }
    const root = document.getElementById(rootId), own = window.dash_clientside.yizhan;
    if (!root) return window.dash_clientside.no_update;
    const was = drawnOf.get(root) || {}, at = !sure && panels && panels !== was.panels && JSON.parse(panels)['@'];
    if (at && yz.wanted && at !== yz.wanted) {  // of filters that are chosen no more
      yz.again();
      return window.dash_clientside.no_update;
    }
    drawnOf.set(root, { panels: panels, months: months, listing: listing, hideout: hideout });
    if (panels !== was.panels) trees(panels); else yz.asking(false);
    if (months && months !== was.months) own.trend(months, rootId);
    if (listing && listing !== was.listing) own.listed(listing, rootId);
    if (hideout && hideout !== was.hideout) {
      const frame = rootId.replace('-root', '-frame');
      own.map(hideout, frame, sure);
      own.timeBase(hideout, frame);
    }
    return Date.now();
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    yizhan: Object.assign({}, (window.dash_clientside || {}).yizhan, { trees: trees, drawn: drawn }),
  });
})();
