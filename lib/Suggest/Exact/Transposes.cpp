//===- Transposes.cpp - Transposes moved to where they cancel -------------===//
//
// From a Transpose down through element-wise ops, as far as each is the only
// reader of the last, to transposes by the inverse: those go, and so does the
// first. What comes in from the side is a scalar, another transpose by the same
// axes, or a small constant, which is transposed here.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Editor.h"

#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

using Perm = std::vector<int64_t>;

static bool isElementwise(Operation *op) {
  auto [domain, name] = onnxDomainAndType(op);
  return domain.empty() && op->getNumResults() == 1 && op->getNumRegions() == 0 &&
         llvm::StringSwitch<bool>(name)
             .Cases("Relu", "LeakyRelu", "Sigmoid", "Tanh", "Elu", "Selu", "Softplus", "Softsign",
                    true)
             .Cases("HardSigmoid", "HardSwish", "Clip", "Abs", "Neg", "Exp", "Log", "Sqrt", "Erf",
                    true)
             .Cases("Reciprocal", "Cast", "Floor", "Ceil", "Round", "Gelu", "Mish", "Not", true)
             .Cases("Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "And", "Or", "Identity", true)
             .Default(false);
}

namespace {
/// The ops between transposes, and these.
struct Region {
  llvm::SmallVector<Operation *> ops;     // element-wise, in order of discovery
  llvm::SmallVector<Operation *> opening; // transposes by `perm` that go in
  llvm::SmallVector<Operation *> closing; // transposes by its inverse
};

class Sinker {
public:
  explicit Sinker(Editor &editor) : editor(editor), opset(opsetOf(*editor.rewrite.model.module)) {}

  bool tryAt(Operation *transpose) {
    if (!isNamed(transpose, "Transpose"))
      return false;
    auto axes = permutationOf(transpose, editor.facts);
    if (!axes || llvm::is_sorted(*axes))
      return false;
    perm = *axes;
    inverse.resize(perm.size());
    for (auto [i, axis] : llvm::enumerate(perm))
      inverse[axis] = i;
    region = {};
    if (!open(transpose) || region.ops.empty() || region.closing.empty())
      return false;
    if (!transposeConstants())
      return false;
    change();
    return true;
  }

private:
  /// Of an open node: nobody but nodes of the region reads it.
  bool open(Operation *transpose) {
    if (llvm::is_contained(region.opening, transpose))
      return true;
    if (region.opening.size() + region.ops.size() >= kMost || !mayTake(transpose))
      return false;
    region.opening.push_back(transpose);
    return readers(transpose);
  }

  bool mayTake(Operation *op) const {
    return op->getNumResults() > 0 && editor.rewrite.mayChange(loggedName(op)) &&
           !isOutput(op->getResult(0));
  }

  bool readers(Operation *op) {
    for (Operation *user : llvm::SmallVector<Operation *>(op->getUsers())) {
      if (user->getBlock() != op->getBlock() || !take(user))
        return false;
    }
    return true;
  }

  bool take(Operation *op) {
    if (llvm::is_contained(region.ops, op) || llvm::is_contained(region.closing, op))
      return true;
    // A dead one would take the whole region with it.
    if (isNamed(op, "Transpose") && !op->use_empty() &&
        permutationOf(op, editor.facts) == inverse && editor.rewrite.mayChange(loggedName(op))) {
      region.closing.push_back(op);
      // An output takes the name of what makes it, of which there is one.
      Value source = op->getOperand(0);
      return !isOutput(op->getResult(0)) ||
             (source.hasOneUse() && llvm::is_contained(region.ops, source.getDefiningOp()));
    }
    if (region.ops.size() + region.opening.size() >= kMost || opset < 7 || !isElementwise(op) ||
        !mayTake(op))
      return false;
    region.ops.push_back(op);
    return llvm::all_of(op->getOperands(), [&](Value operand) { return side(operand, op); }) &&
           readers(op);
  }

  /// What an op of the region reads: of the region too, or without axes.
  bool side(Value operand, Operation *op) {
    Operation *def = operand.getDefiningOp();
    if (editor.facts.of(operand).kind == ValueKind::None || editor.facts.rank(operand) == 0)
      return true;
    // One element, of a rank that does not decide that of the result.
    const ValueInfo &info = editor.facts.of(operand);
    if (info.hasRank() && info.elements().is(1) && info.rank() <= int64_t(perm.size()))
      return true;
    if (smallConstant(operand))
      return true;
    if (!def || def->getBlock() != op->getBlock())
      return false;
    if (llvm::is_contained(region.ops, def) || llvm::is_contained(region.opening, def))
      return true;
    if (isNamed(def, "Transpose"))
      return permutationOf(def, editor.facts) == perm && open(def);
    return editor.facts.rank(operand) == int64_t(perm.size()) && take(def);
  }

  std::optional<WeightRef> smallConstant(Value operand) const {
    auto type = llvm::dyn_cast<mlir::RankedTensorType>(operand.getType());
    if (!type || type.getRank() > int64_t(perm.size()))
      return std::nullopt;
    auto ref = constantOf(operand.getDefiningOp());
    bool fits = ref && ref->elements <= kMaxEvaluatedElements && bitWidth(ref->dtype) % 8 == 0 &&
                ref->dtype != DType::String && ref->dtype != DType::Undefined &&
                ref->encoding != WeightRef::Encoding::None;
    return fits ? ref : std::nullopt;
  }

  /// The constants that ops of the region read, as they are in front of the
  /// transpose. False if one is absent; then nothing has changed.
  bool transposeConstants() {
    llvm::SmallVector<std::tuple<mlir::OpOperand *, mlir::RankedTensorType, std::vector<uint8_t>>>
        made;
    for (Operation *op : region.ops)
      for (mlir::OpOperand &operand : op->getOpOperands()) {
        auto ref = smallConstant(operand.get());
        auto type = llvm::dyn_cast<mlir::RankedTensorType>(operand.get().getType());
        if (!ref || ref->elements == 1)
          continue;
        auto bytes = bytesOf(editor.rewrite, *ref);
        if (!bytes)
          return false;
        Perm dims(perm.size() - type.getRank(), 1), turned;
        llvm::append_range(dims, type.getShape());
        for (int64_t axis : inverse)
          turned.push_back(dims[axis]);
        made.emplace_back(
            &operand, mlir::RankedTensorType::get(turned, type.getElementType()),
            transposed(bytes->get(), dims, inverse, std::max(bitWidth(ref->dtype) / 8, 1u)));
      }
    for (auto &[operand, type, bytes] : made) {
      mlir::OpBuilder b(operand->getOwner());
      std::string name = locatedValueName(operand->get()).str() + "_transposed";
      Value constant = addConstant(b, editor.rewrite.weights(), type, std::move(bytes), name);
      editor.facts.visit(*constant.getDefiningOp());
      editor.setOperand(operand->getOwner(), operand->getOperandNumber(), constant);
    }
    return true;
  }

  void change() {
    for (Operation *op : region.ops) {
      op->getResult(0).setType(undeclaredType(op->getContext()));
      editor.facts.forget(op->getResult(0));
    }
    // The transposes that open go last: those that close read through them.
    for (Operation *op : region.closing)
      replaceUses(op);
    for (Operation *op : region.opening)
      replaceUses(op);
  }

  /// Facts of what lies between are gone; another round has them again.
  void replaceUses(Operation *op) {
    if (isOutput(op->getResult(0))) {
      // The name and type of the output go to what makes it now.
      op->getOperand(0).setType(op->getResult(0).getType());
    }
    editor.replace(op, op->getOperand(0));
  }

  static constexpr size_t kMost = 64;
  Editor &editor;
  int64_t opset;
  Perm perm, inverse;
  Region region;
};
} // namespace

void energyopt::sinkTransposes(Rewrite &rewrite) {
  Editor editor(rewrite);
  Sinker sinker(editor);
  editor.forEachNode([&](Operation *op) { return sinker.tryAt(op); });
}
