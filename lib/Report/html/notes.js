// What stands behind the figures: assumptions, notes, coverage, sources.

function portTable(title, ports) {
  if (!ports.length) return null;
  return table(title, [{title, head: true}, {title: 'Type'}, {title: 'Shape'}], ports.map(p => [p.name, p.dtype, shapeText(p.shape)]));
}

function renderNotes(host, report) {
  const {assumptions} = report.model;
  add(host, [el('h3', null, 'Assumptions'), assumptions.length ? shortList(assumptions, 12) : el('p', {class: 'muted'}, 'None.')]);
  const notes = report.targets.flatMap(t => t.notes.map(note => t.name + ': ' + note));
  add(host, [el('h3', null, 'Notes'), notes.length ? shortList(notes, 12) : el('p', {class: 'muted'}, 'None.')]);
  if (report.totals.saturated)
    add(host, el('p', {class: 'warning'}, 'A count did not fit 64 bits and is held at the maximum.'));
  for (const [formula, text] of Object.entries(report.symbolic || {}))
    add(host, el('p', null, el('code', null, formula + ' = ' + text)));
  for (const section of report.explanation || [])
    add(host, folded(section.title, shortList(section.lines, 200)));
  add(host, [portTable('Inputs', report.model.inputs), portTable('Outputs', report.model.outputs)]);
}

function renderCoverage(host, report) {
  const c = report.coverage;
  const buckets = [['modelled', 'counted exactly'], ['free', 'metadata only'], ['bounded', 'an upper bound is priced'], ['unmodelled', 'count nothing']];
  add(host, [el('div', {class: 'stack', 'aria-hidden': 'true'}, buckets.filter(([key]) => c[key]).map(([key]) =>
    el('span', {class: 'part ' + key, style: {flexGrow: String(c[key])}}))),
  table('Ops by status', [{title: 'Status', head: true}, {title: 'Ops', num: true}, {title: 'Share', num: true}, {title: 'What it means'}],
    buckets.map(([key, means]) => [[el('i', {class: 'swatch ' + key}), key], whole(c[key]), percent(c[key], c.ops_total), means]))]);
  if (c.unmodelled_ops.length)
    add(host, [el('h3', null, 'Unmodelled'), table('Ops without a model', [{title: 'Op', head: true}, {title: 'Ops', num: true}, {title: 'Reason'}],
      c.unmodelled_ops.map(u => [opName(u), whole(u.count), u.reason]), {class: 'prose'})]);
}

function quantityTable(title, target, numbers) {
  const entries = Object.entries(numbers);
  return folded(title + ' (' + entries.length + ')', table(title + ' ' + target, [{title: 'Key', head: true}, {title: 'Value', num: true}, {title: '90 % range', num: true},
    {title: 'Kind'}, {title: 'Source'}],
  entries.map(([path, q]) => [path, plain(q.value), q.low === q.high ? NONE : plain(q.low) + '–' + plain(q.high), q.kind, q.source]), {class: 'prose'}));
}

function plain(value) {
  return String(Number(value.toPrecision(5)));
}

function renderSources(host, report) {
  add(host, el('p', {class: 'muted'}, 'Every number that the estimate rests on. The unit is the end of its key.'));
  for (const t of report.targets) {
    const sheet = report.sheets[t.name];
    if (!sheet) continue;
    add(host, [el('h3', null, sheet.title || t.name),
      el('p', {class: 'muted'}, t.name + ' · class ' + sheet.class + ' · sheet ' + sheet.hash + ' · constants ' + sheet.constants_hash),
      quantityTable('Numbers of the target', t.name, sheet.quantities), quantityTable('Constants of its class', t.name, sheet.constants)]);
  }
}
