//===- Prune.cpp - Weights that can go ------------------------------------===//

#include "Suggest/Prune/Prune.h"

#include "Suggest/Rewrites.h"

using namespace energyopt;

static constexpr CheckParameter kRatio = {"ratio", 0.3, 0.01, 0.95, "share that goes"};
static constexpr CheckParameter kNorm = {"norm", 2, 1, 2,
                                         "1: by sums of |w|; 2: by sums of squares"};

static constexpr CheckParameter kChannelParameters[] = {
    kRatio, {"round", 8, 1, 256, "channels that stay are a multiple of it"}, kNorm};
static constexpr CheckParameter kHeadParameters[] = {kRatio, kNorm};

static constexpr CheckParameter kNearParameters[] = {
    {"near", 0.001, 0, 0.1, "share of its output's largest weight up to which one counts as zero"}};

static constexpr CheckParameter kRowParameters[] = {
    {"rows", 0, 1, 1e9,
     "rows that stay of each larger table; without it, a report prices half of them"}};

static constexpr Check kChecks[] = {
    {.id = "prune-zeros",
     .title = "Remove channels that add nothing",
     .rationale = "Training with sparsity leaves channels, heads and hidden units whose weights "
                  "are zero, or that meet "
                  "only zeros in the layers behind them, or that a normalization scales to a "
                  "constant. They go with "
                  "all that depends on them; constants move into the biases behind, where no "
                  "padding is in between. "
                  "Zeros that are spread over a tensor cost as much as other numbers: kernels "
                  "multiply by them. Weights "
                  "behind DequantizeLinear are zero where they equal their zero point. What is "
                  "only small is left to "
                  "prune-near-zeros.",
     .elsewhere = "Torch-Pruning's MetaPruner on the zeroed channels, before the export.",
     .exact = true,
     .readsWeights = true,
     .apply = [](Rewrite &rewrite) { pruneGroups(rewrite, PrunedKind::Zeros); },
     .advise = adviseZeros},
    {.id = "prune-near-zeros",
     .title = "Remove channels that add next to nothing",
     .rationale = "A weight of at most a thousandth of the largest of the same output (near=0.001) "
                  "counts as zero, and so "
                  "does all of an output whose largest is at most a thousandth of the tensor's, "
                  "unless a normalization "
                  "or product behind it scales it up again. A channel goes if it meets such "
                  "weights only, as in "
                  "prune-zeros; single small weights stay as they are. The outputs change, by how "
                  "much depends on the "
                  "inputs and on what is behind: nothing here measures it. Compare the accuracy of "
                  "both models on your own data, "
                  "and fine-tune or take a smaller near if it falls. int8 weights have steps of "
                  "more than a thousandth: of "
                  "them only zeros go unless near is above 1/127.",
     .elsewhere = "Torch-Pruning's MagnitudePruner with a threshold, before the export.",
     .risk = Degree::Medium,
     .effort = Degree::Medium,
     .readsWeights = true,
     .parameters = kNearParameters,
     .apply = [](Rewrite &rewrite) { pruneGroups(rewrite, PrunedKind::Zeros); },
     .advise = adviseNearZeros},
    {.id = "prune-trees",
     .title = "Cut branches of decision trees that no input can take",
     .rationale =
         "A test whose outcome the tests above it decide, on the same feature, and one with equal "
         "leaves on both sides cost a comparison and a cache line each, in every row. Missing "
         "values "
         "(NaN) keep their way.",
     .elsewhere =
         "Prune when training: min_samples_leaf or ccp_alpha of scikit-learn, gamma of XGBoost.",
     .exact = true,
     .apply = pruneTrees},
    {.id = "prune-channels",
     .title = "Remove the channels of convolutions with the smallest weights",
     .rationale = "Work and weights of an inner layer fall by the share of its inputs and by that "
                  "of its outputs: "
                  "without 30 % of both, half of it is left. Whatever is added to, concatenated "
                  "with or normalizes a "
                  "channel shrinks with it. The model has to be fine-tuned on its training data "
                  "afterwards; expect it "
                  "to be useless before.",
     .elsewhere = "torch.nn.utils.prune.ln_structured with Torch-Pruning, which follows "
                  "dependencies, before "
                  "the export.",
     .risk = Degree::High,
     .effort = Degree::High,
     .mostRows = 1500,
     .parameters = kChannelParameters,
     .apply = [](Rewrite &rewrite) { pruneGroups(rewrite, PrunedKind::Channels); }},
    {.id = "prune-heads",
     .title = "Remove the attention heads with the smallest weights",
     .rationale =
         "A head is a slice of the projections of queries, keys and values and of the one after "
         "them, and an attention of its own; all of it goes. Caches of keys and values that the "
         "graph "
         "takes and returns then have fewer heads, for which the caller has to make room. Many "
         "heads are redundant once the model is fine-tuned; "
         "before that the loss depends on which go.",
     .elsewhere = "prune_heads of Hugging Face's models, or Torch-Pruning, before the export.",
     .risk = Degree::High,
     .effort = Degree::High,
     .mostRows = 1500,
     .parameters = kHeadParameters,
     .apply = [](Rewrite &rewrite) { pruneGroups(rewrite, PrunedKind::Heads); }},
    {.id = "prune-ffn",
     .title = "Remove the hidden units of feed-forward layers with the smallest weights",
     .rationale =
         "Two thirds of a transformer's weights are in its feed-forward blocks, gated ones too, "
         "and "
         "fall with their hidden width; what is between blocks keeps its width. The hidden units "
         "of "
         "any other fully connected layers are treated alike. Needs fine-tuning or distillation.",
     .elsewhere = "NVIDIA ModelOpt's Minitron pruning, or Torch-Pruning, before the export.",
     .risk = Degree::High,
     .effort = Degree::High,
     .mostRows = 1500,
     .parameters = kChannelParameters,
     .apply = [](Rewrite &rewrite) { pruneGroups(rewrite, PrunedKind::Hidden); }},
    {.id = "prune-embedding-rows",
     .title = "Keep only the first rows of embedding tables",
     .rationale = "A vocabulary is often larger than what a language or a domain needs. Each row "
                  "of the table takes memory, "
                  "and a column of the projection to logits costs multiplications and is read for "
                  "every token. A row that "
                  "is only looked up costs no energy while nobody asks for it. The first rows "
                  "stay, which are the frequent "
                  "ones in vocabularies of merges; ids beyond them are errors then, so that the "
                  "tokenizer has to split such "
                  "words, and the model has to be fine-tuned with it. Logits have as many columns "
                  "as rows stay.",
     .elsewhere = "model.resize_token_embeddings of Hugging Face Transformers with a trimmed "
                  "tokenizer, before the "
                  "export.",
     .risk = Degree::High,
     .effort = Degree::High,
     .tellsWhenNot = true,
     .needs = "rows=N",
     .parameters = kRowParameters,
     .apply = pruneEmbeddingRows,
     .advise = adviseEmbeddingRows},
    {.id = "prune-2-4",
     .title = "Zero two of every four weights, for units that skip them",
     .rationale =
         "Units for structured sparsity do half the multiplications of a layer whose weights have "
         "two "
         "zeros in every four along its inputs. It pays where operations bind a wide layer, and "
         "not "
         "where memory or launches do. --apply zeroes the two smallest; the accuracy comes back "
         "only "
         "by retraining with the zeros in place, and the runtime has to be told to use them.",
     .elsewhere = "apex.contrib.sparsity (ASP) or torch.sparse.to_sparse_semi_structured; "
                  "--sparsity=enable of "
                  "trtexec.",
     .risk = Degree::High,
     .effort = Degree::High,
     .tellsWhenNot = true,
     .apply = zeroTwoOfFour,
     .advise = adviseSparsity},
};

llvm::ArrayRef<Check> energyopt::pruneChecks() { return kChecks; }
