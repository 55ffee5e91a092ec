// What more than one run costs: serving a language model, a sweep over sizes,
// and a training job. Each stands in a report that was asked for it.

const SERIES_DASHES = [[], [6, 4], [2, 3], [8, 3, 2, 3]];

/** Bars of one stack per label: parts is [{label, color, values}], one value per label. */
function stackedBars(host, words, labels, parts, unit) {
  const sums = labels.map((_, i) => d3.sum(parts, part => part.values[i]));
  chart(host, 90 + 46 * labels.length, words + '; the table below has the figures', {
    type: 'bar',
    data: {labels, datasets: parts.map(part => ({label: part.label, data: part.values, backgroundColor: part.color,
      borderColor: css('surface'), borderWidth: {right: 1}, barPercentage: 0.7}))},
    options: {
      indexAxis: 'y',
      scales: {
        x: axis('', {stacked: true, title: {display: false}, ticks: {color: css('muted'), callback: value => si(value, unit)}}),
        y: axis('', {stacked: true, title: {display: false}, grid: {display: false}, ticks: {color: css('text')}})
      },
      plugins: {tooltip: {callbacks: {label: ({dataset, dataIndex}) =>
        dataset.label + ': ' + si(dataset.data[dataIndex], unit) + ', ' + percent(dataset.data[dataIndex], sums[dataIndex])}}}
    }
  });
}

//
// Serving
//

function renderServing(host, report, target) {
  const serving = report.serving;
  const {prompt, generate, batch} = serving;
  const of = serving.targets.find(t => t.name === target.name) || serving.targets[0];
  add(host, el('p', {class: 'verdict'}, 'A request of ', plural(prompt, 'token'), ' that is answered by ', plural(generate, 'token'),
    ', ', whole(batch), ' at a time, takes ', el('strong', null, si(of.energy_per_request_j, 'J')), ' on ', of.name, ': ',
    el('strong', null, si(of.energy_per_token_j, 'J')), ' per generated token, ', si(of.tokens_per_s, 'token/s'), '.'));
  add(host, el('p', {class: 'muted'}, serving.cached
    ? 'Keys and values take ' + count(serving.cache_bytes_per_token, 'B') + ' per token of a request, in the model’s format.'
    : 'The model keeps no keys and values: every token runs the whole sequence again.'));
  const energy = phase => serving.targets.map(t => t[phase].energy_j.value / batch);
  stackedBars(host, 'Joules of a request on ' + plural(serving.targets.length, 'target') + ', prompt and answer',
    serving.targets.map(t => t.name), [{label: 'prefill (the prompt)', color: css('compute'), values: energy('prefill')},
      {label: 'decode (the answer)', color: css('dram'), values: energy('decode')}], 'J');
  add(host, table('Serving by target', [{title: 'Target', head: true}, {title: 'Request', num: true}, {title: 'Token of the answer', num: true},
    {title: 'Token of the prompt', num: true}, {title: 'First token after', num: true}, {title: 'Each token', num: true},
    {title: 'Rate', num: true}, {title: 'Cache', num: true}, {title: 'Decode bound by'}],
  serving.targets.map(t => [[t.name, el('span', {class: 'minor'}, t.precision + ', ' + t.runtime)], si(t.energy_per_request_j, 'J'),
    si(t.energy_per_token_j, 'J'), si(t.energy_per_prompt_token_j, 'J'), si(t.time_to_first_token_s, 's'), si(t.time_per_token_s, 's'),
    si(t.tokens_per_s, 'token/s'), count(t.cache_bytes, 'B'), t.decode.bound + (t.fits_in_memory ? '' : ', does not fit in memory')])));
  if (serving.symbolic)
    add(host, folded('As formulas', table('Sums over the answer', [{title: 'Figure', head: true}, {title: 'Formula'}],
      Object.entries(serving.symbolic).map(([name, formula]) => [name, el('code', null, formula)]))));
}

//
// Sweep
//

function seriesName(series) {
  const dims = Object.entries(series.dims).map(([name, size]) => name + ' = ' + size);
  return [series.target, series.precision, ...dims].join(', ');
}

/** Sizes that double stand evenly on a logarithmic axis. */
function doubles(sizes) {
  return sizes.length > 2 && sizes.at(-1) >= 8 * sizes[0] && sizes[0] > 0;
}

function sweepLines(host, sweep, title, unit, value) {
  const sizes = [...new Set(sweep.series.flatMap(s => s.points.map(p => p.size)))].sort((a, b) => a - b);
  const scale = {type: doubles(sizes) ? 'logarithmic' : 'linear', min: sizes[0], max: sizes.at(-1),
    afterBuildTicks: scale => { if (sizes.length <= 20) scale.ticks = sizes.map(size => ({value: size})); },
    ticks: {color: css('muted'), maxRotation: 0, callback: size => whole(size)}};
  const marked = (series, p) => p.size === series.knee || p.size === series.least;
  chart(host, 320, title + ' over ' + sweep.dim + ', ' + plural(sweep.series.length, 'series').replace(/seriess$/, 'series') +
    '; the table below has the figures', {
    type: 'line',
    data: {datasets: sweep.series.map((series, i) => ({label: seriesName(series), data: series.points.map(p => ({x: p.size, y: value(p), p})),
      borderColor: TYPE_COLORS[i % TYPE_COLORS.length], backgroundColor: TYPE_COLORS[i % TYPE_COLORS.length],
      borderDash: SERIES_DASHES[Math.floor(i / TYPE_COLORS.length) % SERIES_DASHES.length], borderWidth: 2,
      pointStyle: series.points.map(p => p.fits_in_memory ? 'circle' : 'crossRot'),
      pointRadius: series.points.map(p => marked(series, p) ? 6 : 3)}))},
    options: {
      interaction: {mode: 'nearest', axis: 'x', intersect: false},
      scales: {x: axis(sweep.dim, scale),
        y: axis(title, {type: 'logarithmic', ticks: {color: css('muted'), callback: powerOfTen(unit)}})},
      plugins: {tooltip: {callbacks: {
        title: found => found.length ? sweep.dim + ' = ' + whole(found[0].raw.x) : '',
        label: ({dataset, raw}) => dataset.label + ': ' + si(raw.y, unit) + (raw.p.fits_in_memory ? '' : ', does not fit in memory')}}}
    }
  });
}

function crossoverText(crossover) {
  const what = crossover.figure === 'latency_s' ? 'Time of a run' : 'Energy of a sample';
  const reigns = crossover.reigns.map((reign, i) => (i ? (reign.exact ? 'from ' : 'by ') + whole(reign.from) + ' on ' : '') +
    reign.target + ' in ' + reign.precision);
  const dims = Object.entries(crossover.dims).map(([name, size]) => name + ' = ' + size).join(', ');
  return what + (dims ? ' at ' + dims : '') + ': least on ' + reigns.join(', then ') + '.';
}

function sweepTable(sweep) {
  const mark = (series, p) => [p.size === series.knee && 'knee', p.size === series.least && 'least',
    !p.fits_in_memory && 'does not fit in memory'].filter(Boolean).join(', ');
  const rows = sweep.series.flatMap(series => series.points.map(p => [seriesName(series), ...(sweep.dim ? [whole(p.size)] : []),
    si(p.energy_per_sample_j, 'J'), si(p.energy_j.value, 'J'), range(p.energy_j), si(p.latency_s.value, 's'), si(p.power_w, 'W'),
    p.bound, mark(series, p)]));
  return table('The points of the sweep', [{title: 'Series', head: true}, ...(sweep.dim ? [{title: sweep.dim, num: true}] : []),
    {title: 'Energy of a sample', num: true}, {title: 'of a run', num: true}, {title: '90 % interval', num: true},
    {title: 'Latency', num: true}, {title: 'Power', num: true}, {title: 'Bound by'}, {title: 'Mark'}], rows);
}

function renderSweep(host, report) {
  const sweep = report.sweep;
  if (sweep.dim) {
    sweepLines(host, sweep, 'energy of a sample', 'J', p => p.energy_per_sample_j);
    sweepLines(host, sweep, 'latency of a run', 's', p => p.latency_s.value);
    add(host, el('p', {class: 'muted'}, 'Large marks: the least, and the knee, the first size within 10 % of it. A cross does not fit in memory.'));
  } else {
    stackedBars(host, 'Energy of a sample by target and format', sweep.series.map(seriesName),
      [{label: 'energy of a sample', color: css('compute'), values: sweep.series.map(s => s.points[0].energy_per_sample_j)}], 'J');
  }
  const texts = [...sweep.crossovers.map(crossoverText), ...sweep.failed];
  if (texts.length) add(host, el('ul', null, texts.map(text => el('li', null, text))));
  add(host, folded('As a table', sweepTable(sweep), {class: 'alternative'}));
}

//
// Training
//

const MEMORY_PARTS = {parameters: 'compute', gradients: 'dram', optimizer: 'onchip', activations: 'host'};
const STEP_PARTS = {passes: ['forward and backward', 'compute'], update: ['update', 'host'], tensor_sums: ['sums between tensor-parallel devices', 'onchip'],
  pipeline_sends: ['sends between stages', 'dram'], pipeline_bubble: ['pipeline bubble', 'static'], gradient_sums: ['sums of gradients', 'facility']};

function renderTraining(host, report, target) {
  const targets = report.targets.filter(t => t.training), names = targets.map(t => t.name);
  const {training} = target.training ? target : targets[0];
  const {dp, fsdp, tp, pp} = training.parallel;
  add(host, el('p', null, 'A step is forward, backward and an update by ' + training.optimizer + ', checkpointing ' + training.checkpointing + ', on ' +
    plural(training.devices, 'device') + ' (dp ' + dp + ', fsdp ' + fsdp + ', tp ' + tp + ', pp ' + pp + '), ' +
    plural(training.microbatches, 'microbatch').replace(/microbatchs$/, 'microbatches') + '.'));
  add(host, el('h3', null, 'Memory of a device'));
  stackedBars(host, 'Bytes of a device by what they hold', names, Object.entries(MEMORY_PARTS).map(([part, color]) =>
    ({label: part, color: css(color), values: targets.map(t => t.training.memory_bytes[part])})), 'B');
  add(host, table('Memory of a device', [{title: 'Target', head: true}, ...Object.keys(MEMORY_PARTS).map(title => ({title, num: true})),
    {title: 'sum', num: true}], targets.map(t => [t.name, ...Object.keys(MEMORY_PARTS).map(part => count(t.training.memory_bytes[part], 'B')),
    [count(t.training.memory_bytes.total, 'B'), !t.fits_in_memory && el('span', {class: 'minor'}, 'more than the device has')]])));
  add(host, el('h3', null, 'Time of a step'));
  const parts = Object.entries(STEP_PARTS).filter(([part]) => targets.some(t => t.training.step_parts_s[part] > 0));
  stackedBars(host, 'Seconds of a step by what they go to', names, parts.map(([part, [label, color]]) =>
    ({label, color: css(color), values: targets.map(t => t.training.step_parts_s[part])})), 's');
  add(host, table('A step', [{title: 'Target', head: true}, {title: 'Time', num: true}, ...parts.map(([, [title]]) => ({title, num: true})),
    {title: 'Devices', num: true}, {title: 'Hosts', num: true}, {title: 'Facility', num: true}, {title: 'Carbon', num: true}, {title: 'MFU', num: true}],
  targets.map(({name, training: t}) => [name, si(t.step_s, 's'), ...parts.map(([part]) => si(t.step_parts_s[part], 's')), si(t.device_j, 'J'),
    si(t.host_j, 'J'), si(t.facility_j, 'J'), si(t.carbon_g, 'g'), percent(t.mfu, 1)])));
  const runs = targets.filter(t => t.training.run);
  if (!runs.length) return;
  add(host, el('h3', null, 'The whole run'));
  const priced = runs.some(t => t.training.run.cost !== undefined);
  add(host, table('The whole run', [{title: 'Target', head: true}, {title: 'Steps', num: true}, {title: 'Hours', num: true},
    {title: 'Device-hours', num: true}, {title: 'Devices', num: true}, {title: 'Hosts', num: true}, {title: 'Facility', num: true},
    {title: '90 % interval', num: true}, {title: 'Carbon', num: true}, ...(priced ? [{title: 'Cost', num: true}] : [])],
  runs.map(({name, training: {run}}) => [name, count(run.steps), digits(run.hours.value), digits(run.device_hours), si(run.device_kwh * 1e3, 'Wh'),
    si(run.host_kwh * 1e3, 'Wh'), si(run.facility_kwh.value * 1e3, 'Wh'),
    range({value: run.facility_kwh.value * 1e3, low: run.facility_kwh.low * 1e3, high: run.facility_kwh.high * 1e3}),
    si(run.carbon_kg.value * 1e3, 'g'), ...(priced ? [digits(run.cost)] : [])])));
}
