//===- Window.h - Sliding windows: kernel, stride, dilation, pads *- C++ -*-===//
//
// The geometry that convolutions and pools share: their attributes, checked
// once, and the output size that follows.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_WINDOW_H
#define ENERGY_OPT_LIB_COST_FAMILIES_WINDOW_H

#include "energy-opt/OpView.h"

namespace energyopt {

enum class AutoPad : uint8_t { NotSet, SameUpper, SameLower, Valid };

/// How one pads to whole windows at the end.
enum class Rounding : uint8_t { Floor, Ceil };

/// Per spatial axis; all arrays have the same length.
struct Window {
  Shape kernel;
  llvm::SmallVector<int64_t, 3> strides, dilations, padBegin, padEnd;
  AutoPad autoPad = AutoPad::NotSet;
  Rounding rounding = Rounding::Floor;

  size_t rank() const { return kernel.size(); }
};

/// Reads strides, dilations, pads, auto_pad and ceil_mode for windows of the
/// given kernel. Errors name the attribute that is wrong: a wrong length, a
/// stride or dilation below 1, a negative pad.
llvm::Expected<Window> readWindow(const OpView &op, llvm::ArrayRef<Expr> kernel);

/// The kernel_shape attribute, checked: all values at least 1.
llvm::Expected<std::optional<Shape>> readKernelShape(const OpView &op);

/// M1: output positions of one axis,
///   out = floor((in + padBegin + padEnd - (dilation*(kernel-1)+1)) / stride) + 1,
/// with ceil for ceil_mode (less a window that starts in the end padding), and
/// ceil(in / stride) for auto_pad SAME. Source: ONNX Operators.md, MaxPool.
Expr windowPositions(const Window &window, size_t axis, const Expr &in);

/// windowPositions of every axis; an error if the window does not fit.
llvm::Expected<Shape> windowOutput(const OpView &op, const Window &window,
                                   llvm::ArrayRef<Expr> spatial);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_WINDOW_H
