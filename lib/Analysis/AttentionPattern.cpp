//===- AttentionPattern.cpp - Decomposed attention ------------------------===//
//
// From a softmax, up to the product that made its scores and down to the
// product that uses them. What lies between (scale, mask, cast, dropout) and
// the transposes and scales of Q, K, V that nothing else reads belong to it:
// a flash-style kernel keeps all of it on chip.
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;

namespace {

constexpr unsigned kMaxSteps = 12;   // ops between a product and the softmax
constexpr unsigned kMaxAbsorbed = 3; // ops in front of each of Q, K, V

class AttentionFinder {
public:
  AttentionFinder(const GraphIndex &index, Composites &found) : index(index), found(found) {}

  void tryAt(int32_t softmax) {
    rows.clear();
    members(softmax);
    int32_t scores = scoreProduct(rows.front());
    int32_t output = scores < 0 ? -1 : valueProduct(rows.back(), softmax);
    if (output < 0)
      return;
    absorbInputs(scores);
    absorbInputs(output);
    absorbOutput(output);
    llvm::sort(rows);
    found.add({"Attention", Role::Contraction,
               "softmax(Q K^T) V in one kernel: the scores stay on chip", rows});
  }

private:
  /// The softmax itself: one row, or the parts of a decomposed one.
  void members(int32_t softmax) {
    if (found.contains(softmax))
      rows.append(found.list[found.of[softmax]].rows);
    else
      rows.push_back(softmax);
  }

  bool isProduct(int32_t row) const {
    return index.role(row) == Role::Contraction && index.activations(row).size() >= 2 &&
           index.graph.rows[row].work.size() >= 1 &&
           index.graph.rows[row].work[0].cls == WorkClass::BatchMatMul;
  }

  /// True if nothing but `reader` uses what `row` makes.
  bool feedsOnly(int32_t row, int32_t reader) const {
    for (int32_t result : index.results(row)) {
      if (index.isGraphOutput(result))
        return false;
      for (int32_t user : index.consumers(result))
        if (user != reader && !llvm::is_contained(rows, user))
          return false;
    }
    return index.sameBody(row, reader);
  }

  /// Walks up from the softmax, through ops of the scores' size, to Q K^T.
  int32_t scoreProduct(int32_t from) {
    for (unsigned step = 0; step < kMaxSteps; ++step) {
      llvm::ArrayRef<int32_t> results = index.results(from);
      if (results.empty()) // it makes no tensor
        return -1;
      int32_t next = -1;
      int64_t elements = index.graph.tensors[results.front()].elements;
      for (int32_t input : index.activations(from)) {
        int32_t producer = index.producer(input);
        if (producer < 0 || !feedsOnly(producer, from))
          continue;
        // Reduction rows of a decomposed softmax write less than they read.
        bool scoreSized = index.graph.tensors[input].elements >= elements;
        if (scoreSized && (isProduct(producer) || index.role(producer) == Role::Elementwise))
          next = producer;
        if (next >= 0 && isProduct(next))
          break;
      }
      if (next < 0 || found.contains(next))
        return -1;
      rows.push_back(next);
      if (isProduct(next))
        return next;
      from = next;
    }
    return -1;
  }

  /// Walks down to the product with V.
  int32_t valueProduct(int32_t, int32_t softmax) {
    int32_t from = found.contains(softmax) ? found.list[found.of[softmax]].rows.back() : softmax;
    for (unsigned step = 0; step < kMaxSteps; ++step) {
      llvm::ArrayRef<int32_t> results = index.results(from);
      if (results.empty() || index.isGraphOutput(results.front()) ||
          index.consumers(results.front()).size() != 1)
        return -1;
      int32_t next = index.consumers(results.front()).front();
      if (found.contains(next) || !index.sameBody(next, from))
        return -1;
      if (!isProduct(next) && index.role(next) != Role::Elementwise)
        return -1;
      rows.push_back(next);
      if (isProduct(next))
        return next;
      from = next;
    }
    return -1;
  }

  /// Transposes and scalings of an operand, as long as nothing else reads them.
  void absorbInputs(int32_t product) {
    for (int32_t input : index.activations(product)) {
      int32_t reader = product;
      for (unsigned n = 0; n < kMaxAbsorbed; ++n) {
        int32_t producer = index.producer(input);
        if (producer < 0 || found.contains(producer) || llvm::is_contained(rows, producer) ||
            !feedsOnly(producer, reader))
          break;
        bool transpose = index.op(producer) == KnownOp::Transpose;
        bool scale =
            index.role(producer) == Role::Elementwise && index.activations(producer).size() == 1;
        if (!transpose && !scale)
          break;
        rows.push_back(producer);
        input = index.activations(producer).front();
        reader = producer;
      }
    }
  }

  void absorbOutput(int32_t product) {
    llvm::ArrayRef<int32_t> results = index.results(product);
    if (results.size() != 1 || index.consumers(results.front()).size() != 1)
      return;
    int32_t next = index.consumers(results.front()).front();
    if (index.op(next) == KnownOp::Transpose && !found.contains(next) &&
        index.sameBody(next, product))
      rows.push_back(next);
  }

  const GraphIndex &index;
  Composites &found;
  llvm::SmallVector<int32_t, 12> rows;
};

} // namespace

void energyopt::findAttention(const GraphIndex &index, Composites &found) {
  AttentionFinder finder(index, found);
  for (size_t row = 0; row < index.graph.rows.size(); ++row) {
    if (index.role(row) == Role::None)
      continue;
    bool decomposed = found.contains(row) &&
                      found.list[found.of[row]].rows.front() == static_cast<int32_t>(row) &&
                      llvm::StringRef(found.list[found.of[row]].name) == "Softmax";
    if (decomposed || (!found.contains(row) && index.op(row) == KnownOp::Softmax))
      finder.tryAt(row);
  }
}
