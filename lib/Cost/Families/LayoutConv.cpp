//===- LayoutConv.cpp - Convolutions in any layout ------------------------===//

#include "Cost/Families/LayoutConv.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::ArrayRef;

bool ConvDimNumbers::fits(int64_t imageRank, int64_t kernelRank, int64_t resultRank) const {
  auto inside = [](ArrayRef<int64_t> positions, int64_t rank) {
    return llvm::all_of(positions, [&](int64_t p) { return p >= 0 && p < rank; });
  };
  size_t spatial = imageSpatial.size();
  return kernelSpatial.size() == spatial && resultSpatial.size() == spatial &&
         inside({imageBatch, imageFeature}, imageRank) && inside(imageSpatial, imageRank) &&
         inside({kernelInput, kernelOutput}, kernelRank) && inside(kernelSpatial, kernelRank) &&
         inside({resultBatch, resultFeature}, resultRank) && inside(resultSpatial, resultRank);
}

static int64_t at(const std::vector<int64_t> &list, size_t i, int64_t fallback) {
  return i < list.size() ? list[i] : fallback;
}

Shape energyopt::convResult(const ConvDimNumbers &dims, const ConvWindow &window,
                            ArrayRef<Expr> image, ArrayRef<Expr> kernel, const Expr &batch) {
  Shape result(image.size(), Expr(1));
  result[dims.resultBatch] = batch;
  result[dims.resultFeature] = kernel[dims.kernelOutput];
  for (size_t i = 0; i < dims.imageSpatial.size(); ++i) {
    // M5: floor((padded image - dilated kernel) / stride) + 1.
    Expr size = image[dims.imageSpatial[i]];
    Expr spread = (size - 1) * Expr(at(window.imageDilations, i, 1)) + 1;
    Expr taps = (kernel[dims.kernelSpatial[i]] - 1) * Expr(at(window.dilations, i, 1)) + 1;
    Expr room = spread + Expr(at(window.padLow, i, 0)) + Expr(at(window.padHigh, i, 0)) - taps;
    result[dims.resultSpatial[i]] = room.floorDiv(at(window.strides, i, 1)) + 1;
  }
  return result;
}

ConvSizes energyopt::convSizesOf(const ConvDimNumbers &dims, ArrayRef<Expr> image,
                                 ArrayRef<Expr> kernel, ArrayRef<Expr> result, int64_t groups,
                                 bool transposed) {
  ConvSizes sizes;
  sizes.batch = result[dims.resultBatch];
  sizes.inChannels = kernel[dims.kernelInput] * Expr(groups);
  sizes.outChannels = kernel[dims.kernelOutput];
  sizes.groups = groups;
  for (size_t i = 0; i < dims.imageSpatial.size(); ++i) {
    sizes.kernel.push_back(kernel[dims.kernelSpatial[i]]);
    sizes.positions.push_back(transposed ? image[dims.imageSpatial[i]]
                                         : result[dims.resultSpatial[i]]);
  }
  return sizes;
}
