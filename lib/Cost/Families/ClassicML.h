//===- ClassicML.h - Linear models, support vectors, features ---*- C++ -*-===//
//
// The operators of ai.onnx.ml, whose models stand in attributes.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CLASSICML_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CLASSICML_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family linearModelFamily;
extern const Family svmFamily;

enum class ModelForm : int16_t { Classifier, Regressor };
constexpr FamilyUse linearModel(ModelForm form) {
  return {&linearModelFamily, {static_cast<int16_t>(form)}};
}
constexpr FamilyUse svm(ModelForm form) { return {&svmFamily, {static_cast<int16_t>(form)}}; }

extern const Family featureFamily;

/// Ops that turn raw values into features, or scores into labels.
enum class FeatureForm : int16_t {
  Scale,     // 2 operations an element, result float
  Normalize, // rows divided by their max, sum or length
  OneHot,    // a new last dim
  Encode,    // LabelEncoder
  Category,  // CategoryMapper: strings <-> integers
  Extract,   // ArrayFeatureExtractor: picks along the last dim
  Join,      // FeatureVectorizer
  Dict,      // DictVectorizer: map -> [1,C]
  CastMap,   // map -> [1,C]
  ZipMap,    // rows -> sequence of maps
};
constexpr FamilyUse feature(FeatureForm form) {
  return {&featureFamily, {static_cast<int16_t>(form)}};
}

/// A classifier's labels, from its two attributes of which one is given.
struct ClassLabels {
  DType dtype;
  int64_t count;
};
llvm::Expected<ClassLabels> classLabels(const OpView &op, llvm::StringRef integers);

/// X of a model as [N, F]; a vector is one sample. nullopt: rank unknown.
llvm::Expected<std::optional<std::pair<Expr, Expr>>> samples(const OpView &op);

/// Sets the outputs of a classifier: labels [N] and scores [N, scores].
void setClassifierOutputs(OpView &op, const ClassLabels &labels, int64_t scores);

/// Adds what a post_transform does to `rows` rows of `columns` scores (LOGISTIC:
/// an exp and 3 operations each; SOFTMAX, SOFTMAX_ZERO: M13; PROBIT: a logarithm
/// and 9), and for a classifier the compare of each score that finds the winner.
void addScores(const OpView &op, Work &work, const Expr &rows, const Expr &columns,
               bool classifier);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CLASSICML_H
