//===- Pricing.cpp - From a model's path to its Report --------------------===//

#include "Run/Pricing.h"

#include "Import/Threads.h"
#include "Options/OptionValues.h"
#include "Output/Progress.h"
#include "Run/LoadedModel.h"

#include "Shape/Nearest.h"
#include "energy-opt/SiteFacts.h"
#include "energy-opt/Suggest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Threading.h"

#include <atomic>
#include <cstddef>

using namespace llvm;

namespace energyopt {

/// One of each kind that people ask about first.
static constexpr StringLiteral kDefaultTargets[] = {"nvidia-a100-sxm-80gb", "google-tpu-v4",
                                                    "intel-xeon-platinum-8380"};

Expected<std::vector<Target>> loadTargets(const Options &options) {
  std::vector<StringRef> names(options.targets.begin(), options.targets.end());
  if (names.empty())
    names.assign(std::begin(kDefaultTargets), std::end(kDefaultTargets));
  std::vector<Target> targets;
  targets.reserve(names.size());
  for (StringRef name : names) {
    Expected<Target> target = loadTarget(name);
    if (!target)
      return target.takeError();
    // Two names of one device are one target.
    if (none_of(targets, [&](const Target &t) { return t.name == target->name; }))
      targets.push_back(std::move(*target));
  }
  return targets;
}

std::vector<TargetSheet> sheetsOf(ArrayRef<Target> targets, const Options &options) {
  std::vector<TargetSheet> sheets;
  for (const Target &target : targets)
    sheets.push_back(sheetOf(target, options.energy));
  return sheets;
}

static std::vector<std::pair<std::string, std::string>> formulas(const SymbolicTotals &totals) {
  const std::pair<const char *, Expr> all[] = {
      {"macs", totals.macs},          {"flops", totals.flops},
      {"int_ops", totals.intOps},     {"transcendentals", totals.transcendentals},
      {"bytes_max", totals.bytesMax}, {"weight_bytes", totals.weightBytes}};
  std::vector<std::pair<std::string, std::string>> result;
  for (const auto &[name, formula] : all)
    result.emplace_back(name, formula.isOverflow() ? "too large to write down" : formula.str());
  return result;
}

/// What --explain shows: the rule and the row's work, then its price on each
/// target.
static std::vector<ReportSection> explain(const RowExplanation &explanation, const Report &report,
                                          ArrayRef<Target> targets, const EnergyOptions &energy) {
  const GraphRow &row = report.graph.rows[explanation.row];
  std::vector<ReportSection> sections;
  ReportSection work{row.name + " (" + row.op + ")",
                     {"rule: " + explanation.rule, "source: " + explanation.source}};
  for (const std::string &input : explanation.inputs)
    work.lines.push_back("input " + input);
  for (const std::string &output : explanation.outputs)
    work.lines.push_back("output " + output);
  llvm::append_range(work.lines, explanation.equations);
  sections.push_back(std::move(work));
  for (const Target &target : targets) {
    ReportSection section{"on " + target.name, {}};
    llvm::append_range(section.lines, explainRow(report.graph, explanation.row, target, energy));
    sections.push_back(std::move(section));
  }
  return sections;
}

static std::string describe(const Region &region) {
  return formatv("carbon of {0}: {1} gCO2e/kWh in {2} ({3})", region.name, region.gramsPerKwh,
                 region.year, region.source);
}

/// Where carbon and, for devices in servers, PUE are from.
static void addSiteNotes(const Region &region, const Target &target, const Options &options,
                         std::vector<std::string> &notes) {
  notes.push_back(describe(region));
  auto pue = providerPue(region.code);
  if (pue && target.host == HostKind::Server && !options.energy.pue)
    notes.push_back(formatv("PUE {0} ({1})", pue->value, originOf(*pue)));
}

static void addSite(TargetReport &report, const Target &target, const Options &options) {
  const SiteOptions &site = options.site;
  report.footprint = footprintOf(report, target, site.footprint);
  if (!site.lifetime)
    return;
  LifetimeOptions lifetime = *site.lifetime;
  lifetime.requestsPerRun = std::max<int64_t>(1, options.analysis.batch.value_or(1));
  report.lifetime = lifetimeOf(report, target, lifetime, site.footprint);
}

/// Names the nodes that hold what was asked for, a few of them; else the one
/// that is spelt most like it.
static Error unknownNode(StringRef name, const WorkGraph &graph) {
  constexpr size_t kListed = 3;
  std::vector<StringRef> names, holding;
  for (const GraphRow &row : graph.rows) {
    names.push_back(row.name);
    if (StringRef(row.name).contains_insensitive(name))
      holding.push_back(row.name);
  }
  std::string mend = didYouMean(name, names);
  if (mend.empty())
    mend = "--format=csv lists all nodes";
  if (!holding.empty()) {
    size_t listed = std::min(holding.size(), kListed);
    mend = "nodes with that in their names: " + join(ArrayRef(holding).take_front(listed), ", ");
    if (holding.size() > listed)
      mend += " and " + std::to_string(holding.size() - listed) + " more";
  }
  return usageError("--explain: no node is called '" + name + "'", mend);
}

std::string ModelInput::name() const {
  std::string file = path == "-" ? "<stdin>" : path;
  return firstLine ? file + ":" + std::to_string(*firstLine) : file;
}

Expected<std::unique_ptr<MemoryBuffer>> readFile(StringRef path) {
  auto buffer = MemoryBuffer::getFileOrSTDIN(path, /*IsText=*/false,
                                             /*RequiresNullTerminator=*/false);
  if (buffer)
    return std::move(*buffer);
  return createStringError(buffer.getError(), "cannot read it: " + buffer.getError().message() +
                                                  "\ngive the path of a model, or - for stdin");
}

Expected<std::unique_ptr<MemoryBuffer>> ModelInput::read() {
  return contents ? std::move(contents) : readFile(path);
}

/// Cuts a text at lines that start with the marker of MLIR's tools.
static void splitText(StringRef path, StringRef text, std::vector<ModelInput> &parts) {
  constexpr StringLiteral kMarker = "// -----";
  int64_t line = 1, firstLine = 1;
  size_t begin = 0, at = 0;
  auto add = [&](size_t end) {
    StringRef part = text.slice(begin, end);
    if (!part.trim().empty())
      parts.push_back({path.str(), MemoryBuffer::getMemBufferCopy(part, path), firstLine});
  };
  while (at < text.size()) {
    size_t next = std::min(text.find('\n', at), text.size() - 1) + 1;
    ++line;
    if (text.substr(at).starts_with(kMarker)) {
      add(at);
      begin = next;
      firstLine = line;
    }
    at = next;
  }
  add(text.size());
}

std::vector<ModelInput> modelsIn(const std::string &path, const Options &options) {
  std::vector<ModelInput> models;
  if (options.splitInput) {
    if (auto buffer = readFile(path)) {
      splitText(path, (*buffer)->getBuffer(), models);
      return models;
    } else {
      consumeError(buffer.takeError());
    }
  }
  models.push_back({path});
  return models;
}

std::vector<ModelInput> findModels(const Options &options) {
  std::vector<ModelInput> models;
  for (const std::string &path : options.arguments)
    for (ModelInput &model : modelsIn(path, options))
      models.push_back(std::move(model));
  return models;
}

/// Turns the report's graph into a training step of the whole model; returns
/// what each device of the job does.
static Expected<TrainingGraphs> trainOn(Report &report, const Options &options) {
  TrainingOptions training = options.energy.training;
  WorkGraph forward = report.graph;
  trainingStep(report.graph, training);
  if (Error error = resolveGlobalBatch(options, report.graph.step->samples, training.layout))
    return std::move(error);
  report.graph.step->options = training;
  return makeTrainingGraphs(forward, training);
}

/// Prices the graph of `report` on all targets.
Error price(Report &report, ArrayRef<Target> targets, const Options &options) {
  TrainingGraphs training;
  const bool trains = options.energy.mode == Mode::Training;
  if (trains) {
    auto graphs = trainOn(report, options);
    if (!graphs)
      return graphs.takeError();
    training = std::move(*graphs);
  }
  summarize(report);
  Estimator estimator(report.graph);
  for (const Target &target : targets) {
    auto priced = trains ? estimateJob(training, target, options.energy, options.run)
                         : estimator.estimate(target, options.energy);
    if (!priced)
      return createStringError(inconvertibleErrorCode(),
                               target.name + ": " + toString(priced.takeError()));
    if (options.region)
      addSiteNotes(*options.region, target, options, priced->notes);
    addSite(*priced, target, options);
    report.targets.push_back(std::move(*priced));
  }
  return Error::success();
}

/// The checks to look for in a model that can be rewritten, or cannot. Those that
/// would keep a person waiting who did not ask for them are named in the report
/// instead.
static std::vector<const Check *> checksFor(Report &report, bool canRewrite,
                                            const Options &options) {
  if (!options.analysis.explain.empty())
    return {};
  std::vector<const Check *> checks;
  copy_if(options.checks, std::back_inserter(checks),
          [&](const Check *check) { return canRewrite || check->ofCosts; });
  if (options.checksGiven)
    return checks;
  return quickChecks(checks, report.graph.rows.size(), report.notSought);
}

static void addSuggestions(ImportedModel &model, ArrayRef<const Check *> checks, Report &report,
                           ArrayRef<Target> targets, const Options &options, unsigned jobs) {
  Situation situation{model,  report.graph.model.path, options.analysis, options.energy, targets,
                      report, options.hourlyCarbon};
  Progress::stage("looking for savings by " + Twine(checks.size()) + " checks");
  Suggestions found = suggest(situation, checks, jobs);
  report.suggestions = std::move(found.suggestions);
  report.refusals = std::move(found.refusals);
  report.plans = std::move(found.plans);
}

AnalysisOptions withDims(AnalysisOptions options, ArrayRef<NamedDim> dims) {
  for (const NamedDim &dim : dims) {
    if (dim.symbol == "batch")
      options.batch = dim.value;
    else
      options.dims.emplace_back(dim.symbol, dim.value);
  }
  return options;
}

/// The first size of each swept dim.
static std::vector<NamedDim> firstSizes(const SweepOptions &sweep) {
  std::vector<NamedDim> dims;
  for (const SweptDim &dim : sweep.dims)
    dims.push_back({dim.name, dim.sizes.front()});
  return dims;
}

/// Fills `report.sweep` from analyses by `analyse`, which takes options.
static Error addSweep(Report &report, ArrayRef<Target> targets, const Options &options,
                      const AnalysisOptions &given,
                      function_ref<Expected<AnalysedModel>(const AnalysisOptions &)> analyse) {
  AnalysisOptions plain = given;
  plain.explain.clear();
  plain.symbolic = false;
  AnalyseAt at = [&](ArrayRef<NamedDim> dims) -> Expected<WorkGraph> {
    for (const NamedDim &dim : dims.take_front(1))
      Progress::stage("sweep at " + dim.symbol + " = " + Twine(dim.value));
    auto model = analyse(withDims(plain, dims));
    if (!model)
      return model.takeError();
    if (options.energy.mode == Mode::Training)
      trainingStep(model->graph);
    return std::move(model->graph);
  };
  auto swept = sweep({options.sweep.dims, options.sweep.precisions}, at, targets, options.energy);
  if (!swept)
    return swept.takeError();
  report.sweep = std::make_shared<SweepReport>(std::move(*swept));
  return Error::success();
}

Expected<Report> priceModel(ModelInput input, ArrayRef<Target> targets, const Options &options,
                            unsigned jobs) {
  std::string name = input.name();
  AnalysisOptions analysis = options.analysis;
  analysis.firstLine = input.firstLine.value_or(1);
  Progress::stage("reading " + name);
  auto buffer = input.read();
  if (!buffer)
    return buffer.takeError();
  StringRef path = input.path == "-" ? "<stdin>" : StringRef(input.path);
  std::unique_ptr<LoadedModel> loaded;
  std::string mlir; // which every point of a sweep reads again
  if (holdsMlir((*buffer)->getBuffer(), path)) {
    if (options.serving.wanted())
      return usageError("--generate: serving is known of ONNX models only", "give the ONNX export");
    if (options.sweep.wanted)
      mlir = (*buffer)->getBuffer().str();
  } else {
    auto model = LoadedModel::load(std::move(*buffer), path, analysis.trustExternal);
    if (!model)
      return model.takeError();
    loaded = std::move(*model);
  }
  if (options.serving.wanted()) {
    auto served = priceServing(*loaded, path, targets, options);
    if (served)
      served->graph.model.path = name;
    return served;
  }
  Progress::stage("analysing " + name);
  const AnalysisOptions given = analysis;
  analysis = withDims(analysis, firstSizes(options.sweep));
  auto model = loaded ? analyseImported(loaded->get(), path, analysis)
                      : analyseModel(std::move(*buffer), path, analysis);
  if (!model)
    return model.takeError();
  model->graph.model.path = name;
  Report report;
  report.graph = std::move(model->graph);
  std::vector<const Check *> checks = checksFor(report, loaded != nullptr, options);
  if (checks.empty() && !options.sweep.wanted)
    loaded.reset(); // the graph is all that prices need
  if (Error error = price(report, targets, options))
    return std::move(error);
  if (options.sweep.wanted) {
    auto analyse = [&](const AnalysisOptions &at) {
      return loaded ? analyseImported(loaded->get(), path, at)
                    : analyseModel(MemoryBuffer::getMemBuffer(mlir, path, false), path, at);
    };
    if (Error error = addSweep(report, targets, options, given, analyse))
      return std::move(error);
  }
  if (!checks.empty()) {
    ImportedModel none;
    addSuggestions(loaded ? loaded->get() : none, checks, report, targets, options, jobs);
  }
  if (model->symbolic)
    report.symbolic = formulas(*model->symbolic);
  if (options.analysis.explain.empty())
    return report;
  if (!model->explanation)
    return unknownNode(options.analysis.explain, report.graph);
  report.explanation = explain(*model->explanation, report, targets, options.energy);
  return report;
}

std::vector<Expected<Report>> priceAll(MutableArrayRef<ModelInput> models, ArrayRef<Target> targets,
                                       const Options &options) {
  std::vector<std::optional<Expected<Report>>> slots(models.size());
  std::atomic<size_t> done = 0;
  auto tell = [&] {
    if (models.size() > 1)
      Progress::models(Twine(done) + " of " + Twine(models.size()) + " models");
  };
  tell();
  auto analyze = [&](size_t i) {
    unsigned jobs = models.size() == 1 ? options.jobs : 1;
    slots[i].emplace(priceModel(std::move(models[i]), targets, options, jobs));
    ++done;
    tell();
  };
  size_t jobs = hardware_concurrency(options.jobs).compute_thread_count();
  std::atomic<size_t> next = 0;
  onThreads(std::min(jobs, slots.size()), [&](size_t) {
    for (size_t i; (i = next++) < slots.size();)
      analyze(i);
  });
  std::vector<Expected<Report>> results;
  for (auto &slot : slots)
    results.push_back(std::move(*slot));
  return results;
}

} // namespace energyopt
