//===- Fusion.cpp - Subgraphs to the single ops that compute them --------===//

#include "Suggest/Rewrites.h"

using namespace energyopt;

static constexpr Check kChecks[] = {
    {.id = "exact-fuse-gelu",
     .title = "Write GELU as one op",
     .rationale =
         "GELU spelled out in erf or tanh is five to eight launches, each with its passes over "
         "memory, where the runtime does not recognize it. It becomes Gelu from opset 20; "
         "before that, Gelu or FastGelu of ONNX Runtime's com.microsoft domain.",
     .elsewhere = "Export with opset 20, or onnxruntime.transformers.optimizer.",
     .exact = true,
     .apply = fuseGelu},
    {.id = "exact-fuse-activation",
     .title = "Write HardSwish, Swish and Mish as one op",
     .rationale =
         "An activation spelled out in its parts writes and reads the tensor once for each. "
         "HardSwish needs opset 14, Mish 18, Swish 24.",
     .elsewhere = "Export with a newer opset.",
     .exact = true,
     .apply = fuseActivations},
    {.id = "exact-fuse-layernorm",
     .title = "Write layer normalization as one op",
     .rationale =
         "Mean, difference, square, mean, root, quotient, scale and shift are up to nine launches "
         "over the same tensor. It becomes LayerNormalization, which ONNX has from opset 17 "
         "and ONNX Runtime in every opset.",
     .elsewhere = "Export with opset 17, or onnxruntime.transformers.optimizer.",
     .exact = true,
     .apply = fuseLayerNorm},
    {.id = "exact-fuse-rmsnorm",
     .title = "Write RMS normalization as one op",
     .rationale =
         "Square, mean, root, quotient and scale are up to seven launches over the same tensor. "
         "It becomes RMSNormalization from opset 23; before that, ONNX Runtime's "
         "SimplifiedLayerNormalization.",
     .elsewhere = "Export with opset 23, or onnxruntime.transformers.optimizer.",
     .exact = true,
     .apply = fuseRmsNorm},
    {.id = "exact-fuse-rotary",
     .title = "Write rotary embedding as one op",
     .rationale =
         "x * cos + rotate_half(x) * sin slices, negates, joins, multiplies twice and adds: up to "
         "seven launches over the queries and as many over the keys. It becomes ONNX Runtime's "
         "RotaryEmbedding, where all of a batch has the same positions.",
     .elsewhere = "onnxruntime.transformers.optimizer, or the ONNX Runtime GenAI model builder.",
     .exact = true,
     .apply = fuseRotary},
    {.id = "exact-fuse-attention",
     .title = "Write attention as one op",
     .rationale =
         "softmax(Q K^T) V in parts writes and reads the scores, which grow with the square of "
         "the length, for each part. It becomes Attention from opset 23; else ONNX Runtime's "
         "MultiHeadAttention. Scales of Q, K or the scores and masks that are added or chosen by "
         "a condition go along, the latter where every row keeps its first score or the rest is "
         "minus infinity; so does a mask of windows, and Q, K and V may be cut out of one "
         "product. Where batch and heads are one dim and the batch is open, a mask has to be a "
         "condition that is repeated for the heads. A target that fuses the parts itself may "
         "pay more for the layout that the op takes; there they stay.",
     .elsewhere = "Export with opset 23, or onnxruntime.transformers.optimizer.",
     .exact = true,
     .apply = fuseAttention},
};

llvm::ArrayRef<Check> energyopt::fusionChecks() { return kChecks; }
