//===- ChannelCut.cpp - Take channels out of a model ----------------------===//

#include "Suggest/Prune/Channels.h"
#include "Suggest/Rewrites.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"

#include <functional>

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

int64_t Remains::sizeOf(ChannelDim dim) const {
  if (!graph.hasClasses(dim))
    return dim.size;
  auto count = [&] {
    int64_t stay = 0;
    graph.eachClass(dim, [&](int cls) { stay += !goes(cls); });
    return stay;
  };
  if (!graph.isWhole(dim))
    return count();
  auto [found, isNew] = known.try_emplace(graph.rootOf(dim.id));
  if (isNew)
    found->second = count();
  return found->second;
}

namespace {
class Cutter {
public:
  Cutter(ChannelGraph &graph, const Remains &remains, Rewrite &rewrite)
      : graph(graph), remains(remains), rewrite(rewrite),
        builder(rewrite.model.module->getContext()) {}

  void run();

private:
  int64_t kept(ChannelDim dim) const { return remains.sizeOf(dim); }
  bool shrinks(ChannelDim dim) const { return kept(dim) != dim.size; }
  bool shrinks(const ChannelDims *dims) const {
    return dims && llvm::any_of(*dims, [&](ChannelDim dim) { return shrinks(dim); });
  }
  void mendPorts();
  mlir::Type resized(mlir::Type type, const ChannelDims *dims) const;
  void mendAttributes(Operation *op);
  void mendGroups(Operation *op);
  void mendHeads(Operation *op);
  void mendSplit(Operation *op);
  void mendSlice(Operation *op);
  void mendShape(Operation *op, unsigned operand);
  void mendParts(Operation *op, unsigned operand, llvm::ArrayRef<std::optional<int64_t>> wanted);
  void setInts(Operation *op, unsigned operand, llvm::ArrayRef<int64_t> values);
  Value shrunk(Operation *constant, const ChannelDims &dims);

  ChannelGraph &graph;
  const Remains &remains;
  Rewrite &rewrite;
  mlir::OpBuilder builder;
  /// Constants that were cut, by what goes: for each dim its number as -1, -2..., and
  /// the indices.
  std::map<std::pair<Operation *, std::vector<int64_t>>, Value> done;
  unsigned number = 0; // of names
};
} // namespace

/// Those elements of `bytes`, of the given dims, whose indices are kept.
static std::vector<uint8_t> pick(llvm::ArrayRef<uint8_t> bytes, size_t width,
                                 llvm::ArrayRef<llvm::SmallVector<int64_t>> kept,
                                 llvm::ArrayRef<int64_t> sizes) {
  // All that is contiguous is copied at once.
  size_t inner = sizes.size();
  int64_t run = int64_t(width);
  while (inner > 0 && int64_t(kept[inner - 1].size()) == sizes[inner - 1])
    run *= sizes[--inner];
  std::vector<uint8_t> out;
  std::function<void(size_t, int64_t)> copy = [&](size_t dim, int64_t base) {
    if (dim == inner) {
      out.insert(out.end(), bytes.begin() + base * run, bytes.begin() + (base + 1) * run);
      return;
    }
    for (int64_t index : kept[dim])
      copy(dim + 1, base * sizes[dim] + index);
  };
  copy(0, 0);
  return out;
}

Value Cutter::shrunk(Operation *constant, const ChannelDims &dims) {
  std::vector<int64_t> gone;
  llvm::SmallVector<llvm::SmallVector<int64_t>> kept(dims.size());
  llvm::SmallVector<int64_t> sizes, newSizes;
  for (auto [d, dim] : llvm::enumerate(dims)) {
    sizes.push_back(dim.size);
    newSizes.push_back(this->kept(dim));
    gone.push_back(-1 - int64_t(d));
    if (rewrite.dry && newSizes.back() == dim.size)
      continue; // of a vocabulary, say
    const std::vector<int> classes =
        graph.hasClasses(dim) ? graph.classesOf(dim) : std::vector<int>(dim.size, -1);
    for (auto [i, cls] : llvm::enumerate(classes))
      if (remains.goes(cls))
        gone.push_back(int64_t(i));
      else
        kept[d].push_back(int64_t(i));
  }
  Value &value = done[{constant, gone}];
  if (value)
    return value;
  std::optional<WeightRef> ref = contentsOf(constant);
  std::vector<uint8_t> contents;
  if (!rewrite.dry) {
    auto bytes = rewrite.weights().bytes(*ref);
    if (bytes)
      contents = pick(bytes->get(), bitWidth(ref->dtype) / 8, kept, sizes);
    else
      llvm::consumeError(bytes.takeError()); // make() has seen to that
  }
  builder.setInsertionPoint(constant);
  auto type = mlir::RankedTensorType::get(newSizes, elementType(ref->dtype, builder.getContext()));
  std::string name = locatedValueName(constant->getResult(0)).str() + "_pruned";
  if (number++) // one constant may be cut in several ways
    name += std::to_string(number);
  return value = addWeight(builder, rewrite, type, std::move(contents), name);
}

void Cutter::setInts(Operation *op, unsigned operand, llvm::ArrayRef<int64_t> values) {
  builder.setInsertionPoint(op);
  StringRef result = op->getNumResults() ? locatedValueName(op->getResult(0)) : StringRef("shape");
  std::string name = (result + "_" + rewrite.check.id + llvm::Twine(++number)).str();
  Value constant = addConstant(builder, rewrite.weights(), values, /*scalar=*/false, name);
  if (operand < op->getNumOperands())
    op->setOperand(operand, constant);
  else
    op->insertOperands(operand, constant);
}

void Cutter::mendGroups(Operation *op) {
  int64_t groups = intAttr(op, "group", 1);
  const ChannelDims *x = graph.dims(op, 0);
  if (groups == 1 || !x || !shrinks((*x)[1]))
    return;
  int64_t width = (*x)[1].size / groups;
  op->setAttr("group", builder.getI64IntegerAttr(kept((*x)[1]) / width));
}

void Cutter::mendHeads(Operation *op) {
  const ChannelDims *out = graph.dims(op->getResult(0));
  int64_t heads = intAttr(op, "num_heads", 0);
  if (heads == 0 || !out || !shrinks(out->back()))
    return;
  op->setAttr("num_heads",
              builder.getI64IntegerAttr(kept(out->back()) / (out->back().size / heads)));
}

void Cutter::mendSplit(Operation *op) {
  const ChannelDims *whole = graph.dims(op, 0);
  if (!shrinks(whole))
    return;
  int64_t axis = intAttr(op, "axis", 0);
  axis += axis < 0 ? whole->size() : 0;
  llvm::SmallVector<int64_t> sizes;
  for (Value result : op->getResults())
    if (const ChannelDims *part = graph.dims(result))
      sizes.push_back(kept((*part)[axis]));
  if (opsetOf(op) < 13)
    return (void)op->setAttr("split", builder.getDenseI64ArrayAttr(sizes));
  op->removeAttr("num_outputs");
  setInts(op, 1, sizes);
}

void Cutter::mendSlice(Operation *op) {
  const ChannelDims *from = graph.dims(op, 0), *to = graph.dims(op->getResult(0));
  if (!shrinks(from) || !to)
    return;
  auto starts = graph.ints(op->getOperand(1)), ends = graph.ints(op->getOperand(2));
  std::shared_ptr<const KnownInts> axes;
  if (hasOperand(op, 3))
    axes = graph.ints(op->getOperand(3));
  if (!starts || !ends)
    return; // of dims that do not shrink
  llvm::SmallVector<int64_t> first, last;
  bool changed = false;
  for (size_t i = 0; i < starts->size() && i < ends->size(); ++i) {
    int64_t axis = axes ? (*axes)[i].value : int64_t(i);
    axis += axis < 0 ? from->size() : 0;
    first.push_back((*starts)[i].value);
    last.push_back((*ends)[i].value);
    ChannelDim dim = (*from)[axis];
    if (!shrinks(dim))
      continue;
    int64_t begin = first.back() < 0 ? first.back() + dim.size : first.back();
    begin = std::clamp<int64_t>(begin, 0, dim.size);
    first.back() = kept(dim.part(0, begin));
    last.back() = first.back() + kept((*to)[axis]);
    changed = true;
  }
  if (!changed)
    return;
  setInts(op, 1, first);
  setInts(op, 2, last);
}

/// Sizes in an operand that says the shape of the result: those that follow from
/// other values are left to do so.
void Cutter::mendShape(Operation *op, unsigned operand) {
  const ChannelDims *out = graph.dims(op->getResult(0));
  if (!shrinks(out) || !hasOperand(op, operand))
    return;
  auto known = graph.ints(op->getOperand(operand));
  llvm::SmallVector<std::optional<int64_t>> wanted(out->size());
  for (auto [i, dim] : llvm::enumerate(*out))
    if (shrinks(dim))
      wanted[i] = kept(dim);
  bool fixed = known && known->size() == out->size() &&
               llvm::none_of(*known, [](KnownInt element) { return element.dynamic; });
  if (!fixed)
    return mendParts(op, operand, wanted);
  llvm::SmallVector<int64_t> sizes;
  bool changed = false;
  for (auto [i, element] : llvm::enumerate(*known)) {
    bool says = element.value > 0 && wanted[i] && *wanted[i] != element.value;
    sizes.push_back(says ? *wanted[i] : element.value);
    changed |= says;
  }
  if (changed)
    setInts(op, operand, sizes);
}

/// The same where the sizes are put together of some that are known.
void Cutter::mendParts(Operation *op, unsigned operand,
                       llvm::ArrayRef<std::optional<int64_t>> wanted) {
  Operation *concat = op->getOperand(operand).getDefiningOp();
  // PyTorch's expand: Where(shape == -1, 1, shape).
  Operation *where = concat && isNamed(concat, "Where") ? concat : nullptr;
  if (where)
    concat = where->getOperand(2).getDefiningOp();
  if (!concat || !isNamed(concat, "Concat"))
    return;
  llvm::SmallVector<Value> parts(concat->getOperands());
  llvm::SmallVector<std::pair<unsigned, llvm::SmallVector<int64_t>>> changes;
  size_t at = 0;
  for (auto [i, part] : llvm::enumerate(parts)) {
    const ChannelDims *dims = graph.dims(concat, i);
    if (!dims || dims->size() != 1 || at + dims->front().size > wanted.size())
      return;
    size_t count = dims->front().size;
    auto known = graph.ints(part);
    llvm::SmallVector<int64_t> sizes;
    bool changed = false;
    for (size_t k = 0; known && k < count && k < known->size(); ++k) {
      const KnownInt &element = (*known)[k];
      bool says = !element.dynamic && element.value > 0 && wanted[at + k];
      sizes.push_back(says ? *wanted[at + k] : element.value);
      changed |= says;
      if (element.dynamic)
        sizes.clear(), changed = false, known.reset();
    }
    if (changed)
      changes.emplace_back(i, std::move(sizes));
    at += count;
  }
  if (changes.empty())
    return;
  builder.setInsertionPoint(op);
  std::string name = locatedValueName(op->getResult(0)).str() + "_" + rewrite.check.id.str() +
                     std::to_string(++number);
  Operation *copy = addNode(builder, "", "Concat", parts, undeclaredType(builder.getContext()),
                            name, name, llvm::to_vector(concat->getAttrs()));
  Operation *shape = copy;
  if (where) {
    llvm::SmallVector<Value> choice(where->getOperands());
    choice[2] = copy->getResult(0);
    shape = addNode(builder, "", "Where", choice, undeclaredType(builder.getContext()),
                    name + "_where", name + "_where");
  }
  op->setOperand(operand, shape->getResult(0));
  for (auto &[i, sizes] : changes)
    setInts(copy, i, sizes);
}

void Cutter::mendAttributes(Operation *op) {
  if (op->getNumResults() == 0)
    return;
  if (isNamed(op, "Conv") || isNamed(op, "ConvTranspose"))
    mendGroups(op);
  else if (isNamed(op, "Split"))
    mendSplit(op);
  else if (isNamed(op, "Slice"))
    mendSlice(op);
  else if (isNamed(op, "Reshape") || isNamed(op, "Expand"))
    mendShape(op, 1);
  else if (isNamed(op, "Resize"))
    mendShape(op, 3);
  else if (isNamed(op, "com.microsoft.Attention") ||
           isNamed(op, "com.microsoft.MultiHeadAttention"))
    mendHeads(op);
}

mlir::Type Cutter::resized(mlir::Type type, const ChannelDims *dims) const {
  auto ranked = llvm::dyn_cast<mlir::RankedTensorType>(type);
  if (!ranked || !shrinks(dims) || ranked.getRank() != int64_t(dims->size()))
    return type;
  llvm::SmallVector<int64_t> shape(ranked.getShape());
  for (auto [i, dim] : llvm::enumerate(*dims))
    if (shrinks(dim))
      shape[i] = kept(dim);
  return mlir::RankedTensorType::get(shape, ranked.getElementType(), ranked.getEncoding());
}

/// Caches of keys and values that the graph takes and returns.
void Cutter::mendPorts() {
  mlir::func::FuncOp main = graph.main();
  mlir::Block &body = main.getBody().front();
  for (mlir::BlockArgument arg : body.getArguments())
    arg.setType(resized(arg.getType(), graph.dims(arg)));
  for (auto [i, value] : llvm::enumerate(body.getTerminator()->getOperands()))
    if (auto declared = main.getResultAttrOfType<mlir::TypeAttr>(i, "onnx.type"))
      main.setResultAttr(i, "onnx.type",
                         mlir::TypeAttr::get(resized(declared.getValue(), graph.dims(value))));
  updateSignature(main);
}

void Cutter::run() {
  llvm::SmallVector<Operation *> ops;
  for (Operation &op : graph.main().getBody().front().without_terminator())
    if (!isNamed(&op, "initializer") && !isNamed(&op, "none"))
      ops.push_back(&op);
  // Everything is read off the graph before any of it changes.
  llvm::SmallVector<std::tuple<Operation *, unsigned, Value>> operands;
  for (Operation *op : ops)
    for (unsigned i = 0; i < op->getNumOperands(); ++i)
      if (Operation *constant = constantBehind(op->getOperand(i)))
        if (const ChannelDims *dims = graph.dims(op, i); shrinks(dims) && !isNamed(op, "Identity"))
          operands.emplace_back(op, i, shrunk(constant, *dims));
  for (Operation *op : ops)
    mendAttributes(op);
  for (Operation *op : ops)
    for (Value result : op->getResults())
      if (shrinks(graph.dims(result)) && !contentsOf(op))
        result.setType(undeclaredType(builder.getContext()));
  mendPorts();
  for (auto [op, i, value] : operands)
    op->setOperand(i, value);
  // Copies first, then what they copied.
  for (Operation *op : llvm::reverse(ops))
    if (isNamed(op, "Identity") && op->use_empty() && constantBehind(op->getResult(0)))
      op->erase();
  llvm::SmallPtrSet<Operation *, 32> cut;
  for (auto &[key, value] : done)
    if (cut.insert(key.first).second && key.first->use_empty())
      key.first->erase();
}

void energyopt::cutChannels(ChannelGraph &graph, const Remains &remains, Rewrite &rewrite) {
  Cutter(graph, remains, rewrite).run();
}

llvm::Expected<std::string>
energyopt::firstMisfit(const llvm::StringMap<std::vector<int64_t>> &expected,
                       ImportedModel &model) {
  auto shapes = inferredShapes(model);
  if (!shapes)
    return shapes.takeError();
  auto main = model.module->lookupSymbol<mlir::func::FuncOp>("main");
  for (Operation &op : main.getBody().front())
    for (Value result : op.getResults()) {
      StringRef name = locatedValueName(result);
      auto should = expected.find(name);
      auto is = shapes->find(name);
      if (should != expected.end() && is != shapes->end() && should->second != is->second)
        return name.str();
    }
  return std::string();
}
