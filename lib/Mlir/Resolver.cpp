//===- Resolver.cpp - Who says what an op of any dialect does -------------===//

#include "Mlir/Resolver.h"

#include "Cost/OpsetForms.h"
#include "energy-opt/OnnxDialect.h"
#include "energy-opt/WorkOpInterface.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using llvm::StringRef;

/// No opset says more than the newest form.
constexpr int64_t kNewest = std::numeric_limits<int64_t>::max();

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// The ONNX op that a torch.operator stands for; "" for any other op.
static StringRef wrappedOnnxName(mlir::Operation *op) {
  if (op->getName().getStringRef() != "torch.operator")
    return "";
  auto name = op->getAttrOfType<mlir::StringAttr>("name");
  return name ? name.getValue() : StringRef();
}

std::pair<StringRef, StringRef> energyopt::reportedName(mlir::Operation *op) {
  StringRef wrapped = wrappedOnnxName(op);
  auto [dialect, name] = (wrapped.empty() ? op->getName().getStringRef() : wrapped).split('.');
  if (dialect != "onnx")
    return {dialect, name};
  return domainAndOp(name);
}

/// torch-mlir keeps the model's opset on the function.
static int64_t torchOpset(mlir::Operation *op) {
  for (mlir::Operation *scope = op->getParentOp(); scope; scope = scope->getParentOp())
    if (auto version = scope->getAttrOfType<mlir::IntegerAttr>("torch.onnx_meta.opset_version"))
      return version.getValue().getSExtValue();
  return kNewest;
}

/// Version that our own importer's modules declare for the domain.
static int64_t importedOpset(mlir::Operation *op, StringRef domain) {
  for (mlir::Operation *scope = op->getParentOp(); scope; scope = scope->getParentOp())
    if (auto opsets = scope->getAttrOfType<mlir::DictionaryAttr>("onnx.opsets"))
      if (auto version = opsets.getAs<mlir::IntegerAttr>(domain))
        return version.getInt();
  return kNewest;
}

/// "add" of "add_.Tensor": without overload, in place or not.
static StringRef atenName(StringRef name) {
  name = name.split('.').first;
  if (name.size() > 1 && !name.ends_with("__"))
    name.consume_back("_");
  return name;
}

/// Ops that another dialect has under a name of its own.
static StringRef usualName(StringRef name) {
  return llvm::StringSwitch<StringRef>(name)
      // onnx-mlir splits ops by what of them it lowers.
      .Case("onnx.BatchNormalizationInferenceMode", "onnx.BatchNormalization")
      .Case("onnx.Dim", "onnx.Size")
      .Case("onnx.LayoutTransform", "onnx.Transpose")
      .Case("onnx.MaxPoolSingleOut", "onnx.MaxPool")
      .Case("onnx.RMSLayerNormalization", "onnx.RMSNormalization")
      .Case("onnx.ShapeTransform", "stablehlo.transpose")
      .Case("onnx.UpsampleAndPad", "stablehlo.pad")
      .Case("torch.onnx.rotary_embedding", "onnx.com.microsoft.RotaryEmbedding")
      .Default(name);
}

/// "llvm.intr.vp.fadd": elementwise but for a few, whatever the operation.
static StringRef predicatedName(StringRef verb) {
  if (verb.starts_with("reduce."))
    return "vector.reduction";
  return verb == "fma" || verb == "fmuladd" ? "math.fma" : "llvm.intr.vp";
}

/// onnx-mlir leaves out the domain.
static std::string withDomain(StringRef name) {
  StringRef op = name;
  if (!op.consume_front("onnx."))
    return name.str();
  for (StringRef domain : {"onnx.ai.onnx.ml.", "onnx.com.microsoft."})
    if (!op.contains('.') && !findRule(name, kNewest) && findRule((domain + op).str(), kNewest))
      return (domain + op).str();
  return name.str();
}

Resolver::RuleName Resolver::ruleName(mlir::Operation *op) const {
  StringRef name = op->getName().getStringRef();
  auto like = opLike.find(name);
  if (like != opLike.end())
    return {like->second, kNewest};
  if (StringRef wrapped = wrappedOnnxName(op); !wrapped.empty())
    return {withDomain(wrapped), torchOpset(op)};
  if (StringRef aten = name; aten.consume_front("torch.aten."))
    return {"torch.aten." + atenName(aten).str(), kNewest};
  if (StringRef verb = name; verb.consume_front("llvm.intr.vp."))
    return {predicatedName(verb).str(), kNewest};
  name = usualName(name);
  if (name.consume_front("mhlo."))
    return {("stablehlo." + name).str(), kNewest};
  if (!name.starts_with("onnx."))
    return {name.str(), kNewest};
  // onnx-mlir: "onnx.ReduceSumV11" is the form of opset 11.
  StringRef digits = name.take_back(2);
  int64_t version;
  if (name.size() > 3 && name[name.size() - 3] == 'V' && !digits.getAsInteger(10, version))
    return {name.drop_back(3).str(), version};
  if (name == "onnx.Custom")
    if (auto function = op->getAttrOfType<mlir::StringAttr>("function_name"))
      return {withDomain(("onnx." + function.getValue()).str()), kNewest};
  return {withDomain(name), importedOpset(op, reportedName(op).first)};
}

//===----------------------------------------------------------------------===//
// Declared and inferred
//===----------------------------------------------------------------------===//

ValueInfo energyopt::mergeDeclared(const TypeFacts &declared, const ValueInfo &inferred,
                                   StringRef name, ShapeFacts &facts) {
  if (declared.kind != ValueKind::Tensor)
    return declared.kind == ValueKind::None && inferred.kind != ValueKind::Tensor
               ? inferred
               : ValueInfo::none();
  ValueInfo merged = inferred.kind == ValueKind::Tensor ? inferred : ValueInfo();
  if (declared.dtype != DType::Undefined)
    merged.dtype = declared.dtype;
  if (!declared.dims)
    return merged;
  bool sameRank = merged.shape && merged.shape->size() == declared.dims->size();
  Shape shape;
  for (auto [i, size] : llvm::enumerate(*declared.dims)) {
    StringRef dimName = i < declared.dimNames.size() ? declared.dimNames[i] : StringRef();
    if (size)
      shape.push_back(Expr(*size));
    else if (sameRank)
      shape.push_back((*merged.shape)[i]);
    else if (!dimName.empty())
      shape.push_back(facts.bindSymbol(dimName));
    else
      shape.push_back(facts.bindSymbol((name + ".dim" + llvm::Twine(i)).str()));
  }
  if (merged.data && numElements(shape) != Expr(static_cast<int64_t>(merged.data->size())))
    merged.data = nullptr;
  merged.shape = std::move(shape);
  return merged;
}

void Resolver::mergeDeclared(const Query &query, llvm::MutableArrayRef<ValueInfo> results) {
  mlir::Operation *op = query.op;
  for (auto [i, result] : llvm::enumerate(results)) {
    if (i < query.shapes.size() && query.shapes[i])
      result.shape = query.shapes[i];
    if (isUndeclared(op->getResult(i).getType()))
      continue; // what was inferred
    TypeFacts declared = typeFacts(op->getResult(i).getType());
    std::string name = (reportedName(op).second + ".result" + llvm::Twine(i)).str();
    result = energyopt::mergeDeclared(declared, result, name, facts);
  }
}

//===----------------------------------------------------------------------===//
// Resolution
//===----------------------------------------------------------------------===//

OpAnswer Resolver::byRule(const Query &query) {
  RuleName name = ruleName(query.op);
  OpAnswer answer;
  answer.rule = findRule(name.name, name.opset);
  MlirAttrs attrs(query.op);
  OpView view;
  view.name = answer.rule ? StringRef(answer.rule->op) : StringRef(name.name);
  view.opset = name.opset;
  view.attrs = &attrs;
  view.ctx = &facts;
  view.body = query.body;
  view.explain = query.explain;
  view.inputs.append(query.operands.begin(), query.operands.end());
  view.outputs.resize(query.op->getNumResults());
  for (auto [i, output] : llvm::enumerate(view.outputs))
    if (mlir::isa<mlir::NoneType>(query.op->getResult(i).getType()))
      output.kind = ValueKind::None;
  if (!answer.rule) {
    mergeDeclared(query, view.outputs);
    auto [dialect, op] = reportedName(query.op);
    answer.work = Work::unmodelled(("no rule for " + dialect + "." + op).str());
  } else {
    const OpRule &rule = *answer.rule;
    answer.family = rule.use.family->name;
    normalizeOpset(view);
    // The verifier of the op's dialect has judged it; what the rule alone finds
    // fault with shows again in the work, if it matters there.
    llvm::consumeError(inferShapes(rule, view));
    mergeDeclared(query, view.outputs);
    answer.work = workOf(rule, view);
  }
  answer.results.assign(view.outputs.begin(), view.outputs.end());
  return answer;
}

OpAnswer Resolver::resolve(const Query &query) {
  auto model = mlir::dyn_cast<WorkOpInterface>(query.op);
  if (!model || opLike.count(query.op->getName().getStringRef()))
    return byRule(query);
  OpAnswer answer;
  answer.work = model.getWork(query.operands, answer.results, facts);
  answer.family = model.getWorkFamily();
  answer.results.resize(query.op->getNumResults());
  mergeDeclared(query, answer.results);
  return answer;
}
