// Does a rewritten model compute the same? Runs each model of the corpus that has
// weights before and after `energy-opt optimize` in ONNX Runtime, on the same random
// inputs: after a round trip the outputs must be the same bits, after all exact
// rewrites the same within 1e-4 of the largest value; nodes must never get more, and
// neither must energy (by more than a hundred thousandth).
//
//   node equivalence.mjs SHARED [ENERGY_OPT [FOLDER [CHECKS]]]
//
// needs the npm package onnxruntime-node. FOLDER: a part of the corpus, or one model.
// CHECKS: what to apply, each by itself, in place of all exact ones: "exact-noop",
// "all-exact exact-fuse-gelu". How many models each check changed is counted.
//
// A model that ONNX Runtime does not run in the first place (custom ops, newer
// opsets, inputs that must make sense) is counted and left aside. Each model has a
// process of its own, since some crash the runtime.

import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

import { randomTensor } from "./random_inputs.mjs";

const require = createRequire(path.join(process.env.NODE_PATH ?? process.cwd(), "x.js"));
const ort = require("onnxruntime-node");
ort.env.logLevel = "fatal";

const [shared, tool = "energy-opt", only, checks = "all-exact"] = process.argv.slice(2);
const MOST_BYTES = 150e6;
const TOLERANCE = 1e-4;
// A fused op may count a few operations more than its parts: LayerNormalization, by its
// function body, two for each row.
const MOST_RISE = 1e-5;
async function outputs(session, feeds) {
  const result = await session.run(feeds);
  return session.outputNames.map((name) => result[name]);
}

// The largest difference over the largest value; Infinity if not comparable.
function distance(a, b) {
  if (String(a.dims) !== String(b.dims) || a.type !== b.type) return Infinity;
  if (a.type === "string") return a.data.every((x, i) => x === b.data[i]) ? 0 : Infinity;
  let difference = 0, scale = 0;
  for (let i = 0; i < a.data.length; ++i) {
    const x = Number(a.data[i]), y = Number(b.data[i]);
    if (Object.is(x, y) || x === y) continue;
    if (!Number.isFinite(x) || !Number.isFinite(y)) return Infinity;
    difference = Math.max(difference, Math.abs(x - y));
  }
  if (difference === 0) return 0;
  for (const x of a.data) if (Number.isFinite(Number(x))) scale = Math.max(scale, Math.abs(Number(x)));
  return difference / Math.max(scale, 1e-30);
}

function optimize(model, apply, out) {
  const options = ["optimize", model, "-o", out, "--format=json", "--target=nvidia-t4"];
  if (apply) options.push(`--apply=${apply}`);
  return JSON.parse(execFileSync(tool, options, { stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 }));
}

// Findings of one model, written as they come: lines "what" or "FAILED why".
function count(what) {
  writeSync(1, `${what}\n`);
}
function fail(why) {
  writeSync(1, `FAILED ${why.replaceAll("\n", " ")}\n`);
}

async function check(model, folder) {
  const session = { graphOptimizationLevel: "disabled", logSeverityLevel: 4 };
  let before, feeds, expected;
  try {
    before = await ort.InferenceSession.create(model, session);
    feeds = Object.fromEntries(before.inputMetadata.map((m) => [m.name, randomTensor(ort, m)]));
    expected = await outputs(before, feeds);
    const again = await outputs(before, feeds);
    if (expected.some((t, i) => distance(t, again[i]) !== 0)) return count("random by design");
  } catch {
    return count("not run by ONNX Runtime");
  }
  for (const apply of ["", ...checks.split(" ")]) {
    const tolerance = apply ? TOLERANCE : 0;
    const what = apply || "round trip";
    const out = path.join(folder, `${what.replace(" ", "-")}.onnx`);
    let report;
    try {
      report = optimize(model, apply, out);
    } catch {
      return count("refused by energy-opt");
    }
    count(`${what}, started`);
    try {
      const after = await ort.InferenceSession.create(out, session);
      const actual = await outputs(after, feeds);
      const worst = Math.max(0, ...expected.map((t, i) => distance(t, actual[i])));
      if (!(worst <= tolerance)) fail(`${what}: outputs differ by ${worst}`);
    } catch (error) {
      fail(`${what}: ${String(error.message).slice(0, 200)}`);
    }
    if (report.after.nodes > report.before.nodes) fail(`${what}: more nodes`);
    const [old, now] = [report.before, report.after].map((r) => r.targets[0].energy_j);
    if (now > old * (1 + MOST_RISE)) fail(`${what}: ${old} J before, ${now} J after`);
    count(what);
    if (report.after.nodes < report.before.nodes) count(`${what}, fewer nodes`);
    for (const { id, ops } of report.applied) if (ops.length) count(`  ${id} fired`);
  }
}

function* models(folder) {
  for (const name of readdirSync(folder).sort()) {
    const full = path.join(folder, name);
    const info = statSync(full);
    if (info.isDirectory()) yield* models(full);
    else if (name.endsWith(".onnx") && info.size < MOST_BYTES) yield full;
  }
}

function childOf(model) {
  return new Promise((resolve) => {
    const limits = { timeout: 120e3, maxBuffer: 1 << 26 };
    execFile(process.execPath, [process.argv[1], shared, tool, model, checks], limits, (error, stdout) => {
      const lines = stdout.split("\n").filter(Boolean);
      const started = lines.filter((line) => line.endsWith(", started")).map((line) => line.slice(0, -9));
      for (const what of started)
        if (!lines.includes(what)) lines.push(`FAILED ${what}: ONNX Runtime died of the new model`);
      if (error && !started.length && !lines.length) lines.push("not run by ONNX Runtime");
      resolve(lines.filter((line) => !line.endsWith(", started")));
    });
  });
}

async function checkAll() {
  const counts = {}, failures = [];
  const queue = [...models(only ?? path.join(shared, "corpus"))];
  const work = async () => {
    for (let model; (model = queue.shift()); )
      for (const line of await childOf(model)) {
        if (line.startsWith("FAILED")) failures.push(`${line} (${model})`);
        else counts[line] = (counts[line] ?? 0) + 1;
      }
  };
  await Promise.all([work(), work()]);
  for (const [what, n] of Object.entries(counts)) console.log(`${what.padEnd(40)}${String(n).padStart(6)}`);
  for (const failure of failures) console.log(failure);
  console.log(failures.length ? "FAIL" : "PASS");
  return failures.length ? 1 : 0;
}

if (only && !statSync(only).isDirectory()) {
  const folder = mkdtempSync(path.join(tmpdir(), "equivalence-"));
  try {
    await check(only, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
  process.exit(0);
}
process.exit(await checkAll());
