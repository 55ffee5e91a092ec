//===- AnalyseImported.cpp - From an imported model to a WorkGraph --------===//

#include "energy-opt/Analysis.h"

#include "Graph/DimSolver.h"
#include "Graph/GraphWalk.h"
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
    summary.parameterBytes = saturatingAdd(
        summary.parameterBytes, bytesOf(dtype, elements).constant().value_or(0), saturated);
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
    if (!imported.memo)
      imported.memo = std::make_shared<OpMemo>();
    GraphWalk walk(*imported.module, *imported.weights, *imported.memo, facts, builder, options);
    walk.setTolerant(tolerant);
    llvm::Error error = walk.run(main, inputs);
    explanation = std::move(walk.explanation);
    return error;
  }

  const AnalysisOptions &options;
  ShapeFacts facts;
  GraphBuilder builder;
  bool tolerant = false;
  std::optional<RowExplanation> explanation;
};
} // namespace

/// Names that are open in the types of the model's and of its subgraphs'
/// inputs; an unnamed dim counts as one of its own.
static size_t countOpenDims(mlir::ModuleOp module, const llvm::StringMap<int64_t> &given) {
  llvm::StringMap<bool> open;
  auto count = [&](mlir::Block *block) {
    for (mlir::BlockArgument arg : block->getArguments())
      for (const DeclaredDim &dim :
           declaredInput(arg.getType(), "").dims.value_or(std::vector<DeclaredDim>()))
        if (!dim.size && !given.count(dim.name))
          open[dim.name.empty() ? llvm::utostr(open.size()) : dim.name] = true;
  };
  module.walk([&](mlir::Block *block) { count(block); });
  return open.size();
}

namespace {
/// Finds the concrete walk that the report is about: with the sizes that were
/// given and the defaults of the others, unless the graph contradicts these.
class ConcreteWalk {
public:
  ConcreteWalk(ImportedModel &imported, mlir::func::FuncOp main,
               llvm::ArrayRef<DeclaredInput> declared, const AnalysisOptions &options,
               const DimSizes &given)
      : imported(imported), main(main), declared(declared), options(options), given(given) {}

  llvm::Expected<std::unique_ptr<Run>> find() {
    // Dims that were declared apart may be related ("total" and "past + 1").
    if (countOpenDims(*imported.module, given) > 1)
      learnEquations();
    std::string failure;
    if (auto run = attempt({}, failure))
      return run;
    std::vector<std::string> assumed = facts->assumedNames();
    if (!assumed.empty() && !learned && learnEquations())
      if (auto run = attempt({}, failure))
        return run;
    std::string first = failure;
    if (first.find('\n') == std::string::npos)
      first += note();
    for (const DimSizes &sizes : sizesToTry(assumed)) {
      if (visited > kMaxVisitedInSearch)
        break;
      if (auto run = attempt(sizes, failure))
        return run;
    }
    return llvm::createStringError(llvm::inconvertibleErrorCode(), first);
  }

  /// Sizes of the walk that was found which the graph decided.
  DimChoices choices;

private:
  /// Ops that may be visited in search of sizes.
  static constexpr uint64_t kMaxVisitedInSearch = 50'000;

  /// A symbolic walk that goes on after errors. What is wrong with the model,
  /// the concrete walk says.
  bool learnEquations() {
    learned = true;
    Run run(options, given, /*symbolic=*/true);
    run.tolerant = true;
    llvm::consumeError(run(imported, main, declared));
    equations.assign(run.facts.equations().begin(), run.facts.equations().end());
    sizes = run.facts.sizes();
    return !equations.empty();
  }

  std::unique_ptr<Run> attempt(const DimSizes &tried, std::string &failure) {
    DimSizes start = sizes;
    choices.clear();
    for (const auto &entry : tried) {
      start[entry.getKey()] = entry.second;
      choices[entry.getKey()] = {entry.second, "a size that the graph accepts"};
    }
    for (auto &entry : solveDims(equations, std::move(start), given))
      choices[entry.getKey()] = entry.second;
    auto run = std::make_unique<Run>(options, given, /*symbolic=*/false);
    run->facts.choose(choices);
    llvm::Error error = run->operator()(imported, main, declared);
    visited += run->builder.graph.rows.size();
    if (!error)
      return run;
    failure = llvm::toString(std::move(error));
    facts = std::make_unique<ShapeFacts>(std::move(run->facts));
    return nullptr;
  }

  /// For a failure that may be one of assumed sizes: which these were.
  std::string note() const {
    std::string assumed;
    for (const NamedDim &dim : facts->dims())
      if (llvm::is_contained(facts->assumedNames(), dim.symbol))
        assumed += " --dim " + dim.symbol + "=" + llvm::itostr(dim.value);
    return assumed.empty() ? ""
                           : "\nnot given and assumed:" + assumed +
                                 "; give the sizes that the model is made for";
  }

  ImportedModel &imported;
  mlir::func::FuncOp main;
  llvm::ArrayRef<DeclaredInput> declared;
  const AnalysisOptions &options;
  const DimSizes &given;
  std::vector<DimEquation> equations;
  DimSizes sizes; // of the symbolic walk
  bool learned = false;
  uint64_t visited = 0;
  std::unique_ptr<ShapeFacts> facts; // of the last attempt
};
} // namespace

llvm::Expected<AnalysedModel> energyopt::analyseImported(ImportedModel &imported, StringRef path,
                                                         const AnalysisOptions &options) {
  auto main = imported.module->lookupSymbol<mlir::func::FuncOp>("main");
  std::vector<DeclaredInput> declared = declaredInputs(main);
  if (llvm::Error error = checkNames(options, declared))
    return std::move(error);
  auto given = givenDims(options, declared);
  if (!given)
    return given.takeError();

  ConcreteWalk concrete(imported, main, declared, options, *given);
  auto finished = concrete.find();
  if (!finished)
    return finished.takeError();
  Run &run = **finished;
  if (llvm::Error error = checkDims(options, run.facts))
    return std::move(error);
  ModelSummary summary = summarize(imported, path);
  summary.dims = run.facts.dims();
  summary.assumptions = run.facts.assumptions();
  summary.assumptions.insert(summary.assumptions.end(), imported.notes.begin(),
                             imported.notes.end());
  AnalysedModel result;
  result.graph = run.builder.finish(std::move(summary));
  result.explanation = std::move(run.explanation);
  if (options.symbolic) {
    Run closedForm(options, *given, /*symbolic=*/true);
    closedForm.facts.choose(std::move(concrete.choices));
    if (llvm::Error error = closedForm(imported, main, declared))
      return std::move(error);
    result.symbolic = closedForm.builder.symbolicTotals();
  }
  return result;
}
