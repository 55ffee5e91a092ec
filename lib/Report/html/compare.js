// Two reports of the page, figure by figure.

function change(before, after) {
  if (!(before > 0)) return before === after ? '0' : NONE;
  const share = 100 * (after / before - 1);
  return (share > 0 ? '+' : share < 0 ? '−' : '') + Math.abs(share).toFixed(1) + NBSP + '%';
}

function energyByType(report, target) {
  const sums = new Map();
  for (const op of report.ops) {
    const type = opName(op);
    sums.set(type, (sums.get(type) || 0) + costOf(op, target).energy_j);
  }
  return sums;
}

/** Counts are exact, measures have three digits. */
function figure(value, unit) {
  return Number.isInteger(value) ? count(value, unit) : si(value, unit);
}

function figuresOf(report, name) {
  const t = report.targets.find(each => each.name === name);
  return [['MACs', report.totals.macs, ''], ['FLOPs', report.totals.flops, ''],
    ['Parameters', report.model.parameters, ''], ['Peak activations', report.totals.peak_activation_bytes, 'B'],
    ['Energy', t && t.energy_j.value, 'J'], ['Latency', t && t.latency_s.value, 's'],
    ['DRAM traffic', t && t.dram_bytes, 'B'], ['Facility energy', t && t.facility_j, 'J'],
    ['Carbon', t && t.carbon_g.value, 'g'], ['Kernels', t && t.kernels, '']];
}

function renderCompare(host, first, second, name) {
  const before = figuresOf(first, name), after = figuresOf(second, name);
  const columns = [{title: 'Figure', head: true}, {title: first.label, num: true},
    {title: second.label, num: true}, {title: 'Change', num: true}];
  add(host, table('Both reports on ' + name, columns, before.map(([title, value, unit], i) =>
    [title, figure(value, unit), figure(after[i][1], unit), change(value, after[i][1])])));
  const one = energyByType(first, targetOf(first, name)), two = energyByType(second, targetOf(second, name));
  const types = [...new Set([...one.keys(), ...two.keys()])]
    .map(type => [type, one.get(type) || 0, two.get(type) || 0])
    .sort((a, b) => Math.abs(b[2] - b[1]) - Math.abs(a[2] - a[1]));
  columns[0] = {title: 'Energy by type of op', head: true};
  add(host, table('Energy by type of op', columns, types.slice(0, 15).map(([type, a, b]) =>
    [type, si(a, 'J'), si(b, 'J'), change(a, b)])));
}
