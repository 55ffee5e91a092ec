//===- Convolution.h - Convolutions of every kind ---------------*- C++ -*-===//
//
// Dense, grouped, depthwise, transposed and deformable convolutions, in float
// and integer form.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONVOLUTION_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONVOLUTION_H

#include "Cost/Families/Window.h"
#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family convFamily;
extern const Family convTransposeFamily;
extern const Family deformConvFamily;
extern const Family causalConvFamily;

/// How the operands of a convolution are laid out and typed.
enum class ConvForm : int16_t {
  Plain,   // X, W, B?
  Integer, // x, w, x_zero_point?, w_zero_point? -> int32
  QLinear  // x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, B?
};
constexpr FamilyUse conv(ConvForm form = ConvForm::Plain) {
  return {&convFamily, {static_cast<int16_t>(form)}};
}
constexpr FamilyUse convTranspose() { return {&convTransposeFamily, {}}; }
constexpr FamilyUse deformConv() { return {&deformConvFamily, {}}; }
constexpr FamilyUse causalConv() { return {&causalConvFamily, {}}; }

/// The sizes of a convolution, free of any memory layout.
struct ConvSizes {
  Expr batch = 1, inChannels = 1, outChannels = 1;
  Expr groups = 1;
  Shape kernel;
  /// Positions that the kernel is applied at: of the output, or for a
  /// transposed convolution of the input.
  Shape positions;
};

/// M5: m = N*positions, n = OC/g, k = (IC/g)*kernel; macs = g*m*n*k. A
/// transposed convolution scatters instead: n = (OC/g)*kernel, k = IC/g.
ContractionDims convDims(const ConvSizes &sizes, bool transposed = false);
WorkClass convClass(const ConvSizes &sizes);
/// Adds M5 to `work`.
void addConv(const OpView &op, Work &work, DType dtype, const ConvSizes &sizes,
             bool transposed = false);

/// The `group` attribute; an error unless it is at least 1 and divides the
/// channels.
llvm::Expected<int64_t> readGroups(const OpView &op, const Expr &inChannels,
                                   const Expr &outChannels);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONVOLUTION_H
