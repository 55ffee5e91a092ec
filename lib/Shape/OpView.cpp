//===- OpView.cpp - Reading attributes and operands of an op --------------===//

#include "energy-opt/OpView.h"

using namespace energyopt;
using llvm::StringRef;

const ValueInfo &OpView::noInput() {
  static const ValueInfo none = ValueInfo::none();
  return none;
}

int64_t OpView::intAttr(StringRef name, int64_t fallback) const {
  auto value = attr(name);
  return value && value->kind == AttrValue::Int ? value->i : fallback;
}

double OpView::floatAttr(StringRef name, double fallback) const {
  auto value = attr(name);
  if (value && value->kind == AttrValue::Int)
    return static_cast<double>(value->i);
  return value && value->kind == AttrValue::Float ? value->f : fallback;
}

std::string OpView::stringAttr(StringRef name, StringRef fallback) const {
  auto value = attr(name);
  return value && value->kind == AttrValue::String ? value->s.str() : fallback.str();
}

std::optional<std::vector<int64_t>> OpView::intsAttr(StringRef name) const {
  auto value = attr(name);
  if (!value)
    return std::nullopt;
  switch (value->kind) {
  case AttrValue::Ints:
    return value->ints.vec();
  case AttrValue::Floats: // an empty list has no telling type
  case AttrValue::Strings:
    if (value->floats.empty() && value->strings.empty())
      return std::vector<int64_t>();
    return std::nullopt;
  default:
    return std::nullopt;
  }
}

/// Contents of a parameter that was not loaded yet. Synthetic operands hold
/// theirs; the op knows nothing of them.
static std::shared_ptr<const TensorData> loadParameter(const OpView &op, unsigned input) {
  const ValueInfo &value = op.in(input);
  for (const ValueInfo &synthetic : op.normalized)
    if (&synthetic == &value)
      return nullptr;
  if (!value.isParameter || !op.attrs)
    return nullptr;
  if (value.hasRank()) {
    auto count = value.elements().constant();
    if (!count || *count > kMaxEvaluatedElements)
      return nullptr;
  }
  return op.attrs->load(input);
}

std::shared_ptr<const TensorData> OpView::data(unsigned input) const {
  if (!has(input))
    return nullptr;
  auto contents = in(input).data ? in(input).data : loadParameter(*this, input);
  // Rules index contents by the shape: the two must agree.
  if (contents && ranked(input) && !in(input).elements().is(static_cast<int64_t>(contents->size())))
    return nullptr;
  return contents;
}

std::optional<llvm::SmallVector<Expr, 4>> OpView::intData(unsigned input) const {
  auto contents = data(input);
  if (!contents)
    return std::nullopt;
  llvm::SmallVector<Expr, 4> result;
  result.reserve(contents->size());
  for (const Scalar &scalar : *contents) {
    auto value = scalar.asInt();
    if (!value)
      return std::nullopt;
    result.push_back(std::move(*value));
  }
  return result;
}

std::optional<std::vector<int64_t>> OpView::constIntData(unsigned input) const {
  auto values = intData(input);
  if (!values)
    return std::nullopt;
  std::vector<int64_t> result;
  result.reserve(values->size());
  for (const Expr &value : *values) {
    auto c = value.constant();
    if (!c)
      return std::nullopt;
    result.push_back(*c);
  }
  return result;
}

std::optional<double> OpView::scalar(unsigned input) const {
  auto contents = data(input);
  if (!contents || contents->empty())
    return std::nullopt;
  return contents->front().asFloat();
}

llvm::Error OpView::error(const llvm::Twine &message) const {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), name + ": " + message);
}
