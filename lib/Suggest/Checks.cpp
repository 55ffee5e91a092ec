//===- Checks.cpp - The table of checks -----------------------------------===//

#include "energy-opt/Checks.h"

#include "Suggest/Rewrites.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;

static constexpr Check kChecks[] = {
    {"exact-identity", "Remove nodes that only hand on their input",
     "Identity, Dropout in inference and a Sum, Max, Min, Mean or Concat of one operand cost a "
     "launch and two passes over memory where the runtime does not remove them itself.",
     "onnxsim, or ONNX Runtime's basic graph optimizations.", true, removeIdentities},
    {"exact-batchnorm-folding", "Fold BatchNormalization into the convolution before it",
     "A normalization by constants is a scale and a shift of each channel, which the "
     "convolution's weights and bias can hold; else it is a launch and two passes over memory "
     "on runtimes that do not fold it themselves.",
     "ONNX Runtime's extended graph optimizations; torch.nn.utils.fuse_conv_bn_eval before the "
     "export.",
     true, foldBatchNorms},
    {"exact-shared-initializers", "Store equal weights once",
     "Copies of a tied or repeated tensor take memory, and are read from DRAM one by one.",
     "onnxruntime.transformers, or tie the weights before the export.", true, shareInitializers},
    {"exact-common-subexpressions", "Compute equal nodes once",
     "Equal nodes of equal inputs do the same work again; exporters leave many in shape "
     "arithmetic and in masks.",
     "ONNX Runtime's basic graph optimizations.", true, mergeCommonSubexpressions},
    {"exact-dead-code", "Remove nodes and weights that no output needs",
     "What no output depends on is computed and stored for nothing; runtimes drop dead nodes, "
     "but their weights stay in the file.",
     "onnx.utils.extract_model with the model's own inputs and outputs.", true, removeDeadCode},
};

llvm::ArrayRef<Check> energyopt::allChecks() { return kChecks; }

const Check *energyopt::findCheck(llvm::StringRef id) {
  const auto *found = llvm::find_if(kChecks, [&](const Check &check) { return check.id == id; });
  return found == std::end(kChecks) ? nullptr : found;
}
