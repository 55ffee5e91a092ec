//===- TensorSplit.cpp - One device's part of every layer -----------------===//
//
// PA2 (Shoeybi et al. 2019): a product with weights of a tensor that all devices
// of the group hold is split by columns: each has its part of the result. One of
// a tensor that is split itself is split by rows, and its results are summed
// over the group, after which all hold the sum. What lies between is split as its
// operands are; a product of activations by its groups (heads). So a transformer's
// layer sums twice, after the attention and after the feed-forward part, and its
// backward pass twice, at the tensors that products split by columns read. Tables
// of embeddings are split by rows, and summed too.
//
//===----------------------------------------------------------------------===//

#include "Gradients.h"
#include "Saturating.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;

namespace {

class Splitter {
public:
  Splitter(WorkGraph &graph, int64_t ways)
      : graph(graph), gradients(graph), ways(ways), split(graph.tensors.size()),
        partedWeights(graph.tensors.size()), summed(graph.tensors.size()) {}

  TensorSplit run() {
    for (GraphRow &row : graph.rows)
      visit(row);
    for (size_t t = 0; t < graph.tensors.size(); ++t)
      if (partedWeights[t] || split[t])
        for (int64_t *figure : {&graph.tensors[t].bytes, &graph.tensors[t].elements})
          *figure = parts(*figure);
    return result;
  }

private:
  enum class How : uint8_t { Whole, Columns, Rows, Along };

  int64_t parts(int64_t figure) const { return figure / ways + (figure % ways != 0); }

  bool isSplit(int32_t tensor) const {
    return tensor >= 0 && (split[tensor] || split[gradients.root(tensor)]);
  }

  How howOf(const GraphRow &row) const {
    bool weights = false, parted = false;
    for (const TensorUse &read : row.reads) {
      if (read.tensor < 0)
        continue;
      weights |= gradients.isWeight(read.tensor) && graph.tensors[read.tensor].elements > 1;
      parted |= isSplit(read.tensor);
    }
    if (isContractionRow(row) && weights)
      return parted ? How::Rows : How::Columns;
    bool table = llvm::StringRef(row.family) == "gather" && !row.reads.empty() &&
                 row.reads[0].tensor >= 0 &&
                 gradients.isTrained(gradients.root(row.reads[0].tensor));
    if (table)
      return How::Rows;
    return parted ? How::Along : How::Whole;
  }

  void visit(GraphRow &row) {
    const How how = row.constant ? How::Whole : howOf(row);
    if (how == How::Whole)
      return;
    if (how == How::Columns)
      countBackwardSums(row);
    for (TensorUse &read : row.reads) {
      if (read.tensor < 0)
        continue;
      bool weight = gradients.isWeight(read.tensor);
      if (weight && how != How::Along)
        part(gradients.root(read.tensor));
      if (isSplit(read.tensor) || (weight && how != How::Along))
        read.bytes = parts(read.bytes);
    }
    const bool sums = how == How::Rows;
    for (TensorUse &write : row.writes) {
      if (write.tensor < 0)
        continue;
      if (!sums) {
        split[write.tensor] = true;
        write.bytes = parts(write.bytes);
      } else {
        addSum(result.forwardBytes, result.forwardSums, write.bytes, row);
      }
    }
    for (RowWork &work : row.work)
      splitWork(work, how);
    for (int64_t *figure : {&row.macs, &row.flops, &row.intOps, &row.transcendentals, &row.bytesMax,
                            &row.bytesMin, &row.weightBytes})
      *figure = parts(*figure);
  }

  void splitWork(RowWork &work, How how) const {
    work.count = parts(work.count);
    if (!isContraction(work.cls))
      return;
    int64_t &dim = work.groups >= ways && how == How::Along ? work.groups
                   : how == How::Rows                       ? work.k
                                                            : work.n;
    dim = parts(dim);
  }

  /// The weights themselves, or what they are made of at load.
  void part(int32_t root) {
    if (root < 0 || partedWeights[root])
      return;
    partedWeights[root] = true;
    int32_t producer = graph.tensors[root].producer;
    if (producer >= 0 && graph.rows[producer].constant)
      for (const TensorUse &use : graph.rows[producer].reads)
        if (use.tensor >= 0)
          part(gradients.root(use.tensor));
  }

  /// Products split by columns that read one tensor sum its gradient once.
  void countBackwardSums(const GraphRow &row) {
    for (const TensorUse &read : row.reads) {
      int32_t root = gradients.root(read.tensor);
      if (root < 0 || gradients.isWeight(root) || summed[root] ||
          !(gradients.carries(root) || gradients.carries(read.tensor)))
        continue;
      summed[root] = true;
      addSum(result.backwardBytes, result.backwardSums, read.bytes, row);
    }
  }

  static void addSum(int64_t &bytes, int64_t &sums, int64_t each, const GraphRow &row) {
    bool saturated = false;
    bytes = plusHeld(bytes, timesHeld(each, row.count, saturated), saturated);
    sums = plusHeld(sums, row.count, saturated);
  }

  WorkGraph &graph;
  const Gradients gradients;
  const int64_t ways;
  std::vector<bool> split, partedWeights, summed; // by tensor
  TensorSplit result;
};

} // namespace

TensorSplit energyopt::splitTensors(WorkGraph &graph, int64_t ways) {
  return ways > 1 ? Splitter(graph, ways).run() : TensorSplit();
}
