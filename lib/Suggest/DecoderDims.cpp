//===- DecoderDims.cpp - A language model as its graph declares it --------===//

#include "energy-opt/Decoder.h"

#include "Graph/DimBinding.h"
#include "Graph/OpAdapter.h"
#include "Suggest/Decoder.h"
#include "energy-opt/OnnxImporter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace energyopt;
using llvm::StringRef;

static DecoderDim dimOf(const DeclaredInput &input, size_t position) {
  const DeclaredDim &dim = (*input.dims)[position];
  if (dim.size)
    return {"", *dim.size};
  return {symbolName(input, position), 0};
}

/// [batch, heads, past, size], also behind a leading 2 for keys and values: the
/// dim that has a name and is not the batch's. Where all are fixed, that of the
/// tokens by position.
static DecoderDim pastOf(const DeclaredInput &cache, const std::string &batch) {
  size_t rank = cache.dims->size();
  for (size_t i = 0; i < rank; ++i) {
    DecoderDim dim = dimOf(cache, i);
    if (!dim.symbol.empty() && dim.symbol != batch && !StringRef(dim.symbol).contains("batch"))
      return dim;
  }
  return dimOf(cache, rank - 2);
}

/// The symbol of a mask's second dim, if it has one of its own.
static std::string totalOf(const DeclaredInput &input, const DecoderGraph &found) {
  if (!StringRef(input.name).contains_insensitive("mask") || input.dims->size() != 2)
    return "";
  std::string symbol = dimOf(input, 1).symbol;
  bool isOwn = symbol.find_first_of("+*-") == std::string::npos &&
               (!found.tokens || symbol != found.tokens->symbol) &&
               (!found.past || symbol != found.past->symbol);
  return isOwn ? symbol : "";
}

/// Whether some constant is a square of booleans, as models keep the triangle
/// that hides later tokens.
static bool hasSquareMask(mlir::ModuleOp module) {
  bool found = false;
  module.walk([&](mlir::Operation *op) {
    if (found || op->getNumResults() != 1 || op->getNumOperands() != 0)
      return;
    auto type = llvm::dyn_cast<mlir::RankedTensorType>(op->getResult(0).getType());
    found = type && type.getRank() >= 2 && type.getElementTypeBitWidth() <= 8 &&
            type.getDimSize(type.getRank() - 1) > 1 &&
            type.getDimSize(type.getRank() - 1) == type.getDimSize(type.getRank() - 2);
  });
  return found;
}

DecoderGraph energyopt::findDecoder(ImportedModel &model) {
  DecoderGraph found;
  found.causal = isCausalDecoder(*model.module) || hasSquareMask(*model.module);
  auto main = model.module->lookupSymbol<mlir::func::FuncOp>("main");
  if (!main)
    return found;
  std::vector<DeclaredInput> others;
  std::string batch;
  for (mlir::BlockArgument arg : main.getArguments()) {
    auto attrs = main.getArgAttrDict(arg.getArgNumber());
    auto name = attrs ? attrs.getAs<mlir::StringAttr>("onnx.name") : mlir::StringAttr();
    DeclaredInput input = declaredInput(arg.getType(), name ? name.getValue() : StringRef());
    if (!input.dims || input.dims->empty())
      continue;
    // A mask that comes in ready is as good as one that the graph makes.
    found.causal |= StringRef(input.name).contains_insensitive("causal");
    if (isCachePort(arg.getType(), attrs)) {
      found.takesCache = true;
      if (!found.past)
        found.past = pastOf(input, batch);
      continue;
    }
    if (!found.tokens && input.dims->size() >= 2) {
      found.tokens = dimOf(input, 1);
      batch = dimOf(input, 0).symbol;
    }
    others.push_back(std::move(input));
  }
  for (auto [i, value] : llvm::enumerate(main.front().getTerminator()->getOperands()))
    found.givesCache |= isCachePort(value.getType(), main.getResultAttrDict(i));
  for (const DeclaredInput &input : others)
    if (found.total.empty())
      found.total = totalOf(input, found);
  return found;
}
