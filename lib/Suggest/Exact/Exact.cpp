//===- Exact.cpp - Checks that remove what computes nothing ---------------===//

#include "Suggest/Exact/Inline.h"
#include "Suggest/Rewrites.h"

#include "energy-opt/OnnxDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

//===----------------------------------------------------------------------===//
// exact-dead-code
//===----------------------------------------------------------------------===//

static void removeDeadCode(Rewrite &rewrite) { eraseUnused(*rewrite.model.module, &rewrite); }

//===----------------------------------------------------------------------===//
// exact-identity
//===----------------------------------------------------------------------===//

/// The only element of a constant operand; nullopt where it is absent or not known.
static std::optional<double> numberAt(Operation *op, unsigned operand, WeightReader &weights) {
  Operation *def =
      op->getNumOperands() > operand ? op->getOperand(operand).getDefiningOp() : nullptr;
  auto values = fewOf(def, weights);
  return values && values->size() == 1 ? (*values)[0].asFloat() : std::nullopt;
}

/// Dropout that drops nothing: of an inference graph, in every version (is_test
/// until 6, always from 7, training_mode from 12), or at a ratio of 0, which keeps
/// and scales by 1 in training too.
static bool isInertDropout(Operation *op, WeightReader &weights) {
  if (!isNamed(op, "Dropout"))
    return false;
  int64_t opset = opsetOf(op);
  if (opset < 7)
    return intAttr(op, "is_test", 0) != 0 || floatAttr(op, "ratio", 0.5) == 0;
  return opset < 12 || !hasOperand(op, 2) || numberAt(op, 2, weights) == 0.0 ||
         numberAt(op, 1, weights) == 0.0;
}

/// What the first result of a node that only hands on is a copy of, unless somebody
/// wants another: the mask of a Dropout.
static Value sourceOfCopy(Operation *op, WeightReader &weights) {
  if (op->getNumOperands() == 0 || !onlyFirstIsUsed(op))
    return {};
  static constexpr StringRef kOfOne[] = {"Sum", "Max", "Min", "Mean", "Concat"};
  bool ofOne = op->getNumOperands() == 1 &&
               llvm::any_of(kOfOne, [&](StringRef name) { return isNamed(op, name); });
  bool copies = ofOne || isNamed(op, "Identity") || isInertDropout(op, weights);
  Value source = copies ? op->getOperand(0) : Value();
  return source && !llvm::isa<mlir::NoneType>(source.getType()) ? source : Value();
}

static void removeIdentities(Rewrite &rewrite) {
  llvm::SmallVector<Operation *> copies;
  rewrite.model.module->walk([&](Operation *op) {
    Value source = sourceOfCopy(op, rewrite.weights());
    if (source && !needsCopy(op->getResult(0), source))
      copies.push_back(op);
  });
  for (Operation *op : copies) {
    Value source = op->getOperand(0), result = op->getResult(0);
    // Another one may have made it an output meanwhile.
    if (needsCopy(result, source))
      continue;
    rewrite.ops.push_back(loggedName(op));
    if (isUndeclared(source.getType()) && source.getDefiningOp())
      source.setType(result.getType());
    result.replaceAllUsesWith(source);
    op->erase();
  }
}

//===----------------------------------------------------------------------===//
// exact-common-subexpressions
//===----------------------------------------------------------------------===//

/// MLIR tells nodes apart by a hash that leaves out the graphs that they hold: each of
/// these is compared with all others that read the same.
static constexpr size_t kMostWithGraphs = 512;

static void mergeCommonSubexpressions(Rewrite &rewrite) {
  llvm::SmallVector<std::pair<Operation *, std::string>> before;
  size_t withGraphs = 0;
  rewrite.model.module->walk([&](Operation *op) {
    withGraphs += llvm::isa<mlir::ModuleOp, mlir::func::FuncOp>(op) ? 0 : op->getNumRegions() > 0;
    if (!isNamed(op, "none") && !isNamed(op, "initializer") && !isNamed(op, "yield"))
      before.emplace_back(op, loggedName(op));
  });
  if (withGraphs > kMostWithGraphs) {
    rewrite.kept.push_back("the model: " + std::to_string(withGraphs) +
                           " nodes hold graphs, more than are compared");
    return;
  }
  mlir::IRRewriter rewriter(rewrite.model.module->getContext());
  mlir::DominanceInfo dominance(*rewrite.model.module);
  for (auto func : rewrite.model.module->getOps<mlir::func::FuncOp>())
    if (func.getNumResults() > 0) // of others, all is dead code to MLIR
      mlir::eliminateCommonSubExpressions(rewriter, dominance, func);
  llvm::DenseSet<Operation *> left;
  rewrite.model.module->walk([&](Operation *op) { left.insert(op); });
  for (auto &[op, name] : before)
    if (!left.contains(op))
      rewrite.ops.push_back(std::move(name));
}

//===----------------------------------------------------------------------===//
// exact-shared-initializers
//===----------------------------------------------------------------------===//

/// Merges those of `ops`, initializers of one type, that hold the same bytes.
static void shareEqual(llvm::ArrayRef<Operation *> ops, Rewrite &rewrite) {
  llvm::DenseMap<llvm::hash_code, llvm::SmallVector<std::pair<Operation *, WeightBytes>, 1>> seen;
  for (Operation *op : ops) {
    std::optional<WeightRef> ref = constantOf(op);
    auto read = ref ? rewrite.weights().bytes(*ref) : llvm::Expected<WeightBytes>(WeightBytes());
    if (!read) { // absent data: equal to nothing
      llvm::consumeError(read.takeError());
      continue;
    }
    if (!ref)
      continue;
    llvm::ArrayRef<uint8_t> bytes = read->get();
    auto &alike = seen[llvm::hash_combine_range(bytes.begin(), bytes.end())];
    auto *equal =
        llvm::find_if(alike, [&](const auto &other) { return other.second.get() == bytes; });
    if (equal == alike.end() || isOutput(op->getResult(0))) {
      alike.emplace_back(op, std::move(*read));
      continue;
    }
    rewrite.ops.push_back(locatedValueName(op->getResult(0)).str());
    op->getResult(0).replaceAllUsesWith(equal->first->getResult(0));
    op->erase();
  }
}

static void shareInitializers(Rewrite &rewrite) {
  for (auto func : rewrite.model.module->getOps<mlir::func::FuncOp>()) {
    // Most have a type that no other has, and need not be read.
    llvm::MapVector<mlir::Type, llvm::SmallVector<Operation *>> byType;
    for (Operation &op : func.front())
      if (isNamed(&op, "initializer"))
        byType[op.getResult(0).getType()].push_back(&op);
    for (auto &[type, ops] : byType)
      if (ops.size() > 1)
        shareEqual(ops, rewrite);
  }
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static constexpr Check kChecks[] = {
    {.id = "exact-inline-functions",
     .title = "Write functions of the model out where they are called",
     .rationale =
         "A call of a model-local function costs what its nodes cost, so this saves nothing by "
         "itself; but checks see the nodes of the graph and of the bodies of If, Loop and "
         "Scan, not those of functions. A function that is written in another opset than "
         "the model stays, and so does one whose op is known, for which a runtime may have "
         "a kernel.",
     .elsewhere = "onnx.inliner.inline_local_functions.",
     .exact = true,
     .apply = inlineFunctions},
    {.id = "exact-constant-folding",
     .title = "Compute now what no input decides",
     .rationale =
         "Nodes of constants alone do the same work at every load, and Constant nodes, views "
         "and transposes of weights hide from other rewrites that a tensor is a weight. "
         "Results that are larger than what they are made of stay computed, and so does "
         "DequantizeLinear, which tells runtimes how a layer is quantized.",
     .elsewhere = "onnxsim, or ONNX Runtime's basic graph optimizations.",
     .exact = true,
     .apply = foldConstants},
    {.id = "exact-identity",
     .title = "Remove nodes that only hand on their input",
     .rationale =
         "Identity, Dropout in inference and a Sum, Max, Min, Mean or Concat of one operand "
         "cost a launch and two passes over memory where the runtime does not remove them "
         "itself.",
     .elsewhere = "onnxsim, or ONNX Runtime's basic graph optimizations.",
     .exact = true,
     .apply = removeIdentities},
    {.id = "exact-shape-arithmetic",
     .title = "Replace shape arithmetic by the sizes that it computes",
     .rationale = "Exporters compute the shapes of reshapes and slices at run time, a launch or a "
                  "synchronization each, though the model declares the sizes. Dims that stay open "
                  "become the 0 or -1 of a Reshape.",
     .elsewhere = "onnxsim with --overwrite-input-shape, or export without dynamic axes; "
                  "onnxruntime.tools.make_dynamic_shape_fixed before that.",
     .exact = true,
     .apply = freezeShapeArithmetic},
    {.id = "exact-noop",
     .title = "Remove nodes and pairs of nodes that change nothing",
     .rationale =
         "Reshapes, casts, pads, slices and expands to what the tensor is already, pairs that "
         "undo one another (Transpose, Squeeze and Unsqueeze, Split and Concat, a lossless "
         "Cast and back), products with 1 and repeated Relus cost a launch and two passes "
         "over memory each. x + 0 stays for floats, where it turns -0 into 0.",
     .elsewhere = "onnxsim, or ONNX Runtime's basic graph optimizations.",
     .exact = true,
     .apply = removeNoops},
    {.id = "exact-transpose-sinking",
     .title = "Move transposes through element-wise ops until they cancel",
     .rationale = "A transpose is two passes over memory that compute nothing. Layout conversions "
                  "leave one before and its inverse after a run of element-wise ops: moved over "
                  "them, the two cancel.",
     .elsewhere =
         "ONNX Runtime's layout optimizations, or export in the layout that the runtime uses.",
     .exact = true,
     .apply = sinkTransposes},
    {.id = "exact-fuse-bias",
     .title = "Make an added constant the bias of its convolution or product",
     .rationale =
         "An addition of one number for each channel is a launch and two passes over memory, "
         "where the convolution or Gemm before it adds a bias at no cost.",
     .elsewhere = "ONNX Runtime's extended graph optimizations.",
     .exact = true,
     .apply = fuseBias},
    {.id = "exact-batchnorm-folding",
     .title = "Fold BatchNormalization into the convolution before it",
     .rationale =
         "A normalization by constants is a scale and a shift of each channel, which the "
         "convolution's weights and bias can hold; else it is a launch and two passes over "
         "memory on runtimes that do not fold it themselves.",
     .elsewhere = "ONNX Runtime's extended graph optimizations; torch.nn.utils.fuse_conv_bn_eval "
                  "before the export.",
     .exact = true,
     .apply = foldBatchNorms},
    {.id = "exact-shared-initializers",
     .title = "Store equal weights once",
     .rationale =
         "Copies of a tied or repeated tensor take memory, and are read from DRAM one by one.",
     .elsewhere = "onnxruntime.transformers, or tie the weights before the export.",
     .exact = true,
     .readsWeights = true,
     .apply = shareInitializers},
    {.id = "exact-common-subexpressions",
     .title = "Compute equal nodes once",
     .rationale =
         "Equal nodes of equal inputs do the same work again; exporters leave many in shape "
         "arithmetic and in masks.",
     .elsewhere = "ONNX Runtime's basic graph optimizations.",
     .exact = true,
     .apply = mergeCommonSubexpressions},
    {.id = "exact-dead-code",
     .title = "Remove nodes and weights that no output needs",
     .rationale =
         "What no output depends on is computed and stored for nothing; runtimes drop dead "
         "nodes, but their weights stay in the file.",
     .elsewhere = "onnx.utils.extract_model with the model's own inputs and outputs.",
     .exact = true,
     .apply = removeDeadCode},
};

llvm::ArrayRef<Check> energyopt::exactChecks() { return kChecks; }
