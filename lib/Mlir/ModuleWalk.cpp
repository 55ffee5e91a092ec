//===- ModuleWalk.cpp - Abstract execution of any module ------------------===//

#include "Mlir/ModuleWalk.h"

#include "Graph/CallExpansion.h"
#include "Mlir/DynamicShapes.h"
#include "Mlir/OpKinds.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace energyopt;

ModuleWalk::ModuleWalk(ShapeFacts &facts, GraphBuilder &builder, const AnalysisOptions &options)
    : facts(facts), builder(builder), options(options), resolver(facts) {
  for (const auto &[op, like] : options.opLike)
    resolver.opLike[op] = like;
}

ModuleWalk::Frame::Frame(ModuleWalk &walk, std::string prefix, unsigned depth)
    : index(walk.facts,
            [this, &walk](mlir::Value value, int64_t dim) -> std::optional<Expr> {
              auto it = values.find(value);
              if (it == values.end())
                return std::nullopt;
              const ValueInfo &info = walk.info(it->second);
              if (!info.hasRank() || dim < 0 || dim >= info.rank())
                return std::nullopt;
              return info.dim(dim);
            }),
      prefix(std::move(prefix)), depth(depth) {}

llvm::Error ModuleWalk::spend() {
  return ++visited <= mostOps ? llvm::Error::success() : tooManyOps();
}

llvm::Error ModuleWalk::tooManyOps() const {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "the module expands to more than " + llvm::Twine(mostOps) +
                                     " ops: nested calls multiply\n" + howToRaise(Limit::Ops));
}

//===----------------------------------------------------------------------===//
// Entry
//===----------------------------------------------------------------------===//

llvm::Error ModuleWalk::run(llvm::ArrayRef<EntryPoint> entries) {
  if (entries.size() > 1)
    facts.assume("no function calls another: all " + llvm::Twine(entries.size()) +
                 " are counted, once each");
  for (const EntryPoint &entry : entries) {
    Frame frame(*this, entry.prefix, 0);
    auto function = entry.function;
    auto callee = [&](mlir::Operation *op) { return calledFunction(op, &symbols).getOperation(); };
    if (expandedOps(function, callee) > mostOps)
      return tooManyOps();
    for (auto [arg, declared] : llvm::zip(function.getArguments(), entry.inputs)) {
      auto bound = bindInput(declared, options, facts);
      if (!bound)
        return bound.takeError();
      TypeFacts type = typeFacts(arg.getType());
      ValueInfo value = type.kind == ValueKind::Tensor ? std::move(*bound) : ValueInfo::none();
      if (arg.getType().isIntOrIndex())
        frame.index.bind(arg, value.data ? value.data->front().asInt()
                                         : facts.bindSymbol(declared.name, 1, "an argument"));
      int32_t tensor = builder.addTensor(std::move(value), declared.name, GraphTensor::Role::Input);
      frame.values[arg] = tensor;
      builder.graph.inputs.push_back({declared.name, tensor});
    }
    Tensors yields;
    if (llvm::Error error = visitBody(function.getFunctionBody(), {frame}, yields))
      return error;
    for (auto [i, tensor] : llvm::enumerate(yields))
      builder.graph.outputs.push_back({entry.prefix + "result" + llvm::utostr(i), tensor});
    // Memory that the caller owns and that was written to.
    for (auto [arg, declared] : llvm::zip(function.getArguments(), entry.inputs)) {
      auto now = overwritten.find(frame.values[arg]);
      if (now != overwritten.end())
        builder.graph.outputs.push_back({declared.name, now->second});
    }
  }
  return llvm::Error::success();
}

llvm::Error ModuleWalk::runOp(mlir::Operation *root) {
  Frame frame(*this, "", 0);
  if (llvm::Error error = visitOp(root, {frame}))
    return error;
  for (auto [i, result] : llvm::enumerate(root->getResults()))
    builder.graph.outputs.push_back({"result" + llvm::utostr(i), tensorOf(result, frame)});
  for (auto [before, after] : overwritten)
    builder.graph.outputs.push_back({builder.graph.tensors[before].name, after});
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

llvm::Error ModuleWalk::visitBlock(mlir::Block &block, const Place &place) {
  llvm::SaveAndRestore deeper(bodies, bodies + 1);
  if (bodies > limitOf(Limit::Depth))
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "calls and regions nest deeper than " +
                                       llvm::Twine(limitOf(Limit::Depth)) + " levels\n" +
                                       howToRaise(Limit::Depth));
  for (mlir::Operation &op : block)
    if (!isTerminator(&op))
      if (llvm::Error error = visitOp(&op, place))
        return error;
  return llvm::Error::success();
}

llvm::Error ModuleWalk::visitOp(mlir::Operation *op, const Place &place) {
  if (llvm::Error error = spend())
    return error;
  if (isMetaOp(op) || isDeclaration(op) || visitConstant(op, place.frame))
    return llvm::Error::success();
  if (auto callee = calledFunction(op, &symbols))
    return visitCall(op, callee, place);
  if (op->getNumRegions() > 0)
    return visitRegions(op, place);
  return visitPlain(op, place);
}

llvm::Error ModuleWalk::visitRegions(mlir::Operation *op, const Place &place) {
  switch (regionKind(op)) {
  case RegionKind::Loop:
    return RegisterCode::isRegisterLevel(op) ? visitKernel(op, place) : visitLoop(op, place);
  case RegionKind::NamedLoop:
    return visitNamedLoop(op, place);
  case RegionKind::While:
    return visitWhile(op, place);
  case RegionKind::Branch:
    return visitBranches(op, place);
  case RegionKind::Once: {
    addRow(op, place, "control-flow", {}, {}, Work::free());
    Tensors yields;
    for (mlir::Region &region : op->getRegions())
      if (!region.empty())
        if (llvm::Error error = visitBody(region, place, yields))
          return error;
    bindResults(op, yields, place.frame);
    return llvm::Error::success();
  }
  case RegionKind::Applied:
    return visitPlain(op, place);
  }
  return llvm::Error::success();
}

/// Constants are parameters of the model, not rows of it.
bool ModuleWalk::visitConstant(mlir::Operation *op, Frame &frame) {
  mlir::Attribute value;
  if (!isConstant(op, value))
    return false;
  for (mlir::Value result : op->getResults()) {
    // onnx.Constant of tensor<*xf32>: its value knows better.
    TypeFacts type = typeFacts(result.getType());
    if (auto typed = mlir::dyn_cast_or_null<mlir::TypedAttr>(value); typed && !type.dims)
      type = typeFacts(typed.getType());
    ValueInfo constant = mergeDeclared(type, {}, reportedName(op).second, facts);
    constant.isParameter = true;
    if (constant.kind == ValueKind::Tensor)
      constant.data = constantData(value);
    frame.values[result] = builder.addTensor(std::move(constant), locationName(op->getLoc()),
                                             GraphTensor::Role::Parameter);
  }
  return true;
}

/// Work of the op's regions, applied once to scalars.
Work ModuleWalk::bodyWork(mlir::Operation *op, Frame &frame) {
  RegisterCode body(resolver, frame.index);
  for (mlir::Region &region : op->getRegions())
    if (!region.empty())
      body.add(region.front(), 1);
  return std::move(body.work);
}

llvm::Error ModuleWalk::visitPlain(mlir::Operation *op, const Place &place) {
  Tensors operands;
  for (mlir::Value operand : op->getOperands())
    operands.push_back(tensorOf(operand, place.frame));
  llvm::SmallVector<const ValueInfo *, 6> infos;
  for (int32_t tensor : operands)
    infos.push_back(&info(tensor));
  auto shapes = dynamicShapes(op, infos, place.frame.index, facts);
  Resolver::Query query{op, infos, nullptr, shapes};
  Work body;
  if (op->getNumRegions() > 0) {
    body = bodyWork(op, place.frame);
    query.body = &body;
  }
  query.explain = !options.explain.empty();
  OpAnswer answer = resolver.resolve(query);
  // Addressing, done by the way.
  if (op->getNumResults() > 0 && op->getNumRegions() == 0 &&
      llvm::all_of(op->getResultTypes(), isIndexLike) &&
      answer.work.status != WorkStatus::Unmodelled)
    answer.work = Work::free();
  Tensors results;
  defineResults(op, answer, operands, place.frame, results);
  // Memory that the op writes into stands after its results.
  for (size_t i = op->getNumResults(); i < answer.work.writeBytes.size(); ++i) {
    int32_t target = operands[i - op->getNumResults()];
    results.push_back(answer.work.writeBytes[i].is(0) ? -1 : written(target));
  }
  int32_t row = addRow(op, place, answer.family, operands, results, answer.work);
  explain(op, answer, operands, row);
  return llvm::Error::success();
}
