#!/usr/bin/env python3
"""Writes the bundled models: real architectures as ONNX text, without weights.

    generate.py            rewrites the .onnxtxt files of this folder
    generate.py --check    fails if one differs from what would be written

An initializer `float[64,3,7,7] w = {}` has a shape and no payload; costs depend
on the shape only. Batch normalization is folded into the convolutions, as
exporters do.
"""

import pathlib
import sys
import textwrap

FOLDER = pathlib.Path(__file__).parent


class Model:
    """Collects nodes and initializers in order, and prints them."""

    def __init__(self, name, about, inputs, outputs):
        self.name, self.about = name, about
        self.inputs, self.outputs = inputs, outputs
        self.weights, self.nodes = [], []

    def weight(self, name, shape, dtype="float", values=""):
        dims = f"[{','.join(map(str, shape))}]" if shape else ""
        self.weights.append(f"{dtype}{dims} {name} = {{{values}}}")
        return name

    def ints(self, name, values):
        return self.weight(name, [len(values)], "int64", ", ".join(map(str, values)))

    def node(self, output, op, *inputs, **attributes):
        attrs = ", ".join(f"{k} = {v}" for k, v in sorted(attributes.items()))
        attrs = f" <{attrs}>" if attrs else ""
        self.nodes.append(f"  {output} = {op}{attrs} ({', '.join(inputs)})")
        return output

    def comment(self, text):
        self.nodes.append(f"  # {text}")

    def conv(self, x, name, cin, cout, kernel, stride=1, groups=1):
        pad = kernel // 2
        group = {"group": groups} if groups > 1 else {}
        return self.node(
            name,
            "Conv",
            x,
            self.weight(f"{name}_weight", [cout, cin // groups, kernel, kernel]),
            self.weight(f"{name}_bias", [cout]),
            **group,
            kernel_shape=[kernel] * 2,
            pads=[pad] * 4,
            strides=[stride] * 2,
        )

    def linear(self, x, name, cin, cout):
        """MatMul and bias, for inputs of any rank."""
        product = self.node(f"{name}_matmul", "MatMul", x, self.weight(f"{name}_weight", [cin, cout]))
        return self.node(name, "Add", product, self.weight(f"{name}_bias", [cout]))

    def classifier(self, x, channels, classes):
        pooled = self.node("pooled", "GlobalAveragePool", x)
        flat = self.node("features", "Flatten", pooled, axis=1)
        weight = self.weight("classifier_weight", [classes, channels])
        bias = self.weight("classifier_bias", [classes])
        self.node(self.outputs[0][0], "Gemm", flat, weight, bias, transB=1)

    def text(self):
        def values(items):
            return ", ".join(f"{dtype}[{','.join(map(str, dims))}] {name}" for name, dtype, dims in items)

        comment = textwrap.fill(self.about, 78, initial_indent="# ", subsequent_indent="# ")
        weights = ",\n   ".join(self.weights)
        nodes = "\n".join(self.nodes)
        return (
            f"{comment}\n# Written by generate.py.\n"
            f'<ir_version: 8, opset_import: ["" : 17], producer_name: "energy-opt">\n'
            f"{self.name} ({values(self.inputs)}) => ({values(self.outputs)})\n"
            f"  <{weights}>\n{{\n{nodes}\n}}\n"
        )


def resnet18():
    m = Model(
        "resnet18",
        "ResNet-18 for 1000 classes (He et al., 2015, arXiv:1512.03385, table 1).",
        [("image", "float", ["batch", 3, 224, 224])],
        [("logits", "float", ["batch", 1000])],
    )
    m.comment("stem")
    x = m.node("conv1_relu", "Relu", m.conv("image", "conv1", 3, 64, 7, 2))
    x = m.node("maxpool", "MaxPool", x, kernel_shape=[3, 3], pads=[1] * 4, strides=[2, 2])
    channels = 64
    for stage, width in enumerate([64, 128, 256, 512], 1):
        for block in range(2):
            name = f"layer{stage}_{block}"
            stride = 2 if stage > 1 and block == 0 else 1
            m.comment(f"stage {stage}, block {block}: {channels} to {width} channels")
            y = m.conv(x, f"{name}_conv1", channels, width, 3, stride)
            y = m.node(f"{name}_relu1", "Relu", y)
            y = m.conv(y, f"{name}_conv2", width, width, 3)
            if channels != width:
                x = m.conv(x, f"{name}_downsample", channels, width, 1, stride)
            x = m.node(f"{name}_add", "Add", y, x)
            x = m.node(f"{name}_relu2", "Relu", x)
            channels = width
    m.comment("classifier")
    m.classifier(x, channels, 1000)
    return m


def mobilenet_v2():
    m = Model(
        "mobilenet_v2",
        "MobileNetV2 for 1000 classes (Sandler et al., 2018, arXiv:1801.04381, table 2).",
        [("image", "float", ["batch", 3, 224, 224])],
        [("logits", "float", ["batch", 1000])],
    )
    low, high = (m.weight(f"relu6_{n}", [], values=v) for n, v in (("min", "0.0"), ("max", "6.0")))

    def conv_relu6(x, name, *args):
        return m.node(f"{name}_relu6", "Clip", m.conv(x, name, *args), low, high)

    m.comment("stem")
    x, channels, index = conv_relu6("image", "stem", 3, 32, 3, 2), 32, 0
    # expansion, channels, repeats, stride
    for expand, width, repeats, stride in [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ]:
        for repeat in range(repeats):
            name, step, hidden = f"block{index}", stride if repeat == 0 else 1, channels * expand
            m.comment(f"block {index}: {channels} to {width} channels, expansion {expand}, stride {step}")
            y = x if expand == 1 else conv_relu6(x, f"{name}_expand", channels, hidden, 1)
            y = conv_relu6(y, f"{name}_depthwise", hidden, hidden, 3, step, hidden)
            y = m.conv(y, f"{name}_project", hidden, width, 1)
            x = m.node(f"{name}_add", "Add", x, y) if step == 1 and channels == width else y
            channels, index = width, index + 1
    m.comment("classifier")
    x = conv_relu6(x, "head", channels, 1280, 1)
    m.classifier(x, 1280, 1000)
    return m


def bert_base():
    layers, heads, hidden, vocabulary, positions = 12, 12, 768, 30522, 512
    m = Model(
        "bert_base",
        "BERT-base encoder (Devlin et al., 2018, arXiv:1810.04805), any batch and sequence length, "
        "attention and GELU decomposed as PyTorch exports them.",
        [("input_ids", "int64", ["batch", "sequence"])],
        [("hidden_states", "float", ["batch", "sequence", hidden])],
    )

    def norm(x, name):
        scale, bias = (m.weight(f"{name}_{part}", [hidden]) for part in ("scale", "bias"))
        return m.node(name, "LayerNormalization", x, scale, bias, axis=-1)

    def scalar(name, value):
        return m.weight(name, [], values=value)

    split = m.ints("split_heads", [0, 0, heads, hidden // heads])
    merge = m.ints("merge_heads", [0, 0, hidden])
    root = scalar("root_head_size", "8.0")
    half, one, root2 = scalar("half", "0.5"), scalar("one", "1.0"), scalar("root_2", "1.4142135")

    m.comment("embeddings of words and of positions 0 .. sequence - 1")
    words = m.node("words", "Gather", m.weight("word_table", [vocabulary, hidden]), "input_ids")
    length = m.node("length", "Shape", "input_ids", start=1, end=2)
    zero = m.ints("zero", [0])
    table = m.weight("position_table", [positions, hidden])
    places = m.node("places", "Slice", table, zero, length, zero)
    x = norm(m.node("embedded", "Add", words, places), "embedding_norm")

    def attention(x, name):
        parts = []
        for part, perm in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
            y = m.linear(x, f"{name}_{part}", hidden, hidden)
            y = m.node(f"{name}_{part}_split", "Reshape", y, split)
            parts.append(m.node(f"{name}_{part}_heads", "Transpose", y, perm=perm))
        scores = m.node(f"{name}_scores", "MatMul", parts[0], parts[1])
        scaled = m.node(f"{name}_scaled", "Div", scores, root)
        probs = m.node(f"{name}_probabilities", "Softmax", scaled, axis=-1)
        context = m.node(f"{name}_context", "MatMul", probs, parts[2])
        context = m.node(f"{name}_context_rows", "Transpose", context, perm=[0, 2, 1, 3])
        context = m.node(f"{name}_context_merged", "Reshape", context, merge)
        return m.linear(context, f"{name}_output", hidden, hidden)

    def gelu(x, name):
        erf = m.node(f"{name}_erf", "Erf", m.node(f"{name}_over_root2", "Div", x, root2))
        gate = m.node(f"{name}_plus1", "Add", erf, one)
        return m.node(f"{name}_gelu", "Mul", m.node(f"{name}_gated", "Mul", x, gate), half)

    for layer in range(layers):
        name = f"layer{layer}"
        m.comment(f"layer {layer}")
        y = m.node(f"{name}_residual1", "Add", attention(x, f"{name}_attention"), x)
        x = norm(y, f"{name}_norm1")
        y = gelu(m.linear(x, f"{name}_ffn1", hidden, 4 * hidden), f"{name}_ffn1")
        y = m.linear(y, f"{name}_ffn2", 4 * hidden, hidden)
        x = norm(m.node(f"{name}_residual2", "Add", y, x), f"{name}_norm2")
    m.node("hidden_states", "Identity", x)
    return m


def main():
    stale = []
    for make in (resnet18, mobilenet_v2, bert_base):
        model = make()
        path, text = FOLDER / f"{model.name}.onnxtxt", model.text()
        if sys.argv[1:] != ["--check"]:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(path.name)
    if stale:
        sys.exit(f"{', '.join(stale)}: not what generate.py writes; run it again")


main()
