//===- Features.cpp - Encoders, scalers and maps of ai.onnx.ml ------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/ClassicML.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/RunTime.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

namespace {

size_t listSize(const OpView &op, llvm::StringRef name) {
  auto value = op.attr(name);
  if (!value)
    return 0;
  return std::max({value->strings.size(), value->ints.size(), value->floats.size()});
}

/// Element type of "keys_" or "values_"; Undefined if none is given.
DType listType(const OpView &op, const std::string &prefix) {
  if (auto tensor = op.attr(prefix + "tensor"))
    return tensor->tensor.dtype;
  if (op.hasAttr(prefix + "strings"))
    return DType::String;
  if (op.hasAttr(prefix + "int64s"))
    return DType::I64;
  return op.hasAttr(prefix + "floats") ? DType::F32 : DType::Undefined;
}

/// Opset 1 of LabelEncoder maps strings to their place in classes_strings and
/// back; later ones map keys to values.
Expected<DType> encodedType(const OpView &op) {
  DType in = op.in(0).dtype;
  if (op.hasAttr("classes_strings"))
    return in == DType::String ? DType::I64 : DType::String;
  DType keys = listType(op, "keys_"), values = listType(op, "values_");
  if (keys == DType::Undefined || values == DType::Undefined)
    return op.error("needs one keys_* and one values_* attribute");
  if (in != DType::Undefined && in != keys)
    return op.error("input is " + name(in) + ", but the keys are " + name(keys));
  return values;
}

Error shapeEncode(OpView &op) {
  auto type = encodedType(op);
  if (!type)
    return type.takeError();
  setOutput(op, 0, ValueInfo::tensor(*type, op.in(0).shape));
  return Error::success();
}

Error shapeOneHot(OpView &op) {
  size_t categories = std::max(listSize(op, "cats_int64s"), listSize(op, "cats_strings"));
  if (op.hasAttr("cats_int64s") == op.hasAttr("cats_strings"))
    return op.error("needs exactly one of cats_int64s and cats_strings");
  ValueInfo out = ValueInfo::tensor(DType::F32, op.in(0).shape);
  if (out.shape)
    out.shape->push_back(static_cast<int64_t>(categories));
  setOutput(op, 0, std::move(out));
  return Error::success();
}

Error shapeExtract(OpView &op) {
  if (Error e = requireInputs(op, 2))
    return e;
  ValueInfo out = ValueInfo::tensor(op.in(0).dtype);
  if (op.ranked(0) && op.ranked(1)) {
    Shape shape = *op.in(0).shape;
    if (shape.empty())
      return op.error("input 0 is a scalar");
    shape.back() = op.in(1).elements();
    if (shape.size() == 1)
      shape.insert(shape.begin(), Expr(1));
    out.shape = std::move(shape);
  }
  setOutput(op, 0, std::move(out));
  return Error::success();
}

/// Inputs of [N,C] (a vector is one row) side by side.
Error shapeJoin(OpView &op) {
  ValueInfo out = ValueInfo::tensor(DType::F32);
  Expr rows = 1, columns = 0;
  bool known = true;
  for (unsigned i = 0; i < op.numInputs(); ++i) {
    if (!op.ranked(i)) {
      known = false;
      continue;
    }
    const Shape &shape = *op.in(i).shape;
    if (shape.empty() || shape.size() > 2)
      return op.error("input " + Twine(i) + " has rank " + Twine(shape.size()) +
                      ", expected [N,C] or [C]");
    auto unified = i == 0 ? std::optional<Expr>(shape.size() == 1 ? Expr(1) : shape[0])
                          : op.ctx->unify(rows, shape.size() == 1 ? Expr(1) : shape[0]);
    if (!unified)
      return op.error("input " + Twine(i) + " has other rows than input 0");
    rows = *unified;
    columns += shape.back();
  }
  if (known)
    out.shape = Shape{rows, columns};
  setOutput(op, 0, std::move(out));
  return Error::success();
}

Error requireMap(const OpView &op) {
  if (!op.has(0) || op.in(0).kind == ValueKind::Map)
    return Error::success();
  return op.error("input 0 must be a map, not " + op.in(0).str());
}

Error shapeDict(OpView &op) {
  if (Error e = requireMap(op))
    return e;
  size_t words = std::max(listSize(op, "string_vocabulary"), listSize(op, "int64_vocabulary"));
  if (!words)
    return op.error("one of string_vocabulary and int64_vocabulary is required");
  setOutput(op, 0, ValueInfo::tensor(op.in(0).dtype, Shape{1, static_cast<int64_t>(words)}));
  return Error::success();
}

/// Entries of a map that nothing in the model bounds.
constexpr int64_t kNominalEntries = 128;

Error shapeCastMap(OpView &op) {
  if (Error e = requireMap(op))
    return e;
  std::string to = op.stringAttr("cast_to", "TO_FLOAT");
  DType type = to == "TO_FLOAT"    ? DType::F32
               : to == "TO_INT64"  ? DType::I64
               : to == "TO_STRING" ? DType::String
                                   : DType::Undefined;
  if (type == DType::Undefined)
    return op.error("cast_to '" + to + "' is not TO_FLOAT, TO_INT64 or TO_STRING");
  Expr entries = op.intAttr("max_map", 1);
  if (op.stringAttr("map_form", "DENSE") != "SPARSE")
    entries = op.ranked(0) ? op.in(0).elements() : runtimeDim(op, "entries", kNominalEntries);
  setOutput(op, 0, ValueInfo::tensor(type, Shape{1, entries}));
  return Error::success();
}

Error shapeZipMap(OpView &op) {
  size_t labels = std::max(listSize(op, "classlabels_strings"), listSize(op, "classlabels_int64s"));
  if (!labels)
    return op.error("one of classlabels_strings and classlabels_int64s is required");
  ValueInfo map;
  map.kind = ValueKind::Map;
  map.dtype = op.in(0).dtype;
  map.keyType = listSize(op, "classlabels_strings") ? DType::String : DType::I64;
  map.shape = Shape{static_cast<int64_t>(labels)};
  ValueInfo out;
  out.kind = ValueKind::Sequence;
  out.dtype = map.dtype;
  out.element = std::make_shared<const ValueInfo>(std::move(map));
  auto shape = samples(op);
  if (!shape)
    return shape.takeError();
  if (*shape) {
    auto [rows, columns] = **shape;
    if (!op.ctx->unify(columns, Expr(static_cast<int64_t>(labels))))
      return op.error(columns.str() + " scores for " + Twine(labels) + " labels");
    out.length = rows;
  } else {
    out.length = runtimeDim(op, "rows", 1);
  }
  setOutput(op, 0, std::move(out));
  return Error::success();
}

Error shapeFeature(OpView &op, const RuleParams &params) {
  if (!op.has(0))
    return op.error("input 0 is missing");
  switch (static_cast<FeatureForm>(params.a)) {
  case FeatureForm::Scale:
  case FeatureForm::Normalize:
    setOutput(op, 0, ValueInfo::tensor(DType::F32, op.in(0).shape));
    return Error::success();
  case FeatureForm::Category:
    setOutput(op, 0,
              ValueInfo::tensor(op.in(0).dtype == DType::String ? DType::I64 : DType::String,
                                op.in(0).shape));
    return Error::success();
  case FeatureForm::OneHot:
    return shapeOneHot(op);
  case FeatureForm::Encode:
    return shapeEncode(op);
  case FeatureForm::Extract:
    return shapeExtract(op);
  case FeatureForm::Join:
    return shapeJoin(op);
  case FeatureForm::Dict:
    return shapeDict(op);
  case FeatureForm::CastMap:
    return shapeCastMap(op);
  case FeatureForm::ZipMap:
    return shapeZipMap(op);
  }
  return Error::success();
}

/// ML4: arithmetic of an element. A lookup is one hash and compare.
void addFeatureOps(const OpView &op, Work &work, FeatureForm form) {
  Expr elements = op.in(0).elements();
  switch (form) {
  case FeatureForm::Scale:
    work.add(WorkClass::Vector, DType::F32, elements * 2);
    return;
  case FeatureForm::Normalize: {
    std::string norm = op.stringAttr("norm", "MAX");
    work.add(WorkClass::Vector, DType::F32, elements * (norm == "MAX" ? 2 : 3));
    if (norm == "L2") // a square root for each row
      work.add(WorkClass::Vector, DType::F32, op.in(0).rank() > 1 ? op.in(0).dim(0) : Expr(1));
    return;
  }
  case FeatureForm::OneHot:
  case FeatureForm::Encode:
  case FeatureForm::Category:
    work.add(WorkClass::Vector, DType::I64, elements);
    return;
  default: // moves only
    return;
  }
}

Expr mapBytes(const ValueInfo &map, const Expr &entries) {
  return bytesOf(map.keyType, entries) + bytesOf(map.dtype, entries);
}

/// Maps are read or written entry by entry, with one lookup each.
Work workMap(const OpView &op, FeatureForm form) {
  Work work;
  if (form == FeatureForm::ZipMap) {
    const ValueInfo &maps = op.outputs[0];
    if (!maps.element || !maps.length)
      return unknownShape(op);
    Expr entries = op.ctx->upperBound(*maps.length) * maps.element->elements();
    work.readBytes = {bytesOf(maps.dtype, entries)};
    work.writeBytes = {mapBytes(*maps.element, entries)};
    work.add(WorkClass::Vector, DType::I64, entries);
    if (!op.ranked(0))
      markBounded(work, "the number of rows is known at run time only");
    return work;
  }
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  Expr entries = op.ctx->upperBound(op.outputs[0].elements());
  work.readBytes = {mapBytes(op.in(0), entries)};
  work.writeBytes = {*op.outputs[0].bytes()};
  work.add(WorkClass::Vector, DType::I64, entries);
  markBounded(work, "the map's entries are known at run time only");
  return work;
}

Work workFeature(const OpView &op, const RuleParams &params) {
  auto form = static_cast<FeatureForm>(params.a);
  if (form >= FeatureForm::Dict)
    return workMap(op, form);
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  addFeatureOps(op, work, form);
  if (form == FeatureForm::Extract) // only what is picked
    work.readBytes[0] = work.writeBytes[0];
  return work;
}

} // namespace

const Family energyopt::featureFamily = {
    "feature", "ML4: ops = elements * (2 scaling, 2 or 3 normalizing, 1 lookup)", shapeFeature,
    workFeature};
