// The verdict, and the totals per target.

/** One sentence with the figures that people came for. */
function verdict(report, target) {
  const best = report.plans.find(p => p.target === target.name && !p.needs_accuracy_work);
  const cleaner = best && [' The changes that need no work on the accuracy save ',
    el('strong', null, percent(best.saving_j, best.saving_j + best.energy_j)), ' (', best.ids.join(', '), ').'];
  return el('p', {class: 'verdict'},
    'One run takes ', el('strong', null, si(target.energy_j.value, 'J')),
    ' and ', el('strong', null, si(target.latency_s.value, 's')), ' on ', target.name,
    ', bound by ', target.bound === 'overhead' ? 'launches and waiting' : target.bound, '.', cleaner);
}

function card(title, value, unit, interval, note) {
  return el('div', {class: 'card'}, el('dt', null, title), el('dd', null,
    el('span', {class: 'figure'}, si(value, unit)),
    interval && el('span', {class: 'interval'}, '90 %: ' + range(interval)),
    note && el('span', {class: 'note'}, note)));
}

function cards(report, target) {
  const {totals, coverage} = report;
  const covered = coverage.ops_total - coverage.unmodelled;
  return el('dl', {class: 'cards'},
    card('Energy', target.energy_j.value, 'J', target.energy_j, 'device: chip and memory'),
    card('Latency', target.latency_s.value, 's', target.latency_s, 'one run of the graph'),
    card('Carbon', target.carbon_g.value, 'g', target.carbon_g, 'CO₂e of the facility’s electricity'),
    card('Facility', target.facility_j, 'J', null,
      'with the host (' + si(target.host_j.value, 'J') + ') and cooling'),
    card('Power', target.power_w, 'W', null, 'of the device, while it runs'),
    card('Work', totals.macs, 'MAC', null, count(totals.flops, 'FLOP')),
    card('Memory', report.model.parameter_bytes, 'B', null,
      'parameters; live activations up to ' + count(totals.peak_activation_bytes, 'B')),
    el('div', {class: 'card'}, el('dt', null, 'Coverage'), el('dd', null,
      el('span', {class: 'figure'}, percent(covered, coverage.ops_total)),
      el('span', {class: 'note'}, plural(coverage.ops_total, 'op') + ', ' + coverage.unmodelled + ' unmodelled'))));
}

/** Every target with its interval on one logarithmic scale. */
function targetTable(report, current) {
  const low = Math.min(...report.targets.map(t => t.energy_j.low));
  const high = Math.max(...report.targets.map(t => t.energy_j.high));
  const x = d3.scaleLog().domain([low, high * (1 + 1e-9)]).range([0, 100]).clamp(true);
  const interval = energy => el('span', {class: 'whisker', 'aria-hidden': 'true'},
    el('span', {style: {left: x(energy.low) + '%', width: x(energy.high) - x(energy.low) + '%'}}),
    el('i', {style: {left: x(energy.value) + '%'}}));
  const shown = low > 0;
  return table('Targets', [{title: 'Target', head: true}, {title: 'Energy', num: true}, {title: '90 % interval'},
    {title: 'Latency', num: true}, {title: 'Power', num: true}, {title: 'Host', num: true},
    {title: 'Facility', num: true}, {title: 'Carbon', num: true}, {title: 'Bound by'}],
  report.targets.map(t => [
    [el('span', {class: t === current && 'current'}, t.name), el('span', {class: 'minor'}, t.precision + ', ' + t.runtime)], si(t.energy_j.value, 'J'),
    el('span', {class: 'with-whisker'}, shown && interval(t.energy_j), range(t.energy_j)), si(t.latency_s.value, 's'),
    si(t.power_w, 'W'), si(t.host_j.value, 'J'), si(t.facility_j, 'J'), si(t.carbon_g.value, 'g'),
    t.bound + (t.fits_in_memory ? '' : ', does not fit in memory')]), {class: 'targets'});
}

function modelLine(report) {
  const m = report.model;
  const dims = Object.entries(m.dims).map(([name, size]) => name + ' = ' + size);
  const opsets = Object.entries(m.opsets).map(([domain, version]) => domain + ' ' + version);
  return el('p', {class: 'muted'}, [m.path, m.format + (m.producer ? ' from ' + m.producer : ''),
    opsets.length ? 'opset ' + opsets.join(', ') : '', plural(m.nodes, 'node'),
    count(m.parameters) + ' parameters', dims.length ? 'at ' + dims.join(', ') : '']
    .filter(Boolean).join(' · '));
}

function renderSummary(host, report, target) {
  add(host, [el('h3', {class: 'model'}, report.label), modelLine(report)]);
  if (target) add(host, [verdict(report, target), cards(report, target), targetTable(report, target)]);
  const {assumptions} = report.model;
  if (assumptions.length)
    add(host, [el('h4', null, 'Assumed'), shortList(assumptions)]);
  const warnings = target ? target.notes : [];
  if (warnings.length) add(host, [el('h4', null, 'Notes on ' + target.name), shortList(warnings)]);
  if (report.coverage.unmodelled)
    add(host, el('p', {class: 'warning'}, plural(report.coverage.unmodelled, 'op') +
      ' without a model count nothing: see Coverage before you trust a total.'));
}
