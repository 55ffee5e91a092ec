//===- RuleIndex.cpp - The rule of an op ----------------------------------===//

#include "Cost/RuleLookup.h"

#include "Cost/Rules/Tables.h"

#include <algorithm>
#include <limits>

using namespace energyopt;
using llvm::ArrayRef;
using llvm::StringRef;

ArrayRef<ArrayRef<OpRule>> energyopt::allRules() {
  static const ArrayRef<OpRule> tables[] = {
      onnxMathRules(),
      onnxNNRules(),
      onnxTensorRules(),
      onnxQuantizeRules(),
      onnxControlRules(),
      onnxImageTextRules(),
      onnxMLRules(),
      onnxTrainingRules(),
      microsoftAttentionRules(),
      microsoftMatMulRules(),
      microsoftNormRules(),
      microsoftOtherRules(),
      microsoftInternalRules(),
      arithRules(),
      memoryRules(),
      tosaRules(),
      stablehloRules(),
      chloRules(),
      torchRules(),
  };
  return tables;
}

/// The last row of a sorted table that is not after (op, opset).
static const OpRule *findIn(ArrayRef<OpRule> table, StringRef op, int64_t opset) {
  const auto *after =
      std::upper_bound(table.begin(), table.end(), op, [&](StringRef wanted, const OpRule &row) {
        int order = wanted.compare(row.op);
        return order < 0 || (order == 0 && opset < static_cast<int64_t>(row.since));
      });
  if (after == table.begin())
    return nullptr;
  const OpRule &row = *std::prev(after);
  return row.op == op ? &row : nullptr;
}

const OpRule *energyopt::findRule(StringRef op, int64_t opset) {
  const OpRule *best = nullptr;
  for (ArrayRef<OpRule> table : allRules())
    if (const OpRule *row = findIn(table, op, opset))
      if (!best || row->since > best->since)
        best = row;
  return best;
}

const OpRule *energyopt::findRuleAsWritten(StringRef op, int64_t opset) {
  const OpRule *rule = findRule(op, opset);
  StringRef name = op;
  if (!rule && name.consume_front("onnx.") && !name.contains('.'))
    rule = findRule(("onnx.com.microsoft." + name).str(), 1);
  return rule ? rule : findRule(op, std::numeric_limits<int64_t>::max());
}
