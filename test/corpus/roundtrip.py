#!/usr/bin/python3
"""Import and export again without a rewrite: is it still the same model?

Every model of the corpus that energy-opt reads is written by `energy-opt optimize`
and compared with the original, message by message, by Python's onnx and protobuf.
What has no meaning in ONNX may differ: the order of attributes, of operator sets
and of value_infos, the order of nodes that were not sorted, declarations of values
that nothing defines, and doc strings of attributes. Operator sets that the file
forgot to import are added, and a dim of -1 becomes one without a value.
"""

import collections
import math
import pathlib
import shutil
import subprocess
import tempfile

import onnx

from harness import Harness


EXCEPTIONS = {
    # Declares one output twice, the second time with the type of both.
    "fuse-conv-bn-mul-add-unsqueeze.negative_axes.onnx",
}


def normalize_attributes(attributes):
    kept = sorted(attributes, key=lambda a: a.name)
    for attribute in kept:
        attribute.ClearField("doc_string")
        # Deduced where old models leave it out.
        if not attribute.type:
            attribute.type = type_of(attribute)
        normalize_value(attribute)
    copies = [onnx.AttributeProto.FromString(a.SerializeToString(deterministic=True)) for a in kept]
    del attributes[:]
    attributes.extend(copies)


def type_of(attribute):
    for field, kind in (
        ("floats", "FLOATS"), ("ints", "INTS"), ("strings", "STRINGS"), ("tensors", "TENSORS"),
        ("graphs", "GRAPHS"),
    ):
        if getattr(attribute, field):
            return onnx.AttributeProto.AttributeType.Value(kind)
    for field, kind in (("f", "FLOAT"), ("i", "INT"), ("s", "STRING"), ("t", "TENSOR"), ("g", "GRAPH")):
        if attribute.HasField(field):
            return onnx.AttributeProto.AttributeType.Value(kind)
    return 0


def normalize_value(attribute):
    """A default that is written out, or not, is the same value."""
    if attribute.type == onnx.AttributeProto.INT:
        attribute.i = attribute.i
    if attribute.type == onnx.AttributeProto.FLOAT:
        attribute.f = attribute.f
    if attribute.type == onnx.AttributeProto.STRING:
        attribute.s = attribute.s
    if attribute.HasField("g"):
        normalize_graph(attribute.g)
    for graph in attribute.graphs:
        normalize_graph(graph)
    for tensor in [attribute.t] * attribute.HasField("t") + list(attribute.tensors):
        normalize_tensor(tensor)


def normalize_tensor(tensor):
    if tensor.data_location == onnx.TensorProto.DEFAULT:
        tensor.ClearField("data_location")
    if tensor.HasField("raw_data") and not tensor.raw_data:
        tensor.ClearField("raw_data")
    if tensor.HasField("name") and not tensor.name:
        tensor.ClearField("name")
    external = {entry.key: entry.value for entry in tensor.external_data}
    del tensor.external_data[:]
    if external:
        external.setdefault("offset", "0")
        external.setdefault("length", str(math.prod(tensor.dims) * WIDTH.get(tensor.data_type, 0)))
        for key in sorted(external):
            tensor.external_data.add(key=key, value=external[key])


# Bytes of an element, by TensorProto.DataType.
WIDTH = {1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 14: 8, 15: 16, 16: 2}


def normalize_nodes(holder):
    for node in holder.node:
        normalize_attributes(node.attribute)
        if node.domain == "ai.onnx":
            node.domain = ""
        if not node.domain:
            node.ClearField("domain")
        if not node.name:
            node.ClearField("name")
    nodes = sorted(holder.node, key=lambda n: n.SerializeToString(deterministic=True))
    copies = [onnx.NodeProto.FromString(n.SerializeToString(deterministic=True)) for n in nodes]
    del holder.node[:]
    holder.node.extend(copies)


def normalize_graph(graph):
    normalize_nodes(graph)
    for tensor in graph.initializer:
        normalize_tensor(tensor)
    for sparse in graph.sparse_initializer:
        normalize_tensor(sparse.values)
        normalize_tensor(sparse.indices)
    defined = {name for node in graph.node for name in node.output}
    ports = {value.name for value in list(graph.output) + list(graph.input)}
    infos = [v for v in graph.value_info if v.name in defined - ports and v.type.WhichOneof("value")]
    infos = {v.name: v for v in infos}
    copies = [onnx.ValueInfoProto.FromString(infos[name].SerializeToString()) for name in sorted(infos)]
    del graph.value_info[:]
    graph.value_info.extend(copies)
    for value in list(graph.input) + list(graph.output) + list(graph.value_info):
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_value < 0:
                dim.ClearField("dim_value")
        if value.HasField("type") and not value.type.WhichOneof("value"):
            value.ClearField("type")
    if not graph.name:
        graph.ClearField("name")


def normalized(path):
    model = onnx.load(str(path), load_external_data=False)
    normalize_graph(model.graph)
    for function in model.functions:
        normalize_nodes(function)
    for opsets in [model.opset_import] + [f.opset_import for f in model.functions]:
        pairs = sorted({("" if o.domain == "ai.onnx" else o.domain, o.version) for o in opsets})
        del opsets[:]
        opsets.extend(onnx.OperatorSetIdProto(domain=d or None, version=v) for d, v in pairs)
    for field in ("producer_name", "producer_version", "domain", "doc_string"):
        if not getattr(model, field):
            model.ClearField(field)
    return model


def allow_completion(old, new):
    """What the file says must come back; missing types and imports may be added."""
    defaults = {tensor.name for tensor in old.graph.initializer}
    for a, b in list(zip(old.graph.input, new.graph.input)) + list(zip(old.graph.output, new.graph.output)):
        if not a.HasField("type"):
            b.ClearField("type")
        for value in (a, b):
            if value.name in defaults:  # as its initializer says
                value.type.tensor_type.ClearField("shape")
    for a, b in [(old, new)] + list(zip(old.functions, new.functions)):
        known = {o.domain for o in a.opset_import}
        a.opset_import.extend(o for o in b.opset_import if o.domain not in known)
        pairs = sorted((o.domain, o.version) for o in a.opset_import)
        del a.opset_import[:]
        a.opset_import.extend(onnx.OperatorSetIdProto(domain=d or None, version=v) for d, v in pairs)


def difference(old, new, path="model"):
    """The first place where two messages differ, None if there is none."""
    if old == new:
        return None
    for field in old.DESCRIPTOR.fields:
        a, b = getattr(old, field.name), getattr(new, field.name)
        if field.label == field.LABEL_REPEATED:
            if len(a) != len(b):
                return f"{path}.{field.name}: {len(a)} and {len(b)}: {str(a)[:300]} / {str(b)[:300]}"
            for i, (x, y) in enumerate(zip(a, b)):
                if x != y:
                    where = f"{path}.{field.name}[{i}]"
                    return difference(x, y, where) if field.message_type else f"{where}: {x!r} and {y!r}"
        elif field.message_type:
            if old.HasField(field.name) != new.HasField(field.name):
                return f"{path}.{field.name}: only in one"
            if a != b:
                return difference(a, b, f"{path}.{field.name}")
        elif a != b or old.HasField(field.name) != new.HasField(field.name):
            return f"{path}.{field.name}: {a!r} and {b!r}"
    return f"{path}: unknown fields"


def main():
    harness = Harness(__doc__.splitlines()[0])
    outcomes = collections.Counter()

    def check(path):
        if not harness.run(path).sane:
            return "refused", None
        with tempfile.TemporaryDirectory() as folder:
            # Beside the original, external data is referred to and not copied.
            out = pathlib.Path(folder) / "out.onnx"
            path = pathlib.Path(shutil.copy(path, folder))
            command = [harness.options.tool, "optimize", str(path), "-o", str(out), "--format=json", "--target=nvidia-t4"]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace")
            if done.returncode:
                error = done.stderr.strip().splitlines()[:1]
                return ("refused", None) if not harness.run(path).report else ("failed", error)
            try:
                old = normalized(path)
            except Exception:  # newer than this onnx
                return "unreadable by onnx", None
            new = normalized(out)
            allow_completion(old, new)
            same = old.SerializeToString(deterministic=True) == new.SerializeToString(deterministic=True)
            return ("same", None) if same else ("differs", difference(old, new))

    models = sorted(harness.corpus.rglob("*.onnx"))
    for path, (outcome, detail) in zip(models, harness.map(check, models)):
        outcomes[outcome] += 1
        if outcome in ("failed", "differs") and path.name not in EXCEPTIONS:
            harness.fail(path.relative_to(harness.corpus), f"{outcome}: {detail}")
    for outcome, count in sorted(outcomes.items()):
        print(f"{outcome:<20}{count:6}")
    harness.finish(f"{outcomes['same']} of {len(models)} models come back as they were")


if __name__ == "__main__":
    main()
