//===- Causes.cpp - Why an op costs other than its counterpart ------------===//

#include "Causes.h"

#include "Report/Format.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using llvm::StringRef;

using Dims = llvm::ArrayRef<PrintedDim>;

namespace {

/// Collects "what a → b", each once.
class Causes {
public:
  void differ(StringRef what, const std::string &from, const std::string &to) {
    if (from == to)
      return;
    std::string text = (what.empty() ? "" : what.str() + " ") + from + " → " + to;
    if (!llvm::is_contained(texts, text))
      texts.push_back(text);
  }
  bool empty() const { return texts.empty(); }
  std::string str() const { return llvm::join(texts, ", "); }

private:
  std::vector<std::string> texts;
};

std::string dimText(PrintedDim dim) { return dim ? std::to_string(*dim) : "?"; }

std::string dimsText(Dims dims) {
  std::string text;
  for (PrintedDim dim : dims)
    text += (text.empty() ? "" : "x") + dimText(dim);
  return text.empty() ? "scalar" : text;
}

/// The first operand that is a parameter of at least two dims.
const GraphTensor *weightsOf(const GraphRow &row, const WorkGraph &graph) {
  for (const TensorUse &use : row.reads)
    if (const GraphTensor *tensor = tensorOf(graph, use.tensor))
      if (tensor->role == GraphTensor::Role::Parameter && tensor->dims.size() >= 2)
        return tensor;
  return nullptr;
}

/// Convolution weights are [out, in / groups, kernel...].
void compareKernels(Dims from, Dims to, Causes &causes) {
  causes.differ("out channels", dimText(from[0]), dimText(to[0]));
  causes.differ("in channels per group", dimText(from[1]), dimText(to[1]));
  causes.differ("kernel", dimsText(from.drop_front(2)), dimsText(to.drop_front(2)));
}

void compareWeights(const GraphRow &row, const GraphTensor *from, const GraphTensor *to,
                    Causes &causes) {
  if (!from || !to)
    return;
  causes.differ("weights", name(from->dtype).str(), name(to->dtype).str());
  if (from->dims.size() != to->dims.size())
    return;
  if (StringRef(row.op).contains("Conv") && from->dims.size() > 2)
    compareKernels(from->dims, to->dims, causes);
  else
    causes.differ("weights", dimsText(from->dims), dimsText(to->dims));
}

void compareTensors(const GraphTensor *from, const GraphTensor *to, StringRef what,
                    Causes &causes) {
  if (!from || !to)
    return;
  causes.differ(what, name(from->dtype).str(), name(to->dtype).str());
  causes.differ(what, shapeText(from), shapeText(to));
}

template <typename Uses>
const GraphTensor *tensorAt(const Uses &uses, size_t i, const WorkGraph &graph) {
  return i < uses.size() ? tensorOf(graph, uses[i].tensor) : nullptr;
}

} // namespace

std::string energyopt::causeOf(const GraphRow &row, const WorkGraph &base, const GraphRow &other,
                               const WorkGraph &changed) {
  Causes causes;
  causes.differ("", qualifiedOp(row.op, row.domain), qualifiedOp(other.op, other.domain));
  compareWeights(other, weightsOf(row, base), weightsOf(other, changed), causes);
  causes.differ("runs", std::to_string(row.count), std::to_string(other.count));
  // Shapes of results follow from those of inputs and weights: said only where
  // nothing else explains the change.
  if (causes.empty())
    for (size_t i = 0; i < row.reads.size(); ++i)
      compareTensors(tensorAt(row.reads, i, base), tensorAt(other.reads, i, changed), "input",
                     causes);
  if (causes.empty())
    compareTensors(tensorAt(row.writes, 0, base), tensorAt(other.writes, 0, changed), "output",
                   causes);
  if (causes.empty())
    causes.differ("operands", std::to_string(row.reads.size()), std::to_string(other.reads.size()));
  if (causes.empty() && (row.macs != other.macs || row.flops != other.flops))
    causes.differ("work", siCount(row.flops, "FLOP", true), siCount(other.flops, "FLOP", true));
  return causes.str();
}

std::string energyopt::shapesOf(const GraphRow &row, const WorkGraph &graph) {
  std::string text;
  if (const GraphTensor *weights = weightsOf(row, graph))
    text = dimsText(weights->dims) + " weights";
  if (const GraphTensor *output = tensorAt(row.writes, 0, graph))
    text += (text.empty() ? "" : ", ") + shapeText(output);
  return text.empty() ? "no work of its own" : text; // a call, for one
}
