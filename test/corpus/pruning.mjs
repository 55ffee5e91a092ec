// Are pruned models still models? Applies checks to each model with weights in a
// folder and runs the result in ONNX Runtime: it must load, and its outputs must
// have the shapes that they had.
//
//   node pruning.mjs FOLDER [ENERGY_OPT [APPLY[+APPLY]... [same]]]
//
// same: the outputs must not change either, as of models whose smallest channels
// are zero (zero_channels.py).
//
// needs the npm package onnxruntime-node. Weights that were stripped from a model
// are filled with random ones by shared/tools/fill_weights.py. Each model has a
// process of its own, since some crash the runtime.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

import { randomTensor } from "./random_inputs.mjs";

const require = createRequire(path.join(process.env.NODE_PATH ?? process.cwd(), "x.js"));
const ort = require("onnxruntime-node");
ort.env.logLevel = "fatal";

const [where, tool = "energy-opt", applies = "prune-channels+prune-heads+prune-ffn", same] = process.argv.slice(2);

// The largest difference over the largest value.
function distance(before, after) {
  let difference = 0, scale = 1e-30;
  before.forEach((data, k) => data.forEach((x, i) => {
    scale = Math.max(scale, Math.abs(Number(x)));
    difference = Math.max(difference, Math.abs(Number(x) - Number(after[k][i])));
  }));
  return difference / scale;
}

async function shapesOfOutputs(model, feeds) {
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 4 });
  feeds ??= Object.fromEntries(session.inputMetadata.map((m) => [m.name, randomTensor(ort, m)]));
  const result = await session.run(feeds);
  const shapes = session.outputNames.map((name) => String(result[name].dims)).join(" ");
  const data = session.outputNames.map((name) => result[name].data);
  return { feeds, shapes, data };
}

async function check(model) {
  let before;
  try {
    before = await shapesOfOutputs(model);
  } catch (error) {
    return console.log(`not run by ONNX Runtime: ${String(error.message).slice(0, 120)}`);
  }
  const folder = mkdtempSync(path.join(tmpdir(), "pruning-"));
  try {
    for (const apply of applies.split("+")) {
      const out = path.join(folder, "out.onnx");
      const options = ["optimize", model, "-o", out, "--format=json", "--target=nvidia-t4", `--apply=${apply}`];
      const report = JSON.parse(execFileSync(tool, options, { stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 }));
      const ops = report.applied.reduce((n, one) => n + one.ops.length, 0);
      const [old, now] = [report.before, report.after];
      const after = await shapesOfOutputs(out, before.feeds);
      const differs = distance(before.data, after.data);
      const verdict = after.shapes !== before.shapes ? "FAILED: other shapes"
        : same && !(differs < 1e-4) ? "FAILED: other outputs" : "ok";
      const change = (a, b) => (b / a).toFixed(2);
      console.log(`${verdict} ${apply}: ${ops} layers, MACs x ${change(old.macs, now.macs)}, ` +
        `energy x ${change(old.targets[0].energy_j, now.targets[0].energy_j)}, ` +
        `parameters x ${change(old.parameter_bytes, now.parameter_bytes)}` + (same ? `, outputs differ by ${differs.toExponential(0)}` : ""));
    }
  } catch (error) {
    console.log(`FAILED: ${String(error.message).slice(0, 300)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function checkAll() {
  let failures = 0;
  for (const name of readdirSync(where).sort().filter((name) => name.endsWith(".onnx"))) {
    const child = spawnSync(process.execPath, [process.argv[1], path.join(where, name), tool, applies, same ?? ""],
      { encoding: "utf8", timeout: 600e3 });
    const lines = child.stdout.trim() || "FAILED: ONNX Runtime died";
    failures += lines.includes("FAILED");
    for (const line of lines.split("\n")) console.log(`${name.padEnd(36)} ${line}`);
  }
  console.log(failures ? "FAIL" : "PASS");
  return failures ? 1 : 0;
}

if (statSync(where).isDirectory()) process.exit(checkAll());
await check(where);
process.exit(0);
