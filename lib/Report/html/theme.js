// Light and dark: the system's choice until the reader makes one.

const KINDS = ['compute', 'dram', 'onchip', 'static', 'host', 'facility'];
const KIND_NAMES = {compute: 'compute', dram: 'DRAM', onchip: 'on-chip', static: 'static',
  host: 'host', facility: 'facility (PUE)'};
const BOUNDS = ['compute', 'memory', 'overhead'];

function isDark() {
  return document.documentElement.dataset.theme === 'dark';
}

/** A colour of style.css as it is now. */
function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

/** Least to most of something, in [0, 1]. */
function heat(share) {
  return isDark() ? d3.interpolateInferno(0.18 + 0.72 * share) : d3.interpolateYlOrRd(0.05 + 0.85 * share);
}

/** Relative luminance as WCAG 2 defines it. */
function luminance(color) {
  const {r, g, b} = d3.rgb(color);
  const part = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
}

/** Black or white, whichever reads better on a colour. */
function inkOn(color) {
  return luminance(color) > 0.179 ? '#000' : '#fff';
}

/** Types of ops keep their colour in all views: the costliest get one. */
const TYPE_COLORS = ['#4e79a7', '#f28e2c', '#59a14f', '#e15759', '#76b7b2', '#edc949', '#af7aa1',
  '#ff9da7', '#9c755f'];
const OTHER_COLOR = '#bab0ab';

function typeColors(report, target) {
  const sums = new Map();
  for (const op of report.rows)
    sums.set(opName(op), (sums.get(opName(op)) || 0) + costOf(op, target).energy_j);
  const types = [...sums].sort((a, b) => b[1] - a[1]).map(([type]) => type);
  return new Map([...types.slice(0, TYPE_COLORS.length).map((type, i) => [type, TYPE_COLORS[i]]), ['(static)', css('static')]]);
}

function storedTheme(value) {
  try {
    if (value) localStorage.setItem('energy-opt-theme', value);
    return localStorage.getItem('energy-opt-theme');
  } catch (error) {
    return null; // a page without storage still has its toggle
  }
}

function setUpTheme(redraw) {
  const button = document.getElementById('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = theme => {
    document.documentElement.dataset.theme = theme;
    button.textContent = theme === 'dark' ? '☀ Light' : '☾ Dark';
    button.setAttribute('aria-label', 'Switch to the ' + (theme === 'dark' ? 'light' : 'dark') + ' theme');
  };
  apply(storedTheme() || (system.matches ? 'dark' : 'light'));
  system.addEventListener('change', () => {
    if (!storedTheme()) {
      apply(system.matches ? 'dark' : 'light');
      redraw();
    }
  });
  button.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark';
    storedTheme(theme);
    apply(theme);
    redraw();
  });
}
