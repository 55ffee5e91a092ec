//===- Signal.cpp - Fourier transforms and windows ------------------------===//

#include "Cost/Families/Signal.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/RunTime.h"

#include <cmath>

using namespace energyopt;

Expr energyopt::fftFlops(int64_t n, bool real) {
  if (n < 2)
    return 0;
  double flops = (real ? 2.5 : 5.0) * static_cast<double>(n) * std::log2(static_cast<double>(n));
  // 2^62 is far beyond any tensor; the test keeps llround defined.
  return flops < 0x1p62 ? Expr(static_cast<int64_t>(std::llround(flops))) : Expr::overflow();
}

namespace {

/// A signal's transform: `count` transforms of `length` points.
struct Transform {
  Expr count, length;
  bool real;
};

/// Points of a one-sided spectrum: floor(n/2) + 1.
Expr oneSided(const Expr &n) { return n.floorDiv(2) + 1; }

/// Axis of a DFT: operand (opset 20, default -2) or attribute (default 1).
/// nullopt: only the run knows it.
llvm::Expected<std::optional<int64_t>> dftAxis(const OpView &op) {
  int64_t axis = op.opset >= 20 ? -2 : op.intAttr("axis", 1);
  if (op.has(2)) {
    auto value = op.constIntData(2);
    if (!value || value->empty())
      return std::optional<int64_t>();
    axis = value->front();
  }
  auto normal = normalizeAxis(op, axis, op.in(0).rank());
  if (!normal)
    return normal.takeError();
  if (*normal == op.in(0).rank() - 1)
    return op.error("axis is the last dim, which holds real and imaginary parts");
  return std::optional<int64_t>(*normal);
}

/// Number of points of the transform along `axis`.
Expr dftLength(OpView &op, int64_t axis, bool inverseOneSided) {
  const Expr &dim = op.in(0).dim(axis);
  if (!op.has(1))
    return inverseOneSided ? (dim - 1) * 2 : dim;
  if (auto length = op.intData(1); length && length->size() == 1)
    return (*length)[0];
  return runtimeDim(op, "dft_length", op.ctx->upperBound(dim));
}

llvm::Error shapeDft(OpView &op) {
  ValueInfo out = ValueInfo::tensor(op.in(0).dtype);
  if (op.ranked(0)) {
    if (op.in(0).rank() < 2)
      return op.error("input 0 needs a signal dim and a last dim of 1 or 2");
    auto axis = dftAxis(op);
    if (!axis)
      return axis.takeError();
    bool onesided = op.intAttr("onesided", 0), inverse = op.intAttr("inverse", 0);
    Shape shape = *op.in(0).shape;
    shape.back() = onesided && inverse ? 1 : 2;
    if (*axis) {
      Expr n = dftLength(op, **axis, onesided && inverse);
      shape[**axis] = onesided && !inverse ? oneSided(n) : n;
    } else if (onesided || op.has(1)) {
      // The run chooses which dim changes: none grows past its full spectrum.
      for (size_t i = 0; i + 1 < shape.size(); ++i)
        shape[i] = op.ctx->dataDependentDim("spectrum", op.ctx->upperBound(shape[i]));
    }
    out.shape = std::move(shape);
  }
  setOutput(op, 0, std::move(out));
  return llvm::Error::success();
}

/// Frame length of an STFT: its operand or the window's size.
std::optional<Expr> frameLength(const OpView &op) {
  if (auto length = op.intData(3); length && length->size() == 1)
    return (*length)[0];
  if (op.ranked(2) && op.in(2).rank() == 1)
    return op.in(2).dim(0);
  return std::nullopt;
}

llvm::Error shapeStft(OpView &op) {
  ValueInfo out = ValueInfo::tensor(op.in(0).dtype);
  if (op.ranked(0)) {
    if (op.in(0).rank() != 2 && op.in(0).rank() != 3)
      return op.error("the signal must be [batch, samples] or [batch, samples, 1 or 2]");
    if (!op.has(2) && !op.has(3))
      return op.error("needs a window or a frame_length");
    const Expr &samples = op.in(0).dim(1);
    Expr limit = op.ctx->upperBound(samples);
    std::optional<Expr> length = frameLength(op);
    if (!length)
      length = op.ctx->dataDependentDim("frame_length", limit);
    auto step = op.intData(1);
    if (step && step->size() == 1 && (*step)[0].constant().value_or(1) < 1)
      return op.error("frame_step must be positive, got " + (*step)[0].str());
    if (samples.constant() && length->constant() && *length->constant() > *samples.constant())
      return op.error("a frame of " + length->str() + " samples is longer than the signal of " +
                      samples.str());
    Expr frames = step && step->size() == 1 ? (samples - *length).floorDiv((*step)[0]) + 1
                                            : op.ctx->dataDependentDim("frames", limit);
    Expr bins = op.intAttr("onesided", 1) ? oneSided(*length) : *length;
    out.shape = Shape{op.in(0).dim(0), frames, bins, 2};
  }
  setOutput(op, 0, std::move(out));
  return llvm::Error::success();
}

/// com.microsoft's transforms run over the last dim of a real signal.
llvm::Error shapeRealPair(OpView &op, bool inverse) {
  ValueInfo out = ValueInfo::tensor(op.in(0).dtype);
  int64_t minRank = inverse ? 2 : 1;
  if (op.ranked(0)) {
    if (op.in(0).rank() < minRank)
      return op.error("input 0 has rank " + llvm::Twine(op.in(0).rank()) + ", expected at least " +
                      llvm::Twine(minRank));
    Shape shape = *op.in(0).shape;
    if (inverse) {
      shape.pop_back();
      shape.back() = (shape.back() - 1) * 2;
    } else {
      shape.back() = oneSided(shape.back());
      shape.push_back(2);
    }
    out.shape = std::move(shape);
  }
  setOutput(op, 0, std::move(out));
  return llvm::Error::success();
}

llvm::Error shapeFourier(OpView &op, const RuleParams &params) {
  if (!op.has(0))
    return op.error("input 0 is missing");
  switch (static_cast<FourierForm>(params.a)) {
  case FourierForm::Dft:
    return shapeDft(op);
  case FourierForm::Stft:
    return shapeStft(op);
  case FourierForm::Rfft:
    return shapeRealPair(op, false);
  case FourierForm::Irfft:
    return shapeRealPair(op, true);
  }
  return llvm::Error::success();
}

/// The greater side of a dim that either the signal or its spectrum has.
Expr longerSide(const OpView &op, size_t axis) {
  return Expr::max(op.ctx->upperBound(op.in(0).dim(axis)),
                   op.ctx->upperBound(op.outputs[0].dim(axis)));
}

/// What is transformed, from the shapes of signal and spectrum.
Transform transformOf(const OpView &op, FourierForm form) {
  const ValueInfo &in = op.in(0), &out = op.outputs[0];
  if (form == FourierForm::Rfft)
    return {in.elements().floorDiv(in.shape->back()), in.shape->back(), true};
  if (form == FourierForm::Irfft)
    return {out.elements().floorDiv(out.shape->back()), out.shape->back(), true};
  if (form == FourierForm::Stft) {
    Expr length = frameLength(op).value_or(op.ctx->upperBound(in.dim(1)));
    bool real = in.rank() == 2 || in.shape->back().is(1);
    return {out.dim(0) * out.dim(1), length, real};
  }
  bool oneSidedInverse = op.intAttr("onesided", 0) && op.intAttr("inverse", 0);
  bool real = in.shape->back().is(1) || oneSidedInverse;
  auto axis = dftAxis(op);
  size_t along = 0;
  if (!axis)
    llvm::consumeError(axis.takeError()); // the shape rule has reported it
  else if (*axis)
    along = **axis;
  else // unknown: the longest dim bounds the cost
    for (int64_t i = 1; i + 1 < in.rank(); ++i)
      if (in.dim(i).constant().value_or(0) > in.dim(along).constant().value_or(0))
        along = i;
  Expr count = 1;
  for (int64_t i = 0; i + 1 < in.rank(); ++i)
    if (static_cast<size_t>(i) != along)
      count *= op.ctx->upperBound(in.dim(i));
  return {count, longerSide(op, along), real};
}

Work workFourier(const OpView &op, const RuleParams &params) {
  auto form = static_cast<FourierForm>(params.a);
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  Transform transform = transformOf(op, form);
  auto n = op.ctx->upperBound(transform.length).constant();
  if (!n)
    return Work::unmodelled("the transform's length " + transform.length.str() +
                            " is symbolic, and its cost n*log2(n) is no polynomial");
  Expr flops = transform.count * fftFlops(*n, transform.real);
  if (form == FourierForm::Stft && op.has(2))
    flops += transform.count * *n; // window
  if (op.intAttr("inverse", 0) || form == FourierForm::Irfft)
    flops += op.outputs[0].elements(); // 1/n
  work.add(WorkClass::Vector, op.in(0).dtype, flops);
  explainFormula(op, work, "flops = transforms * 5*n*log2(n), half for real signals", flops,
                 {{"transforms", transform.count}, {"n", transform.length}});
  markBounded(op, work);
  return work;
}

DType outputDType(const OpView &op) {
  return static_cast<DType>(op.intAttr("output_datatype", static_cast<int64_t>(DType::F32)));
}

/// A scalar operand's value; if only the run knows it, a dim of at most
/// `nominal`, which is stated.
Expr scalarDim(OpView &op, unsigned input, llvm::StringRef hint, int64_t nominal) {
  if (auto value = op.intData(input); value && value->size() == 1)
    return (*value)[0];
  return runtimeDim(op, hint, nominal);
}

llvm::Error shapeWindow(OpView &op, const RuleParams &) {
  // A window of audio, as common front ends have it.
  setOutput(op, 0, ValueInfo::tensor(outputDType(op), Shape{scalarDim(op, 0, "size", 1024)}));
  return llvm::Error::success();
}

Work workWindow(const OpView &op, const RuleParams &params) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  Expr size = op.outputs[0].elements();
  work.add(WorkClass::Vector, op.outputs[0].dtype, size * params.a);
  work.add(WorkClass::Transcendental, op.outputs[0].dtype, size * params.b);
  markBounded(op, work);
  return work;
}

llvm::Error shapeMel(OpView &op, const RuleParams &) {
  Expr bins = scalarDim(op, 0, "num_mel_bins", 128);
  Expr length = scalarDim(op, 1, "dft_length", 1024);
  setOutput(op, 0, ValueInfo::tensor(outputDType(op), Shape{oneSided(length), bins}));
  return llvm::Error::success();
}

/// Triangular filters: per entry a compare with each edge, a subtraction and a
/// division; per filter edge a power (mel to hertz) and four operations.
Work workMel(const OpView &op, const RuleParams &) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  const ValueInfo &out = op.outputs[0];
  work.add(WorkClass::Vector, out.dtype, out.elements() * 4 + (out.dim(1) + 2) * 4);
  work.add(WorkClass::Transcendental, out.dtype, out.dim(1) + 2);
  markBounded(op, work);
  return work;
}

} // namespace

const Family energyopt::fourierFamily = {
    "fourier", "G1: flops = transforms * 5*n*log2(n), half for real signals", shapeFourier,
    workFourier};
const Family energyopt::windowFamily = {"window", "G2: flops = size * (flops + cosines per sample)",
                                        shapeWindow, workWindow};
const Family energyopt::melFamily = {"mel", "G3: flops = 4*bins*frequencies + 5*(bins + 2)",
                                     shapeMel, workMel};
