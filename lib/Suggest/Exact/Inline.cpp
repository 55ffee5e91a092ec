//===- Inline.cpp - Calls of model-local functions to what they compute ---===//
//
// Other checks see the nodes of a graph and of its subgraphs, not those of
// functions, whose types and attributes are those of a call.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Exact/Inline.h"
#include "Suggest/Rewrites.h"

#include "energy-opt/Limits.h"
#include "energy-opt/OnnxDialect.h"
#include "energy-opt/OpRule.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringSet.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

static constexpr llvm::StringLiteral kReference = "onnx.attr_ref.", kType = "onnx.attr_type.";

/// Version of a domain that `scope`, the module or a function, imports.
static std::optional<int64_t> versionOf(Operation *scope, StringRef domain) {
  auto opsets = scope->getAttrOfType<mlir::DictionaryAttr>("onnx.opsets");
  auto version = opsets ? opsets.getAs<mlir::IntegerAttr>(domain) : nullptr;
  return version ? std::optional(version.getInt()) : std::nullopt;
}

namespace {
class Inliner {
public:
  explicit Inliner(Rewrite &rewrite) : rewrite(rewrite), module(*rewrite.model.module) {}

  void run() {
    auto main = module.lookupSymbol<mlir::func::FuncOp>("main");
    if (!main)
      return;
    collect(main, 0);
    for (size_t i = 0; i < calls.size(); ++i) { // grows
      auto [call, depth] = calls[i];
      mlir::func::FuncOp callee = calleeOf(call);
      std::string name = loggedName(call), why = whyNot(call, callee, depth);
      if (!why.empty()) {
        rewrite.kept.push_back(name + ": " + why);
        continue;
      }
      rewrite.ops.push_back(std::move(name));
      inlineCall(call, callee, depth);
    }
    eraseUncalled();
  }

private:
  void collect(Operation *root, unsigned depth) {
    root->walk<mlir::WalkOrder::PreOrder>([&](Operation *op) {
      if (calleeOf(op) && rewrite.mayChange(loggedName(op)))
        calls.emplace_back(op, depth);
    });
  }

  mlir::func::FuncOp calleeOf(Operation *op) {
    auto name = op->getAttrOfType<mlir::FlatSymbolRefAttr>("onnx.callee");
    return name ? module.lookupSymbol<mlir::func::FuncOp>(name.getValue()) : nullptr;
  }

  std::string whyNot(Operation *call, mlir::func::FuncOp callee, unsigned depth) {
    if (callee.isExternal() || call->getNumRegions() > 0 || depth >= limitOf(Limit::Calls) ||
        call->getNumOperands() > callee.getNumArguments() ||
        call->getNumResults() > callee.getFunctionType().getNumResults())
      return "its call does not fit";
    StringRef op = call->getName().getStringRef();
    if (findRule(op, versionOf(module, domainAndOp(op).first).value_or(1)))
      return "a runtime may know the op";
    std::string why;
    callee.walk([&](Operation *inner) {
      StringRef domain = domainAndOp(inner->getName().getStringRef()).first;
      auto here = versionOf(module, domain), there = versionOf(callee, domain);
      if (inner->getName().getDialectNamespace() == "onnx" && here && there && here != there)
        why = ("its function is of version " + llvm::Twine(*there) + " of " + domain +
               ", the model of " + llvm::Twine(*here))
                  .str();
      for (mlir::NamedAttribute attr : inner->getAttrs())
        if (auto name = llvm::dyn_cast<mlir::StringAttr>(attr.getValue());
            name && attr.getName().getValue().starts_with(kReference) &&
            name.getValue().starts_with("onnx."))
          why = "an attribute of it has a name of the importer's";
    });
    return why;
  }

  void inlineCall(Operation *call, mlir::func::FuncOp callee, unsigned depth) {
    mlir::OpBuilder b(call);
    mlir::IRMapping map;
    for (mlir::BlockArgument arg : callee.getArguments())
      map.map(arg, arg.getArgNumber() < call->getNumOperands()
                       ? call->getOperand(arg.getArgNumber())
                       : addAbsent(b));
    std::string prefix = locatedNodeName(call).str();
    if (prefix.empty())
      prefix = onnxDomainAndType(call).second.str();
    for (Operation &op : callee.front().without_terminator()) {
      Operation *made = b.clone(op, map);
      made->walk([&](Operation *inner) {
        resolveAttributes(inner, call, callee);
        StringRef domain = domainAndOp(inner->getName().getStringRef()).first;
        if (auto version = versionOf(callee, domain))
          requireDomain(module, domain, *version);
        rename(inner, prefix + "/");
      });
      collect(made, depth + 1);
    }
    Operation *ends = callee.front().getTerminator();
    for (mlir::OpResult result : call->getResults())
      if (!llvm::isa<mlir::NoneType>(result.getType()))
        handOver(result, map.lookupOrDefault(ends->getOperand(result.getResultNumber())), b);
    call->erase();
  }

  /// `source` takes the place of a call's result, with its name where it is the
  /// function's own.
  void handOver(mlir::OpResult result, Value source, mlir::OpBuilder &b) {
    Operation *call = result.getOwner(), *def = source.getDefiningOp();
    std::string name = locatedValueName(result).str();
    if (needsCopy(result, source))
      source = addNode(b, "", "Identity", source, result.getType(), "", name)->getResult(0);
    else if (def && def->getBlock() == call->getBlock() && !isNamed(def, "initializer") &&
             !isNamed(def, "none") && source.use_empty()) {
      if (isUndeclared(source.getType()))
        source.setType(result.getType());
      relocate(def, locatedNodeName(def),
               [&](Value other) { return other == source ? name : locatedValueName(other).str(); });
    }
    result.replaceAllUsesWith(source);
  }

  /// What the call says, else the function's default; an attribute that neither
  /// has is absent.
  static void resolveAttributes(Operation *op, Operation *call, mlir::func::FuncOp callee) {
    auto defaults = callee->getAttrOfType<mlir::DictionaryAttr>("onnx.attribute_defaults");
    for (mlir::NamedAttribute attr : llvm::to_vector(op->getAttrs())) {
      StringRef name = attr.getName().getValue();
      if (!name.consume_front(kReference))
        continue;
      StringRef given = llvm::cast<mlir::StringAttr>(attr.getValue()).getValue();
      mlir::Attribute value = call->getAttr(given);
      if (!value && defaults)
        value = defaults.get(given);
      op->removeAttr((kType + name).str());
      op->removeAttr(attr.getName());
      if (value)
        op->setAttr(name, value);
    }
  }

  static void relocate(Operation *op, StringRef name,
                       llvm::function_ref<std::string(Value)> nameOf) {
    std::vector<std::string> outputs;
    for (Value result : op->getResults())
      outputs.push_back(nameOf(result));
    llvm::SmallVector<StringRef> texts(outputs.begin(), outputs.end());
    std::string own = name.str();
    op->setLoc(nodeLocation(op->getContext(), own, texts,
                            mlir::StringAttr::get(op->getContext(), ""), 0, verbatimFields(op)));
  }

  static void rename(Operation *op, const std::string &prefix) {
    if (isNamed(op, "none") || isNamed(op, "yield"))
      return;
    auto prefixed = [&](StringRef name) { return name.empty() ? "" : prefix + name.str(); };
    if (isNamed(op, "initializer"))
      op->setLoc(mlir::NameLoc::get(
          mlir::StringAttr::get(op->getContext(), prefixed(locatedValueName(op->getResult(0))))));
    else
      relocate(op, prefixed(locatedNodeName(op)),
               [&](Value result) { return prefixed(locatedValueName(result)); });
  }

  void eraseUncalled() {
    llvm::StringSet<> called;
    bool erased = !rewrite.ops.empty();
    while (erased) {
      erased = false;
      called.clear();
      module.walk([&](Operation *op) {
        if (auto name = op->getAttrOfType<mlir::FlatSymbolRefAttr>("onnx.callee"))
          called.insert(name.getValue());
      });
      for (auto function : llvm::make_early_inc_range(module.getOps<mlir::func::FuncOp>()))
        if (function.getName() != "main" && !called.contains(function.getName())) {
          function.erase();
          erased = true;
        }
    }
  }

  Rewrite &rewrite;
  mlir::ModuleOp module;
  std::vector<std::pair<Operation *, unsigned>> calls; // with their depth
};
} // namespace

void energyopt::inlineFunctions(Rewrite &rewrite) { Inliner(rewrite).run(); }
