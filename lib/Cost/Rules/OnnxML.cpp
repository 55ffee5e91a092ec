//===- OnnxML.cpp - Classical machine learning -----------------------------===//
//
// ai.onnx.ml: trees, support vectors, linear models, encoders.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/ClassicML.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/TreeEnsemble.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kSource = "ONNX Operators-ml.md";

constexpr OpRule kRules[] = {
    {"onnx.ai.onnx.ml.ArrayFeatureExtractor", 1, feature(FeatureForm::Extract), kSource},
    {"onnx.ai.onnx.ml.Binarizer", 1, elementwise(1), kSource},
    {"onnx.ai.onnx.ml.CastMap", 1, feature(FeatureForm::CastMap), kSource},
    {"onnx.ai.onnx.ml.CategoryMapper", 1, feature(FeatureForm::Category), kSource},
    {"onnx.ai.onnx.ml.DictVectorizer", 1, feature(FeatureForm::Dict), kSource},
    {"onnx.ai.onnx.ml.FeatureVectorizer", 1, feature(FeatureForm::Join), kSource},
    {"onnx.ai.onnx.ml.Imputer", 1, elementwise(1), kSource},
    {"onnx.ai.onnx.ml.LabelEncoder", 1, feature(FeatureForm::Encode), kSource},
    {"onnx.ai.onnx.ml.LinearClassifier", 1, linearModel(ModelForm::Classifier), kSource},
    {"onnx.ai.onnx.ml.LinearRegressor", 1, linearModel(ModelForm::Regressor), kSource},
    {"onnx.ai.onnx.ml.Normalizer", 1, feature(FeatureForm::Normalize), kSource},
    {"onnx.ai.onnx.ml.OneHotEncoder", 1, feature(FeatureForm::OneHot), kSource},
    {"onnx.ai.onnx.ml.SVMClassifier", 1, svm(ModelForm::Classifier), kSource},
    {"onnx.ai.onnx.ml.SVMRegressor", 1, svm(ModelForm::Regressor), kSource},
    {"onnx.ai.onnx.ml.Scaler", 1, feature(FeatureForm::Scale), kSource},
    {"onnx.ai.onnx.ml.TreeEnsemble", 5, treeEnsemble(TreeForm::V5), kSource},
    {"onnx.ai.onnx.ml.TreeEnsembleClassifier", 1, treeEnsemble(TreeForm::Classifier), kSource},
    {"onnx.ai.onnx.ml.TreeEnsembleRegressor", 1, treeEnsemble(TreeForm::Regressor), kSource},
    {"onnx.ai.onnx.ml.ZipMap", 1, feature(FeatureForm::ZipMap), kSource},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::onnxMLRules() { return kRules; }
