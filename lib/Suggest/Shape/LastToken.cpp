//===- LastToken.cpp - Logits of the last token only ----------------------===//

#include "Suggest/Decoder.h"

#include "energy-opt/Decoder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <limits>

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

/// A projection to fewer classes is none to a vocabulary.
constexpr int64_t kLeastVocabulary = 1024;

bool energyopt::isCausalDecoder(mlir::ModuleOp module) {
  bool causal = false;
  module.walk([&](Operation *op) {
    causal |= isNamed(op, "Trilu") || isNamed(op, "com.microsoft.GroupQueryAttention") ||
              intAttr(op, "is_causal", 0) != 0 || intAttr(op, "unidirectional", 0) != 0;
  });
  return causal || hasCache(module);
}

bool energyopt::isCachePort(mlir::Type type, mlir::DictionaryAttr attrs) {
  auto name = attrs ? attrs.getAs<mlir::StringAttr>("onnx.name") : mlir::StringAttr();
  auto ranked = llvm::dyn_cast<mlir::RankedTensorType>(type);
  return name && ranked && isCacheName(name.getValue(), ranked.getRank());
}

bool energyopt::hasCache(mlir::ModuleOp module) {
  auto main = module.lookupSymbol<mlir::func::FuncOp>("main");
  if (!main)
    return false;
  for (mlir::BlockArgument arg : main.getArguments())
    if (isCachePort(arg.getType(), main.getArgAttrDict(arg.getArgNumber())))
      return true;
  for (auto [i, value] : llvm::enumerate(main.front().getTerminator()->getOperands()))
    if (isCachePort(value.getType(), main.getResultAttrDict(i)))
      return true;
  return false;
}

/// The projection of hidden states [batch, tokens, K] to logits behind an output,
/// and what stands between the two, the output's node first.
static std::optional<LogitsHead> headBehind(Value output, Rewrite &rewrite) {
  LogitsHead head;
  Operation *op = output.getDefiningOp();
  while (op && op->getNumOperands() > 0 &&
         (isNamed(op, "Cast") || isNamed(op, "Identity") || isNamed(op, "Add"))) {
    head.between.push_back(op);
    // A bias is a weight: the other operand is the one that is computed.
    unsigned computed = constantOf(op->getOperand(0).getDefiningOp()) ? 1 : 0;
    if (computed >= op->getNumOperands())
      return std::nullopt;
    op = op->getOperand(computed).getDefiningOp();
  }
  if (!op || !isNamed(op, "MatMul") || op->getNumOperands() != 2)
    return std::nullopt;
  auto hidden = rewrite.shapeOf(op->getOperand(0)), weight = rewrite.shapeOf(op->getOperand(1)),
       logits = rewrite.shapeOf(output);
  if (!hidden || hidden->size() != 3 || (*hidden)[1] == 1 || !weight || weight->size() != 2 ||
      (*weight)[1] < kLeastVocabulary || !logits || logits->size() != 3)
    return std::nullopt;
  head.projection = op;
  return head;
}

std::optional<LogitsHead> energyopt::findLogitsHead(Rewrite &rewrite) {
  auto main = rewrite.model.module->lookupSymbol<mlir::func::FuncOp>("main");
  if (!main)
    return std::nullopt;
  for (auto [i, output] : llvm::enumerate(main.front().getTerminator()->getOperands()))
    if (auto head = headBehind(output, rewrite)) {
      head->output = i;
      return head;
    }
  return std::nullopt;
}

/// A type with 1 in place of the tokens; names of the other dims stay.
static mlir::Type ofOneToken(mlir::Type type) {
  auto ranked = llvm::dyn_cast<mlir::RankedTensorType>(type);
  if (!ranked || ranked.getRank() != 3)
    return type;
  llvm::SmallVector<int64_t> shape(ranked.getShape());
  shape[1] = 1;
  mlir::Attribute encoding = ranked.getEncoding();
  if (auto names = llvm::dyn_cast_or_null<mlir::ArrayAttr>(encoding); names && names.size() == 3) {
    llvm::SmallVector<mlir::Attribute> changed(names.getValue());
    changed[1] = mlir::StringAttr::get(type.getContext(), "");
    encoding = mlir::ArrayAttr::get(type.getContext(), changed);
  }
  return mlir::RankedTensorType::get(shape, ranked.getElementType(), encoding);
}

void energyopt::projectLastToken(Rewrite &rewrite) {
  mlir::ModuleOp module = *rewrite.model.module;
  if (!isCausalDecoder(module))
    return;
  std::optional<LogitsHead> head = findLogitsHead(rewrite);
  if (!head || opsetOf(head->projection) < 10 || !rewrite.mayChange(loggedName(head->projection)))
    return;
  Operation *projection = head->projection;
  std::string name = loggedName(projection);
  mlir::OpBuilder b(projection);
  WeightReader &weights = rewrite.weights();
  Value hidden = projection->getOperand(0);
  Value slice[] = {
      hidden, addConstant(b, weights, {-1}, false, name + "_last_start"),
      addConstant(b, weights, {std::numeric_limits<int64_t>::max()}, false, name + "_last_end"),
      addConstant(b, weights, {1}, false, name + "_last_axis")};
  Operation *last = addNode(b, "", "Slice", slice, ofOneToken(hidden.getType()), name + "_last",
                            name + "_last_hidden");
  projection->setOperand(0, last->getResult(0));
  for (Operation *op : head->between)
    op->getResult(0).setType(ofOneToken(op->getResult(0).getType()));
  projection->getResult(0).setType(ofOneToken(projection->getResult(0).getType()));
  auto main = module.lookupSymbol<mlir::func::FuncOp>("main");
  auto key = mlir::StringAttr::get(module.getContext(), "onnx.type");
  if (auto declared = main.getResultAttrOfType<mlir::TypeAttr>(head->output, key))
    main.setResultAttr(head->output, key, mlir::TypeAttr::get(ofOneToken(declared.getValue())));
  updateSignature(main);
  rewrite.ops.push_back(name);
}
