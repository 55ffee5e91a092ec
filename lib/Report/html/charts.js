// Chart.js as this page uses it: colours of the theme, no animation, and a
// canvas that says in words what it shows.

const liveCharts = new Map(); // by the element that they stand in

function setUpCharts() {
  Chart.defaults.animation = false;
  Chart.defaults.maintainAspectRatio = false;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  Chart.defaults.plugins.legend.position = 'bottom';
  Chart.defaults.plugins.legend.labels.usePointStyle = true;
  Chart.defaults.plugins.legend.labels.boxHeight = 7;
}

function axis(title, more) {
  return Object.assign({
    title: {display: true, text: title, color: css('muted')},
    grid: {color: css('grid'), borderColor: css('line')},
    ticks: {color: css('muted'), maxRotation: 0}
  }, more);
}

/** Adds a chart of that height to `host`; `words` is its text alternative. */
function chart(host, height, words, config) {
  const canvas = el('canvas', {role: 'img', 'aria-label': words});
  host.append(el('div', {class: 'chart', style: {height: height + 'px'}}, canvas));
  Chart.defaults.color = css('text');
  const made = new Chart(canvas, config);
  const column = host.closest('.column') || host;
  liveCharts.set(column, [...(liveCharts.get(column) || []), made]);
  return made;
}

function dropCharts(column) {
  for (const each of liveCharts.get(column) || []) each.destroy();
  liveCharts.delete(column);
}

/** Ticks of a log axis: the powers of ten alone. */
function powerOfTen(unit) {
  return value => {
    const power = Math.log10(value);
    if (Math.abs(power - Math.round(power)) > 1e-9) return '';
    const index = scaleIndex(value);
    const number = scaled(value, index);
    return (number < 1 ? digits(number) : Math.round(number)) + NBSP + PREFIXES[index] + unit;
  };
}
