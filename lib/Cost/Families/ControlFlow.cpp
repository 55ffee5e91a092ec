//===- ControlFlow.cpp - Ops whose work is that of their regions ----------===//

#include "Cost/Families/ControlFlow.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/RunTime.h"
#include "Cost/Families/Softmax.h"

using namespace energyopt;
using llvm::Error;

namespace {

Error shapeNothing(OpView &, const RuleParams &) { return Error::success(); }
Work workNothing(const OpView &, const RuleParams &) { return Work::free(); }

/// Tokens that a generation of unknown length is taken to stop at: the length
/// that generation configurations commonly start from.
constexpr int64_t kNominalLength = 128;

/// A scalar operand; what only the run knows is taken as `nominal`.
Expr scalarOperand(OpView &op, unsigned input, llvm::StringRef hint, int64_t nominal) {
  if (auto value = op.intData(input); value && value->size() == 1)
    return (*value)[0];
  return runtimeDim(op, hint, nominal);
}

Error shapeGeneration(OpView &op, const RuleParams &params) {
  bool beam = static_cast<GenerationForm>(params.a) == GenerationForm::Beam;
  if (Error e = requireInputs(op, 2))
    return e;
  if (op.ranked(0) && op.in(0).rank() < 1)
    return op.error("input 0 is a scalar, expected one prompt per row");
  if (!op.ranked(0)) {
    setOutput(op, 0, DType::I32);
    return Error::success();
  }
  const Expr &batch = op.in(0).dim(0);
  Expr length = scalarOperand(op, 1, "max_length", kNominalLength);
  if (!beam) {
    setOutput(op, 0, DType::I32, Shape{batch, length});
    if (int64_t vocabulary = op.intAttr("vocab_size", -1); vocabulary > 0)
      setOutput(op, 1, DType::F32, Shape{batch, vocabulary});
    return Error::success();
  }
  Expr beams = scalarOperand(op, 3, "num_beams", 1);
  Expr returned = scalarOperand(op, 4, "num_return_sequences", 1);
  DType scores = op.has(5) ? op.in(5).dtype : DType::F32;
  setOutput(op, 0, DType::I32, Shape{batch, returned, length});
  setOutput(op, 1, scores, Shape{batch, returned});
  if (int64_t vocabulary = op.intAttr("vocab_size", -1); vocabulary > 0) {
    Expr steps = op.in(0).rank() == 2 ? Expr::max(0, length - op.in(0).dim(1)) : length;
    setOutput(op, 2, scores, Shape{steps, batch, beams, vocabulary});
  }
  return Error::success();
}

/// F1: between two runs of the decoder, a log-softmax over the vocabulary for
/// every beam: steps * sequences * vocabulary elements of M13.
Work workGeneration(const OpView &op, const RuleParams &params) {
  bool beam = static_cast<GenerationForm>(params.a) == GenerationForm::Beam;
  if (!op.ranked(0) || !op.outputs[0].hasRank())
    return unknownShape(op);
  Work work;
  for (const ValueInfo *in : op.inputs)
    work.readBytes.push_back(in->bytes().value_or(0));
  for (const ValueInfo &out : op.outputs)
    work.writeBytes.push_back(out.bytes().value_or(0));
  int64_t vocabulary = op.intAttr("vocab_size", -1);
  if (vocabulary < 1) {
    op.ctx->assume(op.name + ": vocab_size is not given, so choosing tokens is not counted");
    return work;
  }
  Expr steps = op.ctx->upperBound(op.outputs[0].shape->back());
  Expr sequences = op.ctx->upperBound(op.in(0).dim(0));
  if (auto beams = op.intData(3); beam && beams && beams->size() == 1)
    sequences *= (*beams)[0];
  Expr elements = steps * sequences * vocabulary;
  addSoftmax(work, DType::F32, elements);
  explainProduct(op, work, "softmax elements <= steps*sequences*vocabulary",
                 {steps, sequences, vocabulary});
  markBounded(work, "generation ends early where a sequence does");
  return work;
}

} // namespace

const Family energyopt::controlFlowFamily = {"control-flow",
                                             "F0: none of its own; the rows of its regions count",
                                             shapeNothing, workNothing};
const Family energyopt::generationFamily = {
    "generation", "F1: softmax elements <= steps*sequences*vocabulary; the regions count",
    shapeGeneration, workGeneration};
