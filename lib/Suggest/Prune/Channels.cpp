//===- Channels.cpp - Dims that shrink together ---------------------------===//

#include "Suggest/Prune/Channels.h"

#include "Graph/OpAdapter.h"
#include "Suggest/Decoder.h"
#include "Suggest/Rewrites.h"
#include "energy-opt/Analysis.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/StringSet.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

/// Elements of the dims of one model; values beyond are left alone. By the number of
/// values, since a few bytes can declare any dim: memory is in proportion to the model.
static constexpr int64_t kLeastElements = 1 << 20, kElementsOfValue = 1 << 16,
                         kMostElements = 1 << 26;

Operation *energyopt::weightBehind(Value value) {
  for (unsigned steps = 0; steps < 8; ++steps) {
    if (Operation *constant = constantBehind(value))
      return constant;
    Operation *def = value.getDefiningOp();
    static constexpr StringRef kCopies[] = {"Identity", "Transpose", "Cast", "DequantizeLinear",
                                            "QuantizeLinear"};
    if (!def || def->getNumOperands() == 0 ||
        llvm::none_of(kCopies, [&](StringRef name) { return isNamed(def, name); }))
      return nullptr;
    value = def->getOperand(0);
  }
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// Sizes by the names of values. Of two values of one name (in subgraphs) none
/// is known unless they agree; -1 stands for a size that only a run decides.
llvm::Expected<llvm::StringMap<std::vector<int64_t>>>
energyopt::inferredShapes(ImportedModel &model) {
  // Two of a batch tell it from dims of size one.
  AnalysisOptions options;
  options.batch = 2;
  auto analysed = analyseImported(model, "model", options);
  if (!analysed) {
    llvm::consumeError(analysed.takeError());
    options.batch.reset();
    analysed = analyseImported(model, "model", options);
  }
  if (!analysed)
    return analysed.takeError();
  llvm::StringMap<std::vector<int64_t>> shapes;
  llvm::StringSet<> ambiguous;
  for (const GraphTensor &tensor : analysed->graph.tensors) {
    if (!tensor.hasRank || tensor.name.empty())
      continue;
    std::vector<int64_t> dims;
    for (const PrintedDim &dim : tensor.dims)
      dims.push_back(dim.value_or(-1));
    auto [it, inserted] = shapes.try_emplace(tensor.name, dims);
    if (!inserted && it->second != dims)
      ambiguous.insert(tensor.name);
  }
  for (const auto &name : ambiguous)
    shapes.erase(name.getKey());
  return shapes;
}

static std::optional<std::vector<int64_t>>
shapeOf(Value value, const llvm::StringMap<std::vector<int64_t>> &shapes) {
  if (Operation *def = value.getDefiningOp(); def && isNamed(def, "initializer")) {
    auto type = llvm::dyn_cast<mlir::RankedTensorType>(value.getType());
    if (type && type.hasStaticShape())
      return type.getShape().vec();
    return std::nullopt;
  }
  auto found = shapes.find(locatedValueName(value));
  if (found == shapes.end() || llvm::any_of(found->second, [](int64_t d) { return d < 0; }))
    return std::nullopt;
  return found->second;
}

void ChannelGraph::markHeads(Operation *op, ChannelDim dim) {
  headDims.emplace_back(op, dim);
  mark(dim);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

void ChannelGraph::product(ChannelDim whole, llvm::ArrayRef<ChannelDim> atoms) {
  if (atoms.size() == 1)
    return same(whole, atoms.front());
  products.push_back({whole, {atoms.begin(), atoms.end()}});
}

/// Each index of the live factor stands for all elements that it is part of.
void ChannelGraph::follow(const Product &product, size_t live) {
  int64_t inner = 1;
  for (auto [i, atom] : llvm::enumerate(product.atoms)) {
    if (i > live)
      inner *= atom.size;
    if (i != live)
      freeze(atom, "it is one factor of a dim, of which another is pruned");
  }
  ChannelDim atom = product.atoms[live];
  for (int64_t i = 0; i < product.whole.size;)
    for (int64_t at = 0; at < atom.size; ++at)
      for (int64_t end = i + inner; i < end; ++i)
        join(classOf(product.whole, i), classOf(atom, at));
}

bool ChannelGraph::decide(const Product &product) {
  if (allFrozen(product.whole)) {
    for (ChannelDim atom : product.atoms)
      freeze(atom, reason(product.whole));
    return true;
  }
  llvm::SmallVector<size_t> live;
  for (size_t i = 0; i < product.atoms.size(); ++i)
    if (!allFrozen(product.atoms[i]))
      live.push_back(i);
  if (live.empty())
    freeze(product.whole, reason(product.atoms.front()));
  else if (live.size() == 1)
    follow(product, live.front());
  return live.size() < 2;
}

void ChannelGraph::decideProducts() {
  std::vector<Product> open = std::move(products);
  while (!open.empty()) {
    size_t before = open.size();
    llvm::erase_if(open, [&](const Product &product) { return decide(product); });
    if (open.size() < before || open.empty())
      continue;
    // Nothing says which: that with most to choose from.
    Product &first = open.front();
    size_t widest = 0;
    for (size_t i = 0; i < first.atoms.size(); ++i)
      if (!allFrozen(first.atoms[i]) &&
          (allFrozen(first.atoms[widest]) || first.atoms[i].size > first.atoms[widest].size))
        widest = i;
    follow(first, widest);
    open.erase(open.begin());
  }
}

//===----------------------------------------------------------------------===//
// Making it
//===----------------------------------------------------------------------===//

void ChannelGraph::addSites(const llvm::StringMap<std::vector<int64_t>> &shapes) {
  mlir::Block &body = function.getBody().front();
  int64_t most = body.getNumArguments();
  for (Operation &op : body)
    most += op.getNumResults() + op.getNumOperands();
  most =
      std::clamp(std::min(most, kMostElements) * kElementsOfValue, kLeastElements, kMostElements);
  auto fits = [&](llvm::ArrayRef<int64_t> sizes) {
    int64_t left = most - elements();
    return llvm::all_of(sizes, [&](int64_t size) { return size <= left && (left -= size, true); });
  };
  auto add = [&](llvm::ArrayRef<int64_t> sizes, bool isWeight) {
    ChannelDims dims;
    for (int64_t size : sizes) {
      dims.push_back(newDim(size, isWeight));
      if (size == 1) // cannot shrink, and broadcasts
        freeze(dims.back(), "it is one channel");
    }
    return dims;
  };
  auto addValue = [&](Value value, StringRef name) {
    std::optional<std::vector<int64_t>> shape;
    if (!llvm::isa<mlir::BlockArgument>(value))
      shape = shapeOf(value, shapes);
    else if (auto found = shapes.find(name); found != shapes.end())
      shape = found->second;
    if (shape && fits(*shape))
      values[value] = add(*shape, constantBehind(value) != nullptr);
  };
  for (mlir::BlockArgument arg : body.getArguments()) {
    auto name = function.getArgAttrOfType<mlir::StringAttr>(arg.getArgNumber(), "onnx.name");
    addValue(arg, name ? name.getValue() : StringRef());
    auto type = llvm::dyn_cast<mlir::RankedTensorType>(arg.getType());
    staticInputs &= type && type.hasStaticShape();
  }
  for (Operation &op : body)
    for (Value result : op.getResults())
      if (!llvm::isa<mlir::NoneType>(result.getType()))
        addValue(result, "");
  for (Operation &op : body)
    for (mlir::OpOperand &operand : op.getOpOperands())
      if (constantBehind(operand.get()))
        if (const ChannelDims *dims = this->dims(operand.get()); dims && dims->size() == 1) {
          if (fits(dims->front().size))
            vectorUses[&operand] = add({dims->front().size}, true);
          else
            freeze(dims->front(), "the model is too large");
        }
}

/// What the graph takes and returns stays, and so does what subgraphs use. Keys and
/// values that go out and come in again are the model's own: their fixed dims may
/// shrink on both sides.
void ChannelGraph::freezeBorders() {
  auto freezeAll = [&](Value value, StringRef why) {
    if (const ChannelDims *found = dims(value))
      for (ChannelDim dim : *found)
        freeze(dim, why);
  };
  mlir::Block &body = function.getBody().front();
  auto freezePort = [&](Value value, mlir::Type type, mlir::DictionaryAttr attrs, StringRef why) {
    auto ranked = llvm::dyn_cast<mlir::RankedTensorType>(type);
    const ChannelDims *found = dims(value);
    if (!found || !ranked || !isCachePort(type, attrs) ||
        ranked.getRank() != int64_t(found->size()))
      return freezeAll(value, why);
    for (auto [i, dim] : llvm::enumerate(*found))
      if (ranked.isDynamicDim(i))
        freeze(dim, why);
  };
  for (mlir::BlockArgument arg : body.getArguments())
    freezePort(arg, arg.getType(), function.getArgAttrDict(arg.getArgNumber()),
               "an input of the graph");
  for (auto [i, result] : llvm::enumerate(body.getTerminator()->getOperands())) {
    auto declared = function.getResultAttrOfType<mlir::TypeAttr>(i, "onnx.type");
    freezePort(result, declared ? declared.getValue() : result.getType(),
               function.getResultAttrDict(i), "an output of the graph");
  }
  for (Operation &op : body) {
    if (isNamed(&op, "initializer") && !constantOf(&op))
      freezeAll(op.getResult(0), "an input of the graph");
    op.walk([&](Operation *inner) {
      if (inner == &op)
        return;
      for (Value operand : inner->getOperands())
        if (operand.getParentBlock() == &body)
          freezeAll(operand, "a subgraph uses it");
    });
  }
}

/// Constants that cannot be cut: not in the file, or of elements below a byte.
void ChannelGraph::freezeAbsent() {
  for (Operation &op : function.getBody().front())
    for (unsigned i = 0; i < op.getNumOperands(); ++i) {
      Operation *constant = constantBehind(op.getOperand(i));
      const ChannelDims *found = constant ? dims(&op, i) : nullptr;
      if (!found)
        continue;
      WeightRef ref = *contentsOf(constant);
      bool absent = ref.encoding == WeightRef::Encoding::None && ref.elements > 0;
      if (ref.source == WeightRef::Source::External)
        absent |= weights.isAbsent(ref.location);
      if (absent || bitWidth(ref.dtype) % 8 != 0 || bitWidth(ref.dtype) == 0)
        for (ChannelDim dim : *found)
          freeze(dim, absent ? "its weights are absent" : "its weights are packed");
    }
}

llvm::Expected<std::unique_ptr<ChannelGraph>> ChannelGraph::make(ImportedModel &model,
                                                                 bool readable) {
  auto shapes = inferredShapes(model);
  if (!shapes)
    return shapes.takeError();
  auto main = model.module->lookupSymbol<mlir::func::FuncOp>("main");
  std::unique_ptr<ChannelGraph> graph(new ChannelGraph(main, *model.weights));
  graph->addSites(*shapes);
  graph->freezeBorders();
  if (readable)
    graph->freezeAbsent();
  for (Operation &op : main.getBody().front().without_terminator())
    if (!isNamed(&op, "initializer") && !isNamed(&op, "none")) {
      relateChannels(*graph, &op);
      graph->computeInts(&op);
    }
  graph->decideProducts();
  graph->computeInts();
  return graph;
}

const ChannelDims *ChannelGraph::dims(Value value) const {
  auto found = values.find(value);
  return found == values.end() ? nullptr : &found->second;
}

const ChannelDims *ChannelGraph::dims(Operation *op, unsigned operand) const {
  if (operand >= op->getNumOperands())
    return nullptr;
  auto use = vectorUses.find(&op->getOpOperand(operand));
  if (use != vectorUses.end())
    return &use->second;
  Value value = op->getOperand(operand);
  // A copy of a constant is the constant.
  if (Operation *constant = constantBehind(value))
    value = constant->getResult(0);
  return dims(value);
}
