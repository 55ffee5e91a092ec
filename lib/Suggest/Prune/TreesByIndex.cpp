//===- TreesByIndex.cpp - Trees of numbered nodes, a target per leaf ------===//
//
// TreeEnsemble of ai.onnx.ml 5: inner nodes and leaves are numbered each by
// themselves, over all trees.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Prune/Trees.h"

#include "Graph/OpAdapter.h"
#include "Suggest/Rewrites.h"
#include "energy-opt/OnnxDialect.h"

#include "mlir/IR/BuiltinAttributes.h"

#include <cmath>

using namespace energyopt;
using llvm::StringRef;

namespace {
constexpr StringRef kNodeInts[] = {"nodes_featureids", "nodes_missing_value_tracks_true"};
constexpr StringRef kNodeTensors[] = {"nodes_splits", "nodes_modes", "nodes_hitrates"};
constexpr uint8_t kMember = 6; // BRANCH_MEMBER

/// `nodes` holds the inner ones first, then the leaves.
class Ensemble : public TreeEnsemble {
public:
  Ensemble(mlir::Operation *op, WeightReader &reader) : TreeEnsemble(op), reader(reader) {}
  bool read() override;

private:
  void write() override;
  std::optional<WeightRef> tensor(StringRef name) const;
  std::vector<uint8_t> bytes(StringRef name) const;
  std::vector<float> floats(StringRef name) const;
  void setInts(StringRef name, llvm::ArrayRef<int64_t> values);
  void setTensor(StringRef name, std::vector<uint8_t> bytes, unsigned width);
  void pick(llvm::ArrayRef<size_t> sources, StringRef tensor);
  bool addNodes(llvm::ArrayRef<uint8_t> modes, llvm::ArrayRef<float> splits);
  bool readSets(llvm::ArrayRef<uint8_t> modes);
  void writeSets(llvm::ArrayRef<size_t> sources);

  WeightReader &reader;
  size_t inner = 0;
  std::map<size_t, std::vector<float>> sets; // of members, by node
};
} // namespace

std::optional<WeightRef> Ensemble::tensor(StringRef name) const {
  auto value = op->getAttrOfType<mlir::DictionaryAttr>(name);
  auto type = value ? value.getAs<mlir::TypeAttr>("type") : mlir::TypeAttr();
  return type ? weightRef(value, type.getValue()) : std::nullopt;
}

/// Empty if there is none, or it cannot be read.
std::vector<uint8_t> Ensemble::bytes(StringRef name) const {
  auto ref = tensor(name);
  if (!ref)
    return {};
  if (auto read = reader.bytes(*ref))
    return read->get().vec();
  else
    llvm::consumeError(read.takeError());
  return {};
}

/// Single precision alone: tests in it are exact.
std::vector<float> Ensemble::floats(StringRef name) const {
  auto ref = tensor(name);
  if (!ref || ref->dtype != DType::F32)
    return {};
  if (auto read = reader.floats(*ref))
    return std::move(*read);
  else
    llvm::consumeError(read.takeError());
  return {};
}

/// Each set ends with what is no number.
bool Ensemble::readSets(llvm::ArrayRef<uint8_t> modes) {
  std::vector<float> values = floats("membership_values");
  size_t at = 0;
  for (auto [i, mode] : llvm::enumerate(modes)) {
    if (mode != kMember)
      continue;
    std::vector<float> &set = sets[i];
    while (at < values.size() && !std::isnan(values[at]))
      set.push_back(values[at++]);
    if (at++ >= values.size())
      return false;
  }
  return true;
}

bool Ensemble::addNodes(llvm::ArrayRef<uint8_t> modes, llvm::ArrayRef<float> splits) {
  auto features = ints("nodes_featureids"), yes = ints("nodes_truenodeids"),
       no = ints("nodes_falsenodeids"), yesLeaf = ints("nodes_trueleafs"),
       noLeaf = ints("nodes_falseleafs"), missing = ints("nodes_missing_value_tracks_true"),
       targets = ints("leaf_targetids");
  for (size_t size :
       {splits.size(), features.size(), yes.size(), no.size(), yesLeaf.size(), noLeaf.size()})
    if (size != inner)
      return false;
  if (!missing.empty() && missing.size() != inner)
    return false;
  static constexpr TreeTest kTests[] = {TreeTest::Leq, TreeTest::Lt, TreeTest::Gte, TreeTest::Gt};
  for (size_t i = 0; i < inner; ++i) {
    TreeTest test = modes[i] < 4 ? kTests[modes[i]] : TreeTest::Other;
    nodes.push_back(
        {0, int64_t(i), features[i], splits[i], test, !missing.empty() && missing[i] != 0});
    source.push_back(i);
    for (bool side : {true, false}) {
      bool leaf = (side ? yesLeaf : noLeaf)[i] != 0;
      int64_t next = (side ? yes : no)[i];
      if (next < 0 || size_t(next) >= (leaf ? targets.size() : inner))
        return false;
      (side ? nodes[i].yes : nodes[i].no) = leaf ? inner + next : next;
    }
  }
  return true;
}

bool Ensemble::read() {
  std::vector<uint8_t> modes = bytes("nodes_modes");
  std::vector<float> splits = floats("nodes_splits"), leaves = floats("leaf_weights");
  auto targets = ints("leaf_targetids");
  auto modesRef = tensor("nodes_modes");
  inner = modes.size();
  if (inner == 0 || bitWidth(modesRef->dtype) != 8 || targets.size() != leaves.size() ||
      !addNodes(modes, splits) || !readSets(modes))
    return false;
  for (size_t i = 0; i < leaves.size(); ++i) {
    nodes.push_back({0, int64_t(inner + i), 0, 0, TreeTest::Leaf, false});
    source.push_back(i);
    weights[{0, int64_t(inner + i)}] = {{targets[i], leaves[i]}};
  }
  // Two ways to one leaf: a tree that is nothing else says it so.
  std::vector<unsigned> parents(nodes.size(), 0);
  for (size_t i = 0; i < inner; ++i)
    ++parents[nodes[i].yes], ++parents[nodes[i].no];
  for (int64_t root : ints("tree_roots"))
    if (root < 0 || size_t(root) >= inner || ++parents[root] > 1)
      return false;
  return llvm::all_of(parents, [](unsigned count) { return count <= 1; });
}

void Ensemble::setInts(StringRef name, llvm::ArrayRef<int64_t> values) {
  op->setAttr(name, mlir::Builder(op->getContext()).getDenseI64ArrayAttr(values));
}

void Ensemble::setTensor(StringRef name, std::vector<uint8_t> contents, unsigned width) {
  mlir::Builder b(op->getContext());
  auto old = op->getAttrOfType<mlir::DictionaryAttr>(name);
  auto type = llvm::cast<mlir::RankedTensorType>(old.getAs<mlir::TypeAttr>("type").getValue());
  mlir::NamedAttrList made(old);
  made.erase("location");
  made.set("type", mlir::TypeAttr::get(mlir::RankedTensorType::get(int64_t(contents.size() / width),
                                                                   type.getElementType())));
  made.set("source", b.getI64IntegerAttr(int64_t(WeightRef::Source::Made)));
  made.set("encoding", b.getStringAttr("raw"));
  made.set("length", b.getI64IntegerAttr(contents.size()));
  made.set("offset", b.getI64IntegerAttr(reader.keep(std::move(contents))));
  op->setAttr(name, made.getDictionary(op->getContext()));
}

/// The elements of a tensor in another order.
void Ensemble::pick(llvm::ArrayRef<size_t> sources, StringRef name) {
  auto ref = tensor(name);
  if (!ref)
    return;
  std::vector<uint8_t> old = bytes(name), picked;
  size_t width = bitWidth(ref->dtype) / 8;
  for (size_t i : sources)
    picked.insert(picked.end(), old.begin() + i * width, old.begin() + (i + 1) * width);
  setTensor(name, std::move(picked), width);
}

void Ensemble::writeSets(llvm::ArrayRef<size_t> sources) {
  if (sets.empty())
    return;
  std::vector<float> values;
  for (size_t i : sources)
    if (auto set = sets.find(i); set != sets.end()) {
      llvm::append_range(values, set->second);
      values.push_back(std::numeric_limits<float>::quiet_NaN());
    }
  setTensor("membership_values", littleEndian(values), 4);
}

void Ensemble::write() {
  // A root that became a leaf keeps a test, both sides of which lead to it.
  llvm::SmallVector<int64_t> roots(ints("tree_roots"));
  std::map<size_t, int64_t> innerIndex, leafIndex; // by node
  llvm::SmallVector<size_t> tests, testSources, leafSources;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].dead)
      continue;
    bool leaf = nodes[i].test == TreeTest::Leaf;
    if (leaf) {
      leafIndex[i] = leafSources.size();
      leafSources.push_back(source[i]);
    }
    if (!leaf || llvm::is_contained(roots, int64_t(i))) {
      innerIndex[i] = tests.size();
      tests.push_back(i);
      testSources.push_back(leaf ? i : source[i]);
    }
  }
  llvm::SmallVector<int64_t> next[2], isLeaf[2];
  for (size_t i : tests)
    for (bool side : {true, false}) {
      size_t child = nodes[i].test == TreeTest::Leaf ? i : side ? nodes[i].yes : nodes[i].no;
      bool leaf = nodes[child].test == TreeTest::Leaf;
      isLeaf[side].push_back(leaf);
      next[side].push_back(leaf ? leafIndex[child] : innerIndex[child]);
    }
  writeSets(testSources);
  for (StringRef name : kNodeTensors)
    pick(testSources, name);
  pick(leafSources, "leaf_weights");
  auto pickInts = [&](StringRef name, llvm::ArrayRef<size_t> sources) {
    llvm::SmallVector<int64_t> picked;
    for (size_t i : sources)
      picked.push_back(ints(name)[i]);
    setInts(name, picked);
  };
  for (StringRef name : kNodeInts)
    if (!ints(name).empty())
      pickInts(name, testSources);
  pickInts("leaf_targetids", leafSources);
  setInts("nodes_truenodeids", next[true]);
  setInts("nodes_falsenodeids", next[false]);
  setInts("nodes_trueleafs", isLeaf[true]);
  setInts("nodes_falseleafs", isLeaf[false]);
  for (int64_t &root : roots)
    root = innerIndex[root];
  setInts("tree_roots", roots);
}

std::unique_ptr<TreeEnsemble> energyopt::treesByIndex(mlir::Operation *op, WeightReader &weights) {
  return std::make_unique<Ensemble>(op, weights);
}
