// Where the joules go: device parts, host and facility, per target.

/** Joules by kind; they sum to facility_j. */
function partsOf(target) {
  const {compute, dram, onchip, static: idle} = target.breakdown_j;
  const host = target.host_j.value;
  return {compute, dram, onchip, static: idle, host,
    facility: Math.max(0, target.facility_j - target.energy_j.value - host)};
}

function renderBreakdown(host, report) {
  const targets = report.targets;
  const parts = targets.map(partsOf);
  const sums = targets.map(t => t.facility_j);
  const plot = el('div');
  const draw = unit => {
    dropCharts(plot);
    clear(plot);
    const share = unit === 'share';
    chart(plot, 90 + 46 * targets.length, 'Energy of the facility by kind on ' + plural(targets.length, 'target') +
      '; the table below has the figures', {
      type: 'bar',
      data: {labels: targets.map(t => t.name), datasets: KINDS.map(kind => ({label: KIND_NAMES[kind],
        backgroundColor: css(kind), borderColor: css('surface'), borderWidth: {right: 1}, barPercentage: 0.7,
        data: parts.map((p, i) => share ? 100 * p[kind] / (sums[i] || 1) : p[kind])}))},
      options: {
        indexAxis: 'y',
        scales: {
          x: axis('', {stacked: true, max: share ? 100 : undefined, title: {display: false}, ticks: {color: css('muted'),
            callback: value => share ? value + NBSP + '%' : si(value, 'J')}}),
          y: axis('', {stacked: true, title: {display: false}, grid: {display: false},
            ticks: {color: css('text'), callback(value) {
              const name = this.getLabelForValue(value);
              return innerWidth < 600 && name.length > 14 ? name.slice(0, 13) + '…' : name;
            }}})
        },
        plugins: {tooltip: {callbacks: {label: ({dataset, dataIndex, datasetIndex}) =>
          dataset.label + ': ' + si(parts[dataIndex][KINDS[datasetIndex]], 'J') + ', ' +
            percent(parts[dataIndex][KINDS[datasetIndex]], sums[dataIndex])}}}
      }
    });
  };
  // Charts of a part that redraws itself belong to that part.
  plot.className = 'column';
  const unit = select([['share', 'share of the facility’s energy'], ['joule', 'joules']], 'share', draw);
  add(host, [el('div', {class: 'tools'}, labelled('Show', unit)), plot]);
  draw('share');
  add(host, table('Energy by kind and target', [{title: 'Target', head: true},
    ...KINDS.map(kind => ({title: KIND_NAMES[kind], num: true})), {title: 'sum', num: true}],
  targets.map((t, i) => [t.name, ...KINDS.map(kind => [si(parts[i][kind], 'J'),
    el('span', {class: 'minor'}, percent(parts[i][kind], sums[i], 0))]), si(sums[i], 'J')])));
}
