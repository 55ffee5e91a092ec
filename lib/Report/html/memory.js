// Memory over time: bytes of live activations while each op runs.

function renderMemory(host, report) {
  const rows = report.rows.filter(op => op.count > 0);
  const peak = rows.reduce((most, op) => op.live_bytes > most.live_bytes ? op : most, rows[0]);
  if (!peak || !peak.live_bytes) {
    add(host, el('p', {class: 'muted'}, 'No activation has a known size.'));
    return;
  }
  const training = report.totals.peak_activation_bytes > peak.live_bytes && !report.leftOut;
  add(host, el('p', null, 'Most at ', opLink(report, peak, report.targets[0]), ', op ' + whole(peak.index + 1) + ' of ' +
    whole(report.rows.length) + ': ', el('strong', null, count(peak.live_bytes, 'B')), '. Parameters, ' +
    count(report.model.parameter_bytes, 'B') + ', come on top.',
    training && ' Training keeps ' + count(report.totals.peak_activation_bytes, 'B') + '; the curve is the forward pass.'));
  chart(host, 260, 'Live activations over ' + plural(rows.length, 'op') + ' in order of execution, at most ' + count(peak.live_bytes, 'B'), {
    type: 'line',
    data: {datasets: [{label: 'live activations', stepped: 'middle', fill: true, borderWidth: 1.5, pointRadius: 0, pointHitRadius: 6,
      borderColor: css('accent'), backgroundColor: css('accent') + '30',
      data: rows.map(op => ({x: op.index + 1, y: op.live_bytes}))}]},
    options: {
      parsing: false, normalized: true,
      interaction: {mode: 'nearest', axis: 'x', intersect: false},
      onClick: (event, found) => found.length && showOp(report, rows[found[0].index], report.targets[0]),
      scales: {
        x: axis('op, in order of execution', {type: 'linear', min: 1, max: Math.max(2, report.rows.length),
          ticks: {color: css('muted'), precision: 0, maxRotation: 0, callback: value => whole(value)}}),
        y: axis('', {title: {display: false}, beginAtZero: true, ticks: {color: css('muted'), callback: value => count(value, 'B')}})
      },
      plugins: {legend: {display: false}, tooltip: {callbacks: {
        title: found => found.length ? report.rows[found[0].parsed.x - 1].name : '',
        label: ({parsed}) => count(parsed.y, 'B') + ' alive'}}}
    }
  });
  const most = [...rows].sort((a, b) => b.live_bytes - a.live_bytes).slice(0, 20);
  add(host, folded('As a table', table('The ops with the most live activations', [{title: 'Op', head: true},
    {title: 'Place', num: true}, {title: 'Type'}, {title: 'Alive', num: true}],
  most.map(op => [op.name, whole(op.index + 1), opName(op), count(op.live_bytes, 'B')])), {class: 'alternative'}));
}
