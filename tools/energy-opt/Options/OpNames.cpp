//===- OpNames.cpp - Ops as people write them -----------------------------===//

#include "Options/OpNames.h"

#include "Options/OptionValues.h"

#include "Shape/Nearest.h"
#include "energy-opt/OpRule.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

/// "onnx.com.microsoft.Attention" is "com.microsoft::Attention".
static std::string spelled(StringRef op) {
  if (!op.consume_front("onnx."))
    return op.str();
  auto [domain, name] = op.rsplit('.');
  return name.empty() ? op.str() : (domain + "::" + name).str();
}

std::vector<std::string> spelledOps() {
  std::vector<std::string> ops;
  for (ArrayRef<OpRule> table : allRules())
    for (const OpRule &rule : table)
      ops.push_back(spelled(rule.op));
  sort(ops);
  ops.erase(std::unique(ops.begin(), ops.end()), ops.end());
  return ops;
}

Error checkKnownOp(StringRef option, StringRef op) {
  std::vector<std::string> ops = spelledOps();
  StringRef bare = op;
  bare.consume_front("ai.onnx::");
  if (is_contained(ops, bare))
    return Error::success();
  std::vector<StringRef> known(ops.begin(), ops.end());
  std::string question = didYouMean(bare, known);
  return usageError(option + ": no op '" + op + "' is modelled",
                    question.empty() ? "energy-opt ops lists those that are" : question);
}

} // namespace energyopt
