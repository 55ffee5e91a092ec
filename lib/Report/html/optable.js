// All ops: sorted, filtered, in pages.

const PAGE_ROWS = 50;

/** `most`: the energy that fills a bar. */
function opColumns(target, most) {
  const of = key => op => costOf(op, target)[key];
  const shape = op => op.outputs.map(shapeText).join(', ');
  return [
    {key: 'place', title: '#', num: true, value: op => op.index, text: op => whole(op.index + 1)},
    {key: 'name', title: 'Name', value: op => op.name, head: true},
    {key: 'op', title: 'Op', value: opName},
    {key: 'dtype', title: 'Type', value: op => op.dtype},
    {key: 'shape', title: 'Outputs', value: shape},
    {key: 'macs', title: 'MAC', num: true, value: op => op.macs, text: op => count(op.macs)},
    {key: 'dram', title: 'DRAM', num: true, value: of('dram_bytes'), text: op => count(of('dram_bytes')(op), 'B')},
    {key: 'latency', title: 'Latency', num: true, value: of('latency_s'), text: op => si(of('latency_s')(op), 's')},
    {key: 'energy', title: 'Energy', num: true, value: of('energy_j'), text: op => si(of('energy_j')(op), 'J')},
    {key: 'share', title: 'Share', value: of('energy_j'), text: op => [bar(of('energy_j')(op) / most, css('accent')),
      percent(of('energy_j')(op), target.energy_j.value)]},
    {key: 'bound', title: 'Bound by', value: op => of('kernel')(op) === null ? '' : of('bound')(op), text: op => of('kernel')(op) === null ? NONE : of('bound')(op)},
    {key: 'status', title: 'Status', value: op => op.status}
  ];
}

class OpTable {
  constructor(host, report, target) {
    Object.assign(this, {report, target, columns: opColumns(target, d3.max(report.rows, op => costOf(op, target).energy_j) || 1), sort: 'energy', down: true, page: 0, text: '', status: ''});
    const statuses = [...new Set(report.rows.map(op => op.status))];
    const filter = el('input', {type: 'search', placeholder: 'name, op or kernel', size: '22', oninput: event => { this.text = event.target.value.toLowerCase(); this.refresh(); }});
    this.summary = el('span', {class: 'muted', role: 'status'});
    this.pages = el('div', {class: 'pages'});
    this.body = el('tbody');
    this.head = el('tr');
    add(host, [
      el('div', {class: 'tools'}, labelled('Filter', filter),
        labelled('Status', select([['', 'all'], ...statuses.map(s => [s, s])], '', value => { this.status = value; this.refresh(); })), this.summary),
      el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Table of ops'},
        el('table', {class: 'ops'}, el('caption', {class: 'hidden'}, 'Ops on ' + target.name), el('thead', null, this.head), this.body)),
      this.pages]);
    this.drawHead();
    this.refresh();
  }

  drawHead() {
    clear(this.head);
    add(this.head, this.columns.map(c => el('th', {scope: 'col', class: c.num && 'num',
      'aria-sort': this.sort === c.key ? (this.down ? 'descending' : 'ascending') : null},
    el('button', {type: 'button', class: 'sort', 'data-key': c.key, onclick: () => this.sortBy(c)}, c.title,
      el('span', {'aria-hidden': 'true'}, this.sort === c.key ? (this.down ? ' ▾' : ' ▴') : '')))));
  }

  sortBy(column) {
    this.down = this.sort === column.key ? !this.down : Boolean(column.num || column.key === 'share');
    this.sort = column.key;
    this.drawHead();
    this.refresh();
    this.head.querySelector('[data-key="' + column.key + '"]').focus();
  }

  refresh() {
    const {text, status, target} = this;
    const column = this.columns.find(c => c.key === this.sort);
    const order = (a, b) => a.v < b.v ? -1 : a.v > b.v ? 1 : 0;
    this.shown = this.report.rows.filter(op => (!status || op.status === status) && (!text || op.name.toLowerCase().includes(text) ||
      opName(op).toLowerCase().includes(text) || (costOf(op, target).kernel || '').toLowerCase().includes(text)))
      .map(op => ({op, v: column.value(op)})).sort(order).map(each => each.op);
    if (this.down) this.shown.reverse();
    const energy = d3.sum(this.shown, op => costOf(op, target).energy_j);
    this.summary.textContent = plural(this.shown.length, 'op') + ', ' + si(energy, 'J') + ', ' + percent(energy, target.energy_j.value);
    this.turn(0);
  }

  turn(page) {
    const last = Math.max(0, Math.ceil(this.shown.length / PAGE_ROWS) - 1);
    this.page = Math.min(Math.max(0, page), last);
    clear(this.body);
    const rows = this.shown.slice(this.page * PAGE_ROWS, (this.page + 1) * PAGE_ROWS);
    add(this.body, rows.map(op => el('tr', null, this.columns.map(c => c.head
      ? el('th', {scope: 'row'}, opLink(this.report, op, this.target))
      : el('td', {class: [c.num && 'num', 'c-' + c.key].filter(Boolean).join(' ')}, c.text ? c.text(op) : c.value(op))))));
    if (!rows.length) add(this.body, el('tr', null, el('td', {colspan: String(this.columns.length), class: 'muted'}, 'No op matches.')));
    clear(this.pages);
    if (last === 0) return;
    const go = (title, to, off) => el('button', {type: 'button', class: 'plain', disabled: off, onclick: () => this.turn(to)}, title);
    add(this.pages, [go('First', 0, !this.page), go('Previous', this.page - 1, !this.page),
      el('span', {role: 'status'}, 'page ' + (this.page + 1) + ' of ' + (last + 1)),
      go('Next', this.page + 1, this.page === last), go('Last', last, this.page === last)]);
  }
}

function renderOps(host, report, target) {
  if (report.leftOut) {
    const cost = costOf(report.leftOut, target);
    add(host, el('p', {class: 'warning'}, 'The ' + whole(report.rows.length) + ' costliest of ' +
      whole(report.rows.length + report.leftOut.count) + ' ops; the others, ' + si(cost.energy_j, 'J') + ' together, are left out of this page. --format=json has all.'));
  }
  new OpTable(host, report, target);
}
