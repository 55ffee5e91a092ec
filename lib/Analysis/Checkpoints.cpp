//===- Checkpoints.cpp - What the forward pass keeps ----------------------===//
//
// TR5, full checkpointing (Chen et al. 2016): the rows fall into segments; what
// enters a segment is kept, its other results are made again when the backward
// pass comes to it, so that those of one segment at a time are there too. A
// segment may end where a single tensor with a gradient is alive besides those
// that live through a quarter of the graph or more, which are kept anyway (the
// output of an encoder, a position bias, the outer skips of a U-Net): in a
// transformer behind each residual addition, in a chain anywhere. Of these cuts
// the set is taken that needs the least memory.
//
// Selective (Korthikanti et al. 2022): the scores of attention, from the
// product of two activations to the next one, are made again.
//
//===----------------------------------------------------------------------===//

#include "Checkpoints.h"

#include "Saturating.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>

using namespace energyopt;

namespace {

class Keeper {
public:
  Keeper(const WorkGraph &graph, const Gradients &gradients)
      : graph(graph), gradients(gradients), rows(graph.rows.size()) {
    result.again.assign(rows, false);
    lastReader.assign(graph.tensors.size(), -1);
    for (size_t r = 0; r < rows; ++r)
      for (const TensorUse &read : graph.rows[r].reads)
        if (int32_t at = gradients.root(read.tensor); at >= 0)
          lastReader[at] = static_cast<int32_t>(r);
    made.assign(rows, 0);
    for (size_t r = 0; r < rows; ++r)
      if (gradients.visits(graph.rows[r]))
        made[r] = madeBy(graph.rows[r]);
  }

  KeptResults run(Checkpointing checkpointing) {
    bool saturated = false;
    findCuts();
    if (!cuts.empty()) {
      std::vector<int64_t> sizes;
      for (const Cut &cut : cuts)
        sizes.push_back(cut.bytes);
      std::nth_element(sizes.begin(), sizes.begin() + sizes.size() / 2, sizes.end());
      result.boundaryBytes = sizes[sizes.size() / 2];
    }
    if (checkpointing == Checkpointing::Selective)
      dropScores();
    for (int64_t bytes : made)
      result.bytes = plusHeld(result.bytes, bytes, saturated);
    if (checkpointing == Checkpointing::Full)
      keepSegments();
    return std::move(result);
  }

private:
  struct Cut {
    int32_t row;   // the segment ends behind it
    int64_t bytes; // of the tensor that crosses
  };

  /// Bytes of the results that live on.
  int64_t madeBy(const GraphRow &row) {
    int64_t sum = 0;
    bool saturated = false;
    for (const TensorUse &write : row.writes)
      sum = plusHeld(sum, timesHeld(write.bytes, row.count, saturated), saturated);
    return sum;
  }

  /// Walks the rows and counts the results that a later row reads.
  void findCuts() {
    const int64_t longLife = std::max<int64_t>(static_cast<int64_t>(rows) / 4, 1);
    llvm::SmallVector<int32_t, 8> live;
    for (int32_t r = 0; r < static_cast<int32_t>(rows); ++r) {
      const GraphRow &row = graph.rows[r];
      llvm::erase_if(live, [&](int32_t t) { return lastReader[t] <= r; });
      if (!gradients.visits(row))
        continue;
      for (const TensorUse &write : row.writes) {
        int32_t at = gradients.root(write.tensor);
        if (at < 0 || !gradients.carries(write.tensor) || lastReader[at] <= r)
          continue;
        int64_t bytes = timesHeld(write.bytes, row.count, longSaturated);
        if (lastReader[at] - r >= longLife)
          longBytes = plusHeld(longBytes, bytes, longSaturated);
        else if (!llvm::is_contained(live, at))
          live.push_back(at);
      }
      if (live.size() == 1 && !row.writes.empty())
        cuts.push_back({r, graph.tensors[live.front()].bytes});
    }
  }

  /// Bytes kept if a segment is closed at the first cut that makes it hold more
  /// than `budget`.
  int64_t bytesFor(int64_t budget) const {
    bool saturated = false;
    int64_t kept = longBytes, segment = 0, largest = 0;
    size_t cut = 0;
    for (size_t r = 0; r < rows; ++r) {
      segment = plusHeld(segment, made[r], saturated);
      while (cut < cuts.size() && cuts[cut].row < static_cast<int32_t>(r))
        ++cut;
      bool ends = cut < cuts.size() && cuts[cut].row == static_cast<int32_t>(r);
      largest = std::max(largest, segment);
      if (!ends || segment < budget)
        continue;
      kept = plusHeld(kept, cuts[cut].bytes, saturated);
      segment = 0;
    }
    return plusHeld(kept, largest, saturated);
  }

  void keepSegments() {
    constexpr int kTries = 40; // down to 1e-5 of all results
    int64_t best = result.bytes, budget = result.bytes;
    for (int i = 0; i < kTries && budget > 0; ++i) {
      best = std::min(best, bytesFor(budget));
      budget -= budget / 4 + 1;
    }
    result.bytes = best;
    for (size_t r = 0; r < rows; ++r)
      result.again[r] = gradients.visits(graph.rows[r]);
  }

  bool isProductOfActivations(const GraphRow &row) const {
    if (!isContractionRow(row) || row.reads.size() < 2)
      return false;
    for (const TensorUse &read : llvm::ArrayRef(row.reads).take_front(2))
      if (read.tensor < 0 || gradients.isWeight(read.tensor) ||
          !(gradients.carries(read.tensor) || gradients.carries(gradients.root(read.tensor))))
        return false;
    return true;
  }

  void dropScores() {
    std::vector<llvm::SmallVector<int32_t, 2>> readers(graph.tensors.size());
    for (size_t r = 0; r < rows; ++r)
      for (const TensorUse &read : graph.rows[r].reads)
        if (int32_t at = gradients.root(read.tensor); at >= 0)
          readers[at].push_back(static_cast<int32_t>(r));
    for (size_t r = 0; r < rows; ++r)
      if (gradients.visits(graph.rows[r]) && isProductOfActivations(graph.rows[r]))
        dropFrom(static_cast<int32_t>(r), readers);
  }

  using Readers = llvm::ArrayRef<llvm::SmallVector<int32_t, 2>>;

  llvm::SmallVector<int32_t, 4> readersOf(int32_t row, Readers readers) const {
    llvm::SmallVector<int32_t, 4> found;
    for (const TensorUse &write : graph.rows[row].writes)
      if (int32_t at = gradients.root(write.tensor); at >= 0)
        for (int32_t reader : readers[at])
          if (reader > row && graph.rows[reader].status != WorkStatus::Free)
            found.push_back(reader);
    return found;
  }

  /// Follows the scores of `first` until all ways have met another product of
  /// activations; else nothing is dropped.
  void dropFrom(int32_t first, Readers readers) {
    constexpr size_t kMostRows = 32;
    llvm::SmallVector<int32_t, 8> way = {first}, ends;
    for (size_t at = 0; at < way.size(); ++at)
      for (int32_t reader : readersOf(way[at], readers)) {
        const GraphRow &row = graph.rows[reader];
        if (isContractionRow(row)) {
          if (!isProductOfActivations(row))
            return;
          ends.push_back(reader);
        } else if (!llvm::is_contained(way, reader)) {
          way.push_back(reader);
        }
        if (way.size() > kMostRows)
          return;
      }
    if (ends.empty())
      return;
    for (int32_t row : way) {
      made[row] = 0;
      result.again[row] = gradients.visits(graph.rows[row]);
    }
    for (int32_t row : ends)
      result.again[row] = true;
  }

  const WorkGraph &graph;
  const Gradients &gradients;
  const size_t rows;
  std::vector<int32_t> lastReader; // by root
  std::vector<int64_t> made;       // by row
  std::vector<Cut> cuts;
  int64_t longBytes = 0;
  bool longSaturated = false;
  KeptResults result;
};

} // namespace

KeptResults energyopt::keepResults(const WorkGraph &graph, const Gradients &gradients,
                                   Checkpointing checkpointing) {
  return Keeper(graph, gradients).run(checkpointing);
}
