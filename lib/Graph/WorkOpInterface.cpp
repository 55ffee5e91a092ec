//===- WorkOpInterface.cpp - What TableGen defines of the interface -------===//
//
// Apart from the onnx models, so that whoever only asks links nothing else.
//
//===----------------------------------------------------------------------===//

#include "energy-opt/WorkOpInterface.h"

#include "energy-opt/WorkOpInterface.cpp.inc"
