//===- LayoutConv.h - Convolutions in any layout ----------------*- C++ -*-===//
//
// Dialects of MLIR lay their operands out as they like (NHWC with OHWI weights,
// or as dimension numbers say). Here a layout is data, and M5 and M6 follow.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_LAYOUTCONV_H
#define ENERGY_OPT_LIB_COST_FAMILIES_LAYOUTCONV_H

#include "Cost/Families/Convolution.h"

namespace energyopt {

/// Positions of dims in the image, the kernel and the result.
struct ConvDimNumbers {
  int64_t imageBatch = 0, imageFeature = 0;
  int64_t kernelInput = 0, kernelOutput = 0;
  int64_t resultBatch = 0, resultFeature = 0;
  llvm::SmallVector<int64_t, 3> imageSpatial, kernelSpatial, resultSpatial;

  /// Whether every position exists in shapes of these ranks.
  bool fits(int64_t imageRank, int64_t kernelRank, int64_t resultRank) const;
};

/// How the window slides, per spatial axis; empty lists are all 1 (pads: 0).
struct ConvWindow {
  std::vector<int64_t> strides, padLow, padHigh, dilations, imageDilations;
};

/// Shape of the result.
Shape convResult(const ConvDimNumbers &dims, const ConvWindow &window, llvm::ArrayRef<Expr> image,
                 llvm::ArrayRef<Expr> kernel, const Expr &batch);

/// M5 for a result that is known. `transposed`: each image position is spread
/// over the kernel (M6).
ConvSizes convSizesOf(const ConvDimNumbers &dims, llvm::ArrayRef<Expr> image,
                      llvm::ArrayRef<Expr> kernel, llvm::ArrayRef<Expr> result, int64_t groups,
                      bool transposed);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_LAYOUTCONV_H
