//===- Runtime.cpp - What a runtime runs as one kernel --------------------===//

#include "Runtime.h"

#include "energy-opt/EnergyModel.h"

using namespace energyopt;

// Columns: epilogue, element-wise, movement, concat, flash, QDQ, helpers,
// asynchronous, shape ops.
static constexpr RuntimeProfile kProfiles[] = {
    {"tensorrt", Epilogue::Full, true, false, true, true, true, true, false, false},
    {"xla", Epilogue::Full, true, true, false, true, true, false, false, false},
    {"onnxruntime", Epilogue::Full, false, false, false, true, true, false, false, true},
    {"openvino", Epilogue::Full, true, false, true, true, true, false, false, false},
    {"tflite", Epilogue::Activation, false, false, false, false, true, false, false, false},
    {"armnn", Epilogue::Activation, false, false, false, false, true, false, false, false},
    {"cmsis-nn", Epilogue::Activation, false, false, false, false, true, false, false, false},
    {"compiled", Epilogue::Bias, true, true, false, true, true, false, false, false},
    {"eager", Epilogue::Bias, false, false, false, false, false, false, true, false},
    {"eager-flash", Epilogue::Bias, false, false, false, true, false, false, true, false},
};

namespace energyopt {

const RuntimeProfile *findRuntime(llvm::StringRef name) {
  for (const RuntimeProfile &profile : kProfiles)
    if (name == profile.name)
      return &profile;
  return nullptr;
}

llvm::ArrayRef<llvm::StringRef> runtimeNames() {
  static const std::vector<llvm::StringRef> names = [] {
    std::vector<llvm::StringRef> all;
    for (const RuntimeProfile &profile : kProfiles)
      all.push_back(profile.name);
    return all;
  }();
  return names;
}

} // namespace energyopt
