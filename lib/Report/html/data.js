// The reports of this page: the JSON of docs/json.md, and what views derive
// from it.

const reports = JSON.parse(document.getElementById('reports').textContent);

for (const report of reports) {
  report.rows = report.ops.filter(op => op.status !== 'static' && op.status !== 'left_out');
  report.rows.forEach((op, i) => { op.index = i; });
  report.leftOut = report.ops.find(op => op.status === 'left_out');
  report.label = report.model.path.split(/[/\\]/).pop() || report.model.path;
}
nameApart(reports);

/** Models of one name in several folders get their whole path. */
function nameApart(all) {
  const seen = new Map();
  for (const r of all) seen.set(r.label, (seen.get(r.label) || 0) + 1);
  for (const r of all) if (seen.get(r.label) > 1) r.label = r.model.path;
}

function targetOf(report, name) {
  return report.targets.find(t => t.name === name) || report.targets[0];
}

/** An op on a target; zero where nothing was priced. */
function costOf(op, target) {
  return (target && op.targets[target.name]) ||
    {energy_j: 0, latency_s: 0, dram_bytes: 0, bound: 'overhead', kernel: null};
}

function operations(op) {
  return op.flops + op.int_ops;
}

function opName(op) {
  return op.domain && op.domain !== 'ai.onnx' ? op.domain + '::' + op.op : op.op;
}

/** Rows that read what each row makes. */
function consumersOf(report) {
  if (!report.consumers) {
    report.consumers = report.rows.map(() => []);
    for (const op of report.rows)
      for (const from of new Set(op.producers))
        if (from !== null && from < op.index) report.consumers[from].push(op.index);
  }
  return report.consumers;
}

/** Launches of a target: rows with the same kernel are one. */
function kernelsOf(report, target) {
  const kernels = new Map();
  for (const op of report.rows) {
    const cost = costOf(op, target);
    if (cost.kernel === null) continue;
    let kernel = kernels.get(cost.kernel_id);
    if (!kernel)
      kernels.set(cost.kernel_id, kernel = {id: cost.kernel_id, name: cost.kernel, bound: cost.bound,
        rows: [], operations: 0, energy: 0, latency: 0, dram: 0});
    kernel.rows.push(op);
    kernel.operations += operations(op);
    kernel.energy += cost.energy_j;
    kernel.latency += cost.latency_s;
    kernel.dram += cost.dram_bytes;
  }
  return [...kernels.values()];
}

const DEEPEST = 20; // modules in one another; what is below stays together

/** Path of modules in a node's name. Exporters repeat what stands above:
    "/layer1/layer1.0/conv1/Conv" is layer1 > 0 > conv1 > Conv. */
function modulePath(name) {
  const path = [];
  let above = '';
  for (const piece of name.split('/')) {
    if (!piece) continue;
    const rest = above && piece.startsWith(above + '.') ? piece.slice(above.length + 1) : piece;
    path.push(...rest.split('.').filter(Boolean));
    above = piece;
  }
  if (!path.length) return [name];
  return path.length > DEEPEST ? [...path.slice(0, DEEPEST - 1), path.slice(DEEPEST - 1).join('/')] : path;
}
