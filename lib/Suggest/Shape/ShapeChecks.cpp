//===- ShapeChecks.cpp - Sizes that cost less -----------------------------===//

#include "Suggest/Advisor.h"
#include "Suggest/Decoder.h"
#include "Suggest/Shape/PadTiles.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/FormatVariadic.h"

using namespace energyopt;

/// A copy of the model whose input `index` has other sizes; what was declared of
/// inner tensors stays, as a last resort of inference.
static ImportedModel withInput(ImportedModel &model, unsigned index,
                               llvm::ArrayRef<int64_t> shape) {
  ImportedModel copy = copyModel(model);
  auto main = copy.module->lookupSymbol<mlir::func::FuncOp>("main");
  mlir::BlockArgument arg = main.getArgument(index);
  auto type = llvm::cast<mlir::RankedTensorType>(arg.getType());
  arg.setType(mlir::RankedTensorType::get(shape, type.getElementType()));
  main.setFunctionType(mlir::FunctionType::get(main.getContext(), main.front().getArgumentTypes(),
                                               main.getFunctionType().getResults()));
  return copy;
}

/// The sizes at which input `index` is priced; empty if one is unknown.
static std::vector<int64_t> pricedShape(const WorkGraph &graph, unsigned index) {
  if (index >= graph.inputs.size() || graph.inputs[index].tensor < 0)
    return {};
  std::vector<int64_t> shape;
  for (PrintedDim dim : graph.tensors[graph.inputs[index].tensor].dims) {
    if (!dim)
      return {};
    shape.push_back(*dim);
  }
  return shape;
}

//===----------------------------------------------------------------------===//
// shape-resolution
//===----------------------------------------------------------------------===//

/// Networks of images halve their size up to five times: sizes of 32's multiples
/// stay whole.
constexpr int64_t kResolutionStep = 32;

static void adviseResolution(Advisor &advisor) {
  const Situation &s = advisor.situation;
  std::vector<int64_t> shape = pricedShape(s.base.graph, 0);
  if (shape.size() != 4 || shape[1] > 4 || shape[2] != shape[3] || shape[2] < 3 * kResolutionStep)
    return;
  int64_t size = shape[2], smaller = (size - 1) / kResolutionStep * kResolutionStep;
  shape[2] = shape[3] = smaller;
  ImportedModel copy = withInput(s.model, 0, shape);
  auto graph = advisor.analysed(copy);
  if (!graph)
    return;
  Suggestion suggestion = advisor.draft();
  suggestion.title = llvm::formatv("Feed images of {0} x {0} instead of {1} x {1}", smaller, size);
  suggestion.apply = "resize to it before the model, and measure the accuracy";
  suggestion.savingJ = advisor.savings(*graph);
  advisor.add(std::move(suggestion));
}

//===----------------------------------------------------------------------===//
// shape-sequence-length
//===----------------------------------------------------------------------===//

/// The model at half its tokens: inputs [batch, tokens] of integers.
static std::optional<WorkGraph> atTokens(Advisor &advisor, int64_t tokens, int64_t now) {
  const Situation &s = advisor.situation;
  AnalysisOptions options = s.analysis;
  for (const NamedDim &dim : s.base.graph.model.dims)
    if (dim.value == now && llvm::StringRef(dim.symbol).contains_insensitive("seq")) {
      options.dims.emplace_back(dim.symbol, tokens);
      return advisor.analysed(options);
    }
  ImportedModel copy = copyModel(s.model);
  for (unsigned i = 0; i < s.base.graph.inputs.size(); ++i) {
    std::vector<int64_t> shape = pricedShape(s.base.graph, i);
    if (shape.size() != 2 || shape[1] != now)
      continue;
    shape[1] = tokens;
    copy = withInput(copy, i, shape);
  }
  return advisor.analysed(copy);
}

/// Tokens of an input [batch, tokens] of integers; 0 if there is none.
static int64_t tokensOf(const WorkGraph &graph) {
  for (unsigned i = 0; i < graph.inputs.size(); ++i) {
    std::vector<int64_t> shape = pricedShape(graph, i);
    if (shape.size() == 2 && isInteger(graph.tensors[graph.inputs[i].tensor].dtype))
      return shape[1];
  }
  return 0;
}

static void adviseSequence(Advisor &advisor) {
  int64_t tokens = tokensOf(advisor.base().graph);
  if (tokens < 16)
    return;
  auto graph = atTokens(advisor, tokens / 2, tokens);
  if (!graph)
    return;
  Suggestion suggestion = advisor.draft();
  suggestion.title = llvm::formatv("Pad to what a batch needs: {0} tokens instead of {1} where "
                                   "that is enough",
                                   tokens / 2, tokens);
  suggestion.apply = "tokenizer(..., padding='longest'), and buckets of similar lengths";
  suggestion.savingJ = advisor.savings(*graph);
  advisor.add(std::move(suggestion));
}

//===----------------------------------------------------------------------===//
// shape-kv-cache
//===----------------------------------------------------------------------===//

/// A decoder without a cache computes every token again for each new one.
static void adviseCache(Advisor &advisor) {
  mlir::ModuleOp module = *advisor.situation.model.module;
  int64_t tokens = tokensOf(advisor.base().graph);
  Rewrite look{advisor.situation.model, advisor.check};
  look.graph = &advisor.base().graph;
  if (tokens < 2 || hasCache(module) || !isCausalDecoder(module) || !findLogitsHead(look))
    return;
  auto graph = atTokens(advisor, 1, tokens);
  if (!graph)
    return;
  Suggestion suggestion = advisor.draft();
  suggestion.title = llvm::formatv("Keep keys and values: a new token recomputes all {0}", tokens);
  suggestion.apply = "export with past_key_values as inputs and outputs "
                     "(optimum-cli export onnx --task text-generation-with-past)";
  suggestion.savingJ = advisor.savings(*graph);
  advisor.add(std::move(suggestion));
}

//===----------------------------------------------------------------------===//
// shape-grouped-query
//===----------------------------------------------------------------------===//

/// Query heads that share a head of keys and values, as Llama 2 70B and later
/// models have them (Ainslie et al., EMNLP 2023: quality of 8 groups).
constexpr int64_t kQueriesPerHead = 4;

/// A quarter of the cache is about what a quarter of the tokens has.
static void adviseGroupedQuery(Advisor &advisor) {
  const Situation &s = advisor.situation;
  auto past = llvm::find_if(s.base.graph.model.dims, [](const NamedDim &dim) {
    return llvm::StringRef(dim.symbol).contains_insensitive("past") && dim.value >= 16;
  });
  if (past == s.base.graph.model.dims.end() || !hasCache(*s.model.module))
    return;
  AnalysisOptions options = s.analysis;
  options.dims.emplace_back(past->symbol, past->value / kQueriesPerHead);
  auto graph = advisor.analysed(options);
  if (!graph)
    return;
  Suggestion suggestion = advisor.draft();
  suggestion.title = llvm::formatv("Share keys and values among {0} query heads: a cache of a "
                                   "quarter, at {1} tokens",
                                   kQueriesPerHead, past->value);
  suggestion.apply = "train, or uptrain, with fewer heads of keys and values";
  suggestion.savingJ = advisor.savings(*graph);
  advisor.add(std::move(suggestion));
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static constexpr CheckParameter kTileParameters[] = {
    {"multiple", 8, 2, 1024, "that the width of results becomes, in elements"}};

static constexpr Check kChecks[] = {
    {.id = "shape-grouped-query",
     .title = "Share keys and values among query heads",
     .rationale =
         "Generation reads the whole cache for every token. Grouped queries keep a head of "
         "keys and values for several of them. The saving is an upper bound: it is priced "
         "as a cache of a quarter of the tokens, whose products are fewer too.",
     .elsewhere =
         "num_key_value_heads in Hugging Face's configurations; Ainslie et al. 2023 uptrain "
         "existing models with 5 % of the original steps.",
     .risk = Degree::High,
     .effort = Degree::High,
     .onRequest = true,
     .advise = adviseGroupedQuery},
    {.id = "shape-kv-cache",
     .title = "Keep the keys and values of earlier tokens",
     .rationale = "A decoder whose graph takes no earlier keys and values runs over the whole text "
                  "for every token that it generates. The saving is that of one new token against "
                  "all; reading the cache, which the graph has no op for yet, comes on top.",
     .elsewhere = "optimum-cli export onnx --task text-generation-with-past; "
                  "onnxruntime-genai's model builder.",
     .exact = true,
     .effort = Degree::Medium,
     .advise = adviseCache},
    {.id = "shape-last-token-logits",
     .title = "Compute logits for the last token only",
     .rationale =
         "Generation needs the logits of the last token. A head that projects all tokens "
         "of the prompt to the vocabulary multiplies and writes as many times as much. The "
         "output becomes [batch, 1, vocabulary]; scoring of whole texts needs the others.",
     .elsewhere = "num_logits_to_keep=1 (logits_to_keep) of Hugging Face Transformers before the "
                  "export.",
     .risk = Degree::None,
     .effort = Degree::Low,
     .apply = projectLastToken},
    {.id = "shape-resolution",
     .title = "Feed smaller images",
     .rationale =
         "The work of a convolution goes with the area of the image. Many classifiers lose "
         "less than a point of accuracy at the next smaller size, some gain if they were "
         "trained at a smaller one; it has to be measured.",
     .elsewhere = "Resize in the preprocessing; fine-tune at the new size.",
     .risk = Degree::Medium,
     .effort = Degree::Medium,
     .onRequest = true,
     .advise = adviseResolution},
    {.id = "shape-sequence-length",
     .title = "Pad texts no longer than needed",
     .rationale = "Every token that is only padding costs as much as a real one, and in attention "
                  "its square. What half the length saves shows how much shorter texts are worth.",
     .elsewhere = "Dynamic sequence length in the export; padding='longest' and sorting by length.",
     .exact = true,
     .effort = Degree::Low,
     .onRequest = true,
     .advise = adviseSequence},
    {.id = "shape-tile-padding",
     .title = "Make products as wide as the tiles of the units",
     .rationale =
         "Matrix units work in tiles: a vocabulary of 30522 fills 3815 of 8 columns and two "
         "columns of one more. Weights and biases get zeros up to the next multiple, and a Slice "
         "takes the "
         "results that were asked for, which are the same. NVIDIA advises multiples of 8 in "
         "float16, 4 in TF32, 16 in int8 (Matrix Multiplication Background User's Guide), of "
         "alignment; a systolic array idles in its last tile whether or not zeros are there "
         "(TM5). The energy model has no figure for misaligned products, since no "
         "source for one was found: it prices what the zeros and the Slice add, and a report "
         "says so where a twentieth of the work is in such products.",
     .elsewhere =
         "pad_to_multiple_of of model.resize_token_embeddings (Hugging Face Transformers), "
         "make-vocab-size-divisible-by of Megatron-LM, before training or the export.",
     .exact = true,
     .tellsWhenNot = true,
     .parameters = kTileParameters,
     .apply = padTiles,
     .advise = adviseTiles},
};

llvm::ArrayRef<Check> energyopt::shapeChecks() { return kChecks; }
