// Sections in their order, and what the pickers choose between.

const VIEWS = [
  {id: 'overview', title: 'Overview', draw: renderSummary, always: true},
  {id: 'serving', title: 'Serving', draw: renderServing, has: report => report.serving, lead: 'A prompt is read in one run, then every token of the answer takes one of its own. The other views are of the prompt’s run.'},
  {id: 'sweep', title: 'Sweep', draw: renderSweep, has: report => report.sweep, lead: 'Costs over sizes of a dim. The other views are of the first size.'},
  {id: 'training', title: 'Training', draw: renderTraining, has: report => report.targets.some(t => t.training), lead: 'Memory, time and energy of a training step.'},
  {id: 'modules', title: 'Energy by module', draw: renderModules, lead: 'Area is energy, colour the type of op. Open a module to see what is inside.'},
  {id: 'roofline', title: 'Roofline', draw: renderRoofline, lead: 'How near each kernel comes to what the target can do: under the slope memory limits it, under a flat roof arithmetic, far below both its launch.'},
  {id: 'joules', title: 'Where the joules go', draw: renderBreakdown, lead: 'Static is power that flows whether or not anything is computed.'},
  {id: 'memory', title: 'Memory over time', draw: renderMemory, always: true, lead: 'Bytes of activations that are alive while each op runs.'},
  {id: 'graph', title: 'Graph', draw: renderGraph, lead: 'Read from top to bottom, column by column. Drag to pan; click into the graph and scroll, or hold Ctrl, to zoom.'},
  {id: 'ops', title: 'Ops', draw: renderOps, lead: 'Energy of a kernel is split over its ops. A name opens its details.'},
  {id: 'suggestions', title: 'Suggestions', draw: renderSuggestions, lead: 'Changes to the model and to how it is run, each priced by a second analysis.'},
  {id: 'notes', title: 'Assumptions and notes', draw: renderNotes, always: true},
  {id: 'coverage', title: 'Coverage', draw: renderCoverage, always: true},
  {id: 'sources', title: 'Sources', draw: renderSources}
];

const state = {report: 0, other: document.body.dataset.beside && reports.length > 1 ? 1 : -1, target: null};
let drawing = 0;

function shownReports() {
  return state.other >= 0 ? [reports[state.report], reports[state.other]] : [reports[state.report]];
}

function drawPickers() {
  const host = document.getElementById('pickers');
  clear(host);
  const models = reports.map((r, i) => [String(i), r.label]);
  const change = (key, value) => { state[key] = value; drawPickers(); draw(); };
  if (reports.length > 1) {
    add(host, [labelled('Model', select(models, String(state.report), v => change('report', Number(v)))),
      labelled('Beside', select([['-1', 'nothing'], ...models.filter(([i]) => Number(i) !== state.report)], String(state.other),
        v => change('other', Number(v))))]);
  }
  const names = [...new Set(shownReports().flatMap(r => r.targets.map(t => t.name)))];
  if (!names.includes(state.target)) state.target = names[0];
  if (names.length) add(host, labelled('Target', select(names.map(n => [n, n]), state.target, v => change('target', v))));
}

function makeSections() {
  const main = document.getElementById('main'), contents = document.getElementById('contents');
  for (const view of [...VIEWS.slice(0, 1), {id: 'compare', title: 'Side by side'}, ...VIEWS.slice(1)]) {
    add(contents, el('li', {id: 'to-' + view.id}, el('a', {href: '#' + view.id}, view.title)));
    main.append(el('section', {id: view.id, 'aria-labelledby': 'title-' + view.id}, el('h2', {id: 'title-' + view.id}, view.title),
      view.lead && el('p', {class: 'lead'}, view.lead), el('div', {class: 'columns'})));
  }
}

function columnsOf(id) {
  const host = document.querySelector('#' + id + ' > .columns');
  for (const column of host.querySelectorAll('.column')) dropCharts(column);
  host.style.minHeight = host.offsetHeight + 'px'; // nothing jumps while it is redrawn
  clear(host);
  return host;
}

/** A view that fails leaves the others standing. */
function drawColumn(view, column, report, target) {
  try {
    view.draw(column, report, target);
  } catch (error) {
    console.error(error);
    add(column, el('p', {class: 'warning'}, 'This view could not be drawn: ' + error.message));
  }
}

/** A view and its place in the contents. */
function show(id, on) {
  document.getElementById(id).hidden = !on;
  document.getElementById('to-' + id).hidden = !on;
}

function drawView(view) {
  const host = columnsOf(view.id);
  const has = view.has || (() => true);
  if (view.has) show(view.id, shownReports().some(has));
  for (const report of shownReports()) {
    const column = el('div', {class: 'column'});
    host.append(column);
    const target = targetOf(report, state.target);
    if (!has(report)) continue;
    if (state.other >= 0 && view.id !== 'overview') add(column, el('p', {class: 'model'}, report.label));
    if (target || view.always) drawColumn(view, column, report, target);
    else add(column, el('p', {class: 'muted'}, 'Nothing was priced.'));
  }
  host.style.minHeight = '';
}

function drawCompare() {
  const on = state.other >= 0;
  show('compare', on);
  if (on) {
    const column = el('div', {class: 'column'});
    columnsOf('compare').append(column);
    renderCompare(column, reports[state.report], reports[state.other], state.target);
  }
}

/** The first view at once, the others as soon as the page answers again. */
async function draw() {
  const mine = ++drawing;
  document.documentElement.dataset.state = 'drawing';
  document.body.classList.toggle('two', state.other >= 0);
  document.title = shownReports().map(r => r.label).join(' | ') + ' – energy-opt';
  drawCompare();
  for (const view of VIEWS) {
    drawView(view);
    if (view === VIEWS[0]) performance.mark('interactive');
    await new Promise(done => setTimeout(done));
    if (mine !== drawing) return;
  }
  document.documentElement.dataset.state = 'ready';
  performance.mark('ready');
}

function watchSections() {
  const seen = new Map();
  const watch = new IntersectionObserver(entries => {
    for (const entry of entries) seen.set(entry.target.id, entry.isIntersecting);
    const first = [...document.querySelectorAll('main > section')].find(s => seen.get(s.id));
    for (const link of document.querySelectorAll('#contents a')) {
      const here = first && link.hash === '#' + first.id;
      if (here) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }, {rootMargin: '-80px 0px -50% 0px'});
  for (const section of document.querySelectorAll('main > section')) watch.observe(section);
}

document.getElementById('pickers').addEventListener('submit', event => event.preventDefault());
document.getElementById('details').addEventListener('click', event => {
  if (event.target === event.currentTarget) event.currentTarget.close(); // beside the dialog
});
const {tool} = reports[0];
add(document.getElementById('end'), [tool.name + ' ' + tool.version + ', JSON schema ' + reports[0].schema_version +
  '. Estimates, not measurements: one true value in ten lies outside a 90 % interval. Charts: Chart.js and D3, licences in the source of this page.']);
setUpTheme(draw);
setUpCharts();
makeSections();
drawPickers();
draw();
watchSections();
