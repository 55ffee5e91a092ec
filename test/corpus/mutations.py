#!/usr/bin/python3
"""Damaged model files: truncated, with bits flipped, bytes spliced, sizes blown up.

The mutants come from a fixed seed, so that a failure can be had again with
--verbose, which keeps it here. Each must be analyzed or refused in words, within the harness' limits of
time and memory.
"""

import collections
import pathlib
import random
import tempfile

from harness import Harness, table

MUTANTS = 8  # of each kind, per model


def truncated(data, rng):
    return data[: rng.randrange(len(data))]


def flipped(data, rng):
    mutant = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        mutant[rng.randrange(len(mutant))] ^= 1 << rng.randrange(8)
    return bytes(mutant)


def spliced(data, rng):
    """A piece of the file once more, somewhere else."""
    start = rng.randrange(len(data))
    piece = data[start : start + rng.randint(1, 64)]
    at = rng.randrange(len(data))
    return data[:at] + piece + data[at:]


def inflated(data, rng):
    """A byte becomes a varint of up to 10 bytes: a huge length, dim or enum."""
    at = rng.randrange(len(data))
    varint = bytes([0xFF] * rng.randint(4, 9) + [rng.choice([0x01, 0x7F])])
    return data[:at] + varint + data[at + 1 :]


KINDS = (truncated, flipped, spliced, inflated)


def sources(harness):
    """Small models of every sort: a file each of many folders."""
    backend = sorted(harness.corpus.glob("onnx-backend/node/*/model.onnx"))
    chosen = backend[::40]
    chosen += sorted(harness.corpus.glob("torch_nn/graph_only/*.onnx"))[:6]
    chosen += sorted(harness.corpus.glob("torchvision/graph_only/*functions*.onnx"))
    return chosen


def main():
    harness = Harness(__doc__.splitlines()[0])
    cases = [(path, kind, i) for path in sources(harness) for kind in KINDS for i in range(MUTANTS)]
    with tempfile.TemporaryDirectory() as folder:

        def attempt(case):
            path, kind, index = case
            name = f"{path.parent.name if path.name == 'model.onnx' else path.stem}.{kind.__name__}.{index}"
            rng = random.Random(name)
            mutant = pathlib.Path(folder, f"{name}.onnx")
            mutant.write_bytes(kind(path.read_bytes(), rng))
            run = harness.run(mutant)
            if run.sane:
                mutant.unlink()
            else:
                kept = pathlib.Path.cwd() / mutant.name
                if harness.options.verbose:
                    mutant.replace(kept)
                harness.fail(name, f"{run.verdict} ({run.code}): {run.stderr.strip()[-200:]}")
            return kind.__name__, run.verdict

        counts = collections.Counter(harness.map(attempt, cases))
    table([("damage", "outcome", "count"), *((*k, n) for k, n in sorted(counts.items()))])
    harness.finish(f"{len(cases)} damaged files")


if __name__ == "__main__":
    main()
