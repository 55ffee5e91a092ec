//===- FuseBias.cpp - A constant that is added becomes the bias -----------===//
//
//   Conv(x, w) + b     -> Conv(x, w, b),   b one number for each channel
//   MatMul(x, w) + b   -> Gemm(x, w, b),   all of rank 2, b a row
//
//===----------------------------------------------------------------------===//

#include "Suggest/Editor.h"

#include "energy-opt/OnnxDialect.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

static bool isFloatOf32Or16(DType type) { return type == DType::F32 || type == DType::F16; }

/// The same bytes as a vector; the contents stay where they are.
static Value asVector(Value constant, Operation *before) {
  Operation *def = constant.getDefiningOp();
  auto type = llvm::cast<mlir::RankedTensorType>(constant.getType());
  mlir::OpBuilder b(before);
  Operation *made = b.clone(*def);
  made->removeAttr("onnx.verbatim");
  made->setLoc(mlir::NameLoc::get(b.getStringAttr((locatedValueName(constant) + "_bias").str())));
  made->getResult(0).setType(
      mlir::RankedTensorType::get({type.getNumElements()}, type.getElementType()));
  return made->getResult(0);
}

/// Channels of what a convolution makes; -1 if unknown.
static int64_t channels(Operation *conv, const Facts &facts) {
  int64_t groups = intAttr(conv, "group", 1);
  if (isNamed(conv, "Conv"))
    return facts.dim(conv->getOperand(1), 0);
  int64_t each = facts.dim(conv->getOperand(1), 1);
  return each < 0 || groups < 1 || groups > (1 << 20) ? -1 : each * groups;
}

/// Whether `bias` adds one number to each channel of a result of rank `rank`.
static bool isChannelBias(Value bias, int64_t rank, int64_t count, const Facts &facts) {
  auto ref = constantOf(bias.getDefiningOp());
  int64_t own = facts.rank(bias);
  if (!ref || ref->elements != count || ref->encoding == WeightRef::Encoding::None || own > rank ||
      own < rank - 1)
    return false;
  for (int64_t i = 0; i < own; ++i)
    if (facts.dim(bias, i) != (i == own - rank + 1 ? count : 1))
      return false;
  return true;
}

static bool fuseIntoConv(Operation *add, Operation *conv, Value bias, Editor &editor) {
  const Facts &facts = editor.facts;
  int64_t rank = facts.rank(conv->getOperand(1)), count = channels(conv, facts);
  bool biased = conv->getNumOperands() > 2 && facts.of(conv->getOperand(2)).kind != ValueKind::None;
  if (biased || rank < 3 || count < 1 || !isChannelBias(bias, rank, count, facts) ||
      facts.dtype(bias) != facts.dtype(conv->getOperand(1)))
    return false;
  llvm::SmallVector<Value> operands(conv->getOperands().take_front(2));
  operands.push_back(asVector(bias, conv));
  llvm::SmallVector<mlir::NamedAttribute> attributes(conv->getAttrs());
  editor.replaceByNode(add, "", conv->getName().getStringRef().drop_front(strlen("onnx.")),
                       operands, attributes);
  return true;
}

/// Only where the bias is a row: another one has Gemm's order of operations, but
/// is no bias.
static bool fuseIntoGemm(Operation *add, Operation *matmul, Value bias, Editor &editor) {
  const Facts &facts = editor.facts;
  Value a = matmul->getOperand(0), b = matmul->getOperand(1);
  if (opsetOf(add) < 7 || facts.rank(a) != 2 || facts.rank(b) != 2 || facts.rank(bias) != 1 ||
      !constantOf(bias.getDefiningOp()) || facts.dim(bias, 0) < 1 ||
      facts.dim(bias, 0) != facts.dim(b, 1) || !isFloatOf32Or16(facts.dtype(a)))
    return false;
  editor.replaceByNode(add, "", "Gemm", {a, b, bias});
  return true;
}

static bool fuseAdd(Operation *add, Editor &editor) {
  if (!isNamed(add, "Add") || add->getNumOperands() != 2 || opsetOf(add) < 7)
    return false;
  for (unsigned i : {0, 1}) {
    Value product = add->getOperand(i), bias = add->getOperand(1 - i);
    for (StringRef name : {"Conv", "ConvTranspose"})
      if (Operation *conv = editor.onlyMaker(product, name, add))
        if (fuseIntoConv(add, conv, bias, editor))
          return true;
    if (Operation *matmul = editor.onlyMaker(product, "MatMul", add))
      if (fuseIntoGemm(add, matmul, bias, editor))
        return true;
  }
  return false;
}

void energyopt::fuseBias(Rewrite &rewrite) {
  Editor editor(rewrite);
  editor.forEachNode([&](Operation *op) { return fuseAdd(op, editor); });
}
