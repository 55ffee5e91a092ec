//===- HalfSupport.cpp - What ONNX computes in 16 bits --------------------===//

#include "Suggest/Precision/HalfSupport.h"

#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Endian.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;

/// Ops of ai.onnx whose schema takes no float16 for what they are about, or
/// whose results it would spoil.
static constexpr struct {
  StringRef op;
  const char *why;
} kFloat32[] = {
    {"AffineGrid", "sampling coordinates need float32"},
    {"Bernoulli", "random numbers are made in float32"},
    {"BlackmanWindow", "signal processing takes float32"},
    {"Celu", "takes float32 only"},
    {"ConcatFromSequence", "a sequence of float32"},
    {"DFT", "signal processing takes float32"},
    {"DynamicQuantizeLinear", "takes float32 only"},
    {"EyeLike", "takes its type from an attribute"},
    {"GridSample", "sampling coordinates need float32"},
    {"HammingWindow", "signal processing takes float32"},
    {"HannWindow", "signal processing takes float32"},
    {"LpNormalization", "squares can exceed float16's range"},
    {"MeanVarianceNormalization", "squares can exceed float16's range"},
    {"MelWeightMatrix", "signal processing takes float32"},
    {"Multinomial", "random numbers are made in float32"},
    {"NegativeLogLikelihoodLoss", "a loss sums over the batch"},
    {"NonMaxSuppression", "takes float32 only"},
    {"Optional", "an optional of float32"},
    {"OptionalGetElement", "an optional of float32"},
    {"QLinearConv", "quantized already"},
    {"QLinearMatMul", "quantized already"},
    {"RandomNormal", "random numbers are made in float32"},
    {"RandomNormalLike", "random numbers are made in float32"},
    {"RandomUniform", "random numbers are made in float32"},
    {"RandomUniformLike", "random numbers are made in float32"},
    {"Range", "positions need float32"},
    {"RoiAlign", "box coordinates need float32"},
    {"STFT", "signal processing takes float32"},
    {"SequenceAt", "a sequence of float32"},
    {"SequenceConstruct", "a sequence of float32"},
    {"SequenceInsert", "a sequence of float32"},
    {"SoftmaxCrossEntropyLoss", "a loss sums over the batch"},
    {"SplitToSequence", "a sequence of float32"},
    {"TfIdfVectorizer", "takes float32 only"},
};

/// Ops that take bfloat16 from a later opset than 13, or not at all.
static constexpr StringRef kBfloatFrom16[] = {"GreaterOrEqual", "LeakyRelu", "LessOrEqual", "PRelu",
                                              "Where"};
static constexpr StringRef kBfloatFrom22[] = {"Acos",
                                              "Acosh",
                                              "Asin",
                                              "Asinh",
                                              "Atan",
                                              "Atanh",
                                              "AveragePool",
                                              "Conv",
                                              "ConvTranspose",
                                              "Cos",
                                              "Cosh",
                                              "DeformConv",
                                              "Det",
                                              "Elu",
                                              "GRU",
                                              "GlobalAveragePool",
                                              "GlobalLpPool",
                                              "GlobalMaxPool",
                                              "HardSigmoid",
                                              "HardSwish",
                                              "InstanceNormalization",
                                              "LSTM",
                                              "LpPool",
                                              "MaxPool",
                                              "MaxRoiPool",
                                              "MaxUnpool",
                                              "Mish",
                                              "RNN",
                                              "Round",
                                              "Selu",
                                              "Sin",
                                              "Sinh",
                                              "Softplus",
                                              "Softsign",
                                              "Tan",
                                              "ThresholdedRelu"};
static constexpr StringRef kNoBfloat[] = {"Compress", "ConstantOfShape", "Einsum",
                                          "OneHot",   "ReverseSequence", "TopK",
                                          "Trilu",    "Unique"};

/// Ops of com.microsoft that compute in float16 as they do in float32.
static constexpr StringRef kMicrosoftHalf[] = {"Attention",
                                               "BiasAdd",
                                               "BiasGelu",
                                               "BiasSplitGelu",
                                               "EmbedLayerNormalization",
                                               "FastGelu",
                                               "FusedConv",
                                               "FusedMatMul",
                                               "GatherBlockQuantized",
                                               "Gelu",
                                               "GemmFastGelu",
                                               "GroupNorm",
                                               "GroupQueryAttention",
                                               "MatMulNBits",
                                               "MultiHeadAttention",
                                               "QuickGelu",
                                               "RotaryEmbedding",
                                               "SimplifiedLayerNormalization",
                                               "SkipGroupNorm",
                                               "SkipLayerNormalization",
                                               "SkipSimplifiedLayerNormalization"};

const char *energyopt::whyFloat32(Operation *op, DType narrow) {
  auto [domain, name] = onnxDomainAndType(op);
  if (domain == "com.microsoft")
    return llvm::is_contained(kMicrosoftHalf, name) ? nullptr : "its kernels take float32";
  if (!domain.empty())
    return "an op of another domain";
  int64_t opset = opsetOf(op);
  for (const auto &known : kFloat32)
    if (name == known.op)
      return known.why;
  if ((name == "QuantizeLinear" || name == "DequantizeLinear") && opset < 19)
    return "its scale is float32 before opset 19";
  if ((name == "IsInf" && opset < 20) || (name == "CumSum" && opset < 14))
    return "takes float32 only in this opset";
  if (name.contains("Normalization") && intAttr(op, "stash_type", 1) != 1)
    return "it is asked to sum in another type than float32";
  if (narrow != DType::BF16)
    return nullptr;
  if (opset < 16 && llvm::is_contained(kBfloatFrom16, name))
    return "takes bfloat16 from opset 16 on";
  if (opset < 22 && llvm::is_contained(kBfloatFrom22, name))
    return "takes bfloat16 from opset 22 on";
  if (llvm::is_contained(kNoBfloat, name))
    return "takes no bfloat16";
  return nullptr;
}

bool energyopt::growsLarge(Operation *op) {
  static constexpr StringRef kLarge[] = {
      "CumSum",          "Exp",        "Pow",       "ReduceL1",       "ReduceL2", "ReduceLogSum",
      "ReduceLogSumExp", "ReduceProd", "ReduceSum", "ReduceSumSquare"};
  if (llvm::any_of(kLarge, [&](StringRef name) { return isNamed(op, name); }))
    return true;
  return isNamed(op, "Mul") && op->getOperand(0) == op->getOperand(1);
}

bool energyopt::staysFloat32(Operation *op, unsigned operand) {
  if (isNamed(op, "Resize") || isNamed(op, "Upsample")) // its scales
    return operand > 0;
  // A ratio, a depth: of a type of their own.
  return (isNamed(op, "Dropout") && operand > 0) || (isNamed(op, "OneHot") && operand == 1);
}

bool energyopt::resultStaysFloat32(Operation *op, unsigned result) {
  // Mean and deviation have the type they are summed in.
  return result > 0 && onnxDomainAndType(op).second.contains("Normalization");
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

static uint16_t bfloatOf(uint32_t bits, size_t &clamped) {
  uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) // NaN, and a quiet one
    return static_cast<uint16_t>(bits >> 16 | 0x40);
  if (magnitude >= 0x7f7f8000 && magnitude < 0x7f800000) {
    ++clamped;
    return static_cast<uint16_t>(sign | 0x7f7f);
  }
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static uint16_t halfOf(uint32_t bits, size_t &clamped) {
  constexpr uint32_t kInfinity = 0x7f800000, kOverflow = 0x477ff000 /* 65520 */,
                     kLeastNormal = 0x38800000 /* 2^-14 */;
  uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude >= kInfinity)
    return static_cast<uint16_t>(sign | (magnitude > kInfinity ? 0x7e00 : 0x7c00));
  if (magnitude >= kOverflow) {
    ++clamped;
    return static_cast<uint16_t>(sign | 0x7bff);
  }
  if (magnitude < kLeastNormal) {
    // 0.5 has the spacing of float16's subnormals: the sum rounds to it.
    float sum = llvm::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<uint16_t>(sign | (llvm::bit_cast<uint32_t>(sum) - 0x3f000000));
  }
  uint32_t rounded = magnitude + 0xfff + (magnitude >> 13 & 1) - (112u << 23);
  return static_cast<uint16_t>(sign | rounded >> 13);
}

std::vector<uint8_t> energyopt::narrowFloats(llvm::ArrayRef<float> values, DType narrow,
                                             size_t &clamped) {
  std::vector<uint8_t> bytes(2 * values.size());
  for (auto [i, value] : llvm::enumerate(values)) {
    auto bits = llvm::bit_cast<uint32_t>(value);
    uint16_t rounded = narrow == DType::BF16 ? bfloatOf(bits, clamped) : halfOf(bits, clamped);
    llvm::support::endian::write16le(bytes.data() + 2 * i, rounded);
  }
  return bytes;
}
