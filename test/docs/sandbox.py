"""A folder with the files that help and documentation speak of, made from text.

sandbox.make(FOLDER) writes them; the examples run there on model.onnx, llm.onnx,
models/*.onnx and so on, as a reader would on his own.
"""

import pathlib
import random
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEST = ROOT / "test"

SETTINGS = """targets: [nvidia-t4]
budgets:
  - {model: "*", energy_j: 1 kJ}
"""

MLIR = """func.func @product(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>, %c: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<64x64xf32>, tensor<64x64xf32>) outs(%c : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %0 : tensor<64x64xf32>
}
"""


def numbers(count, generator):
    return ", ".join(f"{generator.uniform(-1, 1):.3f}" for _ in range(count))


def network(channels=8):
    """A small image classifier with its weights."""
    generator = random.Random(1)
    return f"""<ir_version: 8, opset_import: ["" : 17]>
net (float[batch,3,32,32] image) => (float[batch,10] scores)
<float[{channels},3,3,3] w1 = {{{numbers(channels * 27, generator)}}}, float[{channels}] b1 = {{{numbers(channels, generator)}}},
 float[16,{channels},3,3] w2 = {{{numbers(16 * channels * 9, generator)}}}, float[16] b2 = {{{numbers(16, generator)}}},
 float[16,10] w3 = {{{numbers(160, generator)}}}, float[10] b3 = {{{numbers(10, generator)}}}> {{
  c1 = Conv<pads = [1, 1, 1, 1]>(image, w1, b1)
  r1 = Relu(c1)
  c2 = Conv<pads = [1, 1, 1, 1], strides = [2, 2]>(r1, w2, b2)
  r2 = Relu(c2)
  p = GlobalAveragePool(r2)
  f = Flatten(p)
  scores = Gemm(f, w3, b3)
}}
"""


def fenced(page, language, needle=""):
    """The first block of that language in a page of docs that holds `needle`."""
    text = (ROOT / "docs" / page).read_text()
    for block in re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S):
        if needle in block:
            return block
    raise SystemExit(f"docs/{page}: no {language} block with {needle!r}")


def binary(text, path):
    source = path.with_suffix(".onnxtxt")
    source.write_text(text)
    subprocess.run(["energy-opt", "optimize", source, "-o", path, "--format=json"], check=True, stdout=subprocess.DEVNULL)
    source.unlink()


def make(folder):
    folder = pathlib.Path(folder)
    for sub in ("work/models", "work/boards", "main/models"):
        (folder / sub).mkdir(parents=True)
    work = folder / "work"
    inputs = TEST / "Footprint" / "Inputs"
    for name, text in {
        "model": network(), "main": network(), "base": network(), "branch": network(16), "pruned": network(4),
        "models/net": network(), "models/wide": network(16), "../main/models/net": network(),
        "llm": (inputs / "decoder.onnxtxt").read_text(), "decode": (inputs / "decoder.onnxtxt").read_text(),
        "prefill": (inputs / "full.onnxtxt").read_text(),
    }.items():
        binary(text, (work / name).with_suffix(".onnx"))
    device = fenced("targets.md", "yaml", "extend:")
    for name in ("board.yaml", "my.yaml", "boards/camera.yaml"):
        (work / name).write_text(device)
    (work / "model.mlir").write_text(MLIR)
    (work / "tests.mlir").write_text(MLIR + "// -----\n" + MLIR)
    (work / ".energy-opt.yaml").write_text(SETTINGS)
    (work / "settings.yaml").write_text(fenced("check.md", "yaml", "budgets:"))
    rows = ["target,graph_file,batch,energy_j,seconds_per_sample"]
    for target, energy in (("nvidia-t4", 3e-4), ("nvidia-l4", 2e-4)):
        for batch in (1, 8, 64):
            rows.append(f"{target},net.onnx,{batch},{energy / batch ** 0.5},{2e-5 / batch ** 0.5}")
    (work / "rows.csv").write_text("\n".join(rows) + "\n")
    return work
