//===- Pricing.h - From a model's path to its Report ------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_PRICING_H
#define ENERGY_OPT_TOOL_PRICING_H

#include "Options.h"

namespace energyopt {

/// The targets of --target, each once, or the default three.
llvm::Expected<std::vector<Target>> loadTargets(const Options &options);

/// The bytes of a file, or of stdin for "-".
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readFile(llvm::StringRef path);

/// The numbers behind the targets, for views that show them.
std::vector<TargetSheet> sheetsOf(llvm::ArrayRef<Target> targets, const Options &options);

/// A model of the command line: a file, or with --split-input-file a part of
/// one.
struct ModelInput {
  std::string path;
  /// The part's text; null: the whole file, read when it is priced.
  std::unique_ptr<llvm::MemoryBuffer> part;
  int64_t firstLine = 1;

  /// The part's text, or the file's.
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> read();
  /// "a.mlir", "a.mlir:17" of a part, "<stdin>".
  std::string name() const;
};

/// The models of the command line, in order. A file that cannot be read stays
/// one model, and priceModel says so.
std::vector<ModelInput> findModels(const Options &options);

/// Summarizes the graph of `report` and prices it on all targets.
llvm::Error price(Report &report, llvm::ArrayRef<Target> targets, const Options &options);

class LoadedModel;

/// The prompt and the answer of a language model: the report of the prompt's run,
/// with `serving` filled.
llvm::Expected<Report> priceServing(LoadedModel &model, llvm::StringRef path,
                                    llvm::ArrayRef<Target> targets, const Options &options);

/// Options with dims of a sweep bound; "batch" is that of any name.
AnalysisOptions withDims(AnalysisOptions options, llvm::ArrayRef<NamedDim> dims);

/// Analyzes one model and prices it on every target, with the suggestions of
/// the options' checks.
llvm::Expected<Report> priceModel(ModelInput input,
                                  llvm::ArrayRef<Target> targets,
                                  const Options &options);

/// The same for several, some at a time; results in the order of `models`.
std::vector<llvm::Expected<Report>> priceAll(llvm::MutableArrayRef<ModelInput> models,
                                             llvm::ArrayRef<Target> targets,
                                             const Options &options);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_PRICING_H
