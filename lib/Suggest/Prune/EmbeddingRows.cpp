//===- EmbeddingRows.cpp - Smaller vocabularies ---------------------------===//

#include "Analysis/Saturating.h"
#include "Suggest/Advisor.h"
#include "Suggest/Prune/Prune.h"
#include "Suggest/Rewrites.h"
#include "energy-opt/OnnxDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/FormatVariadic.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

/// Smaller tables are of types and positions.
static constexpr int64_t kLeastRows = 1024;
/// Half of a table is rounded up to whole tiles of any unit.
static constexpr int64_t kRowStep = 128;

namespace {
/// The projection to logits of as many columns as a table has rows.
struct Projection {
  Operation *product; // MatMul or Gemm
  unsigned outDim;    // of its weights
  /// From the product to the output of the graph, biases included.
  llvm::SmallVector<Operation *, 2> behind;
  unsigned output;
};

/// A constant of rows that ids of an input look up.
struct EmbeddingTable {
  Operation *constant;
  int64_t rows = 0, columns = 0;
  llvm::SmallVector<Operation *, 1> lookups;
};
} // namespace

static mlir::func::FuncOp mainOf(const Rewrite &rewrite) {
  return (*rewrite.model.module).lookupSymbol<mlir::func::FuncOp>("main");
}

static mlir::RankedTensorType typeOf(Operation *constant) {
  auto type = llvm::dyn_cast<mlir::RankedTensorType>(constant->getResult(0).getType());
  return type && type.hasStaticShape() ? type : mlir::RankedTensorType();
}

/// Whether ids come from an input of the graph, and are no positions.
static bool areGiven(Value ids, mlir::func::FuncOp main) {
  static constexpr StringRef kMoves[] = {"Gather", "Cast",    "Identity", "Reshape",
                                         "Slice",  "Squeeze", "Unsqueeze"};
  for (unsigned steps = 0; steps < 8; ++steps) {
    if (auto arg = llvm::dyn_cast<mlir::BlockArgument>(ids)) {
      auto name = main.getArgAttrOfType<mlir::StringAttr>(arg.getArgNumber(), "onnx.name");
      return arg.getOwner() == &main.front() &&
             !(name && name.getValue().contains_insensitive("position"));
    }
    Operation *op = ids.getDefiningOp();
    if (!op || op->getNumOperands() == 0 ||
        llvm::none_of(kMoves, [&](StringRef move) { return isNamed(op, move); }))
      return false;
    ids = op->getOperand(0);
  }
  return false;
}

static std::vector<EmbeddingTable> tablesOf(const Rewrite &rewrite) {
  std::vector<EmbeddingTable> tables;
  mlir::func::FuncOp main = mainOf(rewrite);
  for (Operation &constant : main.front()) {
    mlir::RankedTensorType type =
        constantOf(&constant) ? typeOf(&constant) : mlir::RankedTensorType();
    if (!type || type.getRank() != 2 || type.getDimSize(0) < kLeastRows)
      continue;
    EmbeddingTable table{&constant, type.getDimSize(0), type.getDimSize(1), {}};
    bool lookedUp = llvm::all_of(constant.getUsers(), [&](Operation *user) {
      bool lookup = isNamed(user, "Gather") && intAttr(user, "axis", 0) == 0 &&
                    user->getOperand(0) == constant.getResult(0) &&
                    areGiven(user->getOperand(1), main);
      if (lookup)
        table.lookups.push_back(user);
      // Tied: the projection reads the table itself.
      return lookup || isNamed(user, "Transpose") ||
             (isNamed(user, "Gemm") && intAttr(user, "transB", 0));
    });
    if (lookedUp && !table.lookups.empty())
      tables.push_back(std::move(table));
  }
  return tables;
}

/// What makes output `index`, if that is logits of `rows` classes.
static std::optional<Projection> projectionBehind(Value output, unsigned index, int64_t rows) {
  Projection found{nullptr, 0, {}, index};
  Operation *op = output.getDefiningOp();
  while (op && (isNamed(op, "Cast") || isNamed(op, "Identity") || isNamed(op, "Add"))) {
    if (!op->hasOneUse())
      return std::nullopt;
    found.behind.push_back(op);
    Value next = op->getOperand(0);
    if (isNamed(op, "Add") && constantOf(next.getDefiningOp()))
      next = op->getOperand(1);
    op = next.getDefiningOp();
  }
  if (!op || !op->hasOneUse() || !(isNamed(op, "MatMul") || isNamed(op, "Gemm")))
    return std::nullopt;
  found.product = op;
  found.outDim = isNamed(op, "Gemm") && intAttr(op, "transB", 0) ? 0 : 1;
  Operation *weights = op->getOperand(1).getDefiningOp();
  bool tied = weights && isNamed(weights, "Transpose");
  if (tied)
    weights = weights->getOperand(0).getDefiningOp();
  mlir::RankedTensorType type = constantOf(weights) ? typeOf(weights) : mlir::RankedTensorType();
  if (!type || type.getRank() != 2 ||
      type.getDimSize(tied ? 1 - found.outDim : found.outDim) != rows)
    return std::nullopt;
  return found;
}

static std::optional<Projection> projectionOf(const EmbeddingTable &table, const Rewrite &rewrite) {
  auto outputs = mainOf(rewrite).front().getTerminator()->getOperands();
  for (auto [i, output] : llvm::enumerate(outputs))
    if (auto found = projectionBehind(output, i, table.rows))
      return found;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// The cut
//===----------------------------------------------------------------------===//

namespace {
class RowCutter {
public:
  RowCutter(Rewrite &rewrite, int64_t rows) : rewrite(rewrite), rows(rows) {}
  /// Whether all contents are there.
  bool canRead(const EmbeddingTable &table, const std::optional<Projection> &projection) const;
  void cut(const EmbeddingTable &table, const std::optional<Projection> &projection);

private:
  void cutDim(Operation *user, unsigned operand, unsigned dim, int64_t from);
  mlir::Type cutType(mlir::Type type) const;

  Rewrite &rewrite;
  int64_t rows;
};
} // namespace

bool RowCutter::canRead(const EmbeddingTable &table,
                        const std::optional<Projection> &projection) const {
  llvm::SmallVector<Operation *> constants{table.constant};
  if (projection) {
    llvm::SmallVector<Operation *> nodes = llvm::to_vector(llvm::ArrayRef(projection->behind));
    nodes.push_back(projection->product);
    for (Operation *node : nodes)
      for (Value operand : node->getOperands())
        if (Operation *def = operand.getDefiningOp(); constantOf(def))
          constants.push_back(def);
  }
  return llvm::all_of(constants, [&](Operation *constant) {
    auto ref = constantOf(constant);
    return ref && ref->encoding != WeightRef::Encoding::None && bitWidth(ref->dtype) >= 8 &&
           !(ref->source == WeightRef::Source::External &&
             rewrite.weights().isAbsent(ref->location));
  });
}

/// The first `rows` of `from` elements along a dim of a constant operand.
void RowCutter::cutDim(Operation *user, unsigned operand, unsigned dim, int64_t from) {
  Operation *constant = user->getOperand(operand).getDefiningOp();
  mlir::RankedTensorType type = constantOf(constant) ? typeOf(constant) : mlir::RankedTensorType();
  if (!type || dim >= type.getRank() || type.getDimSize(dim) != from)
    return; // cut already, or broadcast
  WeightRef ref = *constantOf(constant);
  llvm::SmallVector<int64_t> shape(type.getShape());
  shape[dim] = rows;
  std::vector<uint8_t> contents;
  if (!rewrite.dry) {
    auto bytes = rewrite.weights().bytes(ref);
    if (!bytes)
      return llvm::consumeError(bytes.takeError()); // canRead() has seen to that
    size_t outer = 1, inner = bitWidth(ref.dtype) / 8;
    for (unsigned d = 0; d < shape.size(); ++d)
      (d < dim ? outer : inner) *= d == dim ? 1 : shape[d];
    for (size_t o = 0; o < outer; ++o) {
      llvm::ArrayRef<uint8_t> part = bytes->get().slice(o * from * inner, rows * inner);
      contents.insert(contents.end(), part.begin(), part.end());
    }
  }
  mlir::OpBuilder b(constant);
  auto made = mlir::RankedTensorType::get(shape, type.getElementType());
  Value value = addWeight(b, rewrite, made, std::move(contents),
                          locatedValueName(constant->getResult(0)).str() + "_first_rows");
  constant->getResult(0).replaceAllUsesWith(value);
  constant->erase();
}

mlir::Type RowCutter::cutType(mlir::Type type) const {
  auto ranked = llvm::dyn_cast<mlir::RankedTensorType>(type);
  if (!ranked || ranked.getRank() == 0)
    return type;
  llvm::SmallVector<int64_t> shape(ranked.getShape());
  shape.back() = rows;
  mlir::Attribute encoding = ranked.getEncoding();
  if (auto names = llvm::dyn_cast_or_null<mlir::ArrayAttr>(encoding);
      names && names.size() == shape.size()) {
    llvm::SmallVector<mlir::Attribute> changed(names.getValue());
    changed.back() = mlir::StringAttr::get(type.getContext(), "");
    encoding = mlir::ArrayAttr::get(type.getContext(), changed);
  }
  return mlir::RankedTensorType::get(shape, ranked.getElementType(), encoding);
}

void RowCutter::cut(const EmbeddingTable &table, const std::optional<Projection> &projection) {
  int64_t from = table.rows;
  cutDim(table.lookups.front(), 0, 0, from);
  rewrite.ops.push_back(loggedName(table.lookups.front()));
  if (!projection)
    return;
  Operation *product = projection->product;
  if (Operation *turned = product->getOperand(1).getDefiningOp(); isNamed(turned, "Transpose"))
    turned->getResult(0).setType(undeclaredType(turned->getContext()));
  else
    cutDim(product, 1, projection->outDim, from);
  if (product->getNumOperands() > 2)
    if (auto type = llvm::dyn_cast<mlir::RankedTensorType>(product->getOperand(2).getType());
        type && type.getRank() > 0)
      cutDim(product, 2, type.getRank() - 1, from);
  for (Operation *op : projection->behind) {
    for (unsigned i = 0; i < op->getNumOperands(); ++i)
      if (auto type = llvm::dyn_cast<mlir::RankedTensorType>(op->getOperand(i).getType());
          type && type.getRank() > 0)
        cutDim(op, i, type.getRank() - 1, from);
    op->getResult(0).setType(cutType(op->getResult(0).getType()));
  }
  product->getResult(0).setType(cutType(product->getResult(0).getType()));
  mlir::func::FuncOp main = mainOf(rewrite);
  auto key = mlir::StringAttr::get(main.getContext(), "onnx.type");
  if (auto declared = main.getResultAttrOfType<mlir::TypeAttr>(projection->output, key))
    main.setResultAttr(projection->output, key, mlir::TypeAttr::get(cutType(declared.getValue())));
  updateSignature(main);
  rewrite.ops.push_back(loggedName(product));
}

static int64_t halfOf(int64_t rows) { return (rows / 2 + kRowStep - 1) / kRowStep * kRowStep; }

void energyopt::pruneEmbeddingRows(Rewrite &rewrite) {
  if (!mainOf(rewrite))
    return;
  auto given = int64_t(rewrite.number("rows"));
  for (const EmbeddingTable &table : tablesOf(rewrite)) {
    std::string name = loggedName(table.lookups.front());
    if (!rewrite.mayChange(name))
      continue;
    if (given == 0 && !rewrite.dry) {
      rewrite.kept.push_back(
          llvm::formatv("{0}: {1} rows: say how many stay, rows=N", name, table.rows));
      continue;
    }
    int64_t rows = given ? given : halfOf(table.rows);
    auto projection = projectionOf(table, rewrite);
    RowCutter cutter(rewrite, rows);
    if (rows >= table.rows)
      rewrite.kept.push_back(llvm::formatv("{0}: has {1} rows", name, table.rows));
    else if (!rewrite.dry && !cutter.canRead(table, projection))
      rewrite.kept.push_back(name + ": its weights are absent or packed");
    else
      cutter.cut(table, projection);
  }
}

//===----------------------------------------------------------------------===//
// The advice
//===----------------------------------------------------------------------===//

/// One vocabulary at a time, the largest: a half is an example that shows what a
/// row is worth.
void energyopt::adviseEmbeddingRows(Advisor &advisor) {
  ImportedModel copy = copyModel(advisor.situation.model);
  Rewrite look{copy, advisor.check, {}, /*dry=*/true};
  if (!mainOf(look))
    return;
  std::vector<EmbeddingTable> tables = tablesOf(look);
  if (tables.empty())
    return;
  auto largest = llvm::max_element(
      tables, [](const EmbeddingTable &a, const EmbeddingTable &b) { return a.rows < b.rows; });
  int64_t rows = largest->rows, stay = halfOf(rows), weights = 0;
  bool held = false; // sums of tables that no machine holds
  std::vector<std::string> nodes;
  for (const EmbeddingTable &table : tables) {
    auto projection = projectionOf(table, look);
    // A projection that is tied is the table.
    bool tied = projection && projection->product->getOperand(1).getDefiningOp() == table.constant;
    int64_t each = timesHeld(table.rows, table.columns, held);
    weights = plusHeld(weights, timesHeld(each, projection && !tied ? 2 : 1, held), held);
    nodes.push_back(loggedName(table.lookups.front()));
    if (projection)
      nodes.push_back(loggedName(projection->product));
  }
  Rewrite rewrite{copy, advisor.check, {{"rows", std::to_string(stay)}}, /*dry=*/true};
  rewrite.graph = &advisor.base().graph;
  rewrite.run();
  auto graph = rewrite.ops.empty() ? std::nullopt : advisor.analysed(copy);
  if (!graph)
    return;
  const WorkGraph &before = advisor.base().graph;
  double share = 100 * double(weights) / double(std::max<int64_t>(1, before.model.parameters));
  Suggestion suggestion = advisor.draft();
  suggestion.title = llvm::formatv("Keep {0} of {1} rows ({2:F0} % of weights)", stay, rows, share);
  suggestion.apply = llvm::formatv("--apply={0}:rows={1}", advisor.check.id, stay);
  suggestion.ops = rewrite.ops;
  suggestion.savingJ = advisor.savings(*graph);
  for (size_t i = 0; i < advisor.targets(); ++i) {
    JoulesByName joules(before, advisor.base().targets[i]);
    double spent = 0, base = advisor.baseJ(i);
    for (const std::string &node : nodes)
      spent += joules.lookup(node);
    if (base > 0 && suggestion.savingJ[i] && *suggestion.savingJ[i] < kLeastShare * base)
      advisor.refuse(i,
                     llvm::formatv("tables of {0} rows are {1:F1} % of the weights and {2:F1} % of "
                                   "the energy: rows that "
                                   "nobody looks up cost memory alone",
                                   rows, share, 100 * spent / base),
                     100 * *suggestion.savingJ[i] / base);
  }
  advisor.add(std::move(suggestion));
}
