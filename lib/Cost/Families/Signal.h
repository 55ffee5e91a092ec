//===- Signal.h - Fourier transforms and windows ----------------*- C++ -*-===//
//
// DFT, STFT, their com.microsoft forms on real pairs, mel filter banks and
// window functions.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_SIGNAL_H
#define ENERGY_OPT_LIB_COST_FAMILIES_SIGNAL_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family fourierFamily;

enum class FourierForm : int16_t {
  Dft,  // ai.onnx: [..., n, ..., 1 or 2] with an axis
  Stft, // ai.onnx: frames of a signal
  Rfft, // com.microsoft: [..., n] -> [..., n/2+1, 2]
  Irfft // com.microsoft: [..., n/2+1, 2] -> [..., n]
};
constexpr FamilyUse fourier(FourierForm form) {
  return {&fourierFamily, {static_cast<int16_t>(form)}};
}

/// A window function of `size` samples: per sample `cosines` cosines and
/// `flops` other operations.
extern const Family windowFamily;
constexpr FamilyUse windowFunction(int flops, int cosines) {
  return {&windowFamily, {static_cast<int16_t>(flops), static_cast<int16_t>(cosines)}};
}

extern const Family melFamily;
constexpr FamilyUse melWeightMatrix() { return {&melFamily, {}}; }

/// G1: real operations of one complex transform of n points, 5 n log2 n, half
/// of it if the signal is real. Source: Cooley and Tukey 1965 as counted by
/// benchFFT; other algorithms stay within a few percent for composite n.
Expr fftFlops(int64_t n, bool real);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_SIGNAL_H
