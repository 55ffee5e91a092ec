// The graph as a heat map on a canvas: pan, zoom, search, keyboard.

const HEATS = {energy_j: ['energy', 'J'], latency_s: ['latency', 's'], dram_bytes: ['DRAM traffic', 'B']};

class GraphView {
  constructor(host, report, target) {
    Object.assign(this, {report, target, key: 'energy_j', chosen: -1, found: [], frame: 0});
    this.canvas = el('canvas', {tabindex: '0', role: 'application', 'aria-roledescription': 'graph',
      'aria-label': 'Graph of ' + plural(report.rows.length, 'op') + '. Left and right: order of execution; up and down: ' +
        'producer and reader; plus, minus and 0: zoom; Enter: details. The table of ops has the same figures.'});
    this.caption = el('p', {class: 'muted caption'}, 'No op chosen.');
    this.scale = el('div', {class: 'heatscale'});
    add(host, [this.tools(), el('div', {class: 'graph'}, this.canvas), this.scale, this.caption]);
    this.places = layout(report, Math.max(0.8, this.canvas.parentNode.clientWidth / 460));
    this.zoom = d3.zoom().scaleExtent([0.005, 4])
      .filter(() => d3.event.type === 'wheel' ? d3.event.ctrlKey || document.activeElement === this.canvas : !d3.event.button)
      .on('zoom', () => this.request());
    d3.select(this.canvas).call(this.zoom).on('dblclick.zoom', null);
    this.canvas.addEventListener('click', event => this.pick(event));
    this.canvas.addEventListener('pointermove', event => this.hover(event));
    this.canvas.addEventListener('keydown', event => this.press(event));
    this.heatBy('energy_j');
    new ResizeObserver(() => this.resize()).observe(this.canvas.parentNode);
    this.resize();
    this.fit();
  }

  tools() {
    const search = el('input', {type: 'search', placeholder: 'name or type of op', size: '18',
      onkeydown: event => event.key === 'Enter' && (event.preventDefault(), this.next()), oninput: event => this.search(event.target.value)});
    const button = (text, label, action) => el('button', {type: 'button', class: 'plain', 'aria-label': label, onclick: action}, text);
    return el('div', {class: 'tools'},
      labelled('Find', search), this.matches = el('span', {class: 'muted', role: 'status'}),
      labelled('Colour by', select(Object.entries(HEATS).map(([key, [name]]) => [key, name]), 'energy_j', key => this.heatBy(key))),
      el('span', {class: 'buttons'}, button('−', 'Zoom out', () => this.zoomBy(1 / 1.5)), button('+', 'Zoom in', () => this.zoomBy(1.5)),
        button('Fit', 'Fit the whole graph', () => this.fit())));
  }

  heatBy(key) {
    this.key = key;
    const values = this.report.rows.map(op => costOf(op, this.target)[key]);
    this.most = Math.max(...values, 0);
    this.fills = values.map(value => heat(this.most > 0 ? Math.sqrt(value / this.most) : 0));
    this.inks = this.fills.map(inkOn);
    const stops = d3.range(0, 1.01, 0.1).map(heat).join(', ');
    clear(this.scale);
    add(this.scale, ['0', el('i', {style: {background: 'linear-gradient(to right, ' + stops + ')'}}), si(this.most, HEATS[key][1]),
      el('span', {class: 'muted'}, HEATS[key][0] + ' of an op')]);
    this.request();
  }

  resize() {
    const {clientWidth: width, clientHeight: height} = this.canvas.parentNode;
    const dense = window.devicePixelRatio || 1;
    if (!width || (this.width === width && this.height === height)) return;
    Object.assign(this, {width, height, dense});
    this.canvas.width = width * dense;
    this.canvas.height = height * dense;
    this.request();
  }

  request() {
    if (!this.frame) this.frame = requestAnimationFrame(() => { this.frame = 0; this.draw(); });
  }

  transform() {
    return d3.zoomTransform(this.canvas);
  }

  /** The part of the layout that is on screen, with a margin. */
  window() {
    const t = this.transform();
    const margin = NODE.width;
    return {x0: -t.x / t.k - margin, y0: -t.y / t.k - margin, x1: (this.width - t.x) / t.k + margin, y1: (this.height - t.y) / t.k + margin};
  }

  draw() {
    if (!this.width || !this.canvas.isConnected) return;
    const pen = this.canvas.getContext('2d'), t = this.transform();
    pen.setTransform(this.dense, 0, 0, this.dense, 0, 0);
    pen.fillStyle = css('surface');
    pen.fillRect(0, 0, this.width, this.height);
    pen.translate(t.x, t.y);
    pen.scale(t.k, t.k);
    const seen = this.window();
    const {column} = this.places;
    this.drawEdges(pen, seen, t.k, 0.22, (from, to) => column[from] !== column[to]);
    this.drawEdges(pen, seen, t.k, 1, (from, to) => column[from] === column[to]);
    this.drawNodes(pen, seen, t.k);
  }

  /** Those within a column stand out; those between columns would cover it. */
  drawEdges(pen, seen, k, opacity, wanted) {
    const {x, y, column, edges} = this.places, half = NODE.height / 2;
    pen.beginPath();
    for (const [from, to] of edges) {
      if (!wanted(from, to)) continue;
      const x0 = x[from], y0 = y[from] + half, x1 = x[to], y1 = y[to] - half;
      if (Math.max(x0, x1) < seen.x0 || Math.min(x0, x1) > seen.x1 || Math.max(y0, y1) < seen.y0 || Math.min(y0, y1) > seen.y1) continue;
      pen.moveTo(x0, y0);
      const far = y1 - y0 > NODE.gapY * 1.5, same = column[from] === column[to];
      // What passes by nodes of its column swings out to the side.
      if (same && far && Math.abs(x0 - x1) < NODE.width) {
        const out = Math.max(x0, x1) + NODE.width * 0.62 + Math.min(24, (y1 - y0) / 40);
        pen.bezierCurveTo(out, y0 + NODE.gapY * 1.5, out, y1 - NODE.gapY * 1.5, x1, y1);
      } else if (same) pen.bezierCurveTo(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2, x1, y1);
      else pen.bezierCurveTo(x0, y0 + 40, x1, y1 - 40, x1, y1);
    }
    pen.strokeStyle = css('edge');
    pen.lineWidth = Math.max(1, 0.6 / k);
    pen.globalAlpha = opacity;
    pen.stroke();
    pen.globalAlpha = 1;
  }

  drawNodes(pen, seen, k) {
    const {x, y} = this.places, {width: w, height: h} = NODE;
    const text = k > 0.45, marked = new Set(this.found);
    pen.font = '11px ' + Chart.defaults.font.family;
    pen.textBaseline = 'middle';
    pen.textAlign = 'center';
    for (let i = 0; i < x.length; ++i) {
      if (x[i] < seen.x0 || x[i] > seen.x1 || y[i] < seen.y0 || y[i] > seen.y1) continue;
      pen.fillStyle = this.fills[i];
      pen.fillRect(x[i] - w / 2, y[i] - h / 2, w, h);
      if (k > 0.15) this.outline(pen, i, css('line'), 1);
      if (marked.has(i)) this.outline(pen, i, css('accent'), Math.max(2, 2 / k));
      if (text) {
        pen.fillStyle = this.inks[i];
        pen.fillText(this.label(pen, i), x[i], y[i] + 0.5);
      }
    }
    if (this.chosen >= 0) this.outline(pen, this.chosen, css('text'), Math.max(3, 3 / k));
  }

  outline(pen, i, color, width) {
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.strokeRect(this.places.x[i] - NODE.width / 2, this.places.y[i] - NODE.height / 2, NODE.width, NODE.height);
  }

  /** The type and as much of the name as fits; measured once. */
  label(pen, i) {
    this.labels = this.labels || [];
    if (this.labels[i]) return this.labels[i];
    const op = this.report.rows[i];
    let text = op.op;
    const short = modulePath(op.name).slice(-1)[0];
    if (!short.startsWith(op.op)) text += ' ' + short;
    else text = short;
    while (text.length > 4 && pen.measureText(text).width > NODE.width - 10) text = text.slice(0, -2).trimEnd() + '…';
    return this.labels[i] = text;
  }

  fit() {
    const {width, height} = this.places;
    const k = Math.min(1.2, this.width / (width + 40), this.height / (height + 40));
    d3.select(this.canvas).call(this.zoom.transform, d3.zoomIdentity
      .translate((this.width - k * (width - NODE.columnGap)) / 2, (this.height - k * height) / 2).scale(k));
  }

  zoomBy(factor) {
    d3.select(this.canvas).call(this.zoom.scaleBy, factor);
  }

  at(event) {
    const [x, y] = this.transform().invert([event.offsetX, event.offsetY]);
    const places = this.places;
    for (let i = 0; i < places.x.length; ++i)
      if (Math.abs(places.x[i] - x) <= NODE.width / 2 && Math.abs(places.y[i] - y) <= NODE.height / 2) return i;
    return -1;
  }

  words(i) {
    const op = this.report.rows[i], cost = costOf(op, this.target);
    return op.name + ' (' + opName(op) + '): ' + si(cost.energy_j, 'J') +
      (this.target ? ', ' + percent(cost.energy_j, this.target.energy_j.value) : '') + ', ' + si(cost.latency_s, 's');
  }

  hover(event) {
    const i = this.at(event);
    this.canvas.style.cursor = i >= 0 ? 'pointer' : 'grab';
    this.canvas.title = i >= 0 ? this.words(i) : '';
  }

  pick(event) {
    if (event.defaultPrevented) return; // the end of a drag
    const i = this.at(event);
    if (i < 0) return;
    this.choose(i, false);
    showOp(this.report, this.report.rows[i], this.target);
  }

  choose(i, centre = true) {
    if (i === undefined || i < 0 || i >= this.report.rows.length) return;
    this.chosen = i;
    this.caption.textContent = this.words(i);
    if (centre) {
      const selection = d3.select(this.canvas);
      if (this.transform().k < 0.5) selection.call(this.zoom.scaleTo, 0.9);
      selection.call(this.zoom.translateTo, this.places.x[i], this.places.y[i]);
    }
    this.request();
  }

  search(text) {
    const wanted = text.trim().toLowerCase();
    this.found = wanted ? this.report.rows.filter(op => op.name.toLowerCase().includes(wanted) || opName(op).toLowerCase().includes(wanted))
      .map(op => op.index) : [];
    this.matches.textContent = wanted ? plural(this.found.length, 'match').replace('matchs', 'matches') : '';
    this.request();
  }

  next() {
    if (this.found.length) this.choose(this.found.find(i => i > this.chosen) ?? this.found[0]);
    if (this.chosen >= 0) say(this.caption.textContent);
  }

  press(event) {
    const i = this.chosen;
    const producers = i >= 0 ? this.report.rows[i].producers.filter(p => p !== null) : [];
    const actions = {
      ArrowRight: () => this.choose(i + 1), ArrowLeft: () => this.choose(Math.max(0, i - 1)),
      ArrowDown: () => this.choose(i < 0 ? 0 : consumersOf(this.report)[i][0]), ArrowUp: () => this.choose(producers[0]),
      '+': () => this.zoomBy(1.5), '=': () => this.zoomBy(1.5), '-': () => this.zoomBy(1 / 1.5), 0: () => this.fit(),
      Enter: () => i >= 0 && showOp(this.report, this.report.rows[i], this.target)
    };
    if (!actions[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    actions[event.key]();
    if (event.key.startsWith('Arrow')) say(this.caption.textContent);
  }
}

function renderGraph(host, report, target) {
  if (!report.rows.length) add(host, el('p', {class: 'muted'}, 'The graph has no ops.'));
  else new GraphView(host, report, target);
}
