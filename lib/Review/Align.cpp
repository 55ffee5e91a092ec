//===- Align.cpp - Which op of one graph is which of the other ------------===//
//
// Exporters name ops by counting them, so that one op more renames all behind
// it; and a name that survived is the best evidence there is. Both ways are
// tried, and the one that explains more is taken.
//
//===----------------------------------------------------------------------===//

#include "Sequences.h"

#include "energy-opt/Diff.h"

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/StringMap.h"

using namespace energyopt;

namespace {

/// A graph as sequences of hashes, one per row.
struct Signatures {
  std::vector<uint64_t> whole; // op, types, shapes, work: equal rows cost the same
  std::vector<uint64_t> op;

  explicit Signatures(const WorkGraph &graph) {
    for (const GraphRow &row : graph.rows) {
      op.push_back(llvm::hash_combine(row.op, row.domain));
      whole.push_back(wholeOf(row, graph));
    }
  }

private:
  static llvm::hash_code hashOf(const TensorUse &use, const WorkGraph &graph) {
    if (use.tensor < 0)
      return llvm::hash_value(-1);
    const GraphTensor &tensor = graph.tensors[use.tensor];
    llvm::hash_code hash = llvm::hash_combine(unsigned(tensor.dtype), tensor.hasRank,
                                              tensor.role == GraphTensor::Role::Parameter);
    for (PrintedDim dim : tensor.dims)
      hash = llvm::hash_combine(hash, dim.value_or(-1));
    return hash;
  }

  static uint64_t wholeOf(const GraphRow &row, const WorkGraph &graph) {
    llvm::hash_code hash = llvm::hash_combine(row.op, row.domain, row.count, row.macs, row.flops,
                                              row.intOps, row.bytesMax);
    for (const TensorUse &use : row.reads)
      hash = llvm::hash_combine(hash, hashOf(use, graph));
    for (const TensorUse &use : row.writes)
      hash = llvm::hash_combine(hash, hashOf(use, graph));
    return hash;
  }
};

class Aligner {
public:
  Aligner(const WorkGraph &base, const WorkGraph &changed)
      : base(base), changed(changed), of(base), to(changed) {}

  Alignment run() {
    Alignment byName = alignByName(), byStructure = alignByStructure();
    return differences(byName) <= differences(byStructure) ? byName : byStructure;
  }

private:
  Alignment empty() const {
    return {std::vector<int32_t>(base.rows.size(), -1),
            std::vector<int32_t>(changed.rows.size(), -1)};
  }

  static void pair(Alignment &alignment, int32_t row, int32_t other) {
    alignment.forward[row] = other;
    alignment.backward[other] = row;
  }

  /// Ops that the alignment leaves without an equal counterpart.
  size_t differences(const Alignment &alignment) const {
    size_t count = 0;
    for (size_t row = 0; row < alignment.forward.size(); ++row) {
      int32_t other = alignment.forward[row];
      count += other < 0 || of.whole[row] != to.whole[other];
    }
    for (int32_t row : alignment.backward)
      count += row < 0;
    return count;
  }

  Alignment alignByName() const {
    Alignment alignment = empty();
    llvm::StringMap<int32_t> named;
    for (size_t i = 0; i < changed.rows.size(); ++i)
      named.try_emplace(changed.rows[i].name, static_cast<int32_t>(i));
    for (size_t i = 0; i < base.rows.size(); ++i) {
      auto found = named.find(base.rows[i].name);
      if (found != named.end() && of.op[i] == to.op[found->second])
        pair(alignment, static_cast<int32_t>(i), found->second);
    }
    // The others may have been renamed.
    pairCommon(alignment, free(alignment.forward), free(alignment.backward), of.whole, to.whole);
    return alignment;
  }

  /// Equal rows in the order of execution; between two such pairs, rows of the
  /// same op are each other's changed form.
  Alignment alignByStructure() const {
    Alignment alignment = empty();
    pairCommon(alignment, free(alignment.forward), free(alignment.backward), of.whole, to.whole);
    std::vector<int32_t> gap, otherGap;
    size_t other = 0;
    auto close = [&] {
      pairCommon(alignment, gap, otherGap, of.op, to.op);
      gap.clear();
      otherGap.clear();
    };
    for (size_t row = 0; row <= alignment.forward.size(); ++row) {
      bool last = row == alignment.forward.size();
      if (!last && alignment.forward[row] < 0) {
        gap.push_back(static_cast<int32_t>(row));
        continue;
      }
      size_t end = last ? alignment.backward.size() : alignment.forward[row];
      for (; other < end; ++other)
        otherGap.push_back(static_cast<int32_t>(other));
      other = end + 1;
      close();
    }
    return alignment;
  }

  static std::vector<int32_t> free(const std::vector<int32_t> &partners) {
    std::vector<int32_t> rows;
    for (size_t i = 0; i < partners.size(); ++i)
      if (partners[i] < 0)
        rows.push_back(static_cast<int32_t>(i));
    return rows;
  }

  static void pairCommon(Alignment &alignment, const std::vector<int32_t> &rows,
                         const std::vector<int32_t> &others, const std::vector<uint64_t> &keys,
                         const std::vector<uint64_t> &otherKeys) {
    std::vector<uint64_t> a, b;
    for (int32_t row : rows)
      a.push_back(keys[row]);
    for (int32_t row : others)
      b.push_back(otherKeys[row]);
    for (auto [x, y] : commonSubsequence(a, b))
      pair(alignment, rows[x], others[y]);
  }

  const WorkGraph &base, &changed;
  Signatures of, to;
};

} // namespace

Alignment energyopt::alignGraphs(const WorkGraph &base, const WorkGraph &changed) {
  return Aligner(base, changed).run();
}
