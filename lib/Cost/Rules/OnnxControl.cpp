//===- OnnxControl.cpp - Control flow, sequences, optionals ----------------===//
//
// Control flow of ai.onnx, and the values that hold other values.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/ControlFlow.h"
#include "Cost/Families/Sequence.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kSource = "ONNX Operators.md";

constexpr OpRule kRules[] = {
    {"onnx.ConcatFromSequence", 11, sequence(SequenceForm::Concat), kSource},
    {"onnx.If", 1, controlFlow(), kSource},
    {"onnx.Loop", 1, controlFlow(), kSource},
    {"onnx.Optional", 15, optionals(OptionalForm::Wrap), kSource},
    {"onnx.OptionalGetElement", 15, optionals(OptionalForm::Get), kSource},
    {"onnx.OptionalHasElement", 15, optionals(OptionalForm::Has), kSource},
    {"onnx.Scan", 8, controlFlow(), kSource},
    {"onnx.SequenceAt", 11, sequence(SequenceForm::At), kSource},
    {"onnx.SequenceConstruct", 11, sequence(SequenceForm::Construct), kSource},
    {"onnx.SequenceEmpty", 11, sequence(SequenceForm::Empty), kSource},
    {"onnx.SequenceErase", 11, sequence(SequenceForm::Erase), kSource},
    {"onnx.SequenceInsert", 11, sequence(SequenceForm::Insert), kSource},
    {"onnx.SequenceLength", 11, sequence(SequenceForm::Length), kSource},
    {"onnx.SequenceMap", 17, controlFlow(), kSource},
    {"onnx.SplitToSequence", 11, sequence(SequenceForm::Split), kSource},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::onnxControlRules() { return kRules; }
