// How far off is a model after a check that is not exact? Applies checks one by one,
// runs the model before and after in ONNX Runtime on the same random inputs, and
// prints a line for each: model, check, relative error of each output (largest
// difference over largest value; the worst is printed), ops changed and left, energy
// before and after on a target.
//
//   node approximations.mjs ENERGY_OPT MODEL.onnx... [--checks=ID,ID:NAME=VALUE,...]
//                           [--target=nvidia-t4] [--most=0.5] [--dim=NAME=N]...
//
// needs the npm package onnxruntime-node. Without --checks: all that are not exact,
// rewrite the model and keep its outputs' shapes. Checks that need ranges of
// activations get those of the run on these inputs. Fails if energy-opt refuses, if
// ONNX Runtime does not load or run a result, if an output has another shape or is not
// finite where it was, or if an error exceeds --most. Results of types that ONNX
// Runtime has no kernels for are counted as not run. A model that ONNX Runtime does not
// run in the first place fails too.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

import { randomTensor } from "./random_inputs.mjs";

const require = createRequire(path.join(process.env.NODE_PATH ?? process.cwd(), "x.js"));
const ort = require("onnxruntime-node");
ort.env.logLevel = "fatal";

const options = { checks: "", target: "nvidia-t4", most: "0.5" };
const dims = {}, positional = [];
for (const text of process.argv.slice(2)) {
  const [, name, value] = text.match(/^--(\w+)=(.*)$/s) ?? [];
  if (name === "dim") dims[value.split("=")[0]] = Number(value.split("=")[1]);
  else if (name in options) options[name] = value;
  else if (name || text.startsWith("--")) usage(`unknown option ${text}`);
  else positional.push(text);
}
const [tool, ...models] = positional;
if (!models.length) usage("no model");

function usage(what) {
  console.error(`${what}\nnode approximations.mjs ENERGY_OPT MODEL.onnx... [--checks=IDS] [--target=NAME] [--most=ERROR] [--dim=NAME=N]`);
  process.exit(2);
}

function run(...args) {
  return execFileSync(tool, args, { stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 }).toString();
}

const SESSION = { graphOptimizationLevel: "all", logSeverityLevel: 4 };

// The largest difference over the largest value; Infinity if not comparable.
function distance(expected, actual) {
  if (String(expected.dims) !== String(actual.dims)) return Infinity;
  let difference = 0, scale = 0;
  for (let i = 0; i < expected.data.length; ++i) {
    const x = Number(expected.data[i]), y = Number(actual.data[i]);
    if (!Number.isFinite(x)) continue;
    if (!Number.isFinite(y)) return Infinity;
    difference = Math.max(difference, Math.abs(x - y));
    scale = Math.max(scale, Math.abs(x));
  }
  return difference === 0 ? 0 : difference / Math.max(scale, 1e-30);
}

// An output that became int8 is read with the scale of its range.
function dequantized(tensor, range) {
  const scale = Math.max(Math.abs(range[0]), Math.abs(range[1])) / 127;
  return { dims: tensor.dims, data: Float32Array.from(tensor.data, (q) => q * scale) };
}
function quantized(tensor, range) {
  const scale = Math.max(Math.abs(range[0]), Math.abs(range[1])) / 127 || 1;
  const values = Int8Array.from(tensor.data, (x) => Math.max(-128, Math.min(127, Math.round(x / scale))));
  return new ort.Tensor("int8", values, tensor.dims);
}

// Smallest and largest value.
function rangeOf(data) {
  let low = Infinity, high = -Infinity;
  for (const x of data)
    if (Number.isFinite(x)) (low = Math.min(low, x)), (high = Math.max(high, x));
  return low <= high ? [low, high] : [0, 0];
}

// The tensors that a check asks for, from what it leaves: "conv1: no range for tensor
// x: give ranges=FILE".
function wantedRanges(kept) {
  return [...new Set(kept.flatMap((text) => text.match(/no range for tensor (.*?)(: give ranges=FILE)?$/s)?.[1] ?? []))];
}

// A copy of an ONNX file with more outputs: GraphProto is field 7 of ModelProto and
// its outputs are field 12, and messages may be concatenated.
function withOutputs(bytes, names) {
  const varint = (n) => {
    const out = [];
    for (; n > 127; n = Math.floor(n / 128)) out.push((n % 128) | 128);
    return Buffer.from([...out, n]);
  };
  const field = (number, body) => Buffer.concat([varint(number * 8 + 2), varint(body.length), body]);
  const floats = field(2, field(1, Buffer.from([8, 1]))); // TypeProto { tensor_type { elem_type: FLOAT } }
  const outputs = names.map((name) => field(12, Buffer.concat([field(1, Buffer.from(name)), floats])));
  return Buffer.concat([bytes, field(7, Buffer.concat(outputs))]);
}

// Ranges of tensors in a run: those that are not outputs become it in a copy.
async function observe(model, bytes, names, feeds, folder) {
  const ranges = {};
  const ask = [];
  const session = await ort.InferenceSession.create(model, SESSION);
  for (const name of names)
    if (name in feeds) ranges[name] = rangeOf(feeds[name].data);
    else if (!session.outputNames.includes(name)) ask.push(name);
  const copy = path.join(path.dirname(model), `.${path.basename(model)}.observed`);
  writeFileSync(copy, withOutputs(bytes, ask)); // beside the model, for its external data
  try {
    const observed = await ort.InferenceSession.create(copy, SESSION);
    const result = await observed.run(feeds);
    for (const name of names) if (result[name]) ranges[name] = rangeOf(result[name].data);
  } finally {
    rmSync(copy);
  }
  const file = path.join(folder, "ranges.json");
  writeFileSync(file, JSON.stringify(ranges));
  return { file, ranges };
}

function si(joules) {
  return `${(joules * 1e3).toPrecision(4)} mJ`;
}

let failures = 0, notRun = 0;
function line(model, check, text, failed) {
  failures += failed ? 1 : 0;
  console.log(`${path.basename(model).padEnd(28)} ${check.padEnd(26)} ${failed ? "FAILED " : ""}${text}`);
}

async function compare(model, check, before, folder) {
  const out = path.join(folder, "out.onnx");
  const flags = ["--format=json", `--target=${options.target}`, ...before.dims.map((name) => `--dim=${name}=${dims[name]}`)];
  const optimize = (apply) => JSON.parse(run("optimize", model, `--apply=${apply}`, "-o", out, ...flags));
  let report = optimize(check), ranges = {};
  // Some tensors are asked for once the ranges of others are known.
  for (let known = []; ; ) {
    const wanted = wantedRanges(report.applied[0].kept).filter((name) => !known.includes(name));
    if (!wanted.length) break;
    known = [...known, ...wanted];
    const observed = await observe(model, readFileSync(model), known, before.feeds, folder);
    ranges = observed.ranges;
    report = optimize(`${check}:ranges=${observed.file}`);
  }
  const { ops, kept } = report.applied[0];
  const energies = [report.before, report.after].map((r) => si(r.targets[0].energy_j)).join(" -> ");
  if (!ops.length) return line(model, check, `nothing to do (${kept.length} left as they are)`, false);
  const after = await ort.InferenceSession.create(out, SESSION);
  const cacheRange = (i) => Object.values(ranges)[i] ?? [0, 1];
  const feeds = {};
  const inputs = after.inputMetadata.filter((m) => m.type === "int8" && before.feeds[m.name].type !== "int8").map((m) => m.name);
  for (const m of after.inputMetadata) {
    const fed = before.feeds[m.name];
    feeds[m.name] = inputs.includes(m.name) ? quantized(fed, cacheRange(inputs.indexOf(m.name))) : fed;
  }
  const result = await after.run(feeds);
  let worst = 0;
  for (const [name, expected] of Object.entries(before.outputs)) {
    let actual = result[name];
    if (actual && actual.type === "int8" && expected.type !== "int8") actual = dequantized(actual, ranges[name]);
    worst = Math.max(worst, actual ? distance(expected, actual) : Infinity);
  }
  // What is pruned away of random weights is nothing that training would win back: no verdict.
  const judged = !check.startsWith("prune-");
  line(model, check, `error ${worst.toExponential(1)}  ${ops.length} ops, ${kept.length} left  ${energies}`,
    judged && !(worst <= Number(options.most)));
}

const checks = options.checks
  ? options.checks.split(",")
  : JSON.parse(run("checks", "--format=json")).map((check) => check.exact || check.id.startsWith("shape-") ? "" : check.id).filter(Boolean);
const SETTING = /changes how a model is run, not its file/;

const folder = mkdtempSync(path.join(tmpdir(), "approximations-"));
try {
  for (const model of models) {
    let before;
    try {
      const session = await ort.InferenceSession.create(model, SESSION);
      const feeds = Object.fromEntries(session.inputMetadata.map((m) => [m.name, randomTensor(ort, m, dims)]));
      const named = new Set(session.inputMetadata.flatMap((m) => m.shape).filter((d) => d in dims));
      before = { feeds, dims: [...named], outputs: await session.run(feeds) };
    } catch (error) {
      line(model, "", `ONNX Runtime does not run it: ${String(error.message).slice(0, 200)}`, true);
      continue;
    }
    for (const check of checks)
      try {
        await compare(model, check, before, folder);
      } catch (error) {
        if (!options.checks && SETTING.test(error.stderr)) continue;
        // Its CPU kernels lack types that others have (bfloat16): the result was
        // written and analysed, and its error is not known.
        const missing = /Could not find an implementation for \w+|Type 'tensor.bfloat16.'.*operator .\w+/.exec(error.message);
        if (missing) {
          ++notRun;
          line(model, check, `not run: ONNX Runtime: ${missing[0].slice(0, 60)}`, false);
          continue;
        }
        line(model, check, String(error.stderr ?? error.message).trim().slice(0, 300).replaceAll("\n", " "), true);
      }
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (notRun) console.log(`${notRun} not run`);
console.log(failures ? `FAIL: ${failures}` : "PASS");
process.exit(failures ? 1 : 0);
