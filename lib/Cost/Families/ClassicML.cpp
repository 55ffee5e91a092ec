//===- ClassicML.cpp - Linear models and support vectors ------------------===//

#include "Cost/Families/ClassicML.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/RunTime.h"
#include "Cost/Families/Softmax.h"

#include "llvm/Support/MathExtras.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

Expected<ClassLabels> energyopt::classLabels(const OpView &op, llvm::StringRef integers) {
  auto strings = op.attr("classlabels_strings");
  if (strings && !strings->strings.empty())
    return ClassLabels{DType::String, static_cast<int64_t>(strings->strings.size())};
  auto ints = op.attr(integers);
  if (!ints || ints->ints.empty())
    return op.error("one of classlabels_strings and " + integers + " is required");
  return ClassLabels{DType::I64, static_cast<int64_t>(ints->ints.size())};
}

Expected<std::optional<std::pair<Expr, Expr>>> energyopt::samples(const OpView &op) {
  std::optional<std::pair<Expr, Expr>> shape;
  if (!op.has(0))
    return op.error("input 0 is missing");
  if (!op.ranked(0))
    return shape;
  const ValueInfo &in = op.in(0);
  if (in.rank() < 1 || in.rank() > 2)
    return op.error("input 0 has rank " + Twine(in.rank()) + ", expected [N,F] or [F]");
  shape.emplace(in.rank() == 1 ? Expr(1) : in.dim(0), in.shape->back());
  return shape;
}

void energyopt::setClassifierOutputs(OpView &op, const ClassLabels &labels, int64_t scores) {
  ValueInfo label = ValueInfo::tensor(labels.dtype), score = ValueInfo::tensor(DType::F32);
  auto shape = samples(op);
  if (!shape) {
    llvm::consumeError(shape.takeError()); // checked by the caller
  } else if (*shape) {
    label.shape = Shape{(*shape)->first};
    score.shape = Shape{(*shape)->first, scores};
  }
  setOutput(op, 0, std::move(label));
  setOutput(op, 1, std::move(score));
}

void energyopt::addScores(const OpView &op, Work &work, const Expr &rows, const Expr &columns,
                          bool classifier) {
  std::string transform = op.stringAttr("post_transform", "NONE");
  Expr scores = rows * columns;
  if (transform == "LOGISTIC")
    addElementwise(work, DType::F32, scores, 3, 1);
  else if (transform == "PROBIT")
    addElementwise(work, DType::F32, scores, 9, 1);
  else if (transform == "SOFTMAX" || transform == "SOFTMAX_ZERO")
    addSoftmax(work, DType::F32, scores);
  if (classifier)
    addElementwise(work, DType::F32, scores, 1);
}

namespace {

size_t floats(const OpView &op, llvm::StringRef name) {
  auto value = op.attr(name);
  return value ? value->floats.size() : 0;
}

//===----------------------------------------------------------------------===//
// Linear models
//===----------------------------------------------------------------------===//

/// Rows of the coefficient matrix: classes or targets.
Expected<int64_t> linearRows(const OpView &op, ModelForm form) {
  size_t intercepts = floats(op, "intercepts");
  if (form == ModelForm::Regressor) {
    int64_t targets = op.intAttr("targets", 1);
    if (targets < 1)
      return op.error("attribute targets is " + Twine(targets));
    return targets;
  }
  auto labels = classLabels(op, "classlabels_ints");
  if (!labels)
    return labels.takeError();
  return intercepts ? static_cast<int64_t>(intercepts) : labels->count;
}

Error shapeLinear(OpView &op, const RuleParams &params) {
  auto form = static_cast<ModelForm>(params.a);
  auto shape = samples(op);
  if (!shape)
    return shape.takeError();
  auto rows = linearRows(op, form);
  if (!rows)
    return rows.takeError();
  if (form == ModelForm::Regressor) {
    ValueInfo out = ValueInfo::tensor(DType::F32);
    if (*shape)
      out.shape = Shape{(*shape)->first, *rows};
    setOutput(op, 0, std::move(out));
    return Error::success();
  }
  auto labels = classLabels(op, "classlabels_ints");
  if (!labels)
    return labels.takeError();
  // One row of coefficients separates two classes; both get a score.
  setClassifierOutputs(op, *labels, *rows == 1 && labels->count == 2 ? 2 : *rows);
  return Error::success();
}

Work workLinear(const OpView &op, const RuleParams &params) {
  auto form = static_cast<ModelForm>(params.a);
  auto shape = samples(op);
  auto rows = linearRows(op, form);
  if (!shape)
    return unmodelledError(shape.takeError());
  if (!rows)
    return unmodelledError(rows.takeError());
  if (!*shape)
    return unknownShape(op);
  Work work = resultWork(op);
  auto [n, features] = **shape;
  addMatMul(op, work, DType::F32, true, {1, n, *rows, features});
  if (floats(op, "intercepts"))
    work.add(WorkClass::Vector, DType::F32, n * *rows);
  addScores(op, work, n, *rows, form == ModelForm::Classifier);
  return work;
}

//===----------------------------------------------------------------------===//
// Support vector machines
//===----------------------------------------------------------------------===//

/// Number of support vectors; 0 for a linear machine without any.
int64_t supportVectors(const OpView &op, ModelForm form) {
  if (form == ModelForm::Regressor)
    return floats(op, "support_vectors") ? std::max<int64_t>(0, op.intAttr("n_supports", 0)) : 0;
  int64_t sum = 0;
  if (auto counts = op.attr("vectors_per_class"))
    for (int64_t count : counts->ints)
      if (count > 0 && llvm::AddOverflow(sum, count, sum))
        return 0;
  return sum;
}

Error shapeSvm(OpView &op, const RuleParams &params) {
  auto form = static_cast<ModelForm>(params.a);
  auto shape = samples(op);
  if (!shape)
    return shape.takeError();
  if (form == ModelForm::Regressor) {
    ValueInfo out = ValueInfo::tensor(DType::F32);
    if (*shape)
      out.shape = Shape{(*shape)->first, 1};
    setOutput(op, 0, std::move(out));
    return Error::success();
  }
  auto labels = classLabels(op, "classlabels_ints");
  if (!labels)
    return labels.takeError();
  int64_t vectors = supportVectors(op, form);
  size_t given = floats(op, "support_vectors");
  if (vectors && given % vectors != 0)
    return op.error(Twine(given) + " support vector values for " + Twine(vectors) + " vectors");
  int64_t scores = labels->count;
  // One-against-one without probabilities: a score per pair; two classes get
  // one each. (ONNX Runtime, svmclassifier.cc)
  if (vectors && !floats(op, "prob_a") && labels->count > 2 && labels->count < (1 << 16))
    scores = labels->count * (labels->count - 1) / 2;
  setClassifierOutputs(op, *labels, scores);
  return Error::success();
}

/// ML3: kernels of n samples with v vectors of f features: n*v*f macs, and per
/// kernel for RBF f more operations (differences), 1 product and 1 exp; POLY 2
/// and a power; SIGMOID 2 and a tanh.
void addKernels(const OpView &op, Work &work, const Expr &n, const Expr &vectors,
                const Expr &features) {
  addMatMul(op, work, DType::F32, true, {1, n, vectors, features});
  std::string kernel = op.stringAttr("kernel_type", "LINEAR");
  if (kernel == "LINEAR")
    return;
  Expr kernels = n * vectors;
  work.add(WorkClass::Vector, DType::F32, kernel == "RBF" ? kernels * (features + 1) : kernels * 2);
  work.add(WorkClass::Transcendental, DType::F32, kernels);
}

Work workSvm(const OpView &op, const RuleParams &params) {
  auto form = static_cast<ModelForm>(params.a);
  auto shape = samples(op);
  if (!shape)
    return unmodelledError(shape.takeError());
  if (!*shape)
    return unknownShape(op);
  Work work = resultWork(op);
  auto [n, features] = **shape;
  bool classifier = form == ModelForm::Classifier;
  int64_t classes = 1;
  if (classifier) {
    auto labels = classLabels(op, "classlabels_ints");
    if (!labels)
      return unmodelledError(labels.takeError());
    classes = labels->count;
  }
  if (classifier && (op.outputs.size() < 2 || !op.outputs[1].hasRank()))
    return unknownShape(op);
  Expr outputs = op.outputs[classifier ? 1 : 0].elements();
  Expr columns = outputs.exactDiv(n).value_or(1);
  int64_t vectors = supportVectors(op, form);
  if (!vectors) {
    addMatMul(op, work, DType::F32, true, {1, n, classes, features});
  } else {
    addKernels(op, work, n, vectors, features);
    // Each vector votes once against every other class.
    addMatMul(op, work, DType::F32, true, {1, n, std::max<int64_t>(1, classes - 1), vectors});
  }
  work.add(WorkClass::Vector, DType::F32, outputs); // rho
  if (classifier && floats(op, "prob_a")) {
    Expr pairs = n * (Expr(classes) * (classes - 1)).floorDiv(2);
    work.add(WorkClass::Vector, DType::F32, pairs * 3); // Platt: 1/(1 + exp(a*f + b))
    work.add(WorkClass::Transcendental, DType::F32, pairs);
  }
  addScores(op, work, n, columns, classifier);
  return work;
}

} // namespace

const Family energyopt::linearModelFamily = {"linear-model", "ML2: macs = N*rows*F", shapeLinear,
                                             workLinear};
const Family energyopt::svmFamily = {
    "svm", "ML3: macs = N*vectors*(F + classes - 1), kernels = N*vectors", shapeSvm, workSvm};
