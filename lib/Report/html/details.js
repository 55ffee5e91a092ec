// One op, in a dialog: what it is, and what it costs where.

function opLink(report, op, target) {
  return el('button', {type: 'button', class: 'link', onclick: () => showOp(report, op, target)}, op.name);
}

function facts(pairs) {
  return el('dl', {class: 'facts'}, pairs.filter(([, value]) => value !== '' && value !== undefined)
    .map(([name, value]) => [el('dt', null, name), el('dd', null, value)]));
}

function neighbours(report, title, indexes, target) {
  if (!indexes.length) return null;
  return [el('h3', null, title), shortList(indexes.map(i => opLink(report, report.rows[i], target)), 6)];
}

function showOp(report, op, target) {
  const dialog = document.getElementById('details');
  clear(dialog);
  const shapes = list => list.map(shapeText).join(', ') || NONE;
  add(dialog, [
    el('div', {class: 'dialog-head'}, el('h2', {id: 'details-title'}, op.name),
      el('button', {type: 'button', class: 'plain', onclick: () => dialog.close()}, 'Close')),
    facts([['Op', opName(op)], ['Type', op.dtype], ['Inputs', shapes(op.inputs)], ['Outputs', shapes(op.outputs)],
      ['Status', op.status + (op.reason ? ': ' + op.reason : '')], ['Executed', whole(op.count) + '×'],
      ['MACs', count(op.macs)], ['FLOPs', count(op.flops)], ['Integer ops', op.int_ops ? count(op.int_ops) : ''],
      ['All operands', count(op.bytes.max, 'B')], ['Parameters read', count(op.weight_bytes, 'B')],
      ['Alive with it', count(op.live_bytes, 'B')]]),
    table('Costs by target', [{title: 'Target', head: true}, {title: 'Energy', num: true}, {title: 'Share', num: true},
      {title: 'Latency', num: true}, {title: 'DRAM', num: true}, {title: 'Bound by'}, {title: 'Kernel'}],
    report.targets.map(t => {
      const cost = costOf(op, t);
      return [t.name, si(cost.energy_j, 'J'), percent(cost.energy_j, t.energy_j.value), si(cost.latency_s, 's'),
        count(cost.dram_bytes, 'B'), cost.kernel === null ? NONE : cost.bound, cost.kernel === null ? 'none' : cost.kernel];
    })),
    neighbours(report, 'Reads from', [...new Set(op.producers.filter(i => i !== null))], target),
    neighbours(report, 'Read by', consumersOf(report)[op.index], target),
    el('p', {class: 'muted'}, 'How the figures came to be: ', el('code', null, 'energy-opt MODEL --explain=NODE'))]);
  if (!dialog.open) dialog.showModal();
}
