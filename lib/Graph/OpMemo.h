//===- OpMemo.h - What ops came out as ---------------------------*- C++ -*-===//
//
// Models repeat their layers, and what a check made of a model is mostly the model:
// an op that was visited once with operands of the same types, sizes and contents
// has the same results and makes the same row, but for names and places.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_GRAPH_OPMEMO_H
#define ENERGY_OPT_LIB_GRAPH_OPMEMO_H

#include "energy-opt/ValueInfo.h"
#include "energy-opt/WorkGraph.h"

#include "mlir/IR/Operation.h"
#include "llvm/ADT/StringMap.h"

namespace energyopt {

struct OpRule;

class OpMemo {
public:
  /// What the same op is told by, but for contents of parameters that are not
  /// loaded unless a rule asks.
  using Key = llvm::SmallVector<uint64_t, 16>;

  struct Result {
    ValueInfo info;
    int32_t identity; // of info
    GraphTensor tensor;
  };
  struct Outcome {
    GraphRow row;
    std::vector<std::optional<Result>> results; // nullopt for an unused one
    /// The first result shows the memory of the first operand.
    bool isView = false;
  };

  static constexpr int32_t kUnknown = -1;
  /// Equal for values of which the same is known, their names apart; kUnknown for
  /// what has no fixed size or too many known elements to compare.
  int32_t identityOf(const ValueInfo &info);

  /// Null if there is none yet.
  const Outcome *find(mlir::Operation &op, const Key &key);
  /// `asked`: operands whose contents the rules have loaded.
  void remember(mlir::Operation &op, const Key &key, llvm::ArrayRef<unsigned> asked,
                Outcome outcome);
  /// Different ones so far.
  size_t size() const { return outcomes; }

private:
  struct Known {
    /// Operands whose contents any of the ops has asked for.
    llvm::SmallVector<unsigned, 2> asked;
    llvm::StringMap<Outcome> byContents;
  };

  llvm::StringMap<int32_t> identities;
  llvm::StringMap<Known> known;
  size_t outcomes = 0;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_GRAPH_OPMEMO_H
