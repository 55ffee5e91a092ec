#!/usr/bin/env python3
"""Measure the energy of named networks on an NVIDIA GPU and append rows in the validation table's format.

  measure_gpu.py --out rows.csv [--models resnet50,bert-base,llama-block] [--batches 1,8,32,128] [--seq 128]
                 [--precisions fp32,fp16,bf16] [--mode inference|training] [--target NAME] [--gpu 0] [--seconds 10]
                 [--export GRAPHS]   also write each network as a weightless ONNX graph, for energy-opt to price

Needs PyTorch with CUDA; reads NVML directly. Each row is one network at one batch and precision: the network runs for
`--seconds` after a warm-up, the GPU's energy counter is read before and after, and both figures are divided by the
samples that ran. The rows feed `energy-opt calibrate` and the accuracy report alike.

The boundary is the GPU board ("device"): host, fans of the case and power supply are not in it. Close other users of
the GPU; the idle draw is part of what is measured, as it is of what is estimated.
"""

import argparse
import csv
import os
import sys
import time

COLUMNS = ("cell_id split hardware n_devices target target_aliases power_limit_w graph_file dims batch batch_source "
           "precision mode runtime scenario variant boundary energy_j energy_unit seconds_per_sample latency_ms "
           "throughput_per_s n_runs spread noise_pct strict reason info device_class run_ids").split()


def target_name(gpu_name):
    """'NVIDIA A100-SXM4-80GB' -> 'nvidia-a100-sxm-80gb': energy-opt's spelling."""
    name = gpu_name.lower().replace("geforce ", "").replace("tesla ", "").replace("-sxm2", "-sxm")
    for form in ("-sxm4", "-sxm5"):
        name = name.replace(form, "-sxm")
    name = name.replace(" 80gb hbm3", "-sxm").replace(" pcie", "-pcie").replace(" ", "-")
    return name if name.startswith("nvidia-") else "nvidia-" + name


def row(args, gpu, model, batch, precision, runs):
    """One table row; `runs` is a list of (joules per sample, seconds per sample)."""
    runs = sorted(runs)
    joules, seconds = runs[len(runs) // 2]
    dims = f"batch={batch}" + ("" if model == "resnet50" else f";seq={args.seq}")
    target = args.target or target_name(gpu["name"])
    cell = f"{target}|1|{model}|{dims}|{precision}|{args.mode}|device"
    values = dict.fromkeys(COLUMNS, "")
    values.update(cell_id=cell, split="user", hardware=gpu["name"], n_devices=1, target=target,
                  power_limit_w=f"{gpu['limit_w']:g}", graph_file=f"{model}.onnx", dims=dims, batch=batch,
                  batch_source="stated", precision=precision, mode=args.mode,
                  runtime="eager" if model == "resnet50" else "eager-flash", boundary="device",
                  energy_j=f"{joules:.6g}", energy_unit="sample", seconds_per_sample=f"{seconds:.6g}",
                  latency_ms=f"{seconds * batch * 1e3:.6g}", throughput_per_s=f"{1 / seconds:.6g}", n_runs=len(runs),
                  spread=f"{runs[-1][0] / runs[0][0]:.3f}", strict="true", info=gpu["method"], device_class="GPU",
                  run_ids=f"measure_gpu:{cell}")
    return values


def make_step(torch, module, inputs, mode):
    """A function that runs one batch."""
    if mode == "inference":
        module.eval()

        def infer():
            with torch.no_grad():
                module(inputs)
        return infer
    module.train()
    optimizer = torch.optim.SGD(module.parameters(), lr=1e-3, momentum=0.9)

    def train():
        optimizer.zero_grad(set_to_none=True)
        module(inputs).float().square().mean().backward()
        optimizer.step()
    return train


def measure(torch, nvml, step, batch, seconds):
    """(joules per sample, seconds per sample, method) of steady running."""
    from nvml import EnergyMeter
    for _ in range(5):
        step()
    torch.cuda.synchronize()
    start = time.perf_counter()
    step()
    torch.cuda.synchronize()
    # Queue about 50 ms between synchronizations, so that launches overlap.
    chunk = max(1, int(0.05 / max(time.perf_counter() - start, 1e-6)))
    steps = 0
    with EnergyMeter(nvml) as meter:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            for _ in range(chunk):
                step()
            torch.cuda.synchronize()
            steps += chunk
    samples = steps * batch
    return meter.energy_j / samples, meter.seconds / samples, meter.method


def export_graph(torch, folder, name, module, inputs, axes):
    """The network as ONNX, weights left out: initializers point to a file that is not written."""
    import io
    import onnx
    buffer = io.BytesIO()
    torch.onnx.export(module.eval().float().cpu(), inputs.cpu().float() if inputs.is_floating_point() else inputs.cpu(),
                      buffer, opset_version=17, input_names=["input"], output_names=["output"],
                      dynamic_axes={"input": axes})
    model = onnx.load_model_from_string(buffer.getvalue())
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) > 1024:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            entry = tensor.external_data.add()
            entry.key, entry.value = "location", name + ".data"
    os.makedirs(folder, exist_ok=True)
    onnx.save(model, os.path.join(folder, name + ".onnx"))


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--models", default="resnet50,bert-base,llama-block")
    parser.add_argument("--batches", default="1,8,32,128")
    parser.add_argument("--precisions", default="fp32,fp16,bf16")
    parser.add_argument("--mode", choices=("inference", "training"), default="inference")
    parser.add_argument("--seq", type=int, default=128)
    parser.add_argument("--target")
    parser.add_argument("--gpu", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--export")
    return parser.parse_args(argv)


def main(argv=None):
    args = parse(argv)
    try:
        import torch
        from nvml import Nvml
        nvml = Nvml(args.gpu)
    except (ImportError, OSError, RuntimeError) as error:
        print(f"measure_gpu: needs PyTorch with CUDA and an NVIDIA driver: {error}", file=sys.stderr)
        return 2
    if not torch.cuda.is_available():
        print("measure_gpu: PyTorch sees no CUDA device", file=sys.stderr)
        return 2
    from gpu_models import MODELS
    gpu = {"name": nvml.name(), "limit_w": nvml.power_limit_w()}
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    types = {"fp32": torch.float32, "tf32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
    new = not os.path.exists(args.out)
    with open(args.out, "a", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        if new:
            writer.writeheader()
        for model in args.models.split(","):
            make, make_input, axes = MODELS[model]
            for precision in args.precisions.split(","):
                torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"
                module = make().to(f"cuda:{args.gpu}", types[precision])
                for batch in map(int, args.batches.split(",")):
                    try:
                        inputs = make_input(batch, args.seq, f"cuda:{args.gpu}", types[precision])
                        step = make_step(torch, module, inputs, args.mode)
                        runs = [measure(torch, nvml, step, batch, args.seconds) for _ in range(args.repeats)]
                    except torch.cuda.OutOfMemoryError:
                        print(f"{model} {precision} batch {batch}: out of memory, skipped", file=sys.stderr)
                        torch.cuda.empty_cache()
                        continue
                    gpu["method"] = runs[0][2]
                    values = row(args, gpu, model, batch, precision, [r[:2] for r in runs])
                    writer.writerow(values)
                    out.flush()
                    print(f"{values['cell_id']}: {values['energy_j']} J, {values['seconds_per_sample']} s per sample")
            if args.export:
                export_graph(torch, args.export, model, make(), make_input(1, args.seq, "cpu", torch.float32), axes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
