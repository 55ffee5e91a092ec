//===- PlatformTest.cpp - What the build takes for granted ----------------===//
//
// Facts about the LLVM we link that other code relies on.
//
//===----------------------------------------------------------------------===//

#include "llvm/Config/llvm-config.h"
#include "gtest/gtest.h"

// The targets' files, the dialect reader and the plugin are written for one
// major version; CMake's check alone would let another 19.x through.
TEST(Platform, LLVMIs19) { EXPECT_EQ(LLVM_VERSION_MAJOR, 19); }
