//===- Pricing.h - From a model's path to its Report ------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_RUN_PRICING_H
#define ENERGY_OPT_TOOL_RUN_PRICING_H

#include "Options/Options.h"

namespace energyopt {

/// The targets of --target, each once, or the default three.
llvm::Expected<std::vector<Target>> loadTargets(const Options &options);

/// The bytes of a file, or of stdin for "-".
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readFile(llvm::StringRef path);

/// The numbers behind the targets, for views that show them.
std::vector<TargetSheet> sheetsOf(llvm::ArrayRef<Target> targets, const Options &options);

/// A model that was asked for: a file, with --split-input-file a part of one, or
/// what is in memory already.
struct ModelInput {
  std::string path;
  /// Null: that of the file, read when it is priced.
  std::unique_ptr<llvm::MemoryBuffer> contents = nullptr;
  /// Of a part: where it begins in its file.
  std::optional<int64_t> firstLine = std::nullopt;

  /// The contents, or those of the file.
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> read();
  /// "a.mlir", "a.mlir:17" of a part, "<stdin>".
  std::string name() const;
};

/// The models of a file, with --split-input-file one or more. A file that cannot be
/// read stays one model, and priceModel says so.
std::vector<ModelInput> modelsIn(const std::string &path, const Options &options);
/// Those of the command line, in order.
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
/// the options' checks, of which up to `jobs` run at a time (0: one for each core).
llvm::Expected<Report> priceModel(ModelInput input, llvm::ArrayRef<Target> targets,
                                  const Options &options, unsigned jobs);

/// The same for several, some at a time; results in the order of `models`.
std::vector<llvm::Expected<Report>> priceAll(llvm::MutableArrayRef<ModelInput> models,
                                             llvm::ArrayRef<Target> targets,
                                             const Options &options);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_RUN_PRICING_H
