//===- GraphWalk.cpp - Abstract execution of a module ---------------------===//

#include "Graph/GraphWalk.h"

#include "Cost/ApplyRule.h"
#include "Cost/OpsetForms.h"
#include "Cost/RuleLookup.h"
#include "Graph/CallExpansion.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;

/// "node 'conv1'", or, without a name, "node '#12 (Conv)'", as the importer says it.
static std::string describe(Operation &op) {
  StringRef name = nodeName(&op);
  if (!name.empty())
    return ("node '" + name + "'").str();
  StringRef opName = domainAndOp(op.getName().getStringRef()).second;
  unsigned ordinal = locatedOrdinal(&op);
  return ordinal ? ("node '#" + llvm::Twine(ordinal) + " (" + opName + ")'").str()
                 : ("op " + opName).str();
}

llvm::Error energyopt::nodeError(Operation &op, const llvm::Twine &message,
                                 const llvm::Twine &mend) {
  std::string text = describe(op) + ": " + message.str();
  if (std::string tail = mend.str(); !tail.empty())
    text += "\n" + tail;
  return llvm::createStringError(llvm::inconvertibleErrorCode(), text);
}

/// "my::Attn" and "Attn" → "onnx.my.Attn", "onnx.Attn".
static std::string opNameOf(StringRef spelled) {
  auto [domain, op] = spelled.split("::");
  if (op.empty())
    return ("onnx." + spelled).str();
  return domain == "ai.onnx" ? ("onnx." + op).str() : ("onnx." + domain + "." + op).str();
}

GraphWalk::GraphWalk(mlir::ModuleOp module, WeightReader &weights, OpMemo &memo, ShapeFacts &facts,
                     GraphBuilder &builder, const AnalysisOptions &options)
    : module(module), weights(weights), memo(memo), facts(facts), builder(builder),
      options(options) {
  for (const auto &[op, like] : options.opLike)
    opLike[opNameOf(op)] = opNameOf(like);
}

llvm::Error GraphWalk::spend() {
  return ++visited <= mostOps ? llvm::Error::success() : tooManyOps();
}

llvm::Error GraphWalk::tooManyOps() const {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "the graph expands to more than " + llvm::Twine(mostOps) +
                                     " ops: nested calls or loops multiply\n" +
                                     howToRaise(Limit::Ops));
}

const ValueInfo &GraphWalk::info(int32_t tensor) const {
  return tensor < 0 ? noneInfo : builder.info(tensor);
}

int32_t GraphWalk::lookup(mlir::Value value, const Frame &frame) const {
  auto it = frame.values.find(value);
  return it == frame.values.end() ? -1 : it->second;
}

mlir::func::FuncOp GraphWalk::calleeOf(Operation &op) {
  auto callee = op.getAttrOfType<mlir::FlatSymbolRefAttr>("onnx.callee");
  return callee ? module.lookupSymbol<mlir::func::FuncOp>(callee.getValue()) : nullptr;
}

llvm::Error GraphWalk::run(mlir::func::FuncOp main, llvm::ArrayRef<ValueInfo> inputs) {
  const bool calls = !llvm::hasSingleElement(module.getBody()->getOperations());
  if (calls && expandedOps(main, [&](Operation *op) { return calleeOf(*op); }) > mostOps)
    return tooManyOps();
  Frame frame;
  frame.opsets = module->getAttrOfType<mlir::DictionaryAttr>("onnx.opsets");
  for (auto [arg, input] : llvm::zip(main.getArguments(), inputs)) {
    auto name = main.getArgAttrOfType<mlir::StringAttr>(arg.getArgNumber(), "onnx.name");
    StringRef text = name ? name.getValue() : StringRef();
    if (auto size = negativeDim(input))
      return llvm::createStringError(
          llvm::inconvertibleErrorCode(),
          "input '" + text + "' would have a dim of " + llvm::Twine(*size) +
              "\ngive the dims that its size is computed from with --dim");
    int32_t tensor = builder.addTensor(input, text, GraphTensor::Role::Input);
    frame.values[arg] = tensor;
    builder.graph.inputs.push_back({text.str(), tensor});
  }
  mlir::Block &body = main.getBody().front();
  size_t values = body.getOperations().size() + inputs.size();
  builder.reserve(values);
  frame.values.reserve(values);
  if (llvm::Error error = visitBlock(body, frame, /*scope=*/0))
    return error;
  for (auto [i, value] : llvm::enumerate(body.getTerminator()->getOperands())) {
    auto name = main.getResultAttrOfType<mlir::StringAttr>(i, "onnx.name");
    builder.graph.outputs.push_back({name ? name.getValue().str() : "", lookup(value, frame)});
  }
  return llvm::Error::success();
}

llvm::Error GraphWalk::visitBlock(mlir::Block &block, Frame &frame, int32_t scope) {
  llvm::SaveAndRestore deeper(bodies, bodies + 1);
  if (bodies > limitOf(Limit::Depth))
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "calls and subgraphs nest deeper than " +
                                       llvm::Twine(limitOf(Limit::Depth)) + " levels\n" +
                                       howToRaise(Limit::Depth));
  for (Operation &op : block.without_terminator())
    if (llvm::Error error = visitOp(op, frame, scope))
      return error;
  return llvm::Error::success();
}

llvm::Error GraphWalk::visitOp(Operation &op, Frame &frame, int32_t scope) {
  if (llvm::Error error = spend())
    return error;
  StringRef name = op.getName().getStringRef();
  if (name == "onnx.initializer") {
    visitInitializer(op, frame);
    return llvm::Error::success();
  }
  if (name == "onnx.none") {
    frame.values[op.getResult(0)] = -1;
    return llvm::Error::success();
  }
  if (mlir::func::FuncOp callee = calleeOf(op))
    return visitCall(op, callee, frame, scope);
  if (op.getNumRegions() == 0)
    return visitPlain(op, frame, scope);
  if (name == "onnx.If")
    return visitIf(op, frame, scope);
  if (name == "onnx.Loop")
    return visitLoop(op, frame, scope);
  if (name == "onnx.Scan")
    return visitScan(op, frame, scope);
  if (name == "onnx.SequenceMap")
    return visitSequenceMap(op, frame, scope);
  return visitOtherRegions(op, frame, scope);
}

void GraphWalk::visitInitializer(Operation &op, Frame &frame) {
  mlir::Value result = op.getResult(0);
  ValueInfo value = declaredInfo(result.getType(), facts);
  value.isParameter = true;
  frame.values[result] =
      builder.addTensor(std::move(value), resultName(&op, 0), GraphTensor::Role::Parameter);
}

GraphWalk::Resolved GraphWalk::resolve(Operation &op, const Frame &frame) {
  auto key = std::make_pair(op.getName().getAsOpaquePointer(), frame.opsets.getAsOpaquePointer());
  auto [it, inserted] = resolved.try_emplace(key);
  if (!inserted)
    return it->second;
  Resolved &found = it->second;
  StringRef name = op.getName().getStringRef();
  auto like = opLike.find(name);
  if (like != opLike.end())
    name = like->second;
  StringRef domain = domainAndOp(name).first;
  if (frame.opsets)
    if (auto version = frame.opsets.getAs<mlir::IntegerAttr>(domain))
      found.opset = version.getInt();
  found.rule = findRuleAsWritten(name, found.opset);
  return found;
}

/// Fixed sizes of a declaration against what was inferred: a size that only
/// the run decides takes the declared one. False if they contradict.
static bool reconcile(Shape &inferred, const std::vector<DeclaredDim> &declared,
                      const ShapeFacts &facts) {
  if (inferred.size() != declared.size())
    return false;
  for (auto [dim, said] : llvm::zip(inferred, declared)) {
    if (!said.size)
      continue;
    if (facts.isDataDependent(dim))
      dim = *said.size; // the exporter knew what the run would decide
    else if (dim.isConstant() && !dim.is(*said.size))
      return false;
  }
  return true;
}

/// Declared types check what was inferred, and stand in where nothing was.
void GraphWalk::mergeDeclared(Operation &op, OpView &view) {
  for (auto [i, output] : llvm::enumerate(view.outputs)) {
    mlir::Type type = op.getResult(i).getType();
    if (output.kind == ValueKind::None || mlir::isa<mlir::OpaqueType, mlir::NoneType>(type))
      continue;
    bool untyped = output.dtype == DType::Undefined;
    if (untyped || (output.kind == ValueKind::Tensor && !output.shape)) {
      ValueInfo declared = declaredInfo(type, facts);
      if (negativeDim(declared)) // says nothing of what there can be
        declared.shape.reset();
      if (untyped && !output.shape)
        output = std::move(declared);
      else if (untyped)
        output.dtype = declared.dtype;
      else
        output.shape = std::move(declared.shape);
      continue;
    }
    DeclaredInput declared = declaredInput(type, resultName(&op, i));
    if (output.kind != ValueKind::Tensor || !declared.dims)
      continue;
    Shape inferred = *output.shape;
    if (reconcile(*output.shape, *declared.dims, facts))
      continue;
    output.shape = inferred;
    facts.assume("the declared shape of '" + declared.name + "' contradicts the inferred " +
                 output.str() + ", which is used");
  }
}

static constexpr llvm::StringLiteral kGradient = "onnx.ai.onnx.preview.training.Gradient";

/// Nullopt for ops of which more counts than what they are and their operands are:
/// those in functions, whose attributes the call decides, and those that hold graphs.
std::optional<OpMemo::Key> GraphWalk::keyOf(Operation &op, const Resolved &found,
                                            const Frame &frame, llvm::ArrayRef<int32_t> operands) {
  if (!found.rule || frame.call || simulating || builder.isSymbolic() || !options.explain.empty() ||
      op.getNumRegions() > 0 || op.isRegistered() || found.rule->op == kGradient)
    return std::nullopt;
  OpMemo::Key key;
  auto add = [&](const void *pointer) { key.push_back(reinterpret_cast<uintptr_t>(pointer)); };
  add(op.getName().getAsOpaquePointer());
  add(op.getAttrDictionary().getAsOpaquePointer());
  add(found.rule);
  key.push_back(uint64_t(found.opset));
  for (int32_t tensor : operands) {
    if (tensor < 0) {
      key.push_back(0);
      continue;
    }
    std::optional<int32_t> &identity = builder.identity(tensor);
    if (!identity)
      identity = memo.identityOf(info(tensor));
    if (*identity == OpMemo::kUnknown)
      return std::nullopt;
    key.push_back(uint64_t(*identity) + 1);
  }
  for (mlir::Type type : op.getResultTypes())
    add(type.getAsOpaquePointer());
  return key;
}

/// Shapes and work by the rule, where there is one and it can tell.
llvm::Error GraphWalk::infer(Operation &op, const OpRule *rule, const Frame &frame, OpView &view,
                             Work &work) {
  if (!rule) {
    auto [domain, opName] = domainAndOp(view.name);
    work = Work::unmodelled(("no rule for " + domain + "::" + opName).str());
    mergeDeclared(op, view);
    return llvm::Error::success();
  }
  if (rule->op != view.name)
    view.name = rule->op;
  StringRef wanted = nodeName(&op);
  view.explain = !options.explain.empty() &&
                 (wanted == options.explain || options.explain == frame.prefix + wanted.str() ||
                  StringRef(options.explain).starts_with(domainAndOp(view.name).second));
  normalizeOpset(view);
  if (llvm::Error error = inferShapes(*rule, view)) {
    if (!tolerant)
      return nodeError(op, llvm::toString(std::move(error)));
    work = Work::unmodelled(llvm::toString(std::move(error)));
    return llvm::Error::success();
  }
  mergeDeclared(op, view);
  work = view.name == kGradient ? gradientWork(builder.graph, view) : workOf(*rule, view);
  return llvm::Error::success();
}

llvm::Error GraphWalk::visitPlain(Operation &op, Frame &frame, int32_t scope) {
  llvm::SmallVector<int32_t, 6> operands;
  for (mlir::Value operand : op.getOperands())
    operands.push_back(lookup(operand, frame));
  Resolved found = resolve(op, frame);
  std::optional<OpMemo::Key> key = keyOf(op, found, frame, operands);
  if (const OpMemo::Outcome *known = key ? memo.find(op, *key) : nullptr) {
    repeat(op, *known, operands, frame, scope);
    return llvm::Error::success();
  }
  OpAttrs attrs(&op, frame.call, &weights);
  OpView view;
  view.name = op.getName().getStringRef();
  view.attrs = &attrs;
  view.ctx = &facts;
  view.opset = found.opset;
  for (int32_t tensor : operands)
    view.inputs.push_back(&info(tensor));
  view.outputs.resize(op.getNumResults());
  for (auto [i, output] : llvm::enumerate(view.outputs))
    if (mlir::isa<mlir::NoneType>(op.getResult(i).getType()))
      output.kind = ValueKind::None;

  const uint64_t uses = facts.uses();
  Work work;
  if (llvm::Error error = infer(op, found.rule, frame, view, work))
    return error;
  // What depends on this analysis is of no use to others.
  if (facts.uses() != uses || (tolerant && work.status == WorkStatus::Unmodelled))
    key.reset();
  llvm::SmallVector<int32_t, 2> results;
  defineResults(op, frame, view, work, operands, results);
  const char *family = found.rule ? found.rule->use.family->name : "";
  int32_t row = addRow(op, frame, scope, family, operands, results, work);
  if (view.explain)
    explainRow(op, view, found.rule, work, row, frame);
  if (key)
    remember(op, *key, attrs.asked(), row);
  return llvm::Error::success();
}

void GraphWalk::remember(Operation &op, const OpMemo::Key &key, llvm::ArrayRef<unsigned> asked,
                         int32_t row) {
  OpMemo::Outcome outcome{builder.graph.rows[row], {}, false};
  outcome.row.name.clear();
  for (const TensorUse &write : outcome.row.writes) {
    auto &result = outcome.results.emplace_back();
    if (write.tensor < 0)
      continue;
    const ValueInfo &known = info(write.tensor);
    int32_t identity = memo.identityOf(known);
    if (identity == OpMemo::kUnknown) // of long contents, which would be kept
      return;
    result = {known, identity, builder.graph.tensors[write.tensor]};
    result->tensor.name.clear();
    result->tensor.producer = -1;
  }
  outcome.isView = !outcome.results.empty() && outcome.results.front() &&
                   outcome.results.front()->tensor.viewOf >= 0;
  memo.remember(op, key, asked, std::move(outcome));
}

void GraphWalk::repeat(Operation &op, const OpMemo::Outcome &outcome,
                       llvm::ArrayRef<int32_t> operands, Frame &frame, int32_t scope) {
  llvm::SmallVector<int32_t, 2> results;
  for (auto [i, like] : llvm::enumerate(outcome.results)) {
    int32_t tensor = -1;
    if (like) {
      tensor = builder.repeatTensor(like->tensor, like->info, resultName(&op, i),
                                    outcome.isView && i == 0 ? operands[0] : -1);
      builder.identity(tensor) = like->identity;
    }
    results.push_back(tensor);
    frame.values[op.getResult(i)] = tensor;
  }
  builder.repeatRow(outcome.row, frame.prefix + nodeName(&op).str(), scope, operands, results);
}

static GraphTensor::Role roleOf(Operation &op) {
  return op.getName().getStringRef() == "onnx.Constant" ? GraphTensor::Role::Parameter
                                                        : GraphTensor::Role::Intermediate;
}

/// The operand whose memory a metadata-only op shows under another shape;
/// -1 if its result is something else (the result of Shape).
int32_t GraphWalk::viewedOperand(const ValueInfo &output, llvm::ArrayRef<int32_t> operands) const {
  if (operands.empty() || operands[0] < 0)
    return -1;
  const ValueInfo &input = info(operands[0]);
  if (input.dtype != output.dtype || input.kind != output.kind)
    return -1;
  if (!input.hasRank() || !output.hasRank())
    return operands[0];
  return facts.evaluate(input.elements()) == facts.evaluate(output.elements()) ? operands[0] : -1;
}

void GraphWalk::defineResults(Operation &op, Frame &frame, OpView &view, const Work &work,
                              llvm::ArrayRef<int32_t> operands,
                              llvm::SmallVectorImpl<int32_t> &results) {
  // An op of parameters only makes a parameter: a runtime folds it.
  bool constant = !operands.empty() || roleOf(op) == GraphTensor::Role::Parameter;
  for (int32_t operand : operands)
    constant &= operand < 0 || info(operand).isParameter;
  for (auto [i, output] : llvm::enumerate(view.outputs)) {
    if (output.kind == ValueKind::None) {
      results.push_back(-1);
      frame.values[op.getResult(i)] = -1;
      continue;
    }
    output.isParameter |= constant && work.status != WorkStatus::Unmodelled;
    int32_t viewOf =
        work.status == WorkStatus::Free && i == 0 ? viewedOperand(output, operands) : -1;
    int32_t tensor = builder.addTensor(output, resultName(&op, i), roleOf(op), viewOf);
    results.push_back(tensor);
    frame.values[op.getResult(i)] = tensor;
  }
}

int32_t GraphWalk::addRow(Operation &op, const Frame &frame, int32_t scope, const char *family,
                          llvm::ArrayRef<int32_t> operands, llvm::ArrayRef<int32_t> results,
                          const Work &work) {
  GraphBuilder::NewRow row;
  row.name = frame.prefix + nodeName(&op).str();
  std::tie(row.domain, row.op) = domainAndOp(op.getName().getStringRef());
  row.family = family;
  row.scope = scope;
  row.inputs = operands;
  row.outputs = results;
  return builder.addRow(std::move(row), work);
}

void GraphWalk::explainRow(Operation &op, const OpView &view, const OpRule *rule, const Work &work,
                           int32_t row, const Frame &frame) {
  std::string name = frame.prefix + nodeName(&op).str();
  if (name.empty())
    name = (domainAndOp(op.getName().getStringRef()).second + "_" + llvm::Twine(row)).str();
  if (name != options.explain || explanation)
    return;
  RowExplanation &why = explanation.emplace();
  why.row = row;
  if (rule) {
    why.rule = (rule->op + llvm::Twine(" since ") + llvm::Twine(rule->since) + ": " +
                rule->use.family->name + ", " + rule->use.family->equation)
                   .str();
    why.source = rule->source;
  }
  for (auto [i, operand] : llvm::enumerate(op.getOperands())) {
    int32_t tensor = lookup(operand, frame);
    if (tensor >= 0)
      why.inputs.push_back(builder.graph.tensors[tensor].name + ": " + info(tensor).str());
  }
  for (auto [i, output] : llvm::enumerate(view.outputs))
    if (output.kind != ValueKind::None)
      why.outputs.push_back((resultName(&op, i) + ": " + output.str()).str());
  why.equations = work.equations;
  if (!work.reason.empty())
    why.equations.push_back(work.reason);
}
