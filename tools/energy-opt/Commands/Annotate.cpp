//===- Annotate.cpp - energy-opt analyze --format=mlir --------------------===//

#include "Commands/Commands.h"
#include "Output/Output.h"
#include "Run/LoadedModel.h"
#include "Run/Pricing.h"

#include "Mlir/MlirInput.h"
#include "Suggest/OnnxModule.h"

using namespace llvm;

namespace energyopt {

/// Attributes hold the figures of one target.
static Expected<std::string> onlyTarget(const Options &options) {
  Expected<std::vector<Target>> targets = loadTargets(options);
  if (!targets)
    return targets.takeError();
  if (!options.targets.empty() && targets->size() > 1)
    return createStringError(inconvertibleErrorCode(),
                             "--format=mlir writes the figures of one target\n"
                             "give one --target");
  return options.targets.empty() ? targets->front().name : options.targets.front();
}

static Expected<std::string> annotated(ModelInput model, StringRef target, const Options &options) {
  auto buffer = model.read();
  if (!buffer)
    return buffer.takeError();
  AnalysisOptions analysis = options.analysis;
  analysis.firstLine = model.firstLine.value_or(1);
  StringRef path = model.path == "-" ? "<stdin>" : StringRef(model.path);
  if (holdsMlir((*buffer)->getBuffer(), path))
    return annotatedText(std::move(*buffer), path, analysis, target, options.energy);
  auto imported = LoadedModel::load(std::move(*buffer), path, analysis.trustExternal);
  if (!imported)
    return imported.takeError();
  // What passes decide by: they have no model file.
  embedSmallWeights((*imported)->get());
  return annotatedText(*(*imported)->get().module, analysis, target, options.energy);
}

int runAnnotate(const Options &options) {
  Expected<std::string> target = onlyTarget(options);
  if (!target) {
    printError("energy-opt", target.takeError());
    return kUnusable;
  }
  int code = kFine;
  std::string all;
  for (ModelInput &model : findModels(options)) {
    std::string name = model.name();
    Expected<std::string> text = annotated(std::move(model), *target, options);
    if (!text) {
      printError(name, text.takeError());
      code = kUnusable;
      continue;
    }
    if (!all.empty())
      all += "// -----\n";
    all += *text;
  }
  return all.empty() ? code : std::max(code, deliver(options, all));
}

} // namespace energyopt
