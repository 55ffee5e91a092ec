// Places of a graph's nodes: layers from top to bottom, folded into columns so
// that a deep model fills a screen and not a thread.

const NODE = {width: 132, height: 26, gapX: 16, gapY: 20, columnGap: 54, widest: 8};

/** The layer of each op: one below the lowest of its producers. A source goes
    just above its first reader. */
function layersOf(report) {
  const layer = report.rows.map(() => 0);
  for (const op of report.rows)
    for (const from of op.producers)
      if (from !== null && from < op.index) layer[op.index] = Math.max(layer[op.index], layer[from] + 1);
  const consumers = consumersOf(report);
  for (const op of report.rows)
    if (!layer[op.index] && consumers[op.index].length)
      layer[op.index] = Math.max(0, Math.min(...consumers[op.index].map(i => layer[i])) - 1);
  return layer;
}

/** Rows of nodes: layers, the broad ones in several lines, each ordered by
    where its producers stand. */
function linesOf(report) {
  const layers = [];
  layersOf(report).forEach((l, i) => (layers[l] = layers[l] || []).push(i));
  const place = new Float64Array(report.rows.length);
  const lines = [];
  for (const nodes of layers) {
    if (!nodes) continue;
    const wish = new Map(nodes.map((i, at) => {
      const from = report.rows[i].producers.filter(p => p !== null && p < i);
      return [i, from.length ? d3.mean(from, p => place[p]) : at - nodes.length / 2];
    }));
    nodes.sort((a, b) => wish.get(a) - wish.get(b) || a - b);
    for (let start = 0; start < nodes.length; start += NODE.widest) {
      const line = nodes.slice(start, start + NODE.widest);
      line.forEach((i, at) => { place[i] = at - (line.length - 1) / 2; });
      lines.push(line);
    }
  }
  return {lines, place};
}

function foldedSize(lines, perColumn) {
  let width = 0;
  for (let start = 0; start < lines.length; start += perColumn) {
    const broadest = d3.max(lines.slice(start, start + perColumn), line => line.length);
    width += broadest * (NODE.width + NODE.gapX) + NODE.columnGap;
  }
  return {width, height: Math.min(perColumn, lines.length) * (NODE.height + NODE.gapY)};
}

/** {x, y} of the centre of every op, and the size of it all. */
function layout(report, aspect) {
  const {lines, place} = linesOf(report);
  let perColumn = 1, best = Infinity;
  for (let n = 1; n <= lines.length; n = Math.ceil(n * 1.08 + 0.5)) {
    const size = foldedSize(lines, n);
    const error = Math.abs(Math.log(size.width / size.height / aspect));
    if (error < best) [perColumn, best] = [n, error];
  }
  const x = new Float64Array(report.rows.length), y = new Float64Array(report.rows.length);
  const column = new Int32Array(report.rows.length);
  let left = 0;
  for (let start = 0, c = 0; start < lines.length; start += perColumn, ++c) {
    const part = lines.slice(start, start + perColumn);
    const width = d3.max(part, line => line.length) * (NODE.width + NODE.gapX);
    part.forEach((line, at) => line.forEach(i => {
      x[i] = left + width / 2 + place[i] * (NODE.width + NODE.gapX);
      y[i] = (at + 0.5) * (NODE.height + NODE.gapY);
      column[i] = c;
    }));
    left += width + NODE.columnGap;
  }
  const edges = [];
  for (const op of report.rows)
    for (const from of new Set(op.producers))
      if (from !== null && from < op.index) edges.push([from, op.index]);
  return {x, y, column, edges, ...foldedSize(lines, perColumn)};
}
