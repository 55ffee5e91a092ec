//===- GraphWalk.h - Abstract execution of a module -------------*- C++ -*-===//
//
// Visits the ops of a graph in order, as a run would: infers shapes by the
// rules, asks for work, hands rows to the GraphBuilder. Calls are inlined;
// loop bodies and branches are visited once and scaled (ControlFlow.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_GRAPH_GRAPHWALK_H
#define ENERGY_OPT_LIB_GRAPH_GRAPHWALK_H

#include "Graph/GraphBuilder.h"
#include "Graph/OpAdapter.h"
#include "Graph/OpMemo.h"
#include "energy-opt/Limits.h"
#include "energy-opt/OpRule.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"

namespace energyopt {

class GraphWalk {
public:
  GraphWalk(mlir::ModuleOp module, WeightReader &weights, OpMemo &memo, ShapeFacts &facts,
            GraphBuilder &builder, const AnalysisOptions &options);

  /// Runs @main on the given inputs (one per argument).
  llvm::Error run(mlir::func::FuncOp main, llvm::ArrayRef<ValueInfo> inputs);

  /// Goes on after shape errors, with unmodelled rows.
  void setTolerant(bool goesOn) { tolerant = goesOn; }

  std::optional<RowExplanation> explanation;

private:
  /// A function activation: values by SSA name, and what its body inherits.
  struct Frame {
    llvm::DenseMap<mlir::Value, int32_t> values;
    const OpAttrs *call = nullptr; // resolves attribute references
    mlir::DictionaryAttr opsets;
    std::string prefix; // of row names, "layer1/"
    unsigned depth = 0;
  };
  /// A rule and what its lookup needed, per op name and frame's opsets.
  struct Resolved {
    const OpRule *rule = nullptr;
    int64_t opset = 1;
  };
  struct RegionResult {
    llvm::SmallVector<int32_t, 4> yields; // tensors of the terminator's operands
    size_t firstRow = 0, lastRow = 0;
  };

  // GraphWalk.cpp
  llvm::Error visitBlock(mlir::Block &block, Frame &frame, int32_t scope);
  llvm::Error visitOp(mlir::Operation &op, Frame &frame, int32_t scope);
  llvm::Error visitPlain(mlir::Operation &op, Frame &frame, int32_t scope);
  llvm::Error infer(mlir::Operation &op, const OpRule *rule, const Frame &frame, OpView &view,
                    Work &work);
  std::optional<OpMemo::Key> keyOf(mlir::Operation &op, const Resolved &found, const Frame &frame,
                                   llvm::ArrayRef<int32_t> operands);
  void remember(mlir::Operation &op, const OpMemo::Key &key, llvm::ArrayRef<unsigned> asked,
                int32_t row);
  void repeat(mlir::Operation &op, const OpMemo::Outcome &outcome, llvm::ArrayRef<int32_t> operands,
              Frame &frame, int32_t scope);
  void visitInitializer(mlir::Operation &op, Frame &frame);
  Resolved resolve(mlir::Operation &op, const Frame &frame);
  void mergeDeclared(mlir::Operation &op, OpView &view);
  void defineResults(mlir::Operation &op, Frame &frame, OpView &view, const Work &work,
                     llvm::ArrayRef<int32_t> operands, llvm::SmallVectorImpl<int32_t> &results);
  int32_t viewedOperand(const ValueInfo &output, llvm::ArrayRef<int32_t> operands) const;
  int32_t addRow(mlir::Operation &op, const Frame &frame, int32_t scope, const char *family,
                 llvm::ArrayRef<int32_t> operands, llvm::ArrayRef<int32_t> results,
                 const Work &work);
  void explainRow(mlir::Operation &op, const OpView &view, const OpRule *rule, const Work &work,
                  int32_t row, const Frame &frame);
  int32_t lookup(mlir::Value value, const Frame &frame) const;
  const ValueInfo &info(int32_t tensor) const;
  /// Budget on visited ops, against bodies that multiply by nesting.
  llvm::Error spend();
  llvm::Error tooManyOps() const;
  /// The function that an op is a call of, null for all other ops.
  mlir::func::FuncOp calleeOf(mlir::Operation &op);

  // ControlFlow.cpp, Loops.cpp, ScanAndCalls.cpp
  llvm::Expected<RegionResult> visitRegion(mlir::Region &region, Frame &frame,
                                           llvm::ArrayRef<ValueInfo> arguments);
  llvm::Error visitIf(mlir::Operation &op, Frame &frame, int32_t scope);
  llvm::Error visitLoop(mlir::Operation &op, Frame &frame, int32_t scope);
  llvm::Error visitScan(mlir::Operation &op, Frame &frame, int32_t scope);
  llvm::Error visitSequenceMap(mlir::Operation &op, Frame &frame, int32_t scope);
  llvm::Error visitOtherRegions(mlir::Operation &op, Frame &frame, int32_t scope);
  llvm::Error visitModifiers(mlir::Operation &op, Frame &frame);
  llvm::Error checkArguments(mlir::Operation &op, mlir::Region &region,
                             llvm::ArrayRef<ValueInfo> arguments);
  llvm::Error visitCall(mlir::Operation &op, mlir::func::FuncOp callee, Frame &frame,
                        int32_t scope);
  /// What visiting a loop's body once found out.
  struct LoopBody {
    RegionResult region;
    std::vector<ValueInfo> finals; // carried values after the last iteration
  };
  llvm::Expected<LoopBody> visitLoopBody(mlir::Operation &op, Frame &frame,
                                         std::vector<ValueInfo> arguments, unsigned firstCarried,
                                         unsigned firstYield, unsigned numCarried,
                                         std::optional<int64_t> trips);
  std::optional<int64_t> simulateTrips(mlir::Operation &op, Frame &frame,
                                       std::vector<ValueInfo> arguments, int64_t limit);
  Expr tripSymbol(mlir::Operation &op, llvm::StringRef what);
  std::shared_ptr<const TensorData> dataOf(mlir::Operation &op, unsigned operand,
                                           const Frame &frame);
  ValueInfo operandInfo(mlir::Operation &op, unsigned operand, const Frame &frame);
  ValueInfo mergeBranches(const ValueInfo &taken, const ValueInfo &other, llvm::StringRef name);
  struct ScanAxes;
  llvm::Expected<ScanAxes> scanAxes(mlir::Operation &op, const Frame &frame, unsigned numStates,
                                    unsigned numScans, unsigned offset, unsigned numOutputs);
  void aliasResults(mlir::Operation &op, Frame &frame, llvm::ArrayRef<ValueInfo> infos,
                    llvm::ArrayRef<int32_t> sources);

  mlir::ModuleOp module;
  WeightReader &weights;
  OpMemo &memo;
  ShapeFacts &facts;
  GraphBuilder &builder;
  const AnalysisOptions &options;
  llvm::DenseMap<std::pair<const void *, const void *>, Resolved> resolved;
  llvm::StringMap<std::string> opLike;
  ValueInfo noneInfo = ValueInfo::none();
  int32_t nextScope = 1;
  /// Shape errors become unmodelled rows: set inside branches, which may not
  /// fit the shapes at hand.
  bool tolerant = false;
  /// Inside simulateTrips, which does not nest.
  bool simulating = false;
  const uint64_t mostOps = limitOf(Limit::Ops);
  uint64_t visited = 0;
  /// Of bodies, and the stack with them.
  uint64_t bodies = 0;
};

/// The region that holds the subgraph attribute `name`; null if absent.
mlir::Region *regionNamed(mlir::Operation &op, llvm::StringRef name);

/// A single known element as a truth value.
std::optional<bool> asBool(const std::shared_ptr<const TensorData> &data);

/// The subgraph attribute that `region` holds.
llvm::StringRef regionName(mlir::Region &region);

/// "node 'x': message", and `mend` on a second line.
llvm::Error nodeError(mlir::Operation &op, const llvm::Twine &message,
                      const llvm::Twine &mend = "");

} // namespace energyopt

#endif // ENERGY_OPT_LIB_GRAPH_GRAPHWALK_H
