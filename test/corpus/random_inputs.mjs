// Random inputs for ONNX Runtime, shared by the scripts beside this one.

const DEFAULT_DIM = 2; // of dims without a size
const MOST_ELEMENTS = 2e7;

const ARRAYS = {
  float32: Float32Array, float64: Float64Array, int64: BigInt64Array, uint64: BigUint64Array,
  int32: Int32Array, uint32: Uint32Array, int16: Int16Array, uint16: Uint16Array,
  int8: Int8Array, uint8: Uint8Array, bool: Uint8Array,
};

// A fixed sequence (Numerical Recipes' LCG), so that a failure can be had again.
let state = 1;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

// A tensor for an input of a session: floats in [-1, 1), integers 0 or 1. `named`:
// sizes of symbolic dims.
export function randomTensor(ort, { type, shape }, named = {}) {
  const dims = shape.map((d) => (typeof d === "number" && d >= 0 ? d : named[d] ?? DEFAULT_DIM));
  const size = dims.reduce((a, b) => a * b, 1);
  const Values = ARRAYS[type];
  if (!Values || size > MOST_ELEMENTS) throw new Error(`no random input of ${size} elements of ${type}`);
  const values = new Values(size);
  for (let i = 0; i < size; ++i) {
    const r = random();
    if (type.startsWith("float")) values[i] = 2 * r - 1;
    else if (type.endsWith("64")) values[i] = BigInt(Math.floor(2 * r));
    else values[i] = Math.floor(2 * r);
  }
  return new ort.Tensor(type, values, dims);
}
