//===- Facts.cpp - What holds in every run of a model ---------------------===//

#include "Suggest/Facts.h"

#include "Cost/OpsetForms.h"
#include "Cost/RuleLookup.h"
#include "Suggest/Rewrites.h"
#include "energy-opt/OnnxDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

//===----------------------------------------------------------------------===//
// OpenDims
//===----------------------------------------------------------------------===//

// A name with '?' may be 0.
Expr OpenDims::fresh() { return Expr::symbol((llvm::Twine("?") + llvm::Twine(next++)).str()); }

std::optional<Expr> OpenDims::unify(const Expr &a, const Expr &b) {
  if (a == b)
    return a;
  if (a.isConstant() && b.isConstant())
    return std::nullopt;
  // Whether the two are equal or one is broadcast, a 1 says nothing, and any
  // other size is that of the result.
  if (a.isConstant())
    return a.is(1) ? b : a;
  if (b.isConstant())
    return b.is(1) ? a : b;
  return fresh();
}

//===----------------------------------------------------------------------===//
// The walk
//===----------------------------------------------------------------------===//

namespace {
/// Initializers that a run may override have no known contents.
class ConstantAttrs : public OpAttrs {
public:
  ConstantAttrs(Operation *op, WeightReader *weights) : OpAttrs(op, nullptr, weights), op(op) {}
  std::shared_ptr<const TensorData> load(unsigned index) const override {
    if (index >= op->getNumOperands() || !constantOf(op->getOperand(index).getDefiningOp()))
      return nullptr;
    return OpAttrs::load(index);
  }

private:
  Operation *op;
};
} // namespace

static mlir::func::FuncOp mainOf(mlir::ModuleOp module) {
  return module.lookupSymbol<mlir::func::FuncOp>("main");
}

Facts::Facts(ImportedModel &model) : model(&model) {
  mlir::func::FuncOp main = mainOf(*model.module);
  if (!main || main.getBody().empty())
    return;
  for (mlir::BlockArgument arg : main.getArguments())
    infos[arg] = declared(arg.getType(), /*isInput=*/true);
  visit(main.getBody().front());
}

Facts::Facts(const Facts &of, const mlir::IRMapping &copies, ImportedModel &copy)
    : model(&copy), open(of.open), rules(of.rules) {
  infos.reserve(of.infos.size());
  for (const auto &[value, info] : of.infos)
    infos.try_emplace(copies.lookup(value), info);
}

/// Runtimes check the inputs that they are given; other declarations are the
/// exporter's word, and sizes in them may be outdated.
ValueInfo Facts::declared(mlir::Type type, bool isInput) const {
  DeclaredInput read = declaredInput(type, "");
  if (llvm::isa<ContainerType>(type))
    read = {};
  ValueInfo info = ValueInfo::tensor(read.dtype);
  if (!read.dims || !isInput)
    return info;
  info.shape.emplace();
  for (const DeclaredDim &dim : *read.dims) {
    bool fixed = dim.size && *dim.size >= 0;
    info.shape->push_back(fixed              ? Expr(*dim.size)
                          : dim.name.empty() ? open.fresh()
                                             : Expr::symbol((llvm::Twine("?") + dim.name).str()));
  }
  return info;
}

void Facts::visit(mlir::Block &block) {
  for (Operation &op : block.without_terminator())
    infer(op);
}

ViewedOp Facts::view(Operation *op) const {
  ViewedOp viewed{std::make_unique<ConstantAttrs>(op, model->weights.get()), {}};
  OpView &view = viewed.view;
  view.name = op->getName().getStringRef();
  view.attrs = viewed.attrs.get();
  view.ctx = &open;
  for (Value operand : op->getOperands())
    view.inputs.push_back(&of(operand));
  view.outputs.resize(op->getNumResults());
  for (auto [i, output] : llvm::enumerate(view.outputs))
    if (llvm::isa<mlir::NoneType>(op->getResult(i).getType()))
      output.kind = ValueKind::None;
  StringRef domain = domainAndOp(view.name).first;
  auto opsets = (*model->module)->getAttrOfType<mlir::DictionaryAttr>("onnx.opsets");
  if (auto version = opsets ? opsets.getAs<mlir::IntegerAttr>(domain) : nullptr)
    view.opset = version.getInt();
  normalizeOpset(view);
  return viewed;
}

const OpRule *Facts::ruleOf(Operation &op, const OpView &view) {
  if (op.getNumRegions() > 0 || op.hasAttr("onnx.callee"))
    return nullptr;
  auto [found, isNew] = rules.try_emplace(const_cast<void *>(op.getName().getAsOpaquePointer()));
  if (isNew)
    found->second = findRuleAsWritten(view.name, view.opset);
  return found->second;
}

void Facts::infer(Operation &op) {
  if (isNamed(&op, "none")) {
    infos[op.getResult(0)] = ValueInfo::none();
    return;
  }
  if (isNamed(&op, "initializer")) {
    ValueInfo info = declared(op.getResult(0).getType(), /*isInput=*/true);
    info.isParameter = constantOf(&op).has_value();
    infos[op.getResult(0)] = std::move(info);
    return;
  }
  for (mlir::Region &region : op.getRegions())
    for (mlir::Block &block : region) {
      for (mlir::BlockArgument arg : block.getArguments())
        infos[arg] = declared(arg.getType(), /*isInput=*/false);
      visit(block);
    }
  ViewedOp viewed = view(&op);
  OpView &view = viewed.view;
  bool known = false;
  if (const OpRule *rule = ruleOf(op, view)) {
    llvm::Error error = inferShapes(*rule, view);
    known = !error;
    llvm::consumeError(std::move(error));
  }
  bool constant =
      known && !hasEffects(&op) && (op.getNumOperands() > 0 || isNamed(&op, "Constant"));
  for (Value operand : op.getOperands()) {
    const ValueInfo &info = of(operand);
    constant &= info.isParameter || info.kind == ValueKind::None;
  }
  for (auto [i, output] : llvm::enumerate(view.outputs)) {
    Value result = op.getResult(i);
    if (!known)
      output = output.kind == ValueKind::None ? ValueInfo::none() : ValueInfo();
    if (output.kind == ValueKind::Tensor && output.dtype == DType::Undefined)
      output.dtype = declared(result.getType(), /*isInput=*/false).dtype;
    output.isParameter = constant;
    infos[result] = std::move(output);
  }
}

//===----------------------------------------------------------------------===//
// Questions
//===----------------------------------------------------------------------===//

const ValueInfo &Facts::of(Value value) const {
  static const ValueInfo unknown;
  auto found = infos.find(value);
  return found == infos.end() ? unknown : found->second;
}

bool Facts::sameShape(Value a, Value b) const {
  const ValueInfo &x = of(a), &y = of(b);
  return x.hasRank() && y.hasRank() && *x.shape == *y.shape;
}

bool Facts::sameType(Value a, Value b) const {
  return dtype(a) != DType::Undefined && dtype(a) == dtype(b) && sameShape(a, b);
}

int64_t Facts::dim(Value value, int64_t axis) const {
  const ValueInfo &info = of(value);
  if (axis < 0)
    axis += info.rank();
  return axis >= 0 && axis < info.rank() ? info.dim(axis).constant().value_or(-1) : -1;
}

std::shared_ptr<const TensorData> Facts::contents(Value value) const {
  std::shared_ptr<const TensorData> data = of(value).data;
  if (!data)
    data = fewOf(value.getDefiningOp(), *model->weights);
  bool known = data && llvm::all_of(*data, [](const Scalar &element) {
                 return element.asFloat().has_value();
               });
  return known ? data : nullptr;
}

std::optional<std::vector<int64_t>> Facts::ints(Value value) const {
  auto data = contents(value);
  if (!data)
    return std::nullopt;
  std::vector<int64_t> values;
  for (const Scalar &element : *data) {
    auto e = element.asInt();
    auto c = e ? e->constant() : std::nullopt;
    if (!c)
      return std::nullopt;
    values.push_back(*c);
  }
  return values;
}

std::optional<double> Facts::scalar(Value value) const {
  const ValueInfo &info = of(value);
  if (!info.hasRank() || !info.elements().is(1))
    return std::nullopt;
  auto data = contents(value);
  return data && data->size() == 1 ? (*data)[0].asFloat() : std::nullopt;
}

bool Facts::isScalar(Value value, double expected, double tolerance) const {
  auto number = scalar(value);
  return number && std::abs(*number - expected) <= tolerance;
}

bool Facts::isConstant(Value value) const { return of(value).isParameter; }

Facts CopiedFacts::take(ImportedModel &copy) {
  if (!left)
    return Facts(original->get(), copies, copy);
  Facts taken = std::move(*left);
  left.reset();
  taken.moveTo(copy);
  return taken;
}

std::optional<std::vector<int64_t>> energyopt::permutationOf(Operation *transpose,
                                                             const Facts &facts) {
  if (auto given = transpose->getAttrOfType<mlir::DenseI64ArrayAttr>("perm")) {
    std::vector<bool> seen(given.size());
    for (int64_t axis : given.asArrayRef()) {
      if (axis < 0 || axis >= static_cast<int64_t>(given.size()) || seen[axis])
        return std::nullopt;
      seen[axis] = true;
    }
    return given.asArrayRef().vec();
  }
  int64_t rank = facts.rank(transpose->getOperand(0));
  if (rank < 0)
    return std::nullopt;
  std::vector<int64_t> perm;
  for (int64_t axis = rank; axis-- > 0;)
    perm.push_back(axis);
  return perm;
}

std::vector<Operation *> energyopt::nodesOf(const Rewrite &rewrite) {
  std::vector<Operation *> nodes;
  mlir::func::FuncOp main = mainOf(*rewrite.model.module);
  if (main)
    main.walk<mlir::WalkOrder::PreOrder>([&](Operation *op) {
      bool isNode = op != main.getOperation() && !op->hasTrait<mlir::OpTrait::IsTerminator>() &&
                    !isNamed(op, "yield") && !isNamed(op, "none") && !isNamed(op, "initializer");
      // What a file says has no output is no part of any pattern.
      if (isNode && op->getNumResults() > 0 && rewrite.mayChange(loggedName(op)))
        nodes.push_back(op);
    });
  return nodes;
}
