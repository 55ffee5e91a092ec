#!/usr/bin/env python3
"""Prices published training runs from their graphs; nothing is fitted to them.

    training_runs.py            prints the table of docs/validation.md
    training_runs.py --update   writes it there
    training_runs.py --check    fails if it differs
    --only=NAME,...             some runs;  --times  seconds of each analysis

One rule for all: tensor parallelism over 1, 2, 4, 8 devices, then pipelines of 2, 4,
8, ... stages of 8 devices, the first that fits the memory; at each, selective
checkpointing if it fits, else full. The other devices are replicas. A microbatch is one
sequence, or as many as make 2048 tokens. Tokens, batch, chips, optimizer and fused
attention are those of the paper, where it says so.
"""

import argparse
import concurrent.futures
import dataclasses
import difflib
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test" / "models"))
import transformers  # noqa: E402

BEGIN, END = "<!-- training_runs.py begins -->", "<!-- training_runs.py ends -->"


@dataclasses.dataclass(frozen=True)
class Run:
    model: str
    target: str
    chips: int
    tokens: float
    batch_tokens: float  # of a step
    hours: float  # device-hours, published
    source: str
    mwh: float = 0  # of the facility, published; 0: none that is independent of the hours
    pue: float = 1.1
    optimizer: str = "adamw"
    fused: bool = True
    parameters: float = 0  # published, to check the graph
    precision: str = "bf16"


A100, H100 = "nvidia-a100-sxm-80gb", "nvidia-h100-sxm"
PATTERSON = "Patterson et al. 2021, arXiv:2104.10350, table 4"
LLAMA1 = "Touvron et al. 2023, arXiv:2302.13971, tables 2 and 15"
LLAMA2 = "Touvron et al. 2023, arXiv:2307.09288, table 2"
LLAMA3 = "Llama 3.1 model card"
RUNS = [
    Run("gpt-3", "nvidia-v100-sxm-32gb", 10000, 300e9, 3.2e6, 10000 * 14.8 * 24, PATTERSON, 1287, 1.10, "adam", False, 175e9, "fp16"),
    Run("t5-11b", "google-tpu-v3", 512, 1e6 * 2**20, 2**20, 512 * 20.4 * 24, PATTERSON, 85.7, 1.12, "adafactor", False, 11.3e9),
    Run("llama-7b", A100, 2048, 1e12, 4e6, 82432, LLAMA1, parameters=6.7e9),
    Run("llama-13b", A100, 2048, 1e12, 4e6, 135168, LLAMA1, parameters=13.0e9),
    Run("llama-33b", A100, 2048, 1.4e12, 4e6, 530432, LLAMA1, parameters=32.5e9),
    Run("llama-65b", A100, 2048, 1.4e12, 4e6, 1022362, LLAMA1, parameters=65.2e9),
    Run("llama-2-7b", A100, 2048, 2e12, 4e6, 184320, LLAMA2, parameters=6.74e9),
    Run("llama-2-13b", A100, 2048, 2e12, 4e6, 368640, LLAMA2, parameters=13.0e9),
    Run("llama-2-34b", A100, 2048, 2e12, 4e6, 1038336, LLAMA2, parameters=34e9),
    Run("llama-2-70b", A100, 2048, 2e12, 4e6, 1720320, LLAMA2, parameters=69.0e9),
    Run("llama-3.1-8b", H100, 16384, 15e12, 16e6, 1.46e6, LLAMA3, parameters=8.03e9),
    Run("llama-3.1-70b", H100, 16384, 15e12, 16e6, 7.0e6, LLAMA3, parameters=70.6e9),
    Run("llama-3.1-405b", H100, 16384, 15.6e12, 16e6, 30.84e6, LLAMA3, parameters=405.9e9),
    Run("starcoderbase", A100, 512, 1e12, 4e6, 320256, "Li et al. 2023, arXiv:2305.06161, section 5.7", optimizer="adam", parameters=15.5e9),
]


def layouts():
    for ways in (1, 2, 4, 8):
        yield ways, 1
    for stages in (2, 4, 8, 16, 32, 64):
        yield 8, stages


class Pricer:
    def __init__(self, run, folder):
        self.run = run
        self.dims = transformers.MODELS[run.model]
        self.path = pathlib.Path(folder) / f"{run.model}.onnxtxt"
        self.path.write_text(transformers.text(run.model))
        self.seconds = 0

    def price(self, ways, stages, checkpointing):
        run = self.run
        replicas = run.chips // (ways * stages)
        batch = max(1, 2048 // self.dims.sequence)
        passes = max(1, round(run.batch_tokens / (self.dims.sequence * batch * replicas)))
        command = [
            "energy-opt", str(self.path), "--mode=training", "--format=json", f"--target={run.target}",
            f"--batch={batch}", f"--precision={run.precision}", f"--optimizer={run.optimizer}",
            f"--checkpointing={checkpointing}", f"--parallel=dp:{replicas},tp:{ways},pp:{stages}",
            f"--microbatches={passes}", f"--tokens={run.tokens:.0f}", f"--pue={run.pue}",
        ]  # fmt: skip
        if run.fused:
            command.append("--runtime=eager-flash")
        start = time.perf_counter()
        report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        self.seconds = time.perf_counter() - start
        parameters = report["model"]["weight_parameters"]
        assert abs(parameters / run.parameters - 1) < 0.02, f"{run.model}: {parameters} parameters"
        return report["targets"][0]

    def first_that_fits(self):
        for ways, stages in layouts():
            if ways * stages > self.run.chips:
                break
            for checkpointing in ("selective", "full"):
                target = self.price(ways, stages, checkpointing)
                if target["fits_in_memory"]:
                    return target
        sys.exit(f"{self.run.model} fits no layout")


def factor(ours, published):
    return f"{ours / published:.2f}"


def row(run, target):
    job = target["training"]
    result, layout = job["run"], job["parallel"]
    cells = [
        f"{run.model} · {run.target} · {run.chips}",
        f"{layout['dp']} · {layout['tp']} · {layout['pp']}, {job['checkpointing']}",
        f"{run.hours / 1e3:.4g}",
        f"{result['device_hours'] / 1e3:.4g}",
        factor(result["device_hours"], run.hours),
        f"{run.mwh:g}" if run.mwh else "–",
        f"{result['facility_kwh']['value'] / 1e3:.4g}",
        factor(result["facility_kwh"]["value"] / 1e3, run.mwh) if run.mwh else "–",
        f"{100 * job['mfu']:.0f} %",
        run.source,
    ]
    return "| " + " | ".join(cells) + " |"


HEAD = """\
| run · target · devices | dp · tp · pp | 1000 h, published | ours | factor | MWh, published | ours | factor | MFU, ours | source |
|---|---|---:|---:|---:|---:|---:|---:|---:|---|"""


def table(runs, times):
    with tempfile.TemporaryDirectory() as folder:

        def one(run):
            pricer = Pricer(run, folder)
            line = row(run, pricer.first_that_fits())
            if times:
                print(f"{run.model}: {pricer.seconds:.2f} s", file=sys.stderr)
            return line

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return "\n".join([HEAD, *pool.map(one, runs)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--times", action="store_true")
    parser.add_argument("--only", type=lambda text: text.split(","))
    options = parser.parse_args()
    runs = [run for run in RUNS if not options.only or run.model in options.only]
    lines = table(runs, options.times)
    page = ROOT / "docs" / "validation.md"
    before, _, rest = page.read_text().partition(BEGIN)
    old, _, after = rest.partition(END)
    if options.update:
        page.write_text(f"{before}{BEGIN}\n{lines}\n{END}{after}")
    elif options.check:
        missing = [line for line in lines.splitlines() if line not in old.splitlines()]
        if missing:
            sys.stdout.writelines(line + "\n" for line in difflib.unified_diff(old.splitlines(), lines.splitlines(), lineterm=""))
            sys.exit("docs/validation.md is stale: test/validation/training_runs.py --update")
    else:
        print(lines)


if __name__ == "__main__":
    main()
