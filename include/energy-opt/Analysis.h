//===- Analysis.h - From a model file to a WorkGraph ------------*- C++ -*-===//
//
// The library's front door: bytes in, a WorkGraph with concrete figures out.
// Pricing it on targets is EnergyModel.h's, rendering is Views.h's.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_ANALYSIS_H
#define ENERGY_OPT_ANALYSIS_H

#include "energy-opt/WorkGraph.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

namespace energyopt {

struct AnalysisOptions {
  /// --dim NAME=N. A name that the model lacks is an error.
  std::vector<std::pair<std::string, int64_t>> dims;
  /// Sizes of dims that --dim and --batch leave open, where the model has them.
  std::vector<std::pair<std::string, int64_t>> defaultDims;
  /// --batch=N: binds the batch symbol, whatever the model calls it.
  std::optional<int64_t> batch;
  /// --shape INPUT=1x3x224x224 and --value INPUT=[1,3].
  std::vector<std::pair<std::string, std::vector<int64_t>>> shapes, values;
  /// --op-like my::Attn=com.microsoft::Attention.
  std::vector<std::pair<std::string, std::string>> opLike;
  /// Refuse to assume a dim that was not given.
  bool strict = false;
  bool trustExternal = false;
  /// Also compute the closed-form costs (AnalysedModel::symbolic).
  bool symbolic = false;
  /// Row to explain, by name; empty for none.
  std::string explain;
  /// Line of the user's file at which the buffer starts (split MLIR files).
  int64_t firstLine = 1;
};

/// Totals as closed forms of the model's symbolic dims. Branches and
/// assumptions are those of the concrete analysis.
struct SymbolicTotals {
  Expr macs, flops, intOps, transcendentals, bytesMax, weightBytes;
};

/// One row's rule and formula, for --explain.
struct RowExplanation {
  int32_t row = -1;
  std::string rule;                         // "onnx.Conv since 1: convolution, M3"
  std::string source;                       // of the rule
  std::vector<std::string> inputs, outputs; // "x: float32[1,3,224,224]"
  std::vector<std::string> equations;       // with the numbers put in
};

struct AnalysedModel {
  WorkGraph graph;
  std::optional<SymbolicTotals> symbolic;
  std::optional<RowExplanation> explanation;
};

struct ImportedModel;

/// Analyses a model held in `buffer`; `path` names it in messages and locates
/// external data. An Error's text is "node 'x': what is wrong" or "what is
/// wrong", and after a '\n' how to mend it.
llvm::Expected<AnalysedModel> analyseModel(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                           llvm::StringRef path, const AnalysisOptions &options);
/// The same of an ONNX model that is imported already, or was rewritten since.
llvm::Expected<AnalysedModel> analyseImported(ImportedModel &model, llvm::StringRef path,
                                              const AnalysisOptions &options);
/// Whether a buffer holds MLIR, text or bytecode, and not ONNX.
bool holdsMlir(llvm::StringRef buffer, llvm::StringRef path);

} // namespace energyopt

#endif // ENERGY_OPT_ANALYSIS_H
