//===- Diamonds.cpp - Decomposed activations and normalizations -----------===//
//
// GELU, SiLU, hard-swish, layer norm, RMS norm and softmax share a form: one
// tensor x fans out, its branches meet again. Starting at an op that only such
// a form has (Erf, a mean), x is the nearest ancestor from which the branches
// close with a single result.
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;

namespace {

struct DiamondForm {
  KnownOp anchor; // the op that suggests the form
  KnownOp core;   // the op after which the branches may meet
  KnownOp also;   // an op that must be among them; Other: none
  const char *name;
  Role role;
  unsigned trailing; // scale and shift that still belong to it
  /// Whether eager frameworks have it as one op. They run RMS norm and the
  /// tanh form of GELU as models write them, op by op.
  bool eager;
};

constexpr DiamondForm kForms[] = {
    {KnownOp::Erf, KnownOp::Erf, KnownOp::Other, "Gelu", Role::Elementwise, 1, true},
    {KnownOp::Tanh, KnownOp::Tanh, KnownOp::Other, "Gelu", Role::Elementwise, 1, false},
    {KnownOp::Softplus, KnownOp::Tanh, KnownOp::Other, "Mish", Role::Elementwise, 0, true},
    {KnownOp::Sigmoid, KnownOp::Sigmoid, KnownOp::Other, "Silu", Role::Elementwise, 0, true},
    {KnownOp::HardSigmoid, KnownOp::HardSigmoid, KnownOp::Other, "HardSwish", Role::Elementwise, 0,
     true},
    {KnownOp::Clip, KnownOp::Clip, KnownOp::Other, "HardSwish", Role::Elementwise, 1, true},
    {KnownOp::ReduceMean, KnownOp::Sqrt, KnownOp::Sub, "LayerNorm", Role::Reduction, 2, true},
    {KnownOp::ReduceMean, KnownOp::Sqrt, KnownOp::Other, "RmsNorm", Role::Reduction, 2, false},
    {KnownOp::ReduceMax, KnownOp::Exp, KnownOp::Other, "Softmax", Role::Reduction, 0, true},
};
constexpr const char *kWhy = "exported in parts, one op to the runtime";

/// Bounds that keep the search linear in the number of rows.
constexpr unsigned kMaxRows = 16, kMaxDepth = 5, kMaxFanOut = 8, kMaxSources = 6;

class DiamondFinder {
public:
  DiamondFinder(const GraphIndex &index, Composites &found) : index(index), found(found) {}

  void tryAt(int32_t anchor, const DiamondForm &form) {
    for (int32_t source : sourcesOf(anchor)) {
      llvm::SmallVector<int32_t, 16> region = grow(source, anchor);
      size_t size = closedSize(region, source, anchor, form);
      if (size < 2 || !hasOp(llvm::ArrayRef(region).take_front(size), form.also))
        continue;
      Composite composite{form.name, form.role, kWhy, {}};
      composite.rows.append(region.begin(), region.begin() + size);
      found.add(std::move(composite));
      return;
    }
  }

private:
  bool joins(int32_t row, int32_t body) const {
    Role role = index.role(row);
    return (role == Role::Elementwise || role == Role::Reduction) && !found.contains(row) &&
           index.sameBody(row, body);
  }

  bool hasOp(llvm::ArrayRef<int32_t> rows, KnownOp op) const {
    return op == KnownOp::Other ||
           llvm::any_of(rows, [&](int32_t row) { return index.op(row) == op; });
  }

  /// Ancestors of `anchor` that fan out, nearest first.
  llvm::SmallVector<int32_t, 6> sourcesOf(int32_t anchor) const {
    llvm::SmallVector<int32_t, 6> sources, level(index.activations(anchor)), seen(level);
    for (unsigned depth = 0; depth < kMaxDepth && !level.empty(); ++depth) {
      llvm::SmallVector<int32_t, 6> above;
      for (int32_t tensor : level) {
        size_t fanOut = index.consumers(tensor).size();
        if (fanOut >= 2 && fanOut <= kMaxFanOut && sources.size() < kMaxSources)
          sources.push_back(tensor);
        int32_t producer = index.producer(tensor);
        if (producer < 0 || index.role(producer) != Role::Elementwise)
          continue;
        for (int32_t input : index.activations(producer))
          if (seen.size() < kMaxRows && !llvm::is_contained(seen, input)) {
            seen.push_back(input);
            above.push_back(input);
          }
      }
      level = above;
    }
    return sources;
  }

  /// Rows that depend on `source` and weights alone, in order.
  llvm::SmallVector<int32_t, 16> grow(int32_t source, int32_t anchor) const {
    llvm::SmallVector<int32_t, 16> rows, tensors{source};
    for (size_t i = 0; i < tensors.size() && rows.size() < kMaxRows; ++i)
      for (int32_t row : index.consumers(tensors[i])) {
        if (!joins(row, anchor) || llvm::is_contained(rows, row) || rows.size() >= kMaxRows)
          continue;
        if (!llvm::all_of(index.activations(row),
                          [&](int32_t t) { return llvm::is_contained(tensors, t); })) {
          continue; // seen again from its other operand
        }
        rows.push_back(row);
        for (int32_t result : index.results(row))
          tensors.push_back(result);
      }
    llvm::sort(rows);
    return rows;
  }

  /// True if of rows[0..last] only the result of the last one leaves.
  bool closes(llvm::ArrayRef<int32_t> region, size_t last) const {
    for (size_t i = 0; i <= last; ++i)
      for (int32_t result : index.results(region[i])) {
        bool leaves = index.isGraphOutput(result);
        for (int32_t user : index.consumers(result))
          leaves |= user > region[last] || !llvm::is_contained(region.take_front(last + 1), user);
        if (leaves != (i == last))
          return false;
      }
    return true;
  }

  /// Number of leading rows of the region that make the form; 0 if none do.
  size_t closedSize(llvm::ArrayRef<int32_t> region, int32_t source, int32_t anchor,
                    const DiamondForm &form) const {
    const auto *core = llvm::find_if(
        region, [&](int32_t row) { return row >= anchor && index.op(row) == form.core; });
    if (core == region.end() || !llvm::is_contained(region, anchor))
      return 0;
    for (size_t i = core - region.begin() + 1; i < region.size(); ++i) {
      if (index.activations(region[i]).size() < 2 || !closes(region, i))
        continue;
      for (unsigned n = 0; n < form.trailing && i + 1 < region.size(); ++n) {
        if (index.activations(region[i + 1]).size() != 1 || !closes(region, i + 1))
          break;
        ++i;
      }
      return i + 1;
    }
    return 0;
  }

  const GraphIndex &index;
  Composites &found;
};

} // namespace

void energyopt::findDiamonds(const GraphIndex &index, const RuntimeProfile &runtime,
                             Composites &found) {
  DiamondFinder finder(index, found);
  for (size_t row = 0; row < index.graph.rows.size(); ++row) {
    if (index.role(row) == Role::None || found.contains(row))
      continue;
    KnownOp op = index.op(row);
    for (const DiamondForm &form : kForms)
      if (op == form.anchor && !found.contains(row) && (form.eager || !runtime.asynchronous))
        finder.tryAt(row, form);
  }
}
