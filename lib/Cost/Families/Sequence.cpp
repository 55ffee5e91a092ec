//===- Sequence.cpp - Sequences and optionals -----------------------------===//

#include "Cost/Families/Sequence.h"
#include "Cost/Families/Common.h"

using namespace energyopt;

std::optional<ValueInfo> energyopt::joinElements(const ValueInfo &a, const ValueInfo &b,
                                                 ShapeContext &ctx) {
  if (a.kind != b.kind)
    return std::nullopt;
  if (a.dtype != b.dtype && a.dtype != DType::Undefined && b.dtype != DType::Undefined)
    return std::nullopt;
  ValueInfo joined = a;
  joined.data = nullptr;
  joined.isParameter = false;
  if (a.dtype == DType::Undefined)
    joined.dtype = b.dtype;
  if (!a.hasRank() || !b.hasRank() || a.rank() != b.rank()) {
    joined.shape = std::nullopt;
    return joined;
  }
  for (size_t i = 0; i < joined.shape->size(); ++i)
    if (a.dim(i) != b.dim(i))
      (*joined.shape)[i] = ctx.dataDependentDim(
          "element", Expr::max(ctx.upperBound(a.dim(i)), ctx.upperBound(b.dim(i))));
  return joined;
}

namespace {

ValueInfo makeSequence(ValueInfo element, std::optional<Expr> length) {
  element.data = nullptr;
  element.isParameter = false;
  ValueInfo info;
  info.kind = ValueKind::Sequence;
  info.dtype = element.dtype;
  info.element = std::make_shared<const ValueInfo>(std::move(element));
  info.length = std::move(length);
  return info;
}

llvm::Error needSequence(const OpView &op) {
  if (!op.has(0) || op.in(0).kind != ValueKind::Sequence)
    return op.error("input 0 must be a sequence");
  return llvm::Error::success();
}

llvm::Error shapeConstruct(OpView &op) {
  if (!op.has(0))
    return op.error("a sequence needs at least one tensor");
  ValueInfo element = op.in(0);
  for (unsigned i = 1; i < op.numInputs(); ++i) {
    auto joined = joinElements(element, op.in(i), *op.ctx);
    if (!joined)
      return op.error("input " + llvm::Twine(i) + " is " + op.in(i).str() +
                      ", but the sequence holds " + element.str());
    element = std::move(*joined);
  }
  setOutput(op, 0, makeSequence(std::move(element), Expr(op.numInputs())));
  return llvm::Error::success();
}

llvm::Error shapeInsert(OpView &op) {
  if (llvm::Error e = needSequence(op))
    return e;
  const ValueInfo &in = op.in(0);
  ValueInfo element = op.has(1) ? op.in(1) : ValueInfo();
  bool wasEmpty = in.length && in.length->is(0);
  if (in.element && (!wasEmpty || element.dtype == DType::Undefined)) {
    auto joined = joinElements(*in.element, element, *op.ctx);
    if (!joined)
      return op.error("inserts " + element.str() + " into a sequence of " + in.element->str());
    element = std::move(*joined);
  }
  std::optional<Expr> length;
  if (in.length)
    length = *in.length + 1;
  setOutput(op, 0, makeSequence(std::move(element), length));
  return llvm::Error::success();
}

llvm::Error shapeErase(OpView &op) {
  if (llvm::Error e = needSequence(op))
    return e;
  ValueInfo out = op.in(0);
  if (out.length && out.length->is(0))
    return op.error("erases from an empty sequence");
  if (out.length)
    out.length = *out.length - 1;
  setOutput(op, 0, std::move(out));
  return llvm::Error::success();
}

llvm::Error shapeAt(OpView &op) {
  if (llvm::Error e = needSequence(op))
    return e;
  auto length = op.in(0).length ? op.in(0).length->constant() : std::nullopt;
  auto position = op.constIntData(1);
  if (length && position && position->size() == 1 &&
      ((*position)[0] < -*length || (*position)[0] >= *length))
    return op.error("position " + llvm::Twine((*position)[0]) + " of a sequence of " +
                    llvm::Twine(*length));
  if (op.in(0).element)
    setOutput(op, 0, *op.in(0).element);
  return llvm::Error::success();
}

llvm::Error shapeLength(OpView &op) {
  if (llvm::Error e = needSequence(op))
    return e;
  ValueInfo out = ValueInfo::tensor(DType::I64, Shape());
  if (op.in(0).length)
    out.data = std::make_shared<const TensorData>(TensorData{Scalar(*op.in(0).length)});
  setOutput(op, 0, std::move(out));
  return llvm::Error::success();
}

/// Length of the sequence that a split makes, and the size of its pieces.
struct Pieces {
  std::optional<Expr> count;
  Expr size;
};

llvm::Expected<Pieces> splitPieces(OpView &op, const Expr &dim) {
  Expr limit = op.ctx->upperBound(dim);
  if (!op.has(1))
    return Pieces{dim, 1};
  auto sizes = op.intData(1);
  if (!sizes) {
    Pieces pieces{std::nullopt, op.ctx->dataDependentDim("piece", limit)};
    if (op.ranked(1) && op.in(1).rank() == 1)
      pieces.count = op.in(1).dim(0);
    else // pieces of at least one element
      pieces.count = op.ctx->dataDependentDim("pieces", limit);
    return pieces;
  }
  for (const Expr &size : *sizes)
    if (auto c = size.constant(); c && *c <= 0 && !(*c == 0 && op.in(1).rank() == 1))
      return op.error("split sizes must be positive, got " + llvm::Twine(*c));
  if (op.ranked(1) && op.in(1).rank() == 0) {
    if (sizes->empty())
      return op.error("input 1 is empty");
    const Expr &size = (*sizes)[0];
    bool even = dim.mod(size).is(0);
    return Pieces{
        dim.ceilDiv(size),
        even ? size
             : op.ctx->dataDependentDim("piece", Expr::min(op.ctx->upperBound(size), limit))};
  }
  Expr sum = 0, largest = 0;
  bool equal = true;
  for (const Expr &size : *sizes) {
    sum += size;
    largest = Expr::max(largest, size);
    equal &= size == sizes->front();
  }
  if (sum.constant() && dim.constant() && sum != dim)
    return op.error("splits a dim of " + dim.str() + " into pieces that sum to " + sum.str());
  Expr size = equal && !sizes->empty()
                  ? sizes->front()
                  : op.ctx->dataDependentDim("piece", op.ctx->upperBound(largest));
  return Pieces{Expr(static_cast<int64_t>(sizes->size())), size};
}

llvm::Error shapeSplit(OpView &op) {
  if (!op.has(0))
    return op.error("input 0 is missing");
  ValueInfo element = ValueInfo::tensor(op.in(0).dtype);
  if (!op.ranked(0)) {
    setOutput(op, 0, makeSequence(std::move(element), std::nullopt));
    return llvm::Error::success();
  }
  auto axis = normalizeAxis(op, op.intAttr("axis", 0), op.in(0).rank());
  if (!axis)
    return axis.takeError();
  auto pieces = splitPieces(op, op.in(0).dim(*axis));
  if (!pieces)
    return pieces.takeError();
  Shape shape = *op.in(0).shape;
  if (!op.has(1) && op.intAttr("keepdims", 1) == 0)
    shape.erase(shape.begin() + *axis);
  else
    shape[*axis] = pieces->size;
  element.shape = std::move(shape);
  setOutput(op, 0, makeSequence(std::move(element), pieces->count));
  return llvm::Error::success();
}

llvm::Error shapeConcat(OpView &op) {
  if (llvm::Error e = needSequence(op))
    return e;
  const ValueInfo &in = op.in(0);
  auto axisAttr = op.attr("axis");
  if (!axisAttr)
    return op.error("attribute axis is required");
  ValueInfo out = ValueInfo::tensor(in.element ? in.element->dtype : in.dtype);
  if (in.element && in.element->hasRank()) {
    bool newAxis = op.intAttr("new_axis", 0) != 0;
    Shape shape = *in.element->shape;
    auto axis = normalizeAxis(op, axisAttr->i, shape.size() + newAxis);
    if (!axis)
      return axis.takeError();
    if (newAxis)
      shape.insert(shape.begin() + *axis, Expr(1));
    if (in.length) {
      shape[*axis] *= *in.length;
      out.shape = std::move(shape);
    }
  }
  setOutput(op, 0, std::move(out));
  return llvm::Error::success();
}

llvm::Error shapeSequence(OpView &op, const RuleParams &params) {
  switch (static_cast<SequenceForm>(params.a)) {
  case SequenceForm::Construct:
    return shapeConstruct(op);
  case SequenceForm::Empty:
    setOutput(op, 0,
              makeSequence(ValueInfo::tensor(static_cast<DType>(
                               op.intAttr("dtype", static_cast<int64_t>(DType::F32)))),
                           Expr(0)));
    return llvm::Error::success();
  case SequenceForm::Insert:
    return shapeInsert(op);
  case SequenceForm::Erase:
    return shapeErase(op);
  case SequenceForm::At:
    return shapeAt(op);
  case SequenceForm::Length:
    return shapeLength(op);
  case SequenceForm::Split:
    return shapeSplit(op);
  case SequenceForm::Concat:
    return shapeConcat(op);
  }
  return llvm::Error::success();
}

Work workSequence(const OpView &op, const RuleParams &params) {
  auto form = static_cast<SequenceForm>(params.a);
  if (form != SequenceForm::Split && form != SequenceForm::Concat)
    return Work::free();
  // Every element is read once and written once.
  unsigned tensor = form == SequenceForm::Split ? 0 : ~0u;
  const ValueInfo &whole = tensor == 0 ? op.in(0) : op.outputs[0];
  auto bytes = whole.bytes();
  if (!bytes)
    return Work::unmodelled("the size of the sequence's tensors is unknown");
  Work work;
  work.readBytes.assign(op.numInputs(), Expr(0));
  work.readBytes[0] = *bytes;
  work.writeBytes.assign(1, *bytes);
  return work;
}

llvm::Error shapeOptional(OpView &op, const RuleParams &params) {
  switch (static_cast<OptionalForm>(params.a)) {
  case OptionalForm::Wrap: {
    ValueInfo out;
    out.kind = ValueKind::Optional;
    std::optional<AttrValue> type = op.attr("type");
    if (op.has(0))
      out.element = std::make_shared<const ValueInfo>(op.in(0));
    else if (type)
      out.element = std::make_shared<const ValueInfo>(type->tensor);
    if (out.element)
      out.dtype = out.element->dtype;
    setOutput(op, 0, std::move(out));
    return llvm::Error::success();
  }
  case OptionalForm::Get:
    if (!op.has(0))
      return op.error("input 0 is missing");
    if (op.in(0).kind != ValueKind::Optional)
      setOutput(op, 0, op.in(0));
    else if (op.in(0).element)
      setOutput(op, 0, *op.in(0).element);
    return llvm::Error::success();
  case OptionalForm::Has: {
    ValueInfo out = ValueInfo::tensor(DType::Bool, Shape());
    if (!op.has(0) || op.in(0).kind != ValueKind::Optional)
      out.data = std::make_shared<const TensorData>(TensorData{Scalar(op.has(0) ? 1 : 0)});
    setOutput(op, 0, std::move(out));
    return llvm::Error::success();
  }
  }
  return llvm::Error::success();
}

Work workOptional(const OpView &, const RuleParams &) { return Work::free(); }

} // namespace

const Family energyopt::sequenceFamily = {
    "sequence", "S1: bytes = 2 * bytes of the tensors split or joined; else references only",
    shapeSequence, workSequence};
const Family energyopt::optionalFamily = {"optional", "S1: references only", shapeOptional,
                                          workOptional};
