// Making elements. Names in a report are not to be trusted: text goes in as
// text nodes only, and nothing here parses HTML.

/** el('td', {class: 'num'}, 'text', child, …); null and false are left out. */
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'style') Object.assign(node.style, value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  add(node, children);
  return node;
}

function add(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
}

function clear(node) {
  node.replaceChildren();
}

let lastId = 0;
function freshId(stem) {
  return stem + '-' + ++lastId;
}

/** columns: [{title, num, head}]; rows: arrays of cells, text or nodes. */
function table(caption, columns, rows, attributes) {
  const cell = (column, value) => column.head
    ? el('th', {scope: 'row', class: column.num && 'num'}, value)
    : el('td', {class: column.num && 'num'}, value);
  return el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption},
    el('table', attributes || {},
      el('caption', {class: 'hidden'}, caption),
      el('thead', null, el('tr', null,
        columns.map(c => el('th', {scope: 'col', class: c.num && 'num'}, c.title)))),
      el('tbody', null, rows.map(row => el('tr', null, row.map((v, i) => cell(columns[i], v)))))));
}

/** A part that opens on demand. */
function folded(summary, contents, attributes) {
  return el('details', attributes, el('summary', null, summary), contents);
}

function labelled(label, control) {
  control.id = control.id || freshId('control');
  return el('div', {class: 'field'}, el('label', {for: control.id}, label), control);
}

function select(options, chosen, onchange) {
  return el('select', {onchange: event => onchange(event.target.value)},
    options.map(([value, text]) => el('option', {value, selected: value === chosen}, text)));
}

/** A command line that breaks between its words. */
function command(text) {
  return el('code', {class: 'command'}, text.split(' ').map((word, i) => [i > 0 && ' ', el('span', null, word)]));
}

/** For those who hear the page: what has just changed. */
function say(text) {
  document.getElementById('live').textContent = text;
}

function bar(share, color) {
  return el('span', {class: 'bar', 'aria-hidden': 'true'},
    el('span', {style: {width: Math.max(0, Math.min(100, 100 * share)) + '%', background: color}}));
}

/** Lists of unknown length: the first few, the others on demand. */
function shortList(items, few = 5) {
  const list = part => el('ul', null, part.map(item => el('li', null, item)));
  if (items.length <= few + 1) return list(items);
  return [list(items.slice(0, few)), folded(whole(items.length - few) + ' more', list(items.slice(few)))];
}
