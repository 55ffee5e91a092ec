"""Every op that ONNX defines, and every contrib op that real exports hold, has a rule.

`coverage.py [NOTES.md]`: walks the schema registry of the installed onnx, the
list CONTRIB below, and in NOTES.md the table of ops that are newer than the
registry. Fails with the list of ops that `energy-opt ops` does not know from
the version on that the schema is of.
"""

import json
import re
import subprocess
import sys

import onnx.defs

# Ops of com.microsoft that exporters and ONNX Runtime's optimizer write
# (ContribOperators.md of ONNX Runtime 1.22), without those of training.
CONTRIB = """
Attention AttnLSTM BeamSearch BiasAdd BiasDropout BiasGelu BiasSoftmax BiasSplitGelu BifurcationDetector
BitmaskBiasDropout BitmaskDropout CDist ComplexMul ComplexMulConj ConvTransposeWithDynamicPads CropAndResize
DecoderAttention DecoderMaskedMultiHeadAttention DecoderMaskedSelfAttention DequantizeBFP DequantizeLinear
DequantizeWithOrder DynamicQuantizeLSTM DynamicQuantizeMatMul DynamicTimeWarping EPContext EmbedLayerNormalization
ExpandDims FastGelu FusedConv FusedGemm FusedMatMul FusedMatMulActivation GatedRelativePositionBias
GatherBlockQuantized GatherND Gelu GemmFastGelu GemmFloat8 GemmaRotaryEmbedding GreedySearch GridSample GroupNorm
GroupQueryAttention Inverse Irfft LongformerAttention MatMulBnb4 MatMulFpQ4 MatMulInteger16 MatMulIntegerToFloat
MatMulNBits MaxpoolWithMask MoE MulInteger MultiHeadAttention MurmurHash3 NGramRepeatBlock NhwcConv NhwcFusedConv
NhwcMaxPool PackedAttention PackedMultiHeadAttention Pad QAttention QGemm QLinearAdd QLinearAveragePool QLinearConcat
QLinearConv QLinearGlobalAveragePool QLinearLeakyRelu QLinearMul QLinearReduceMean QLinearSigmoid QLinearSoftmax
QLinearWhere QMoE QOrderedAttention QOrderedGelu QOrderedLayerNormalization QOrderedLongformerAttention
QOrderedMatMul QuantizeBFP QuantizeLinear QuantizeWithOrder QuickGelu Range ReduceSumInteger RelativePositionBias
RemovePadding RestorePadding Rfft RotaryEmbedding SampleOp Sampling SkipGroupNorm SkipLayerNormalization
SkipSimplifiedLayerNormalization Snpe SparseAttention SparseToDenseMatMul Tokenizer TorchEmbedding TransposeMatMul
Trilu UnfoldTensor Unique WhisperBeamSearch WordConvEmbedding
""".split()


def rules():
    """First version that a rule is for, by (domain, op)."""
    listing = json.loads(subprocess.run(["energy-opt", "ops", "--format=json"], check=True, capture_output=True).stdout)
    first = {}
    for row in listing["ops"]:
        key = row["domain"], row["op"]
        since = row.get("since", 1)  # ops of MLIR dialects have none
        first[key] = min(since, first.get(key, since))
    return first


def schemas():
    """(domain, op, version) of every version of every op in the registry."""
    for schema in onnx.defs.get_all_schemas_with_history():
        if not schema.deprecated:
            yield schema.domain or "ai.onnx", schema.name, schema.since_version


def newer(path):
    """The same from the first table of the notes on later opsets."""
    for domain, op, since in re.findall(r"^\| (ai\.onnx\S*) \| (\w+) \| (\d+) \|", open(path).read(), re.M):
        yield domain, op, int(since)


def main():
    known = rules()
    wanted = [*schemas(), *(("com.microsoft", op, 1) for op in CONTRIB)]
    if len(sys.argv) > 1:
        notes = list(newer(sys.argv[1]))
        assert len(notes) > 20, "the table of newer ops was not found"
        wanted += notes
    missing = sorted({f"{d}::{op} of version {v}" for d, op, v in wanted if known.get((d, op), v + 1) > v})
    print(f"{len(wanted)} versions of {len({w[:2] for w in wanted})} ops, {len(missing)} without a rule")
    print("\n".join(missing))
    sys.exit(bool(missing))


if __name__ == "__main__":
    main()
