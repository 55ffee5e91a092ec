//===- PadTiles.cpp - Products as wide as the tiles of units --------------===//

#include "Suggest/Shape/PadTiles.h"

#include "Suggest/Advisor.h"
#include "Suggest/Prune/Channels.h"
#include "Suggest/Rewrites.h"

#include "energy-opt/OnnxDialect.h"

#include "llvm/Support/FormatVariadic.h"

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

/// Padding a product that is hardly wider than a tile adds more than it saves.
static constexpr int64_t kLeastTiles = 8;

namespace {

/// A product with constant weights whose results are no multiple of a tile.
struct Misaligned {
  Operation *op, *weights;
  unsigned axis; // of the results in the weights
  int64_t width, padded;
};

/// Elements with zeros behind those along `axis`, up to `padded`.
std::vector<uint8_t> padAxis(llvm::ArrayRef<uint8_t> bytes, llvm::ArrayRef<int64_t> shape,
                             unsigned axis, int64_t padded, unsigned width) {
  size_t inner = width;
  for (int64_t size : shape.drop_front(axis + 1))
    inner *= size;
  size_t part = inner * shape[axis], room = inner * padded;
  std::vector<uint8_t> made;
  made.reserve(bytes.size() / part * room);
  for (size_t at = 0; at + part <= bytes.size(); at += part) {
    made.insert(made.end(), bytes.begin() + at, bytes.begin() + at + part);
    made.resize(made.size() + room - part);
  }
  return made;
}

mlir::RankedTensorType resized(mlir::RankedTensorType type, unsigned axis, int64_t size) {
  llvm::SmallVector<int64_t> shape(type.getShape());
  shape[axis] = size;
  return mlir::RankedTensorType::get(shape, type.getElementType());
}

class Padder {
public:
  explicit Padder(Rewrite &rewrite)
      : rewrite(rewrite), multiple(int64_t(rewrite.number("multiple"))) {}

  void run() {
    llvm::SmallVector<Misaligned> found;
    rewrite.model.module->walk([&](Operation *op) {
      if (auto product = misaligned(op); product && rewrite.mayChange(loggedName(op)))
        found.push_back(*product);
    });
    for (const Misaligned &product : found)
      pad(product);
    eraseUnused(*rewrite.model.module);
  }

private:
  std::optional<Misaligned> misaligned(Operation *op) const {
    bool gemm = isNamed(op, "Gemm");
    if (!(gemm || isNamed(op, "MatMul")) || opsetOf(op) < 10 || !onlyFirstIsUsed(op))
      return std::nullopt;
    Operation *weights = op->getOperand(1).getDefiningOp();
    auto ref = constantOf(weights);
    auto type = ref ? llvm::dyn_cast<mlir::RankedTensorType>(op->getOperand(1).getType())
                    : mlir::RankedTensorType();
    if (!type || type.getRank() != 2 || !type.hasStaticShape() || !isFloat(ref->dtype) ||
        bitWidth(ref->dtype) % 8 != 0)
      return std::nullopt;
    unsigned axis = gemm && intAttr(op, "transB", 0) ? 0 : 1;
    int64_t width = type.getDimSize(axis);
    if (width % multiple == 0 || width < kLeastTiles * multiple || !canPadBias(op, width))
      return std::nullopt;
    return Misaligned{op, weights, axis, width, (width + multiple - 1) / multiple * multiple};
  }

  /// The bias of a Gemm, if any, is a number for each result.
  static bool canPadBias(Operation *op, int64_t width) {
    if (!hasOperand(op, 2))
      return true;
    auto type = llvm::dyn_cast<mlir::RankedTensorType>(op->getOperand(2).getType());
    return constantOf(op->getOperand(2).getDefiningOp()) && type && type.getRank() == 1 &&
           type.getDimSize(0) == width;
  }

  /// A padded copy of a constant; null if its contents cannot be read.
  Value padded(mlir::OpBuilder &b, Operation *constant, unsigned axis, int64_t size) {
    auto type = llvm::cast<mlir::RankedTensorType>(constant->getResult(0).getType());
    std::vector<uint8_t> contents;
    if (!rewrite.dry) {
      auto bytes = bytesOf(rewrite, *constantOf(constant));
      if (!bytes)
        return {};
      contents = padAxis(bytes->get(), type.getShape(), axis, size,
                         bitWidth(constantOf(constant)->dtype) / 8);
    }
    return addWeight(b, rewrite, resized(type, axis, size), std::move(contents),
                     locatedValueName(constant->getResult(0)).str() + "_padded");
  }

  void pad(const Misaligned &product) {
    Operation *op = product.op;
    std::string name = loggedName(op);
    mlir::OpBuilder b(op);
    Value weights = padded(b, product.weights, product.axis, product.padded), bias;
    bool hasBias = hasOperand(op, 2) && canPadBias(op, product.width);
    if (weights && hasBias)
      bias = padded(b, op->getOperand(2).getDefiningOp(), 0, product.padded);
    if (!weights || (hasBias && !bias)) {
      rewrite.kept.push_back(name + ": its weight is not in the file");
      return;
    }
    llvm::SmallVector<Value> operands(op->getOperands());
    operands[1] = weights;
    if (hasBias)
      operands[2] = bias;
    Value result = op->getResult(0);
    std::string wide = locatedValueName(result).str() + "_padded";
    mlir::Type type = result.getType();
    auto ranked = llvm::dyn_cast<mlir::RankedTensorType>(type);
    mlir::Type wideType =
        ranked ? mlir::Type(resized(ranked, ranked.getRank() - 1, product.padded)) : type;
    Operation *made = addNode(b, "", isNamed(op, "Gemm") ? "Gemm" : "MatMul", operands, wideType,
                              locatedNodeName(op), wide, llvm::to_vector(op->getAttrs()));
    WeightReader &reader = rewrite.weights();
    Value slice[] = {made->getResult(0), addConstant(b, reader, {0}, false, wide + "_start"),
                     addConstant(b, reader, {product.width}, false, wide + "_end"),
                     addConstant(b, reader, {-1}, false, wide + "_axis")};
    Operation *narrow = addNode(b, "", "Slice", slice, type, "", locatedValueName(result));
    result.replaceAllUsesWith(narrow->getResult(0));
    op->erase();
    rewrite.ops.push_back(std::move(name));
  }

  Rewrite &rewrite;
  int64_t multiple;
};

} // namespace

void energyopt::padTiles(Rewrite &rewrite) { Padder(rewrite).run(); }

//===----------------------------------------------------------------------===//
// What it is worth
//===----------------------------------------------------------------------===//

/// In elements: the columns of a systolic array; of Tensor Cores, 16 bytes of fp16
/// (NVIDIA, Matrix Multiplication Background User's Guide, "Tensor Core
/// Requirements"). 0 for units that ask for nothing.
static int64_t tileOf(const Target &target) {
  if (!target.matrix.exists())
    return 0;
  if (target.matrix.arrayColumns)
    return int64_t(target.matrix.arrayColumns.value);
  return target.cls == DeviceClass::Gpu ? 8 : 0;
}

/// MACs of the rows called `names`, as a share of all.
static double shareOf(const Report &base, llvm::ArrayRef<std::string> names) {
  double mine = 0, all = 0;
  for (const GraphRow &row : base.graph.rows) {
    all += double(row.macs);
    if (llvm::is_contained(names, row.name) ||
        llvm::is_contained(names, logNameOf(row, base.graph)))
      mine += double(row.macs);
  }
  return all > 0 ? mine / all : 0;
}

static std::string whyNot(const Target &target, int64_t tile, size_t products, double share,
                          double savedShare) {
  std::string text =
      llvm::formatv("{0} of {1:F0} % of the work {2} no multiple of {3} wide; ",
                    products == 1 ? "a product" : llvm::formatv("{0} products", products).str(),
                    100 * share, products == 1 ? "is" : "are", tile);
  text +=
      target.matrix.arrayColumns
          ? "the last columns of the array idle either way"
          : "runtimes that pad by themselves gain nothing, and for libraries the energy model has "
            "no figure: where one runs it, measure";
  if (savedShare < -0.001)
    text += llvm::formatv("; the slice of the results adds {0:F1} %", -100 * savedShare);
  return text;
}

void energyopt::adviseTiles(Advisor &advisor) {
  const Situation &s = advisor.situation;
  constexpr double kLeastWork = 0.05; // of all MACs, for a word about it
  for (auto [i, target] : llvm::enumerate(s.targets)) {
    int64_t tile = tileOf(target);
    if (tile < 2)
      continue;
    ImportedModel copy = copyModel(s.model);
    Rewrite rewrite{copy, advisor.check, {{"multiple", std::to_string(tile)}}, /*dry=*/true};
    rewrite.graph = &s.base.graph;
    padTiles(rewrite);
    double share = shareOf(s.base, rewrite.ops);
    if (share < kLeastWork)
      continue;
    auto graph = advisor.analysed(copy);
    auto report = graph ? advisor.priced(*graph, target, s.energy) : std::nullopt;
    if (!report)
      continue;
    double saved = advisor.baseJ(i) - report->energyJ.value;
    if (saved < kLeastShare * advisor.baseJ(i)) {
      advisor.refuse(i, whyNot(target, tile, rewrite.ops.size(), share, saved / advisor.baseJ(i)),
                     100 * saved / advisor.baseJ(i));
      continue;
    }
    Suggestion suggestion = advisor.draft();
    suggestion.ops = std::move(rewrite.ops);
    suggestion.apply = llvm::formatv("--apply={0}:multiple={1}", advisor.check.id, tile);
    suggestion.savingJ[i] = saved;
    advisor.add(std::move(suggestion));
  }
}
