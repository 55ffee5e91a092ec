//===- Precision.cpp - Narrower number formats ---------------------------===//

#include "Suggest/Precision/PrecisionParts.h"

#include "energy-opt/EnergyModel.h"

using namespace energyopt;

static constexpr CheckParameter kBlockSize[] = {
    {"block_size", 32, 16, 256, "weights that share a scale, a power of 2"}};
static constexpr CheckParameter kPorts[] = {
    {"io", 0, 0, 1,
     "1: inputs and outputs take the narrow type too, without a Cast at the border"}};
static constexpr CheckParameter kStatic[] = {
    {"ends", 0, 0, 1, "1: the first and the last layer too"},
    {"asymmetric", 0, 0, 1,
     "1: activations have a zero point, which fits ranges of one sign better and TensorRT "
     "refuses"}};

static const char *lacksInt8(const Target &target, const EnergyOptions &) {
  return hasFormat(target, Precision::Int8) ? nullptr : "it has no units for int8";
}
static constexpr char kFormatIsGiven[] =
    "floats are priced as --precision says, whatever the file has";
static const char *lacksHalf(const Target &target, const EnergyOptions &options) {
  if (!hasFormat(target, Precision::Fp16))
    return "it has no units for float16";
  return options.precision ? kFormatIsGiven : nullptr;
}
static const char *lacksBfloat(const Target &target, const EnergyOptions &options) {
  if (!hasFormat(target, Precision::Bf16))
    return "it has no units for bfloat16";
  return options.precision ? kFormatIsGiven : nullptr;
}

/// Weights first: what they leave as float32 can still become float16.
static constexpr Check kChecks[] = {
    {.id = "precision-int8-weights",
     .title = "Store the weights of matrix products and embeddings as int8",
     .rationale =
         "A product with few rows (a token at a time, a small batch) is bound by reading its "
         "weights: "
         "int8 is a quarter of float32. Activations and arithmetic stay as they are, so that no "
         "calibration is needed and the error is small. It pays where the runtime dequantizes "
         "inside "
         "the product; with many rows the arithmetic binds and nothing is gained.",
     .elsewhere = "torchao's int8_weight_only, bitsandbytes' load_in_8bit, or OpenVINO's NNCF "
                  "compress_weights, before the export.",
     .risk = Degree::Low,
     .group = "precision-weights",
     .perLayer = true,
     .apply = quantizeWeights8},
    {.id = "precision-int4-weights",
     .title = "Store the weights of matrix products in 4 bits",
     .rationale =
         "As int8 weights, at an eighth of float32: blocks of values along the reduction share a "
         "scale. The op is com.microsoft.MatMulNBits, so the model runs in ONNX Runtime only. "
         "Unpacking "
         "costs three operations a weight, which compute-bound layers do not earn back. Models "
         "below "
         "about a billion parameters lose accuracy visibly.",
     .elsewhere =
         "onnxruntime.quantization.matmul_nbits_quantizer, which also has GPTQ and HQQ, or "
         "AutoAWQ before the export.",
     .risk = Degree::Medium,
     .group = "precision-weights",
     .perLayer = true,
     .parameters = kBlockSize,
     .apply = quantizeWeights4},
    {.id = "precision-int8-static",
     .title = "Run layers on int8 units (QDQ)",
     .rationale =
         "An int8 multiply-add takes a fraction of the energy of a float one, and tensors are a "
         "quarter "
         "of the bytes. Each tensor between an int8 and a float op is converted on the way: where "
         "the "
         "runtime does not fuse these QuantizeLinear and DequantizeLinear nodes into the layers, "
         "or "
         "floats are read elsewhere, they cost launches and passes over memory, and small or "
         "memory-bound layers lose. The first and the last layer, softmax and normalizations stay, "
         "for "
         "accuracy. Activation ranges come from runs on real data.",
     .elsewhere = "onnxruntime.quantization.quantize_static, NVIDIA ModelOpt, OpenVINO's NNCF, or "
                  "TFLite's post-training quantization.",
     .risk = Degree::Medium,
     .effort = Degree::Low,
     .group = "precision",
     .perLayer = true,
     .tellsWhenNot = true,
     .needs = "ranges=FILE",
     .unsuited = lacksInt8,
     .parameters = kStatic,
     .apply = quantizeStatically},
    {.id = "precision-int8-dynamic",
     .title = "Run matrix products on int8 units, ranges found while they run",
     .rationale = "An int8 multiply-add takes a fraction of the energy of a float one, and weights "
                  "are a quarter "
                  "of the bytes. The range of each activation is found before it is quantized, one "
                  "more pass "
                  "over it, in exchange for no calibration. CPUs without VNNI or dot-product "
                  "instructions may "
                  "saturate: use 7-bit weights there (reduce_range of ONNX Runtime's quantizer).",
     .elsewhere =
         "onnxruntime.quantization.quantize_dynamic, torch.ao.quantization.quantize_dynamic.",
     .risk = Degree::Medium,
     .group = "precision",
     .perLayer = true,
     .unsuited = lacksInt8,
     .apply = quantizeDynamically},
    {.id = "precision-kv-cache",
     .title = "Keep the attention's keys and values as int8",
     .rationale =
         "A decoder reads all earlier keys and values for each token: with long contexts and large "
         "batches more bytes than the weights. int8 is a quarter of float32. The cache that one "
         "run "
         "hands to the next changes its type; each tensor of it has one scale, from the range that "
         "it "
         "was seen to take.",
     .elsewhere = "TensorRT-LLM's and vLLM's kv_cache_dtype, Transformers' QuantizedCache.",
     .risk = Degree::Low,
     .effort = Degree::Low,
     .needs = "ranges=FILE",
     .apply = quantizeCache},
    {.id = "precision-fp16",
     .title = "Compute in float16",
     .rationale =
         "Half the bytes of weights and activations, and matrix units run float16 several times "
         "faster "
         "than float32. Inputs and outputs keep their type, with a Cast at the border. Squares, "
         "powers "
         "and sums, which overflow at 65504, stay float32, and so does arithmetic of positions and "
         "masks; softmax and LayerNormalization convert, since kernels sum them in float32. "
         "Weights "
         "beyond the range are held at its limit. Each Cast is a pass over its tensor: a decoder's "
         "cache "
         "crosses the border every step, and is better converted too (io=1).",
     .elsewhere = "onnxconverter_common.float16, model.half() or torch.autocast before the export; "
                  "TensorRT's BuilderFlag.FP16.",
     .risk = Degree::Low,
     .group = "precision",
     .tellsWhenNot = true,
     .unsuited = lacksHalf,
     .parameters = kPorts,
     .apply = convertToHalf},
    {.id = "precision-bf16",
     .title = "Compute in bfloat16",
     .rationale = "As float16, with the range of float32 and 8 bits of precision: nothing "
                  "overflows. Newer CPUs "
                  "(AMX, AVX-512 BF16), TPUs and GPUs from Ampere on have units for it. "
                  "Convolutions and pools "
                  "take bfloat16 from opset 22 on; ONNX Runtime's CPU kernels for it are few.",
     .elsewhere = "model.bfloat16() or torch.autocast before the export; OpenVINO's "
                  "INFERENCE_PRECISION_HINT, TensorRT's BuilderFlag.BF16.",
     .risk = Degree::Low,
     .group = "precision",
     .unsuited = lacksBfloat,
     .parameters = kPorts,
     .apply = convertToBfloat},
    {.id = "precision-tf32",
     .title = "Let the runtime multiply in TF32",
     .rationale = "GPUs from Ampere on multiply float32 matrices on their tensor cores, several "
                  "times faster, if "
                  "10 bits of the mantissa are enough; storage and sums stay float32. It is a "
                  "setting: the model "
                  "does not change. Memory-bound layers do not gain.",
     .elsewhere = "torch.backends.cuda.matmul.allow_tf32 and torch.backends.cudnn.allow_tf32; "
                  "TensorRT has it on by default (BuilderFlag.TF32); ONNX Runtime's CUDA provider "
                  "option use_tf32.",
     .risk = Degree::Low,
     .group = "precision",
     .ofCosts = true,
     .advise = adviseTf32},
    {.id = "precision-fp8",
     .title = "Let the runtime multiply in FP8",
     .rationale = "GPUs from Hopper and Ada on, and some accelerators, multiply 8-bit floats at "
                  "twice the rate "
                  "of float16, from half the bytes. Scales of activations come from calibration or "
                  "from the runs "
                  "before. Normalizations, softmax and the last layer should stay in 16 bits.",
     .elsewhere = "NVIDIA ModelOpt with TensorRT, Transformer Engine, vLLM's quantization=\"fp8\".",
     .risk = Degree::Medium,
     .effort = Degree::Medium,
     .group = "precision",
     .ofCosts = true,
     .advise = adviseFp8},
};

llvm::ArrayRef<Check> energyopt::precisionChecks() { return kChecks; }
