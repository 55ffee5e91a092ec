//===- Tables.h - The rule tables -----------------------------*- C++ -*-===//
//
// One accessor per table file of this folder; RuleIndex.cpp joins them.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_RULES_TABLES_H
#define ENERGY_OPT_LIB_COST_RULES_TABLES_H

#include "energy-opt/OpRule.h"

namespace energyopt {

llvm::ArrayRef<OpRule> onnxMathRules();      // elementwise, reductions, matmul
llvm::ArrayRef<OpRule> onnxNNRules();        // conv, pool, norm, recurrent, attention
llvm::ArrayRef<OpRule> onnxTensorRules();    // shape, movement, gather, generators
llvm::ArrayRef<OpRule> onnxQuantizeRules();  // QDQ and QOperator forms
llvm::ArrayRef<OpRule> onnxControlRules();   // If, Loop, Scan, sequences, optionals
llvm::ArrayRef<OpRule> onnxImageTextRules(); // resize, roi, detection, strings, signal
llvm::ArrayRef<OpRule> onnxMLRules();        // ai.onnx.ml
llvm::ArrayRef<OpRule> onnxTrainingRules();  // losses, ai.onnx.preview.training
// com.microsoft:
llvm::ArrayRef<OpRule> microsoftAttentionRules(); // attention, caches, generation
llvm::ArrayRef<OpRule> microsoftMatMulRules();    // products, fused and NHWC convolutions
llvm::ArrayRef<OpRule> microsoftNormRules();      // normalizations, activations, quantizers
llvm::ArrayRef<OpRule> microsoftOtherRules();     // movement, tokens, mathematics
llvm::ArrayRef<OpRule> microsoftInternalRules();  // gradients; nhwc and nchwc domains
// Dialects of MLIR:
llvm::ArrayRef<OpRule> arithRules();  // arith, math, complex, index
llvm::ArrayRef<OpRule> memoryRules(); // tensor, memref, bufferization, affine, vector, gpu
llvm::ArrayRef<OpRule> tosaRules();
llvm::ArrayRef<OpRule> stablehloRules(); // mhlo too
llvm::ArrayRef<OpRule> chloRules();
llvm::ArrayRef<OpRule> torchRules(); // torch-mlir

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_RULES_TABLES_H
