// Numbers as people read them: the rules of lib/Report/Format.cpp, three
// significant digits and an SI prefix.

const PREFIXES = ['y', 'z', 'a', 'f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const NONE = '–';
const NBSP = '\u00a0';

/** Three significant digits without an exponent: 0.0512, 8.20, 812, 8120. */
function digits(value) {
  const size = Math.abs(value);
  if (size === 0) return '0';
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(decimals, 20));
}

/** The power of 1000, as an index of PREFIXES, at which value has 1 to 3 digits. */
function scaleIndex(value) {
  if (!value || !Number.isFinite(value)) return 8;
  const rounded = Number(Math.abs(value).toPrecision(3));
  return Math.min(16, Math.max(0, Math.floor(Math.log10(rounded) / 3 + 1e-9) + 8));
}

function scaled(value, index) {
  const power = (index - 8) * 3;
  return power >= 0 ? value / 10 ** power : value * 10 ** -power;
}

function si(value, unit) {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'n/a';
  const index = scaleIndex(value);
  return digits(scaled(value, index)) + NBSP + PREFIXES[index] + unit;
}

/** Counts are exact below 1000. */
function count(value, unit = '') {
  if (!Number.isFinite(value)) return 'n/a';
  if (Math.abs(value) < 1000) return String(value) + (unit ? NBSP + unit : '');
  return si(value, unit);
}

/** low–high in the scale of the value that stands beside it. */
function range(interval) {
  const index = scaleIndex(interval.value);
  return digits(scaled(interval.low, index)) + '–' + digits(scaled(interval.high, index));
}

function percent(part, whole, decimals = 1) {
  return whole > 0 ? (100 * part / whole).toFixed(decimals) + NBSP + '%' : NONE;
}

function signedPercent(value) {
  return (value > 0 ? '−' : value < 0 ? '+' : '') + Math.abs(value).toFixed(1) + NBSP + '%';
}

function whole(value) {
  return value.toLocaleString('en-US').replace(/,/g, '\u202f');
}

function plural(n, noun) {
  return whole(n) + ' ' + noun + (n === 1 ? '' : 's');
}

function shapeText(shape) {
  if (shape === null) return '?';
  return shape.length ? shape.map(d => d === null ? '?' : d).join('×') : 'scalar';
}
