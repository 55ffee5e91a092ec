//===- PrecisionRuntime.cpp - Number formats that a runtime sets ----------===//

#include "Suggest/Precision/PrecisionParts.h"

#include "Suggest/Advisor.h"

using namespace energyopt;

bool energyopt::hasFormat(const Target &target, Precision precision) {
  return bool(target.matrix.peakTeraOps[unsigned(precision)]) ||
         bool(target.vector.peakTeraOps[unsigned(precision)]);
}

/// Whether the floats that are multiplied are float32: what is narrower already,
/// or mixed on purpose, is left alone.
static bool multipliesFloat32(const WorkGraph &graph) {
  bool any = false;
  for (const GraphRow &row : graph.rows)
    for (const RowWork &work : row.work)
      if (isContraction(work.cls) && isFloat(work.dtype)) {
        if (work.dtype != DType::F32)
          return false;
        any = true;
      }
  return any;
}

/// The same graph with its floats in a format of the target.
static void advisePrecision(Advisor &advisor, Precision precision, llvm::StringRef apply) {
  const Situation &s = advisor.situation;
  if (s.energy.precision || !multipliesFloat32(advisor.base().graph))
    return;
  Suggestion suggestion = advisor.draft();
  EnergyOptions options = s.energy;
  options.precision = precision;
  for (auto [i, target] : llvm::enumerate(s.targets)) {
    if (!hasFormat(target, precision))
      continue;
    if (auto report = advisor.priced(advisor.base().graph, target, options))
      suggestion.savingJ[i] = advisor.baseJ(i) - report->energyJ.value;
  }
  suggestion.apply = apply.str();
  advisor.add(std::move(suggestion));
}

void energyopt::adviseTf32(Advisor &advisor) {
  advisePrecision(advisor, Precision::Tf32,
                  "torch.backends.cuda.matmul.allow_tf32 = True and "
                  "torch.backends.cudnn.allow_tf32 = True, or TensorRT's BuilderFlag.TF32; "
                  "--precision=tf32 prices it");
}

void energyopt::adviseFp8(Advisor &advisor) {
  advisePrecision(advisor, Precision::Fp8,
                  "NVIDIA ModelOpt's FP8 quantization for TensorRT, or Transformer Engine's "
                  "fp8_autocast; --precision=fp8 prices it");
}
