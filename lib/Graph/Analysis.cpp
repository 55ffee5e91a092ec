//===- Analysis.cpp - From a model file to a WorkGraph --------------------===//

#include "energy-opt/Analysis.h"

#include "Graph/GraphWalk.h"
#include "Mlir/MlirInput.h"
#include "energy-opt/OnnxDialect.h"
#include "energy-opt/OnnxImporter.h"

#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using llvm::StringRef;

static std::vector<DeclaredInput> declaredInputs(mlir::func::FuncOp main) {
  std::vector<DeclaredInput> inputs;
  for (mlir::BlockArgument arg : main.getArguments()) {
    auto name = main.getArgAttrOfType<mlir::StringAttr>(arg.getArgNumber(), "onnx.name");
    inputs.push_back(declaredInput(arg.getType(), name ? name.getValue() : StringRef()));
  }
  return inputs;
}

/// Counts of the file itself: nodes, and elements and bytes of initializers.
static void countFile(mlir::ModuleOp module, ModelSummary &summary) {
  module.walk([&](mlir::Operation *op) {
    StringRef name = op->getName().getStringRef();
    if (op->hasTrait<mlir::OpTrait::IsTerminator>() || name == "onnx.yield" ||
        name == "onnx.none" || !name.starts_with("onnx."))
      return;
    if (name != "onnx.initializer") {
      ++summary.nodes;
      return;
    }
    auto type = mlir::dyn_cast<mlir::ShapedType>(op->getResult(0).getType());
    if (!type || !type.hasStaticShape())
      return;
    Expr elements = 1;
    for (int64_t dim : type.getShape())
      elements *= Expr(dim);
    bool saturated = false;
    DType dtype = dtypeOf(type.getElementType());
    summary.parameters =
        saturatingAdd(summary.parameters, elements.constant().value_or(0), saturated);
    summary.parameterBytes =
        saturatingAdd(summary.parameterBytes, bytesOf(dtype, elements).constant().value_or(0), saturated);
  });
}

static ModelSummary summarize(const ImportedModel &imported, StringRef path) {
  ModelSummary summary;
  summary.path = path.str();
  summary.format = imported.format;
  mlir::ModuleOp module = *imported.module;
  if (auto version = module->getAttrOfType<mlir::IntegerAttr>("onnx.ir_version"))
    summary.irVersion = version.getInt();
  if (auto producer = module->getAttrOfType<mlir::StringAttr>("onnx.producer"))
    summary.producer = producer.getValue().str();
  if (auto opsets = module->getAttrOfType<mlir::DictionaryAttr>("onnx.opsets"))
    for (mlir::NamedAttribute entry : opsets)
      if (auto version = mlir::dyn_cast<mlir::IntegerAttr>(entry.getValue()))
        summary.opsets.emplace_back(entry.getName().str(), version.getInt());
  countFile(module, summary);
  return summary;
}

namespace {
/// One walk over the module, concrete or symbolic.
struct Run {
  Run(const AnalysisOptions &options, llvm::StringMap<int64_t> given, bool symbolic)
      : options(options), facts(std::move(given), symbolic), builder(facts, symbolic) {}

  llvm::Error operator()(ImportedModel &imported, mlir::func::FuncOp main,
                         llvm::ArrayRef<DeclaredInput> declared) {
    std::vector<ValueInfo> inputs;
    for (auto [i, input] : llvm::enumerate(declared)) {
      auto info = bindInput(input, options, facts);
      if (!info)
        return info.takeError();
      // Sequences and the like: as declared.
      ValueInfo type = declaredInfo(main.getArgument(i).getType(), facts);
      inputs.push_back(type.kind == ValueKind::Tensor ? std::move(*info) : std::move(type));
    }
    GraphWalk walk(*imported.module, *imported.weights, facts, builder, options);
    llvm::Error error = walk.run(main, inputs);
    explanation = std::move(walk.explanation);
    return error;
  }

  const AnalysisOptions &options;
  ShapeFacts facts;
  GraphBuilder builder;
  std::optional<RowExplanation> explanation;
};
} // namespace

/// Dims that the graph needs equal though they are declared apart ("total" and
/// "past + 1"): found by a symbolic walk where more than one dim is open.
static llvm::StringMap<Expr> relatedDims(ImportedModel &imported, mlir::func::FuncOp main,
                                         llvm::ArrayRef<DeclaredInput> declared,
                                         const AnalysisOptions &options,
                                         const llvm::StringMap<int64_t> &given) {
  llvm::StringMap<bool> open;
  for (const DeclaredInput &input : declared)
    for (const DeclaredDim &dim : input.dims.value_or(std::vector<DeclaredDim>()))
      if (!dim.size && !given.count(dim.name))
        open[dim.name] = true;
  if (open.empty() || open.size() + given.size() < 2)
    return {};
  Run run(options, given, /*symbolic=*/true);
  // What is wrong with the model, the concrete walk says.
  llvm::consumeError(run(imported, main, declared));
  return run.facts.relations();
}

/// The concrete walk. Dims that nobody gave and whose names say nothing are 1;
/// a graph that contradicts that (it takes row 3 of such a dim) gets the first
/// of a few larger sizes that it accepts.
static llvm::Expected<std::unique_ptr<Run>>
runConcretely(ImportedModel &imported, mlir::func::FuncOp main,
              llvm::ArrayRef<DeclaredInput> declared, const AnalysisOptions &options,
              const llvm::StringMap<int64_t> &given, const llvm::StringMap<Expr> &related) {
  std::string first, assumed;
  for (int64_t size : {1, 2, 3, 4, 8, 16, 64, 128, 512, 1024}) {
    auto run = std::make_unique<Run>(options, given, /*symbolic=*/false);
    run->facts.adopt(related);
    run->facts.setOtherDefault(size);
    llvm::Error error = run->operator()(imported, main, declared);
    if (!error)
      return run;
    std::string message = llvm::toString(std::move(error));
    if (first.empty()) {
      first = std::move(message);
      for (const NamedDim &dim : run->facts.dims())
        if (llvm::is_contained(run->facts.assumedNames(), dim.symbol))
          assumed += " --dim " + dim.symbol + "=" + llvm::itostr(dim.value);
    }
    if (assumed.empty())
      break;
  }
  if (!assumed.empty() && first.find('\n') == std::string::npos)
    first += "\nnot given and assumed:" + assumed + "; give the sizes that the model is made for";
  return llvm::createStringError(llvm::inconvertibleErrorCode(), first);
}

llvm::Expected<AnalysedModel> energyopt::analyseModel(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                                      StringRef path,
                                                      const AnalysisOptions &options) {
  if (isMlir(buffer->getBuffer(), path))
    return analyseMlir(std::move(buffer), path, options);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::func::FuncDialect, OnnxDialect>();
  ImportOptions importOptions;
  importOptions.trustExternal = options.trustExternal;
  auto imported = importOnnx(context, std::move(buffer), path, importOptions);
  if (!imported)
    return imported.takeError();
  auto main = imported->module->lookupSymbol<mlir::func::FuncOp>("main");
  std::vector<DeclaredInput> declared = declaredInputs(main);
  if (llvm::Error error = checkNames(options, declared))
    return std::move(error);
  auto given = givenDims(options, declared);
  if (!given)
    return given.takeError();

  auto related = relatedDims(*imported, main, declared, options, *given);
  auto finished = runConcretely(*imported, main, declared, options, *given, related);
  if (!finished)
    return finished.takeError();
  Run &run = **finished;
  if (llvm::Error error = checkDims(options, run.facts))
    return std::move(error);
  ModelSummary summary = summarize(*imported, path);
  summary.dims = run.facts.dims();
  summary.assumptions = run.facts.assumptions();
  summary.assumptions.insert(summary.assumptions.end(), imported->notes.begin(),
                             imported->notes.end());
  AnalysedModel result;
  result.graph = run.builder.finish(std::move(summary));
  result.explanation = std::move(run.explanation);
  if (options.symbolic) {
    Run closedForm(options, *given, /*symbolic=*/true);
    if (llvm::Error error = closedForm(*imported, main, declared))
      return std::move(error);
    result.symbolic = closedForm.builder.symbolicTotals();
  }
  return result;
}
