//===- Serving.cpp - --prompt and --generate ------------------------------===//
//
// Binds the dims of a language model for the prompt and for each decode step;
// what that costs, lib/Footprint knows.
//
//===----------------------------------------------------------------------===//

#include "Options/OptionValues.h"
#include "Output/Progress.h"
#include "Run/LoadedModel.h"
#include "Run/Pricing.h"

#include "energy-opt/Decoder.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace energyopt {

namespace {
/// A model that plays one part of serving, or both.
struct Part {
  LoadedModel *model = nullptr;
  std::string path;
  DecoderGraph dims;

  /// Its options with tokens and past bound.
  Expected<AnalysisOptions> bound(AnalysisOptions options, int64_t tokens, int64_t past) const;
  Expected<AnalysedModel> analyse(const AnalysisOptions &options, int64_t tokens,
                                  int64_t past) const;
};
} // namespace

/// Binds a dim, or sees that a fixed one is as long.
static Error bindDim(AnalysisOptions &options, const std::optional<DecoderDim> &dim, int64_t size,
                     StringRef what, StringRef path) {
  if (!dim)
    return Error::success();
  if (!dim->symbol.empty()) {
    options.dims.emplace_back(dim->symbol, size);
    return Error::success();
  }
  if (dim->size == size)
    return Error::success();
  return usageError(formatv("--generate: '{0}' has {1} {2} by its export, and {3} are needed", path,
                            dim->size, what, size)
                        .str(),
                    "export it with that dim dynamic");
}

Expected<AnalysisOptions> Part::bound(AnalysisOptions options, int64_t tokens, int64_t past) const {
  if (Error error = bindDim(options, dims.tokens, tokens, "tokens in a run", path))
    return std::move(error);
  if (Error error = bindDim(options, dims.past, past, "tokens in its cache", path))
    return std::move(error);
  if (!dims.total.empty())
    options.dims.emplace_back(dims.total, tokens + past);
  return options;
}

Expected<AnalysedModel> Part::analyse(const AnalysisOptions &options, int64_t tokens,
                                      int64_t past) const {
  auto own = bound(options, tokens, past);
  if (!own)
    return own.takeError();
  return analyseImported(model->get(), path, *own);
}

/// What is wrong with asking this model for text.
static Error checkParts(const Part &prompt, const Part &step, bool apart) {
  const DecoderGraph &first = prompt.dims;
  if (!first.tokens)
    return usageError("--generate: no input has tokens in its second dim",
                      "give a language model whose input is [batch, tokens]");
  if (!first.causal && !first.takesCache && !first.givesCache)
    return usageError("--generate: the model is no decoder: its tokens see all others, and it "
                      "keeps no keys and values",
                      "an encoder runs once for each text: leave out --prompt and --generate");
  if (apart)
    return step.dims.takesCache
               ? Error::success()
               : usageError("--decode: '" + step.path + "' takes no keys and values",
                            "its inputs for them are named past..., of rank 4 or more");
  if (first.takesCache && first.tokens->symbol.empty() && first.tokens->size == 1)
    return usageError("--generate: the model takes one token at a time, and nothing reads the "
                      "prompt",
                      "give both models: energy-opt PREFILL --decode=" + prompt.path);
  if (first.givesCache && !first.takesCache)
    return usageError("--generate: keys and values go out of the model and into none",
                      "give the decode step too: --decode=FILE");
  return Error::success();
}

/// Formulas of all decode steps, in the dims of the model and `prompt`,
/// `generate`.
static std::vector<std::pair<std::string, Expr>>
closedForms(const SymbolicTotals &step, const DecoderGraph &dims, bool cached) {
  Expr past = Expr::symbol("past tokens"); // a name that no model has
  Expr::Bindings names;
  if (dims.tokens && !dims.tokens->symbol.empty())
    names[dims.tokens->symbol] = cached ? Expr(1) : past + Expr(1);
  if (dims.past && !dims.past->symbol.empty())
    names[dims.past->symbol] = past;
  if (!dims.total.empty())
    names[dims.total] = past + Expr(1);
  std::vector<std::pair<std::string, Expr>> formulas;
  for (const auto &[name, figure] : {std::pair("decode_macs", step.macs),
                                     {"decode_flops", step.flops},
                                     {"decode_bytes_max", step.bytesMax},
                                     {"decode_weight_bytes", step.weightBytes}})
    if (auto sum = sumOver(figure.substitute(names), "past tokens", Expr::symbol("prompt"),
                           Expr::symbol("generate")))
      formulas.emplace_back(name, std::move(*sum));
  return formulas;
}

/// What the step's own analysis assumed beyond the prompt's.
static void addAssumptions(std::vector<std::string> &list, ArrayRef<std::string> more) {
  for (const std::string &text : more)
    if (!is_contained(list, text))
      list.push_back("decode: " + text);
}

/// Both phases of `prompt` and `step`, which may be one model.
static Expected<Report> priceParts(const Part &prompt, const Part &step, ArrayRef<Target> targets,
                                   const Options &options) {
  AnalysisOptions given = options.analysis;
  given.symbolic = false;
  ServedLoad load = options.serving.load;
  const bool cached = step.dims.takesCache;
  auto stepAt = [&](const AnalysisOptions &with, int64_t past) {
    // Without a cache the whole sequence runs again.
    return cached ? step.analyse(with, 1, past) : step.analyse(with, past + 1, 0);
  };
  auto read = prompt.analyse(given, load.prompt, 0);
  if (!read)
    return read.takeError();
  load.batch = samplesOf(read->graph);
  std::optional<ModelSummary> summary; // of the first step
  GraphFamily::Analyse analyse = [&](int64_t past) -> Expected<WorkGraph> {
    Progress::stage("decode step after " + Twine(past) + " tokens");
    auto model = stepAt(given, past);
    if (!model)
      return model.takeError();
    if (int64_t batch = samplesOf(model->graph); batch != load.batch)
      return usageError(formatv("--decode: it runs {0} requests at a time, the prompt's model {1}",
                                batch, load.batch)
                            .str(),
                        "give --batch, or models of one batch");
    if (!summary)
      summary = model->graph.model;
    return std::move(model->graph);
  };
  auto decode = GraphFamily::find(analyse, load.prompt, load.prompt + load.generate - 1);
  if (!decode)
    return decode.takeError();
  Progress::stage("pricing the decode steps");
  Report report;
  report.graph = std::move(read->graph);
  if (Error error = price(report, targets, options))
    return std::move(error);
  auto served = serve({report.graph, *decode}, load, targets, options.energy);
  if (!served)
    return served.takeError();
  served->cached = cached;
  served->decodeModel = options.serving.decode;
  if (options.analysis.symbolic) {
    auto model = stepAt(options.analysis, load.prompt);
    if (!model)
      return model.takeError();
    served->symbolic = closedForms(*model->symbolic, step.dims, cached);
  }
  addAssumptions(report.graph.model.assumptions, summary->assumptions);
  report.serving = std::make_shared<ServingReport>(std::move(*served));
  return report;
}

Expected<Report> priceServing(LoadedModel &model, StringRef path, ArrayRef<Target> targets,
                              const Options &options) {
  Part prompt{&model, path.str(), findDecoder(model.get())};
  const std::string &decode = options.serving.decode;
  if (decode.empty()) {
    if (Error error = checkParts(prompt, prompt, /*apart=*/false))
      return std::move(error);
    return priceParts(prompt, prompt, targets, options);
  }
  auto buffer = readFile(decode);
  if (!buffer)
    return createStringError(inconvertibleErrorCode(),
                             "--decode: '" + decode + "': " + toString(buffer.takeError()));
  auto loaded = LoadedModel::load(std::move(*buffer), decode, options.analysis.trustExternal);
  if (!loaded)
    return createStringError(inconvertibleErrorCode(),
                             "--decode: '" + decode + "': " + toString(loaded.takeError()));
  Part step{(*loaded).get(), decode, findDecoder((*loaded)->get())};
  if (Error error = checkParts(prompt, step, /*apart=*/true))
    return std::move(error);
  return priceParts(prompt, step, targets, options);
}

} // namespace energyopt
