//===- CallExpansionTest.cpp - What calls of calls come to ----------------===//

#include "Graph/CallExpansion.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <limits>

using namespace energyopt;

namespace {

class CallExpansionTest : public testing::Test {
protected:
  CallExpansionTest() {
    context.allowUnregisteredDialects();
    context.loadDialect<mlir::func::FuncDialect>();
  }

  uint64_t expanded(const std::string &text) {
    mlir::OwningOpRef<mlir::ModuleOp> module =
        mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    auto callee = [&](mlir::Operation *op) -> mlir::Operation * {
      auto name = op->getAttrOfType<mlir::FlatSymbolRefAttr>("callee");
      return name ? module->lookupSymbol(name.getValue()) : nullptr;
    };
    return expandedOps(module->lookupSymbol("f0"), callee);
  }

  /// Functions that each call the next one twice, `levels` deep; the last one has an op.
  static std::string doubling(unsigned levels) {
    std::string text;
    for (unsigned i = 0; i < levels; ++i)
      text += function(i, callOf(i + 1) + callOf(i + 1));
    return text + function(levels, kOp);
  }
  static constexpr const char *kOp = "\"x.op\"() : () -> ()\n";
  static std::string callOf(unsigned number) {
    return "\"x.call\"() {callee = @f" + std::to_string(number) + "} : () -> ()\n";
  }
  static std::string function(unsigned number, const std::string &body) {
    return "func.func @f" + std::to_string(number) + "() {\n" + body + "return\n}\n";
  }

  mlir::MLIRContext context;
};

TEST_F(CallExpansionTest, CallsOfCallsMultiply) {
  EXPECT_EQ(expanded(doubling(0)), 1u);
  // e(0) = 1, e(n) = 2 + 2*e(n-1) = 3*2^n - 2.
  EXPECT_EQ(expanded(doubling(10)), 3u * 1024 - 2);
}

TEST_F(CallExpansionTest, IsHeldAtTheMaximum) {
  EXPECT_EQ(expanded(doubling(70)), std::numeric_limits<uint64_t>::max());
}

TEST_F(CallExpansionTest, AFunctionThatCallsItselfCountsOnce) {
  EXPECT_EQ(expanded(function(0, callOf(0) + kOp)), 2u);
  EXPECT_EQ(expanded(function(0, callOf(1) + callOf(1)) + function(1, callOf(0))), 2u + 2 * 1);
}

TEST_F(CallExpansionTest, RegionsAreLeftToTheWalk) {
  std::string loop = "\"x.loop\"() ({\n" + callOf(1) + "\"x.end\"() : () -> ()\n}) : () -> ()\n";
  // The loop and the call beside it, which is of an op.
  EXPECT_EQ(expanded(function(0, loop + callOf(2)) + function(1, callOf(2)) + function(2, kOp)),
            2u + 1);
}

TEST_F(CallExpansionTest, CallsMayNestAsDeepAsTheyLike) {
  std::string text;
  for (unsigned i = 0; i < 20'000; ++i)
    text += function(i, callOf(i + 1));
  EXPECT_EQ(expanded(text + function(20'000, "")), 20'000u);
}

} // namespace
