//===- Window.cpp - Sliding windows ---------------------------------------===//

#include "Cost/Families/Window.h"

#include "Cost/Families/Checks.h"

#include "llvm/ADT/Twine.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;
using Ints = llvm::SmallVector<int64_t, 3>;

/// Attribute `name` with `count` values of at least `least`, else `fallback`
/// for each.
static Expected<Ints> checkedInts(const OpView &op, StringRef name, size_t count, int64_t least,
                                  int64_t fallback) {
  auto given = op.intsAttr(name);
  if (!given || given->empty())
    return Ints(count, fallback);
  if (given->size() != count)
    return op.error("attribute '" + name + "' has " + Twine(given->size()) + " values, expected " +
                    Twine(count));
  for (int64_t value : *given)
    if (value < least)
      return op.error("attribute '" + name + "' has the value " + Twine(value) +
                      ", expected at least " + Twine(least));
  return Ints(given->begin(), given->end());
}

static Expected<AutoPad> readAutoPad(const OpView &op) {
  std::string text = op.stringAttr("auto_pad", "NOTSET");
  if (text == "NOTSET" || text.empty())
    return AutoPad::NotSet;
  if (text == "VALID")
    return AutoPad::Valid;
  if (text == "SAME_UPPER")
    return AutoPad::SameUpper;
  if (text == "SAME_LOWER")
    return AutoPad::SameLower;
  return op.error("attribute 'auto_pad' is '" + text +
                  "', expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
}

Expected<Window> energyopt::readWindow(const OpView &op, llvm::ArrayRef<Expr> kernel) {
  Window window;
  window.kernel.assign(kernel.begin(), kernel.end());
  size_t rank = kernel.size();
  auto strides = checkedInts(op, "strides", rank, 1, 1);
  if (!strides)
    return strides.takeError();
  auto dilations = checkedInts(op, "dilations", rank, 1, 1);
  if (!dilations)
    return dilations.takeError();
  auto pads = checkedInts(op, "pads", 2 * rank, 0, 0);
  if (!pads)
    return pads.takeError();
  auto autoPad = readAutoPad(op);
  if (!autoPad)
    return autoPad.takeError();
  bool padded = llvm::any_of(*pads, [](int64_t pad) { return pad != 0; });
  if (padded && *autoPad != AutoPad::NotSet)
    return op.error("attributes 'auto_pad' and 'pads' exclude each other");
  window.strides = *strides;
  window.dilations = *dilations;
  window.padBegin.assign(pads->begin(), pads->begin() + rank);
  window.padEnd.assign(pads->begin() + rank, pads->end());
  window.autoPad = *autoPad;
  window.rounding = op.intAttr("ceil_mode", 0) ? Rounding::Ceil : Rounding::Floor;
  return window;
}

Expected<std::optional<Shape>> energyopt::readKernelShape(const OpView &op) {
  auto given = op.intsAttr("kernel_shape");
  if (!given || given->empty())
    return std::optional<Shape>();
  Shape kernel;
  for (int64_t size : *given) {
    if (size < 1)
      return op.error("attribute 'kernel_shape' has the value " + Twine(size) +
                      ", expected at least 1");
    kernel.push_back(size);
  }
  return std::optional<Shape>(kernel);
}

Expr energyopt::windowPositions(const Window &window, size_t axis, const Expr &in) {
  Expr stride = window.strides[axis];
  if (window.autoPad == AutoPad::SameUpper || window.autoPad == AutoPad::SameLower)
    return in.ceilDiv(stride);
  Expr extent = Expr(window.dilations[axis]) * (window.kernel[axis] - 1) + 1;
  Expr room = in + Expr(window.padBegin[axis]) + Expr(window.padEnd[axis]) - extent;
  if (window.rounding == Rounding::Floor)
    return room.floorDiv(stride) + 1;
  // A window must start inside the input or its padding at the beginning.
  return Expr::min(room.ceilDiv(stride) + 1, (in + Expr(window.padBegin[axis])).ceilDiv(stride));
}

Expected<Shape> energyopt::windowOutput(const OpView &op, const Window &window,
                                        llvm::ArrayRef<Expr> spatial) {
  if (spatial.size() != window.rank())
    return op.error("the kernel has " + Twine(window.rank()) + " dims, the input has " +
                    Twine(spatial.size()) + " spatial dims");
  Shape out;
  for (size_t axis = 0; axis < spatial.size(); ++axis) {
    Expr positions = windowPositions(window, axis, spatial[axis]);
    auto constant = positions.constant();
    if (constant && *constant < 1 && !spatial[axis].is(0))
      return op.error("the window (kernel " + window.kernel[axis].str() + ", dilation " +
                      Twine(window.dilations[axis]) + ") does not fit spatial dim " + Twine(axis) +
                      " of size " + spatial[axis].str() + " with its padding");
    out.push_back(constant && *constant < 0 ? Expr(0) : positions);
  }
  if (Error error = requireSizes(op, out))
    return std::move(error);
  return out;
}
