//===- WireMutator.h - Structured damage to ONNX models ---------*- C++ -*-===//
//
// Reads a model as a tree of protobuf fields by the messages of onnx.proto and
// changes the tree: the result is a protobuf again, so that damage gets past
// the parser. What is no protobuf is damaged as bytes.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TEST_FUZZ_WIREMUTATOR_H
#define ENERGY_OPT_TEST_FUZZ_WIREMUTATOR_H

#include "FuzzTarget.h"

namespace energyopt {

/// A few changes to a model; parts may come from `other`.
void mutateModel(std::string &model, llvm::StringRef other, Random &random);

} // namespace energyopt

#endif // ENERGY_OPT_TEST_FUZZ_WIREMUTATOR_H
