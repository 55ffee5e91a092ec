//===- Prune.cpp - Weights that can go ------------------------------------===//

#include "Suggest/Prune.h"

#include "Suggest/Rewrites.h"

using namespace energyopt;

static constexpr CheckParameter kRatio = {"ratio", 0.3, 0.01, 0.95, "share that goes"};
static constexpr CheckParameter kNorm = {"norm", 2, 1, 2, "1: by sums of |w|; 2: by sums of squares"};

static constexpr CheckParameter kChannelParameters[] = {
    kRatio, {"round", 8, 1, 256, "channels that stay are a multiple of it"}, kNorm};
static constexpr CheckParameter kHeadParameters[] = {kRatio, kNorm};

static constexpr Check kChecks[] = {
    {.id = "prune-channels",
     .title = "Remove the channels of convolutions with the smallest weights",
     .rationale =
         "Work and weights of an inner layer fall by the share of its inputs and by that of its outputs: "
         "without 30 % of both, half of it is left. Whatever is added to, concatenated with or normalizes a "
         "channel shrinks with it. The model has to be fine-tuned afterwards, as a rule for a tenth to a "
         "third of its training; without that, expect it to be useless.",
     .elsewhere = "torch.nn.utils.prune.ln_structured with Torch-Pruning, which follows dependencies, before "
                  "the export.",
     .risk = Degree::High,
     .effort = Degree::High,
     .parameters = kChannelParameters,
     .apply = [](Rewrite &rewrite) { pruneGroups(rewrite, PrunedKind::Channels); }},
    {.id = "prune-heads",
     .title = "Remove the attention heads with the smallest weights",
     .rationale = "A head is a slice of the projections of queries, keys and values and of the one after "
                  "them, and an attention of its own; all of it goes. Heads with cached keys and values that "
                  "the graph takes or returns stay. Many heads are redundant once the model is fine-tuned; "
                  "before that the loss depends on which go.",
     .elsewhere = "prune_heads of Hugging Face's models, or Torch-Pruning, before the export.",
     .risk = Degree::High,
     .effort = Degree::High,
     .parameters = kHeadParameters,
     .apply = [](Rewrite &rewrite) { pruneGroups(rewrite, PrunedKind::Heads); }},
    {.id = "prune-ffn",
     .title = "Remove the hidden units of feed-forward layers with the smallest weights",
     .rationale = "Two thirds of a transformer's weights are in its feed-forward blocks, gated ones too, and "
                  "fall with their hidden width; what is between blocks keeps its width. The hidden units of "
                  "any other fully connected layers are treated alike. Needs fine-tuning or distillation.",
     .elsewhere = "NVIDIA ModelOpt's Minitron pruning, or Torch-Pruning, before the export.",
     .risk = Degree::High,
     .effort = Degree::High,
     .parameters = kChannelParameters,
     .apply = [](Rewrite &rewrite) { pruneGroups(rewrite, PrunedKind::Hidden); }},
};

llvm::ArrayRef<Check> energyopt::pruneChecks() { return kChecks; }
