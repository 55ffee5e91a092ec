//===- GraphBuilder.h - Collects rows and tensors ---------------*- C++ -*-===//
//
// Takes ops with symbolic shapes and work, one after the other, and keeps the
// concrete WorkGraph. Speculative parts (loop bodies, branches) can be taken
// back or rescaled.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_GRAPH_GRAPHBUILDER_H
#define ENERGY_OPT_LIB_GRAPH_GRAPHBUILDER_H

#include "Graph/ShapeFacts.h"
#include "energy-opt/Analysis.h"

namespace energyopt {

class GraphBuilder {
public:
  GraphBuilder(ShapeFacts &facts, bool symbolic) : facts(facts), symbolic(symbolic) {}

  /// Room for a graph of `ops` nodes and values, about.
  void reserve(size_t ops) {
    // First what takes as much as the nodes of the file did, whose room is free again.
    infos.reserve(ops);
    graph.rows.reserve(ops);
    graph.tensors.reserve(ops);
  }

  struct Mark {
    size_t rows, tensors;
  };
  Mark mark() const { return {graph.rows.size(), graph.tensors.size()}; }
  /// Forgets everything since `mark`.
  void rollback(const Mark &mark);
  /// Multiplies the execution counts of all rows since `from` up to `to`.
  void scaleCounts(size_t from, size_t to, const Expr &factor);
  /// Arithmetic and bytes of rows [from, to), to compare branches.
  std::pair<double, double> costOf(size_t from, size_t to) const;

  int32_t addTensor(ValueInfo info, llvm::StringRef name, GraphTensor::Role role,
                    int32_t viewOf = -1);
  const ValueInfo &info(int32_t tensor) const { return infos[tensor].info; }
  /// What OpMemo calls a tensor; nullopt until somebody has set it.
  std::optional<int32_t> &identity(int32_t tensor) { return infos[tensor].identity; }

  struct NewRow {
    std::string name;
    llvm::StringRef op, domain;
    const char *family = "";
    int32_t scope = 0;
    llvm::ArrayRef<int32_t> inputs, outputs; // tensors, -1 for absent
  };
  /// Appends a row and makes it the producer of its outputs.
  int32_t addRow(NewRow row, const Work &work);

  /// Appends what another tensor or row is like, but for what the arguments say;
  /// concrete graphs only.
  int32_t repeatTensor(const GraphTensor &like, ValueInfo info, llvm::StringRef name,
                       int32_t viewOf);
  void repeatRow(const GraphRow &like, std::string name, int32_t scope,
                 llvm::ArrayRef<int32_t> inputs, llvm::ArrayRef<int32_t> outputs);
  bool isSymbolic() const { return symbolic; }

  /// Fills names, published counts and the summary; the builder is spent.
  WorkGraph finish(ModelSummary summary);
  SymbolicTotals symbolicTotals() const;

  WorkGraph graph;

private:
  int32_t append(GraphTensor tensor, ValueInfo info);
  int64_t concrete(const Expr &e, bool &saturated) const;

  ShapeFacts &facts;
  bool symbolic;
  struct Known {
    ValueInfo info;
    std::optional<int32_t> identity;
  };
  std::vector<Known> infos; // aligned with graph.tensors
  struct SymbolicRow {
    Expr count = 1;
    WorkTotals totals;
    Expr bytesMax, weightBytes;
  };
  std::vector<SymbolicRow> symbolicRows; // symbolic mode only
};

/// The tensor that owns the memory which `tensor` shows.
int32_t rootOf(const WorkGraph &graph, int32_t tensor);

/// Fills bytesMin, bytesMax, weightBytes of every row, peakActivationBytes and
/// weightParameters (GraphTraffic.cpp).
void accountTraffic(WorkGraph &graph);

/// Turns contractions between DequantizeLinear and QuantizeLinear into the
/// integer kernels that run (QuantizedKernels.cpp).
void recognizeQuantizedKernels(WorkGraph &graph);

/// Work of an ai.onnx.preview.training.Gradient after the rows that it
/// differentiates (GradientWork.cpp).
Work gradientWork(const WorkGraph &graph, const OpView &op);

/// a * b, held at the maximum instead of wrapping.
int64_t saturatingMul(int64_t a, int64_t b, bool &saturated);
int64_t saturatingAdd(int64_t a, int64_t b, bool &saturated);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_GRAPH_GRAPHBUILDER_H
