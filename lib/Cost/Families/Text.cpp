//===- Text.cpp - Strings, n-grams, encoded images ------------------------===//

#include "Cost/Families/Text.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/RunTime.h"

using namespace energyopt;

namespace {

/// Strings that a split of one string of kStringBytes characters can make.
Expr piecesBound(const OpView &op) {
  int64_t limit = op.intAttr("maxsplit", -1);
  bool limited = op.hasAttr("maxsplit") && limit >= 0 && limit < kStringBytes;
  return limited ? limit + 1 : kStringBytes;
}

llvm::Error shapeNormalize(OpView &op) {
  ValueInfo out = ValueInfo::tensor(DType::String);
  if (op.ranked(0)) {
    Shape shape = *op.in(0).shape;
    if (shape.empty() || shape.size() > 2)
      return op.error("input 0 has rank " + llvm::Twine(shape.size()) + ", expected [C] or [1,C]");
    auto stopWords = op.attr("stopwords");
    if (stopWords && !stopWords->strings.empty())
      // If nothing is left, one empty string is.
      shape.back() =
          op.ctx->dataDependentDim("words", Expr::max(1, op.ctx->upperBound(shape.back())));
    out.shape = std::move(shape);
  }
  setOutput(op, 0, std::move(out));
  return llvm::Error::success();
}

llvm::Error shapeConcat(OpView &op) {
  ValueInfo out = ValueInfo::tensor(DType::String);
  if (!op.has(0) || !op.has(1))
    return op.error("needs two inputs");
  if (op.ranked(0) && op.ranked(1)) {
    auto shape = broadcastShapes(op, {*op.in(0).shape, *op.in(1).shape});
    if (!shape)
      return shape.takeError();
    out.shape = std::move(*shape);
  }
  setOutput(op, 0, std::move(out));
  return llvm::Error::success();
}

/// Pieces become a new last dim, as long as the longest list.
llvm::Error shapePieces(OpView &op, const Expr &bound) {
  ValueInfo out = ValueInfo::tensor(DType::String);
  ValueInfo counts = ValueInfo::tensor(DType::I64, op.in(0).shape);
  if (op.ranked(0)) {
    out.shape = op.in(0).shape;
    out.shape->push_back(op.ctx->dataDependentDim("pieces", bound));
  }
  setOutput(op, 0, std::move(out));
  setOutput(op, 1, std::move(counts));
  return llvm::Error::success();
}

llvm::Error shapeText(OpView &op, const RuleParams &params) {
  if (!op.has(0))
    return op.error("input 0 is missing");
  if (op.in(0).dtype != DType::String && op.in(0).dtype != DType::Undefined)
    return op.error("input 0 must hold strings, not " + name(op.in(0).dtype));
  switch (static_cast<TextForm>(params.a)) {
  case TextForm::Normalize:
    return shapeNormalize(op);
  case TextForm::Concat:
    return shapeConcat(op);
  case TextForm::Split:
    return shapePieces(op, piecesBound(op));
  case TextForm::Tokenize:
    if (op.ranked(0) && (op.in(0).rank() < 1 || op.in(0).rank() > 2))
      return op.error("input 0 has rank " + llvm::Twine(op.in(0).rank()) +
                      ", expected [C] or [N,C]");
    return shapePieces(op, Expr(kStringBytes + (op.intAttr("mark", 0) ? 2 : 0)));
  case TextForm::Match:
    setOutput(op, 0, ValueInfo::tensor(DType::Bool, op.in(0).shape));
    return llvm::Error::success();
  }
  return llvm::Error::success();
}

/// Passes over the characters: a step of the automaton, a change of case, a
/// hash for the stop words. Concatenation only copies.
int64_t passes(const OpView &op, TextForm form) {
  if (form == TextForm::Concat)
    return 0;
  if (form != TextForm::Normalize)
    return 1;
  auto stopWords = op.attr("stopwords");
  return (op.stringAttr("case_change_action", "NONE") != "NONE") +
         (stopWords && !stopWords->strings.empty());
}

Work workText(const OpView &op, const RuleParams &params) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  int64_t perString = kStringBytes * passes(op, static_cast<TextForm>(params.a));
  if (perString)
    work.add(WorkClass::Vector, DType::U8, op.in(0).elements() * perString);
  markBounded(op, work);
  return work;
}

/// Size of the vocabulary: the greatest output index + 1.
llvm::Expected<int64_t> vocabulary(const OpView &op) {
  auto indexes = op.intsAttr("ngram_indexes");
  if (!indexes || indexes->empty())
    return op.error("attribute ngram_indexes is required");
  int64_t greatest = *std::max_element(indexes->begin(), indexes->end());
  if (greatest < 0 || greatest == INT64_MAX)
    return op.error("ngram_indexes holds " + llvm::Twine(greatest));
  return greatest + 1;
}

llvm::Error shapeTfIdf(OpView &op, const RuleParams &) {
  if (llvm::Error error = requireInputs(op, 1))
    return error;
  auto size = vocabulary(op);
  if (!size)
    return size.takeError();
  int64_t minGram = op.intAttr("min_gram_length", 0), maxGram = op.intAttr("max_gram_length", 0);
  if (minGram < 1 || maxGram < minGram)
    return op.error("gram lengths " + llvm::Twine(minGram) + " to " + llvm::Twine(maxGram) +
                    " are no range");
  ValueInfo out = ValueInfo::tensor(DType::F32);
  if (op.ranked(0)) {
    if (op.in(0).rank() < 1 || op.in(0).rank() > 2)
      return op.error("input 0 has rank " + llvm::Twine(op.in(0).rank()) +
                      ", expected [C] or [N,C]");
    out.shape = op.in(0).rank() == 1 ? Shape{*size} : Shape{op.in(0).dim(0), *size};
  }
  setOutput(op, 0, std::move(out));
  return llvm::Error::success();
}

Work workTfIdf(const OpView &op, const RuleParams &) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  if (!op.ranked(0))
    return unknownShape(op);
  const ValueInfo &in = op.in(0);
  Expr rows = in.rank() == 2 ? in.dim(0) : Expr(1);
  // The pool has n-grams up to the length of ngram_counts only.
  auto counts = op.intsAttr("ngram_counts");
  int64_t longest = counts ? static_cast<int64_t>(counts->size()) : 0;
  Expr lookups = rows * ngramLookups(in.shape->back(), op.intAttr("min_gram_length", 1),
                                     std::min(longest, op.intAttr("max_gram_length", 1)),
                                     op.intAttr("max_skip_count", 0));
  work.add(WorkClass::Vector, DType::I64, lookups);
  if (op.stringAttr("mode", "TF") != "TF") // inverse document frequencies
    work.add(WorkClass::Vector, DType::F32, op.outputs[0].elements());
  explainFormula(op, work, "int_ops = rows * n-gram elements looked up", lookups, {{"rows", rows}});
  work.status = WorkStatus::Bounded;
  work.reason = "a lookup ends early where no n-gram of the pool continues";
  return work;
}

/// Neither the size of the picture nor a bound of it stands in the model: the
/// nominal input of vision models is taken, and said.
constexpr int64_t kNominalSide = 224;

llvm::Error shapeImage(OpView &op, const RuleParams &) {
  std::string format = op.stringAttr("pixel_format", "RGB");
  if (format != "RGB" && format != "BGR" && format != "Grayscale")
    return op.error("pixel_format '" + format + "' is not RGB, BGR or Grayscale");
  Expr height = runtimeDim(op, "height", kNominalSide);
  Expr width = runtimeDim(op, "width", kNominalSide);
  setOutput(op, 0,
            ValueInfo::tensor(DType::U8, Shape{height, width, format == "Grayscale" ? 1 : 3}));
  return llvm::Error::success();
}

/// W3: an 8x8 inverse DCT by the scheme of Arai, Agui and Nakajima (1988) takes
/// 5 multiplications and 29 additions for each of 16 rows and columns, 8.5
/// operations a sample; dequantization takes 1, colour conversion about 4.
constexpr int64_t kDecodeOpsTimesTwo = 27;

Work workImage(const OpView &op, const RuleParams &) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  Expr samples = op.ctx->upperBound(op.outputs[0].elements());
  work.add(WorkClass::Vector, DType::I32, (samples * kDecodeOpsTimesTwo).ceilDiv(2));
  markBounded(op, work);
  return work;
}

} // namespace

Expr energyopt::ngramLookups(const Expr &length, int64_t minGram, int64_t maxGram,
                             int64_t maxSkip) {
  Expr lookups = 0;
  for (int64_t n = minGram; n <= maxGram; ++n) {
    Expr last = n == 1 ? Expr(0) : Expr(maxSkip);
    if (n > 1 && length.constant()) // the last skip that has a place to start
      last = Expr::min(last, length.floorDiv(n - 1) - 1);
    Expr skips = Expr::max(0, last + 1);
    // Sum over s < skips of length - (n-1)*(s+1).
    Expr starts = skips * length - (skips * (skips + 1)).floorDiv(2) * (n - 1);
    lookups += Expr::max(0, n == 1 ? length : starts) * n;
  }
  return lookups;
}

const Family energyopt::textFamily = {"text", "W1: int_ops = strings * 16 characters * passes",
                                      shapeText, workText};
const Family energyopt::tfIdfFamily = {
    "tf-idf", "W2: int_ops = rows * sum over n, skips of n * n-grams", shapeTfIdf, workTfIdf};
const Family energyopt::imageDecodeFamily = {"image-decode", "W3: int_ops = 13.5 * samples decoded",
                                             shapeImage, workImage};
