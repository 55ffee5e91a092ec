// Energy by module: a treemap of the paths in the nodes' names.

const MOST_TILES = 40; // of one module; the cheapest others are one tile

/** Names without a path tell nothing: then by type of op. */
function hasPaths(report) {
  const deep = report.rows.filter(op => modulePath(op.name).length > 1).length;
  return deep > 0.3 * report.rows.length;
}

function buildTree(report, target, byType) {
  const root = {name: report.label, children: new Map()};
  for (const op of report.rows) {
    const energy = costOf(op, target).energy_j;
    const path = byType ? [opName(op), op.name] : modulePath(op.name);
    let node = root;
    for (const part of path.slice(0, -1)) {
      if (!node.children.has(part)) node.children.set(part, {name: part, children: new Map()});
      node = node.children.get(part);
      if (!node.children) node = {name: part, children: new Map()};
    }
    let leaf = path[path.length - 1];
    while (node.children.has(leaf)) leaf += ' '; // a node beside a module of its name
    node.children.set(leaf, {name: path[path.length - 1], op, energy, children: new Map()});
  }
  const {energy_j: left} = report.leftOut ? costOf(report.leftOut, target) : {energy_j: 0};
  if (left) root.children.set('(others)', {name: '(others)', energy: left, children: new Map()});
  const waiting = report.ops.find(op => op.status === 'static');
  if (waiting) root.children.set('(static)', {name: '(static)', energy: costOf(waiting, target).energy_j, children: new Map()});
  return plainTree(root);
}

/** Modules that hold nothing but one module are one with it. */
function plainTree(node) {
  while (!node.op && node.children.size === 1) {
    const [only] = node.children.values();
    if (only.op) break;
    node = {...only, name: node.name + ' / ' + only.name};
  }
  const children = [...node.children.values()].map(plainTree);
  if (node.op && children.length) children.push({name: node.name, op: node.op, energy: node.energy, ops: 1});
  const leaf = !children.length;
  return {name: node.name, op: leaf ? node.op : undefined, energy: leaf ? node.energy || 0 : 0,
    children: leaf ? undefined : children,
    ops: leaf ? (node.op ? 1 : 0) : d3.sum(children, c => c.ops)};
}

/** The type of op that most of a module's energy goes to. */
function mainType(node) {
  const sums = new Map();
  for (const leaf of node.leaves()) {
    const type = leaf.data.op ? opName(leaf.data.op) : leaf.data.name;
    sums.set(type, (sums.get(type) || 0) + leaf.value);
  }
  return [...sums].sort((a, b) => b[1] - a[1])[0][0];
}

/** The children to draw: the costliest, and the others as one. */
function trimmed(node, depth) {
  if (!node.children || !depth) return {node, value: node.value};
  const children = node.children.filter(c => c.value > 0);
  const kept = children.slice(0, MOST_TILES).map(c => trimmed(c, depth - 1));
  const others = children.slice(MOST_TILES);
  if (others.length) kept.push({label: plural(others.length, 'other'), value: d3.sum(others, c => c.value)});
  return {node, children: kept, value: 0};
}

class ModuleView {
  constructor(host, report, target) {
    Object.assign(this, {report, target, byType: !hasPaths(report)});
    this.colors = typeColors(report, target);
    this.trail = el('nav', {class: 'trail', 'aria-label': 'Path of modules'});
    this.map = el('div', {class: 'treemap', role: 'group', 'aria-label': 'Energy by module; arrow keys move, Enter opens'});
    this.legend = el('ul', {class: 'legend'});
    this.list = el('div');
    const group = select([['path', 'path in names'], ['type', 'type of op']], this.byType ? 'type' : 'path',
      value => { this.byType = value === 'type'; this.open(this.root()); });
    add(host, [el('div', {class: 'tools'}, labelled('Group by', group), this.trail), this.map, this.legend,
      folded('As a table', this.list, {class: 'alternative'})]);
    this.map.addEventListener('keydown', event => this.move(event));
    this.watch = new ResizeObserver(() => this.width !== this.map.clientWidth && this.node && this.draw());
    this.open(this.root());
    this.watch.observe(this.map);
  }

  root() {
    return d3.hierarchy(buildTree(this.report, this.target, this.byType)).sum(d => d.energy)
      .sort((a, b) => b.value - a.value);
  }

  open(node) {
    this.node = node;
    clear(this.trail);
    node.ancestors().reverse().forEach((each, i, path) => add(this.trail, [i > 0 && ' › ',
      each === node ? el('strong', {'aria-current': 'true'}, each.data.name)
        : el('button', {type: 'button', class: 'link', onclick: () => this.open(path[i])}, each.data.name)]));
    this.draw();
    this.describe();
  }

  draw() {
    const width = this.width = this.map.clientWidth, height = 380;
    if (!width) return;
    const laid = d3.treemap().size([width, height]).paddingInner(2)
      .paddingOuter(d => d.depth === 1 ? 2 : 0).paddingTop(d => d.depth === 1 ? 20 : 0)
      .round(true)(d3.hierarchy(trimmed(this.node, 2)).sum(d => d.children ? 0 : d.value)
      .sort((a, b) => b.value - a.value));
    clear(this.map);
    this.tiles = [];
    const types = new Map();
    for (const place of laid.descendants()) if (place.depth > 0) this.tile(place, types);
    if (this.tiles.length) this.tiles[0].tabIndex = 0;
    clear(this.legend);
    for (const [type, color] of [...this.colors, ['others', OTHER_COLOR]].filter(([type]) => types.has(type))) add(this.legend, el('li', null, el('i', {style: {background: color}}), type));
  }

  tile(place, types) {
    const w = place.x1 - place.x0, h = place.y1 - place.y0;
    if (w < 4 || h < 4) return;
    const {node, label} = place.data;
    const text = node ? node.data.name : label;
    const style = {left: place.x0 + 'px', top: place.y0 + 'px', width: w + 'px', height: h + 'px'};
    const group = Boolean(place.children);
    if (!group) {
      const main = node ? mainType(node) : 'others';
      const type = this.colors.has(main) ? main : 'others';
      const color = this.colors.get(type) || OTHER_COLOR;
      types.set(type, color);
      Object.assign(style, {background: color, color: inkOn(color)});
    }
    const words = text + ': ' + si(place.value, 'J') + ', ' + percent(place.value, this.total());
    const named = w > 34 && h > 15;
    const tile = el('button', {type: 'button', class: 'tile' + (group ? ' group' : '') + (named ? '' : ' bare'), style, tabindex: '-1', title: words,
      'aria-label': named ? null : words, onclick: () => this.enter(node)},
    named && el('span', null, text), w > 50 && h > 36 && !group && el('small', null, si(place.value, 'J')),
    group && w > 150 && el('small', null, si(place.value, 'J')));
    this.tiles.push(tile);
    this.map.append(tile);
  }

  enter(node) {
    if (!node) return;
    if (node.data.op) showOp(this.report, node.data.op, this.target);
    else if (node.children) {
      this.open(node);
      if (this.tiles.length) this.tiles[0].focus();
    }
  }

  total() {
    return this.target ? this.target.energy_j.value : this.node.value;
  }

  move(event) {
    const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
    if (event.key === 'Backspace' && this.node.parent) this.open(this.node.parent);
    if (!step) return;
    event.preventDefault();
    const at = this.tiles.indexOf(document.activeElement);
    const next = this.tiles[(at + step + this.tiles.length) % this.tiles.length];
    if (this.tiles[at]) this.tiles[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  describe() {
    clear(this.list);
    const children = (this.node.children || [this.node]).slice(0, 200);
    add(this.list, table('Modules by energy', [{title: 'Module', head: true}, {title: 'Ops', num: true},
      {title: 'Energy', num: true}, {title: 'Share', num: true}],
    children.map(c => [c.data.name, whole(c.data.ops), si(c.value, 'J'), percent(c.value, this.total())])));
  }
}

function renderModules(host, report, target) {
  new ModuleView(host, report, target);
}
