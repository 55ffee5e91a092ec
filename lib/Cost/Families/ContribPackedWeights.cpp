//===- ContribPackedWeights.cpp - Products with weights of few bits -------===//
//
// MatMulNBits and its kin: the weight is packed, its block scales beside it.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/ContribMatMul.h"
#include "Cost/Families/Delegate.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/Normalize.h"
#include "Cost/Families/RunTime.h"

#include "llvm/Support/MathExtras.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

Expected<int64_t> energyopt::positiveAttr(const OpView &op, llvm::StringRef name) {
  if (!op.hasAttr(name))
    return op.error("attribute " + name + " is required");
  int64_t value = op.intAttr(name, 0);
  if (value < 1)
    return op.error("attribute " + name + " is " + Twine(value) + ", expected at least 1");
  return value;
}

static Error checkBlock(const OpView &op, int64_t block) {
  if (block < 16 || !llvm::isPowerOf2_64(block))
    return op.error("block_size is " + Twine(block) + ", expected a power of 2 from 16");
  return Error::success();
}

Expected<PackedWeight> energyopt::readPackedWeight(const OpView &op, int64_t n) {
  auto k = positiveAttr(op, "K");
  if (!k)
    return k.takeError();
  auto block = positiveAttr(op, "block_size");
  if (!block)
    return block.takeError();
  if (Error e = checkBlock(op, *block))
    return e;
  int64_t bits = op.intAttr("bits", 4);
  if (bits < 2 || bits > 8)
    return op.error("attribute bits is " + Twine(bits) + ", expected 2 to 8");
  return PackedWeight{n, *k, bits, *block};
}

/// An input's number of elements, if it is known and not what it must be.
static Error requireElements(const OpView &op, unsigned input, const Expr &elements,
                             const char *what) {
  if (!op.ranked(input))
    return Error::success();
  auto have = op.in(input).elements().constant(), want = elements.constant();
  if (have && want && *have != *want)
    return op.error("input " + Twine(input) + " (" + what + ") has " + Twine(*have) +
                    " elements, expected " + Twine(*want));
  return Error::success();
}

Error energyopt::checkPackedWeight(const OpView &op, const PackedWeight &packed, unsigned weight,
                                   unsigned scales) {
  // Prepacked weights have their runtime's own layout.
  if (op.intAttr("weight_prepacked", 0))
    return Error::success();
  Expr blob = (Expr(packed.block) * packed.bits).floorDiv(8);
  if (Error e = requireElements(op, weight, packed.blocks() * packed.n * blob, "packed weight"))
    return e;
  return requireElements(op, scales, packed.blocks() * packed.n, "scales");
}

namespace {

/// rows x K times K x N, whatever the packing.
struct Product {
  Expr n, k;
};

Expected<Product> readNBits(const OpView &op) {
  auto n = positiveAttr(op, "N");
  if (!n)
    return n.takeError();
  auto packed = readPackedWeight(op, *n);
  if (!packed)
    return packed.takeError();
  if (Error e = checkPackedWeight(op, *packed, 1, 2))
    return e;
  if (op.has(3) && !op.intAttr("weight_prepacked", 0)) {
    Expr points = op.in(3).dtype == DType::U8 ? (packed->blocks() * packed->bits).ceilDiv(8)
                                              : packed->blocks();
    if (Error e = requireElements(op, 3, points * packed->n, "zero points"))
      return e;
  }
  if (Error e = requireElements(op, 5, packed->n, "bias"))
    return e;
  return Product{packed->n, packed->k};
}

Expected<Product> readBnb4(const OpView &op) {
  auto n = positiveAttr(op, "N"), k = positiveAttr(op, "K"), block = positiveAttr(op, "block_size");
  for (auto *attr : {&n, &k, &block})
    if (!*attr) {
      Error error = attr->takeError();
      for (auto *other : {&n, &k, &block})
        if (other != attr && !*other)
          llvm::consumeError(other->takeError());
      return error;
    }
  if (Error e = checkBlock(op, *block))
    return e;
  int64_t type = op.intAttr("quant_type", -1);
  if (type != 0 && type != 1)
    return op.error("quant_type is " + Twine(type) + ", expected 0 (FP4) or 1 (NF4)");
  Expr weights = Expr(*n) * *k;
  if (Error e = requireElements(op, 1, weights.ceilDiv(2), "packed weight"))
    return e;
  if (Error e = requireElements(op, 2, weights.ceilDiv(*block), "absmax"))
    return e;
  bool transposed = op.intAttr("transB", 1) != 0;
  return transposed ? Product{*n, *k} : Product{*k, *n};
}

/// The weight's own shape: [N, K] of values, or of bytes with two values each.
Expected<Product> readStored(const OpView &op, int64_t perByte) {
  if (Error e = requireRank(op, 1, 2))
    return e;
  if (!op.ranked(1))
    return Product{Expr::overflow(), Expr::overflow()};
  return Product{op.in(1).dim(0), op.in(1).dim(1) * perByte};
}

/// The product's sizes; overflowing ones stand for unknown.
Expected<Product> readProduct(const OpView &op, PackedForm form) {
  switch (form) {
  case PackedForm::NBits:
    return readNBits(op);
  case PackedForm::Bnb4:
    return readBnb4(op);
  case PackedForm::FpQ4: {
    auto shape = op.intData(2);
    if (!shape)
      return Product{Expr::overflow(), Expr::overflow()};
    if (shape->size() != 2)
      return op.error("B_shape has " + Twine(shape->size()) + " values, expected 2");
    return Product{(*shape)[1], (*shape)[0]};
  }
  case PackedForm::BlockFp4:
    return readStored(op, 2);
  case PackedForm::BlockFp8:
    return readStored(op, 1);
  }
  return op.error("unknown packing");
}

/// [..., K] -> [..., N], K checked.
Expected<std::optional<Shape>> projected(const OpView &op, unsigned input, const Product &product) {
  if (!op.ranked(input) || product.n.isOverflow())
    return std::optional<Shape>();
  Shape shape = *op.in(input).shape;
  if (shape.empty())
    return op.error("input " + Twine(input) + " is a scalar, expected [..., K]");
  if (!op.ctx->unify(shape.back(), product.k))
    return op.error("input " + Twine(input) + " has " + shape.back().str() +
                    " columns, the weight takes " + product.k.str());
  shape.back() = product.n;
  return std::optional<Shape>(std::move(shape));
}

/// Type that a packed product is computed in.
DType computeType(const OpView &op) {
  if (op.intAttr("accuracy_level", 0) == 4) // activations quantized block by block
    return DType::I8;
  return op.in(0).dtype;
}

/// Q4 for one weight: its product with `rows` rows, and its dequantization.
void addPackedProduct(const OpView &op, Work &work, const Expr &rows, const Product &product) {
  DType type = computeType(op);
  addMatMul(op, work, type, /*parameter=*/true, {1, rows, product.n, product.k});
  if (type == DType::I8) {
    // Blocks of int8 sums are scaled: K/block_size of them a result.
    Expr sums =
        rows * product.n * product.k.ceilDiv(std::max<int64_t>(1, op.intAttr("block_size", 32)));
    addElementwise(work, op.in(0).dtype, sums, dequantizeOps(false));
    return;
  }
  addElementwise(work, op.in(0).dtype, product.n * product.k, dequantizeOps(true));
}

Error shapePacked(OpView &op, const RuleParams &params) {
  auto form = static_cast<PackedForm>(params.a);
  if (Error e = requireInputs(op, 3))
    return e;
  if (Error e = requireFloat(op, 0))
    return e;
  auto product = readProduct(op, form);
  if (!product)
    return product.takeError();
  auto shape = projected(op, 0, *product);
  if (!shape)
    return shape.takeError();
  setOutput(op, 0, op.in(0).dtype, *shape);
  return Error::success();
}

unsigned biasInput(PackedForm form) {
  switch (form) {
  case PackedForm::NBits:
  case PackedForm::BlockFp4:
    return 5;
  case PackedForm::BlockFp8:
    return 4;
  default:
    return ~0u;
  }
}

Work workPacked(const OpView &op, const RuleParams &params) {
  auto form = static_cast<PackedForm>(params.a);
  auto product = readProduct(op, form);
  if (!product)
    return unmodelledError(product.takeError());
  if (!op.ranked(0) || product->n.isOverflow())
    return unknownShape(op);
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  Expr results = op.outputs[0].elements();
  Expr rows = results.exactDiv(product->n).value_or(1);
  addPackedProduct(op, work, rows, *product);
  if (computeType(op) == DType::I8 || (form == PackedForm::BlockFp8 && op.has(3)))
    addElementwise(work, op.in(0).dtype, op.in(0).elements(), kDynamicQuantizeOps);
  if (op.has(biasInput(form)))
    addElementwise(work, op.in(0).dtype, results, 1);
  return work;
}

//===----------------------------------------------------------------------===//
// Several projections of one input
//===----------------------------------------------------------------------===//

struct Projection {
  Expr n;
  unsigned weight, bias; // inputs; the scales follow the weight
};

Expected<llvm::SmallVector<Projection, 3>> readProjections(const OpView &op, bool qkv) {
  llvm::SmallVector<Projection, 3> projections;
  llvm::SmallVector<const char *, 3> sizes =
      qkv ? llvm::SmallVector<const char *, 3>{"Nq", "Nkv", "Nkv"}
          : llvm::SmallVector<const char *, 3>{"N", "N"};
  for (auto [i, size] : llvm::enumerate(sizes)) {
    auto n = positiveAttr(op, size);
    if (!n)
      return n.takeError();
    auto packed = readPackedWeight(op, *n);
    if (!packed)
      return packed.takeError();
    unsigned weight = 3 + 3 * i;
    if (Error e = checkPackedWeight(op, *packed, weight, weight + 1))
      return e;
    projections.push_back({*n, weight, weight + 2});
  }
  return projections;
}

Error shapeProjections(OpView &op, const RuleParams &params) {
  auto projections = readProjections(op, params.a);
  if (!projections)
    return projections.takeError();
  if (Error e = requireInputs(op, 1))
    return e;
  DType type = op.in(0).dtype;
  Expr k = op.intAttr("K", 1);
  for (auto [i, projection] : llvm::enumerate(*projections)) {
    auto shape = projected(op, 0, {projection.n, k});
    if (!shape)
      return shape.takeError();
    if (params.a || i == 0) // the MLP's two are multiplied into one
      setOutput(op, i, type, *shape);
  }
  setOutput(op, params.a ? 3 : 1, type, op.in(0).shape);
  return Error::success();
}

Work workProjections(const OpView &op, const RuleParams &params) {
  auto projections = readProjections(op, params.a);
  if (!projections)
    return unmodelledError(projections.takeError());
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  DType type = op.in(0).dtype;
  Expr k = op.intAttr("K", 1), inputs = op.in(0).elements();
  Expr rows = inputs.exactDiv(k).value_or(1);
  if (op.has(1)) // residual
    addElementwise(work, type, inputs, 1);
  if (op.has(2)) {
    NormSteps steps;
    steps.rms = true;
    steps.bias = false;
    addNormalization(op, work, type, inputs, rows, steps);
  }
  for (const Projection &projection : *projections) {
    addPackedProduct(op, work, rows, {projection.n, k});
    if (op.has(projection.bias))
      addElementwise(work, type, rows * projection.n, 1);
  }
  if (params.a)
    return work;
  // activation(gate) * up
  Expr results = rows * (*projections)[0].n;
  std::string activation = op.stringAttr("activation", "");
  if (!addActivation(op, work, activation, type, results))
    return unknownActivation(activation);
  addElementwise(work, type, results, 1);
  return work;
}

} // namespace

const Family energyopt::packedMatMulFamily = {
    "matmul", "Q4: macs = rows*N*K, 3*N*K operations to dequantize the weight", shapePacked,
    workPacked};
const Family energyopt::packedProjectionsFamily = {
    "matmul", "Q4: macs = rows*K*(sum of N), 3*N*K operations to dequantize each weight",
    shapeProjections, workProjections};
