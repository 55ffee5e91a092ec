//===- AbsentWeights.cpp - What a model without contents cannot do --------===//

#include "Run/AbsentWeights.h"

#include "Graph/OpAdapter.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace energyopt {

namespace {
struct Weights {
  size_t all = 0, absent = 0;
};
} // namespace

/// Of initializers with elements, those whose contents are nowhere.
static Weights countWeights(const ImportedModel &model) {
  Weights count;
  model.module.get()->walk([&](mlir::Operation *op) {
    if (op->getName().getStringRef() != "onnx.initializer")
      return;
    auto ref = weightRef(op->getAttrDictionary(), op->getResult(0).getType());
    if (!ref || ref->elements == 0)
      return;
    bool external = ref->source == WeightRef::Source::External;
    ++count.all;
    count.absent += ref->encoding == WeightRef::Encoding::None ||
                    (external && model.weights->isAbsent(ref->location));
  });
  return count;
}

bool needsAbsentWeights(const ChosenCheck &chosen, const Situation &situation) {
  if (countWeights(situation.model).absent == 0)
    return false;
  if (chosen.check->readsWeights)
    return true;
  ImportedModel copy = copyModel(situation.model);
  Rewrite rewrite{copy, *chosen.check, chosen.arguments, /*dry=*/true, {}};
  rewrite.graph = &situation.base.graph;
  rewrite.run();
  return !rewrite.ops.empty();
}

std::string absentWeightsNote(const ImportedModel &model, ArrayRef<std::string> checks) {
  Weights count = countWeights(model);
  return (Twine(count.absent) + " of " + Twine(count.all) +
          " weights have no contents here; what needs them did nothing: " + join(checks, ", "))
      .str();
}

} // namespace energyopt
