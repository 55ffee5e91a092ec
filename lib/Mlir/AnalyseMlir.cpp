//===- AnalyseMlir.cpp - From an MLIR file to a WorkGraph -----------------===//

#include "Mlir/MlirInput.h"
#include "Mlir/ModuleWalk.h"

using namespace energyopt;
using llvm::StringRef;

namespace {
/// One walk over the module, concrete or symbolic.
struct MlirRun {
  MlirRun(const AnalysisOptions &options, llvm::StringMap<int64_t> given, bool symbolic)
      : facts(std::move(given), symbolic), builder(facts, symbolic), walk(facts, builder, options) {
  }

  ShapeFacts facts;
  GraphBuilder builder;
  ModuleWalk walk;
};
} // namespace

/// Static ops, and the constants that they read.
static ModelSummary summarize(const WorkGraph &graph, StringRef path, StringRef format) {
  ModelSummary summary;
  summary.path = path.str();
  summary.format = format.str();
  summary.nodes = graph.rows.size();
  bool saturated = false;
  for (const GraphTensor &tensor : graph.tensors) {
    if (tensor.role != GraphTensor::Role::Parameter)
      continue;
    summary.parameters = saturatingAdd(summary.parameters, tensor.elements, saturated);
    summary.parameterBytes = saturatingAdd(summary.parameterBytes, tensor.bytes, saturated);
  }
  return summary;
}

llvm::Expected<AnalysedModel> energyopt::analyseMlir(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                                     StringRef path,
                                                     const AnalysisOptions &options) {
  auto parsed = parseMlir(std::move(buffer), path, options.firstLine);
  if (!parsed)
    return parsed.takeError();
  std::vector<EntryPoint> entries = entryPoints(*parsed->module);
  std::vector<DeclaredInput> inputs;
  for (const EntryPoint &entry : entries)
    inputs.insert(inputs.end(), entry.inputs.begin(), entry.inputs.end());
  if (llvm::Error error = checkNames(options, inputs))
    return std::move(error);
  auto given = givenDims(options, inputs);
  if (!given)
    return given.takeError();

  MlirRun run(options, *given, /*symbolic=*/false);
  if (llvm::Error error = run.walk.run(entries))
    return std::move(error);
  if (llvm::Error error = checkDims(options, run.facts))
    return std::move(error);
  ModelSummary summary = summarize(run.builder.graph, path, parsed->format);
  summary.dims = run.facts.dims();
  summary.assumptions = run.facts.assumptions();
  AnalysedModel result;
  result.graph = run.builder.finish(std::move(summary));
  result.explanation = std::move(run.walk.explanation);
  if (options.symbolic) {
    MlirRun closedForm(options, *given, /*symbolic=*/true);
    if (llvm::Error error = closedForm.walk.run(entries))
      return std::move(error);
    result.symbolic = closedForm.builder.symbolicTotals();
  }
  return result;
}
