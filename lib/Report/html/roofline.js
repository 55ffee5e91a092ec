// Roofline: what kernels reach against what the target's sheet allows.

const BOUND_SHAPES = {compute: 'circle', memory: 'triangle', overhead: 'rect'};

/** Peaks (operations/s) and bandwidth (bytes/s) of the sheet, the highest first. */
function roofsOf(report, target) {
  const sheet = report.sheets && report.sheets[target.name];
  const peaks = new Map(), numbers = sheet ? sheet.quantities : {};
  for (const [path, number] of Object.entries(numbers)) {
    const found = /^(matrix|vector)\.peak_tera_ops\.(\w+)$/.exec(path);
    if (!found || !number.value) continue;
    const rate = number.value * 1e12;
    const label = found[2] + ' ' + found[1];
    peaks.set(rate, peaks.has(rate) ? peaks.get(rate) + ', ' + label : label);
  }
  const dram = numbers['dram.bandwidth_gb_per_s'] || numbers['scratchpad.bandwidth_gb_per_s'];
  return {peaks: [...peaks].map(([rate, label]) => ({rate, label})).sort((a, b) => b.rate - a.rate),
    bandwidth: dram ? dram.value * 1e9 : 0};
}

/** One line: up the slope of the bandwidth, then flat. */
function roofLine(rate, bandwidth, [x0, x1], isHighest) {
  const ridge = bandwidth ? rate / bandwidth : x0;
  const flat = [{x: Math.max(x0, ridge), y: rate}, {x: Math.max(x1, ridge), y: rate}];
  return isHighest && bandwidth && ridge > x0 ? [{x: x0, y: x0 * bandwidth}, ...flat] : flat;
}

/** Writes the names of roofs at their right ends, those that have room. */
const roofLabels = {
  id: 'roofLabels',
  afterDatasetsDraw(drawn) {
    const {ctx, chartArea, scales} = drawn;
    ctx.save();
    ctx.font = '11px ' + Chart.defaults.font.family;
    ctx.fillStyle = css('muted');
    ctx.textAlign = 'right';
    ctx.textBaseline = 'bottom';
    let last = -Infinity;
    for (const set of drawn.data.datasets) {
      if (!set.roof) continue;
      const y = scales.y.getPixelForValue(set.roof.rate) - 2;
      if (y - last < 13 || y < chartArea.top + 12) continue;
      last = y;
      const text = set.roof.label + ', ' + si(set.roof.rate, 'op/s');
      ctx.fillText(text, chartArea.right - 4, y, chartArea.width - 8);
    }
    ctx.restore();
  }
};

function rooflineSets(points, roofs, reach, total) {
  const lines = roofs.peaks.map((roof, i) => ({type: 'line', roof, data: roofLine(roof.rate, roofs.bandwidth, reach, i === 0),
    borderColor: css('muted'), borderWidth: 1.2, borderDash: i ? [5, 4] : [], pointRadius: 0, pointHitRadius: 0, label: roof.label}));
  const scatter = BOUNDS.map(bound => ({label: 'bound by ' + bound, pointStyle: BOUND_SHAPES[bound],
    data: points.filter(p => p.kernel.bound === bound),
    backgroundColor: css('bound-' + bound) + 'b0', borderColor: css('bound-' + bound),
    radius: context => context.raw ? 3 + 14 * Math.sqrt(context.raw.kernel.energy / total) : 4}));
  return [...lines, ...scatter.filter(set => set.data.length)];
}

function rooflineTable(points, roofs) {
  const top = [...points].sort((a, b) => b.kernel.energy - a.kernel.energy).slice(0, 25);
  return table('The costliest kernels in the roofline', [{title: 'Kernel', head: true}, {title: 'First op'},
    {title: 'Energy', num: true}, {title: 'op/byte', num: true}, {title: 'Reached', num: true}, {title: 'Of DRAM’s roof', num: true},
    {title: 'Bound by'}],
  top.map(({x, y, kernel}) => [kernel.name, kernel.rows[0].name, si(kernel.energy, 'J'), digits(x), si(y, 'op/s'),
    percent(y, Math.min(x * roofs.bandwidth, roofs.peaks.length ? roofs.peaks[0].rate : Infinity)), kernel.bound]));
}

function renderRoofline(host, report, target) {
  const kernels = kernelsOf(report, target);
  const points = kernels.filter(k => k.operations > 0 && k.latency > 0 && k.dram > 0)
    .map(kernel => ({x: kernel.operations / kernel.dram, y: kernel.operations / kernel.latency, kernel}));
  if (!points.length) {
    add(host, el('p', {class: 'muted'}, 'No kernel both computes and moves bytes to or from memory on this target.'));
    return;
  }
  const roofs = roofsOf(report, target);
  const [xLow, xHigh] = d3.extent(points, p => p.x), [yLow] = d3.extent(points, p => p.y);
  const ridge = roofs.bandwidth && roofs.peaks.length ? roofs.peaks[0].rate / roofs.bandwidth : xHigh;
  const reach = [xLow / 2, Math.max(xHigh, ridge) * 4];
  const words = plural(points.length, 'kernel') + ' by arithmetic intensity and operations per second, both logarithmic; the table below has the costliest';
  chart(host, 420, words, {
    type: 'scatter',
    data: {datasets: rooflineSets(points, roofs, reach, target.energy_j.value)},
    plugins: [roofLabels],
    options: {
      onClick: (event, found) => {
        const hit = found.map(f => event.chart.data.datasets[f.datasetIndex].data[f.index]).find(p => p.kernel);
        if (hit) showOp(report, hit.kernel.rows[0], target);
      },
      scales: {
        x: axis('operations per byte of DRAM', {type: 'logarithmic', min: reach[0], max: reach[1],
          ticks: {color: css('muted'), callback: powerOfTen(''), maxRotation: 0}}),
        y: axis('operations per second', {type: 'logarithmic', min: yLow / 2,
          max: Math.max(roofs.peaks.length ? roofs.peaks[0].rate : 0, d3.max(points, p => p.y)) * 3,
          ticks: {color: css('muted'), callback: powerOfTen('')}})
      },
      plugins: {
        legend: {labels: {filter: item => item.text.startsWith('bound by')}},
        tooltip: {callbacks: {label: ({raw}) => raw.kernel
          ? [raw.kernel.name + ' (' + raw.kernel.rows[0].name + ')', si(raw.kernel.energy, 'J') + ', ' +
              digits(raw.x) + ' op/B, ' + si(raw.y, 'op/s')] : ''}}
      }
    }
  });
  const without = kernels.length - points.length;
  add(host, [el('p', {class: 'muted'}, 'One mark per kernel, its area by energy. ',
    without > 0 && plural(without, 'kernel') + ' without arithmetic or without DRAM traffic ' + (without === 1 ? 'is' : 'are') + ' not shown. ',
    roofs.bandwidth ? 'DRAM: ' + si(roofs.bandwidth, 'B/s') + '.' : 'The sheet has no bandwidth.'),
  folded('As a table', rooflineTable(points, roofs), {class: 'alternative'})]);
}
