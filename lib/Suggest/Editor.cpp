//===- Editor.cpp - Changes to a graph whose facts are in use -------------===//

#include "Suggest/Editor.h"

#include "energy-opt/OnnxDialect.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

/// A rewrite makes room for others; a chain longer than this is no model.
constexpr unsigned kMaxRounds = 8;

static Facts factsFor(Rewrite &rewrite) {
  return rewrite.facts ? rewrite.facts->take(rewrite.model) : Facts(rewrite.model);
}

Editor::Editor(Rewrite &rewrite) : rewrite(rewrite), facts(factsFor(rewrite)) {}

Editor::~Editor() {
  if (rewrite.facts && rewrite.ops.empty() && facts.areOfUntouched())
    rewrite.facts->leave(std::move(facts));
}

void Editor::forEachNode(llvm::function_ref<bool(Operation *)> change) {
  for (unsigned round = 0; round < kMaxRounds; ++round) {
    bool changed = false;
    erased.clear();
    for (Operation *op : nodesOf(rewrite))
      // A new node may have the address of one that was erased; it waits for the
      // next round.
      if (!erased.contains(op))
        changed |= change(op);
    if (!changed)
      return;
    facts = Facts(rewrite.model);
  }
}

bool Editor::canReplace(Operation *op, Value value) const {
  return onlyFirstIsUsed(op) && !hasEffects(op) && !needsCopy(op->getResult(0), value);
}

void Editor::replace(Operation *op, Value value) {
  rewrite.ops.push_back(loggedName(op));
  Value result = op->getResult(0);
  if (isUndeclared(value.getType()) && value.getDefiningOp())
    value.setType(result.getType());
  result.replaceAllUsesWith(value);
  erase(op);
}

void Editor::setOperand(Operation *op, unsigned operand, Value value) {
  Operation *old = op->getOperand(operand).getDefiningOp();
  op->setOperand(operand, value);
  if (old)
    erase(old);
}

Operation *Editor::replaceByNode(Operation *op, StringRef domain, StringRef name,
                                 mlir::ValueRange operands,
                                 llvm::ArrayRef<mlir::NamedAttribute> attributes) {
  mlir::OpBuilder b(op);
  Value result = op->getResult(0);
  Operation *made = energyopt::addNode(b, domain, name, operands, result.getType(),
                                       locatedNodeName(op), locatedValueName(result), attributes);
  erased.erase(made);
  ValueInfo info = facts.of(result);
  facts.set(made->getResult(0), std::move(info));
  replace(op, made->getResult(0));
  return made;
}

std::string Editor::unique(StringRef name) {
  if (names.empty())
    rewrite.model.module->walk([&](Operation *op) {
      for (Value result : op->getResults())
        names.insert(locatedValueName(result));
      for (mlir::Region &region : op->getRegions())
        for (mlir::BlockArgument arg : region.getArguments())
          names.insert(locatedValueName(arg));
    });
  std::string own = name.str();
  for (unsigned number = 1; !names.insert(own).second; ++number)
    own = (name + "_" + llvm::Twine(number)).str();
  return own;
}

Value Editor::addNode(Operation *before, StringRef name, mlir::ValueRange operands,
                      StringRef resultName, llvm::ArrayRef<mlir::NamedAttribute> attributes) {
  mlir::OpBuilder b(before);
  Operation *made = energyopt::addNode(b, "", name, operands, undeclaredType(b.getContext()), "",
                                       unique(resultName), attributes);
  erased.erase(made);
  facts.visit(*made);
  return made->getResult(0);
}

Value Editor::addInts(Operation *before, llvm::ArrayRef<int64_t> values, StringRef name) {
  mlir::OpBuilder b(before);
  Value made = addConstant(b, rewrite.weights(), values, /*scalar=*/false, unique(name));
  facts.visit(*made.getDefiningOp());
  return made;
}

Operation *Editor::maker(Value value, StringRef name, Operation *user) const {
  Operation *op = value ? value.getDefiningOp() : nullptr;
  return op && isNamed(op, name) && op->getBlock() == user->getBlock() ? op : nullptr;
}

Operation *Editor::onlyMaker(Value value, StringRef name, Operation *user) const {
  Operation *op = maker(value, name, user);
  if (!op || !onlyFirstIsUsed(op) || !rewrite.mayChange(loggedName(op)))
    return nullptr;
  bool only = llvm::all_of(value.getUsers(), [&](Operation *other) { return other == user; });
  return only ? op : nullptr;
}

bool Editor::isClosed(llvm::ArrayRef<Operation *> inside, Operation *last) const {
  for (Operation *op : inside) {
    if (!rewrite.mayChange(loggedName(op)) || op->getBlock() != last->getBlock())
      return false;
    for (Operation *user : op->getUsers())
      if (op != last && user != last && !llvm::is_contained(inside, user))
        return false;
  }
  return onlyFirstIsUsed(last) && rewrite.mayChange(loggedName(last));
}

void Editor::erase(Operation *op) {
  llvm::SmallVector<Operation *> dead{op};
  while (!dead.empty()) {
    Operation *next = dead.pop_back_val();
    if (erased.contains(next) || !next->use_empty() || next->hasAttr("graph_input") ||
        hasEffects(next))
      continue;
    for (Value operand : next->getOperands())
      if (Operation *def = operand.getDefiningOp())
        dead.push_back(def);
    // With what is inside of it.
    next->walk([&](Operation *gone) {
      for (Value result : gone->getResults())
        facts.forget(result);
      erased.insert(gone);
    });
    next->erase();
  }
}
