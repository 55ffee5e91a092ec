//===- Compare.cpp - energy-opt compare -----------------------------------===//

#include "Commands/Commands.h"
#include "Options/OptionValues.h"
#include "Output/Output.h"
#include "Run/Pricing.h"

#include "energy-opt/Sweep.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

namespace {
/// The model, priced on either side at any batch.
class Comparison {
public:
  explicit Comparison(const Options &options) : options(options), place(options.site.place) {}

  Expected<Placement> run();
  const Report &report() const { return atEdge; }

private:
  Error load();
  Expected<Report> price(const Target &target, const std::optional<Region> &region, int64_t batch);
  Expected<Placement> placeAt(int64_t cloudBatch);
  void searchBatch(Placement &placement);

  const Options &options;
  const PlaceOptions &place;
  Target edge, cloud;
  std::string piped; // what came from stdin
  Report atEdge;
  int64_t requestBatch = 1; // samples of a request
};
} // namespace

Error Comparison::load() {
  auto device = loadTarget(place.edge);
  if (!device)
    return device.takeError();
  auto server = loadTarget(place.cloud);
  if (!server)
    return server.takeError();
  edge = std::move(*device);
  cloud = std::move(*server);
  if (edge.host == HostKind::Board && !edge.idleW && !edge.hostW)
    return usageError("--edge: " + edge.name + " has no figure for the rest of its board",
                      "give power.idle_w or host.per_device_w in its file");
  if (options.arguments.front() == "-") {
    auto buffer = MemoryBuffer::getSTDIN();
    if (!buffer)
      return createStringError(buffer.getError(),
                               "cannot read stdin: " + buffer.getError().message());
    piped = (*buffer)->getBuffer().str();
  }
  return Error::success();
}

/// Reads the model anew: an analysis binds its dims.
Expected<Report> Comparison::price(const Target &target, const std::optional<Region> &region,
                                   int64_t batch) {
  Options own = options;
  own.checks.clear();
  own.site.lifetime.reset();
  if (region) {
    own.region = own.site.footprint.region = region;
    moveTo(*region, own.energy);
  }
  if (batch > 1)
    own.analysis.batch = batch * requestBatch;
  ModelInput input{options.arguments.front()};
  if (!piped.empty())
    input.contents = MemoryBuffer::getMemBufferCopy(piped, "<stdin>");
  return priceModel(std::move(input), target, own, /*jobs=*/1);
}

/// What --batch complains of is here another option's.
static Error ofCloudBatch(Error error) {
  std::string text = toString(std::move(error));
  StringRef rest = text;
  bool named = rest.consume_front("--batch");
  return createStringError(inconvertibleErrorCode(), (named ? "--cloud-batch" : "") + rest);
}

Expected<Placement> Comparison::placeAt(int64_t cloudBatch) {
  auto report = price(cloud, place.cloudRegion, cloudBatch);
  if (!report)
    return ofCloudBatch(report.takeError());
  if (samplesOf(report->graph) != cloudBatch * requestBatch)
    return usageError("--cloud-batch: the model's batch cannot be set to " + Twine(cloudBatch),
                      "use a model whose batch is a dim with a name, or leave it out");
  PlacementInput input;
  input.edge = &atEdge.targets.front();
  input.cloud = &report->targets.front();
  input.cloudBatch = static_cast<double>(cloudBatch);
  input.encoded = place.upBytes.has_value();
  input.upBytes = place.upBytes.value_or(inputBytes(atEdge.graph));
  input.downBytes = place.downBytes.value_or(outputBytes(atEdge.graph));
  input.network = place.network;
  return placeRequest(input);
}

/// The first power of two at which the cloud takes less, while the model works
/// at it.
void Comparison::searchBatch(Placement &placement) {
  constexpr int64_t kMost = 256;
  if (sendingIsTooDear(placement))
    return;
  for (int64_t batch = 1; batch <= kMost; batch *= 2) {
    auto at = placeAt(batch);
    if (!at) // of a fixed batch
      return consumeError(at.takeError());
    placement.mostBatch = batch;
    if (at->cloud.energyJ.value < at->edge.energyJ.value) {
      placement.breakEvenBatch = batch;
      return;
    }
  }
}

Expected<Placement> Comparison::run() {
  if (Error error = load())
    return std::move(error);
  auto report = price(edge, place.edgeRegion, 1);
  if (!report)
    return report.takeError();
  atEdge = std::move(*report);
  requestBatch = samplesOf(atEdge.graph);
  auto placement = placeAt(place.cloudBatch);
  if (!placement)
    return placement;
  placement->model = atEdge.graph.model.path;
  const auto &assumed = atEdge.graph.model.assumptions;
  placement->assumptions.insert(placement->assumptions.begin(), assumed.begin(), assumed.end());
  if (int64_t missing = atEdge.coverage.unmodelled)
    placement->assumptions.push_back(std::to_string(missing) + " of " +
                                     std::to_string(atEdge.coverage.opsTotal) +
                                     " ops are unmodelled and count nothing on either side");
  searchBatch(*placement);
  return placement;
}

int runCompare(const Options &options) {
  Comparison comparison(options);
  auto placement = comparison.run();
  if (!placement) {
    printError(options.arguments.front() == "-" ? StringRef("<stdin>")
                                                : StringRef(options.arguments.front()),
               placement.takeError());
    return kUnusable;
  }
  auto print = options.format == "json"       ? printPlacementJson
               : options.format == "markdown" ? printPlacementMarkdown
                                              : printPlacementText;
  int code =
      deliver(options, [&](raw_ostream &os) { print(*placement, viewOptions(options), os); });
  return code == kFine ? checkCoverage(comparison.report(), options) : code;
}

} // namespace energyopt
