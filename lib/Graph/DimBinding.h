//===- DimBinding.h - From declared inputs to concrete shapes ---*- C++ -*-===//
//
// What --dim, --batch, --shape and --value mean for a model's inputs, and the
// defaults for the dims that nobody gave.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_GRAPH_DIMBINDING_H
#define ENERGY_OPT_LIB_GRAPH_DIMBINDING_H

#include "Graph/ShapeFacts.h"
#include "energy-opt/Analysis.h"

namespace energyopt {

/// A dim as a model declares it.
struct DeclaredDim {
  std::optional<int64_t> size;
  std::string name; // dim_param; may be "" for an unnamed dynamic dim
};

/// A dim_param, which exporters also fill with arithmetic
/// ("past_sequence_length + 1"): its symbols bound through `facts`. What does
/// not parse as a sum or product of names and numbers is one symbol.
Expr parseDimParam(llvm::StringRef text, ShapeFacts &facts);

/// One input's declared dims, before binding.
struct DeclaredInput {
  std::string name;
  DType dtype = DType::Undefined;
  std::optional<std::vector<DeclaredDim>> dims; // nullopt: rank unknown
};

/// Names of the symbols that `inputs` would bind for unnamed dims: position 0
/// is "batch", dims 2 and 3 of rank 4 "height" and "width", others
/// "<input>.<position>".
std::string nameOfUnnamedDim(const DeclaredInput &input, size_t position);
/// The symbol of a dim without a size: its own name, else the above.
std::string symbolName(const DeclaredInput &input, size_t position);

/// Values given by --dim and --batch, by symbol name. Errors: two values for
/// one name, a batch that is fixed, a non-positive value.
llvm::Expected<llvm::StringMap<int64_t>> givenDims(const AnalysisOptions &options,
                                                   llvm::ArrayRef<DeclaredInput> inputs);

/// Shape and, with --value, contents of one input.
llvm::Expected<ValueInfo> bindInput(const DeclaredInput &input, const AnalysisOptions &options,
                                    ShapeFacts &facts);

/// After the inputs are bound: --shape / --value of an input that is not
/// there, and --strict.
llvm::Error checkNames(const AnalysisOptions &options, llvm::ArrayRef<DeclaredInput> inputs);

/// After the walk: --dim names that nothing in the model has, and dims assumed
/// under --strict.
llvm::Error checkDims(const AnalysisOptions &options, const ShapeFacts &facts);

/// "'batc' …, did you mean 'batch'?" or "known: a, b".
std::string suggestion(llvm::StringRef name, llvm::ArrayRef<std::string> known);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_GRAPH_DIMBINDING_H
