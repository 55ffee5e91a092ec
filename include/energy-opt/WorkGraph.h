//===- WorkGraph.h - The analysed graph as plain data -----------*- C++ -*-===//
//
// What remains of a model once shapes are known and every op has its Work: a
// flat list of rows and the tensors between them, all numbers concrete. Kernel
// analysis, energy model and reports see only this; whatever dialect the model
// came from, it is priced by the same code.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_WORKGRAPH_H
#define ENERGY_OPT_WORKGRAPH_H

#include "energy-opt/Training.h"
#include "energy-opt/Work.h"

#include <string>
#include <vector>

namespace energyopt {

/// A dim as reports print it: nullopt if only the run decides it.
using PrintedDim = std::optional<int64_t>;

/// Members that every pass over a graph reads stand first, in one cache line.
struct GraphTensor {
  enum class Role : uint8_t { Intermediate, Parameter, Input, Output };
  /// Row that writes it; -1 for inputs and parameters.
  int32_t producer = -1;
  /// Tensor that this one is a view of (output of a metadata-only op), else -1.
  int32_t viewOf = -1;
  DType dtype = DType::Undefined;
  Role role = Role::Intermediate;
  bool hasRank = false;
  /// Upper bounds where dims are data-dependent.
  int64_t elements = 0;
  int64_t bytes = 0;
  llvm::SmallVector<PrintedDim, 4> dims;
  std::string name;
};

/// One kind of arithmetic of a row, for a single execution.
struct RowWork {
  WorkClass cls = WorkClass::Vector;
  DType dtype = DType::F32;
  int64_t count = 0; // MACs of a contraction, else operations
  int64_t groups = 1, m = 1, n = 1, k = 1;
};

struct TensorUse {
  int32_t tensor = -1; // -1: absent operand
  int64_t bytes = 0;   // read or written by a single execution
  /// TR3: elements of the parameter that an optimizer changes after this read,
  /// once a step. Their bytes are not in `bytes`.
  int64_t updated = 0;
};

/// A static node. All figures are of a single execution; `count` multiplies.
/// Members that passes over a graph read stand together, names behind them.
struct GraphRow {
  /// Times executed in one run of the graph; 0 in a branch not taken.
  int64_t count = 1;
  /// Family of its rule, "" without one; a static string.
  const char *family = "";
  /// Bodies of the same loop or call share an id; kernels never cross scopes.
  int32_t scope = 0;
  WorkStatus status = WorkStatus::Modelled;
  /// Every input is a parameter: a runtime computes the row once, at load.
  bool constant = false;
  /// Its results follow from the sizes of the inputs: shape arithmetic.
  bool fromSizes = false;
  /// Some count did not fit 64 bits and is held at the maximum.
  bool saturated = false;
  llvm::SmallVector<TensorUse, 1> writes;
  llvm::SmallVector<TensorUse, 3> reads;
  llvm::SmallVector<RowWork, 1> work;

  /// Published counts, of all `count` executions.
  int64_t macs = 0, flops = 0, intOps = 0, transcendentals = 0;
  int64_t bytesMax = 0;    // every operand to or from memory
  int64_t weightBytes = 0; // read from parameters
  /// Compulsory bytes: parameters, graph inputs and outputs at their first
  /// use; the rows' figures sum to the graph's `min`.
  int64_t bytesMin = 0;

  std::string op;     // "Conv", as the model spells it
  std::string name;   // unique within the graph
  std::string domain; // "ai.onnx", "com.microsoft", "linalg"
  std::string reason; // of a status that is not Modelled
  /// Where it stands in the user's file, "model.mlir:7:10"; "" if unknown.
  std::string location;
};

struct NamedDim {
  std::string symbol;
  int64_t value;
};

struct GraphPort {
  std::string name;
  int32_t tensor = -1;
};

struct ModelSummary {
  std::string path, format, producer;
  int64_t irVersion = 0;
  std::vector<std::pair<std::string, int64_t>> opsets;
  /// Static nodes, those of subgraphs and of function bodies included.
  int64_t nodes = 0;
  int64_t parameters = 0, weightParameters = 0, parameterBytes = 0;
  std::vector<NamedDim> dims;
  std::vector<std::string> assumptions;
};

struct WorkGraph {
  ModelSummary model;
  std::vector<GraphTensor> tensors;
  /// In execution order.
  std::vector<GraphRow> rows;
  std::vector<GraphPort> inputs, outputs;
  /// Greatest sum of live activations over the execution order.
  int64_t peakActivationBytes = 0;
  /// Of a graph that trainingStep() has transformed.
  std::optional<StepFacts> step;
};

} // namespace energyopt

#endif // ENERGY_OPT_WORKGRAPH_H
