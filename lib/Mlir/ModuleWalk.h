//===- ModuleWalk.h - Abstract execution of any module ----------*- C++ -*-===//
//
// Visits the ops of a module of any dialects in order, as a run would, and
// hands rows to the GraphBuilder. Calls are inlined; loop bodies are visited
// once and counted; a loop nest that computes in registers is one row.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_MLIR_MODULEWALK_H
#define ENERGY_OPT_LIB_MLIR_MODULEWALK_H

#include "Graph/DimBinding.h"
#include "Graph/GraphBuilder.h"
#include "Mlir/EntryPoints.h"
#include "Mlir/RegisterCode.h"
#include "energy-opt/Limits.h"

#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace energyopt {

class ModuleWalk {
public:
  ModuleWalk(ShapeFacts &facts, GraphBuilder &builder, const AnalysisOptions &options);

  /// Runs every entry point, one after the other.
  llvm::Error run(llvm::ArrayRef<EntryPoint> entries);
  /// Runs the body of one op, or the op itself if it is a leaf; what it uses
  /// from outside are inputs.
  llvm::Error runOp(mlir::Operation *root);

  /// The op behind each row.
  std::vector<mlir::Operation *> rowOps;
  /// Row of the call that each row was inlined for; -1 for none.
  std::vector<int32_t> rowCalls;
  std::optional<RowExplanation> explanation;

private:
  /// A function activation.
  struct Frame {
    Frame(ModuleWalk &walk, std::string prefix, unsigned depth);
    llvm::DenseMap<mlir::Value, int32_t> values;
    IndexValues index;
    std::string prefix; // of row names, "callee/"
    unsigned depth;
    int32_t call = -1; // row of the call
  };
  /// Where and how often code runs.
  struct Place {
    Frame &frame;
    Expr times = 1;
    int32_t scope = 0;
  };
  using Tensors = llvm::SmallVector<int32_t, 6>;

  // ModuleWalk.cpp
  llvm::Error visitBlock(mlir::Block &block, const Place &place);
  llvm::Error visitOp(mlir::Operation *op, const Place &place);
  llvm::Error visitPlain(mlir::Operation *op, const Place &place);
  llvm::Error visitRegions(mlir::Operation *op, const Place &place);
  bool visitConstant(mlir::Operation *op, Frame &frame);
  Work bodyWork(mlir::Operation *op, Frame &frame);
  llvm::Error spend();
  llvm::Error tooManyOps() const;

  // Values.cpp
  int32_t tensorOf(mlir::Value value, Frame &frame);
  int32_t outsideValue(mlir::Value value, Frame &frame);
  const ValueInfo &info(int32_t tensor) const;
  ValueInfo bodyArgument(mlir::Value argument, const ValueInfo &initial);
  void defineResults(mlir::Operation *op, OpAnswer &answer, llvm::ArrayRef<int32_t> operands,
                     Frame &frame, Tensors &results);
  void alias(mlir::Value value, int32_t source, Frame &frame);
  int32_t written(int32_t tensor);
  int32_t addRow(mlir::Operation *op, const Place &place, const char *family,
                 llvm::ArrayRef<int32_t> inputs, llvm::ArrayRef<int32_t> outputs, const Work &work);
  void explain(mlir::Operation *op, const OpAnswer &answer, llvm::ArrayRef<int32_t> inputs,
               int32_t row);

  // Regions.cpp
  llvm::Error visitLoop(mlir::Operation *op, const Place &place);
  llvm::Error visitKernel(mlir::Operation *op, const Place &place);
  llvm::Error visitWhile(mlir::Operation *op, const Place &place);
  llvm::Error visitBranches(mlir::Operation *op, const Place &place);
  llvm::Error visitCall(mlir::Operation *op, mlir::FunctionOpInterface callee, const Place &place);
  llvm::Error visitBody(mlir::Region &region, const Place &place, Tensors &yields);
  void bindResults(mlir::Operation *op, llvm::ArrayRef<int32_t> sources, Frame &frame);

  // NamedLoops.cpp
  llvm::Error visitNamedLoop(mlir::Operation *op, const Place &place);
  Expr namedTrips(mlir::Operation *op, unsigned scannedFrom, Frame &frame);
  void bindStacked(mlir::Operation *op, unsigned firstYield, unsigned carried, const Expr &trips,
                   llvm::ArrayRef<int32_t> yields, Frame &frame);

  // WhileTrips.cpp
  Expr whileTrips(mlir::Operation *op, Frame &frame);
  std::optional<Expr> countedTrips(mlir::Operation *op, Frame &frame);
  std::optional<int64_t> invariant(mlir::Value value, mlir::Operation *loop, Frame &frame);

  ShapeFacts &facts;
  GraphBuilder &builder;
  const AnalysisOptions &options;
  Resolver resolver;
  mlir::SymbolTableCollection symbols;
  /// Memory of inputs that has been overwritten: the tensor it holds now.
  llvm::DenseMap<int32_t, int32_t> overwritten;
  /// Functions being visited, against recursion.
  llvm::SmallPtrSet<mlir::Operation *, 8> active;
  ValueInfo noneInfo = ValueInfo::none();
  int32_t nextScope = 1;
  const uint64_t mostOps = limitOf(Limit::Ops);
  uint64_t visited = 0;
  /// Of bodies, and the stack with them.
  uint64_t bodies = 0;
};

/// "model.mlir:7:10" of the user's file; "" if unknown. `firstLine`: see
/// AnalysisOptions.
std::string locationOf(mlir::Operation *op, int64_t firstLine);
/// The name that the location carries; "" if none.
llvm::StringRef locationName(mlir::Location location);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_MODULEWALK_H
