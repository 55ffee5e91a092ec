"""Language models as ONNX text, without weights: training runs are priced on them.

    transformers.py NAME [-o FILE]     writes one; without NAME, lists them

Dims are those of the papers, as far as `source` says so; the numbers of parameters
that the papers give are checked against (test/validation/training_runs.py).
"""

import argparse
import dataclasses
import sys

from generate import Model


@dataclasses.dataclass(frozen=True)
class Decoder:
    """A stack of decoder layers. `gated`: SwiGLU, RMS norm, rotary positions, no
    biases; else GELU, layer norm, learned positions, biases."""

    layers: int
    width: int
    heads: int
    hidden: int
    vocabulary: int
    sequence: int
    key_heads: int
    gated: bool
    tied: bool
    source: str


def llama(layers, width, heads, hidden, sequence, key_heads=None, vocabulary=32000, source=""):
    return Decoder(layers, width, heads, hidden, vocabulary, sequence, key_heads or heads, True, False, source)


@dataclasses.dataclass(frozen=True)
class EncoderDecoder:
    """T5: relative positions, ReLU, RMS norm, tied embeddings."""

    layers: int  # of each stack
    width: int
    heads: int
    head: int
    hidden: int
    vocabulary: int
    sequence: int
    target: int
    source: str


LLAMA1 = "Touvron et al. 2023, arXiv:2302.13971, table 2; hidden sizes recalled, unchecked"
LLAMA2 = "Touvron et al. 2023, arXiv:2307.09288; dims recalled, unchecked"
LLAMA3 = "Dubey et al. 2024, arXiv:2407.21783, table 3"
MODELS = {
    "gpt-3": Decoder(96, 12288, 96, 49152, 50257, 2048, 96, False, True, "Brown et al. 2020, arXiv:2005.14165, table 2.1"),
    "gpt-2": Decoder(12, 768, 12, 3072, 50257, 1024, 12, False, True, "Radford et al. 2019"),
    "t5-11b": EncoderDecoder(24, 1024, 128, 128, 65536, 32128, 512, 114, "Raffel et al. 2020, arXiv:1910.10683, section 3.7"),
    "llama-7b": llama(32, 4096, 32, 11008, 2048, source=LLAMA1),
    "llama-13b": llama(40, 5120, 40, 13824, 2048, source=LLAMA1),
    "llama-33b": llama(60, 6656, 52, 17920, 2048, source=LLAMA1),
    "llama-65b": llama(80, 8192, 64, 22016, 2048, source=LLAMA1),
    "llama-2-7b": llama(32, 4096, 32, 11008, 4096, source=LLAMA2),
    "llama-2-13b": llama(40, 5120, 40, 13824, 4096, source=LLAMA2),
    "llama-2-34b": llama(48, 8192, 64, 22016, 4096, 8, source=LLAMA2),
    "llama-2-70b": llama(80, 8192, 64, 28672, 4096, 8, source=LLAMA2),
    "llama-3.1-8b": llama(32, 4096, 32, 14336, 8192, 8, 128256, LLAMA3),
    "llama-3.1-70b": llama(80, 8192, 64, 28672, 8192, 8, 128256, LLAMA3),
    "llama-3.1-405b": llama(126, 16384, 128, 53248, 8192, 8, 128256, LLAMA3),
    "starcoderbase": Decoder(40, 6144, 48, 24576, 49152, 8192, 1, False, True, "Li et al. 2023, arXiv:2305.06161, table 5"),
}


class Builder(Model):
    def product(self, x, name, inputs, outputs, bias=False):
        if bias:
            return self.linear(x, name, inputs, outputs)
        return self.node(name, "MatMul", x, self.weight(f"{name}_weight", [inputs, outputs]))

    def split_heads(self, x, name, shape, order):
        heads = self.node(f"{name}_heads", "Reshape", x, self.ints(f"{name}_shape", shape))
        return self.node(f"{name}_turned", "Transpose", heads, perm=order)

    def attention(self, q, k, v, name, heads, groups, head, bias=None):
        """Scores, softmax, values; `heads` queries share a key in groups."""
        if groups == heads:
            split, order, back = [0, 0, heads, head], [0, 2, 1, 3], [0, 2, 1, 3]
            q = self.split_heads(q, f"{name}_q", split, order)
            k = self.split_heads(k, f"{name}_k", split, [0, 2, 3, 1])
            v = self.split_heads(v, f"{name}_v", split, order)
        else:
            back = [0, 3, 1, 2, 4]
            q = self.split_heads(q, f"{name}_q", [0, 0, groups, heads // groups, head], [0, 2, 3, 1, 4])
            k = self.split_heads(k, f"{name}_k", [0, 0, groups, 1, head], [0, 2, 3, 4, 1])
            v = self.split_heads(v, f"{name}_v", [0, 0, groups, 1, head], [0, 2, 3, 1, 4])
        scores = self.node(f"{name}_scores", "MatMul", q, k)
        scores = self.node(f"{name}_scaled", "Mul", scores, "scale")
        if bias:
            scores = self.node(f"{name}_biased", "Add", scores, bias)
        weights = self.node(f"{name}_softmax", "Softmax", scores, axis=-1)
        values = self.node(f"{name}_values", "MatMul", weights, v)
        values = self.node(f"{name}_back", "Transpose", values, perm=back)
        return self.node(f"{name}_joined", "Reshape", values, self.ints(f"{name}_joined_shape", [0, 0, heads * head]))


def decoder(name, d):
    m = Builder(
        name.replace("-", "_").replace(".", "_"),
        f"{name} ({d.source}).",
        [("tokens", "int64", ["batch", d.sequence])],
        [("logits", "float", ["batch", d.sequence, d.vocabulary])],
    )
    head = d.width // d.heads
    m.weight("scale", [], values="1.0")
    table = m.weight("embedding", [d.vocabulary, d.width])
    x = m.node("embedded", "Gather", table, "tokens")
    if not d.gated:
        x = m.node("positioned", "Add", x, m.weight("positions", [d.sequence, d.width]))
    else:
        m.ints("where", [0])
        for part in ("cos", "sin"):
            m.weight(part, [d.sequence, head // 2])

    def norm(x, name):
        scale = m.weight(f"{name}_scale", [d.width])
        if d.gated:
            return m.node(name, "com.microsoft.SimplifiedLayerNormalization", x, scale)
        return m.node(name, "LayerNormalization", x, scale, m.weight(f"{name}_shift", [d.width]))

    bias = not d.gated
    keys = d.key_heads * head
    for layer in range(d.layers):
        n = f"l{layer}"
        m.comment(f"layer {layer}")
        y = norm(x, f"{n}_norm1")
        q = m.product(y, f"{n}_q", d.width, d.width, bias)
        k = m.product(y, f"{n}_k", d.width, keys, bias)
        v = m.product(y, f"{n}_v", d.width, keys, bias)
        if d.gated:
            q, k = (
                m.node(f"{part}_rotated", "com.microsoft.RotaryEmbedding", part, "where", "cos", "sin", num_heads=heads)
                for part, heads in ((q, d.heads), (k, d.key_heads))
            )
        y = m.attention(q, k, v, f"{n}_attention", d.heads, d.key_heads, head)
        x = m.node(f"{n}_add1", "Add", x, m.product(y, f"{n}_out", d.width, d.width, bias))
        y = norm(x, f"{n}_norm2")
        up = m.product(y, f"{n}_up", d.width, d.hidden, bias)
        if d.gated:
            gate = m.product(y, f"{n}_gate", d.width, d.hidden)
            gate = m.node(f"{n}_silu", "Mul", gate, m.node(f"{n}_sigmoid", "Sigmoid", gate))
            up = m.node(f"{n}_gated", "Mul", gate, up)
        else:
            up = m.node(f"{n}_gelu", "com.microsoft.Gelu", up)
        x = m.node(f"{n}_add2", "Add", x, m.product(up, f"{n}_down", d.hidden, d.width, bias))
    x = norm(x, "norm")
    if d.tied:
        turned = m.node("turned", "Transpose", table, perm=[1, 0])
        m.node("logits", "MatMul", x, turned)
    else:
        m.product(x, "logits", d.width, d.vocabulary)
    return m


def encoder_decoder(name, d):
    m = Builder(
        name.replace("-", "_"),
        f"{name} ({d.source}).",
        [("tokens", "int64", ["batch", d.sequence]), ("targets", "int64", ["batch", d.target])],
        [("logits", "float", ["batch", d.target, d.vocabulary])],
    )
    inner = d.heads * d.head
    m.weight("scale", [], values="1.0")
    table = m.weight("embedding", [d.vocabulary, d.width])

    def norm(x, name):
        return m.node(name, "com.microsoft.SimplifiedLayerNormalization", x, m.weight(f"{name}_scale", [d.width]))

    def position_bias(stack, length):
        buckets = m.weight(f"{stack}_buckets", [length, length], "int64")
        bias = m.node(f"{stack}_bias_rows", "Gather", m.weight(f"{stack}_bias", [32, d.heads]), buckets)
        return m.node(f"{stack}_bias_heads", "Transpose", bias, perm=[2, 0, 1])

    def attend(x, memory, n, bias=None):
        y = norm(x, f"{n}_norm")
        source = memory or y
        q = m.product(y, f"{n}_q", d.width, inner)
        k = m.product(source, f"{n}_k", d.width, inner)
        v = m.product(source, f"{n}_v", d.width, inner)
        y = m.attention(q, k, v, n, d.heads, d.heads, d.head, bias)
        return m.node(f"{n}_add", "Add", x, m.product(y, f"{n}_out", inner, d.width))

    def feed(x, n):
        y = m.product(norm(x, f"{n}_norm"), f"{n}_up", d.width, d.hidden)
        y = m.product(m.node(f"{n}_relu", "Relu", y), f"{n}_down", d.hidden, d.width)
        return m.node(f"{n}_add", "Add", x, y)

    x = m.node("embedded", "Gather", table, "tokens")
    bias = position_bias("encoder", d.sequence)
    for layer in range(d.layers):
        m.comment(f"encoder layer {layer}")
        x = feed(attend(x, None, f"e{layer}_self", bias), f"e{layer}_ff")
    memory = norm(x, "encoded")
    x = m.node("target_embedded", "Gather", table, "targets")
    bias = position_bias("decoder", d.target)
    for layer in range(d.layers):
        m.comment(f"decoder layer {layer}")
        x = attend(x, None, f"d{layer}_self", bias)
        x = feed(attend(x, memory, f"d{layer}_cross"), f"d{layer}_ff")
    m.node("logits", "MatMul", norm(x, "decoded"), m.node("turned", "Transpose", table, perm=[1, 0]))
    return m


def text(name):
    dims = MODELS[name]
    return (decoder if isinstance(dims, Decoder) else encoder_decoder)(name, dims).text()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", choices=sorted(MODELS))
    parser.add_argument("-o", default="-")
    options = parser.parse_args()
    if not options.name:
        print("\n".join(sorted(MODELS)))
    elif options.o == "-":
        sys.stdout.write(text(options.name))
    else:
        with open(options.o, "w") as file:
            file.write(text(options.name))


if __name__ == "__main__":
    main()
