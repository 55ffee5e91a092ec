//===- RewritesTest.cpp - What rewrites ask of nodes ----------------------===//

#include "ImportHelper.h"

#include "Suggest/Rewrites.h"

#include "llvm/Support/FormatVariadic.h"

using namespace energyopt;

namespace {
class ConstantBehindTest : public ImportTest {
protected:
  /// c1 is a copy of the initializer w, c2 one of c1, ...; the last is added to x.
  mlir::Operation *addOfCopies(int copies) {
    std::string text = "<ir_version: 8, opset_import: [\"\" : 17]>\n"
                       "g (float[1] x) => (float[1] y) <float[1] w = {1}> {\n"
                       "c0 = Identity (w)\n";
    for (int i = 1; i < copies; ++i)
      text += llvm::formatv("c{0} = Identity (c{1})\n", i, i - 1);
    importText(text + llvm::formatv("y = Add (x, c{0})\n}", copies - 1).str());
    auto main = model->module->lookupSymbol<mlir::func::FuncOp>("main");
    for (mlir::Operation &op : main.getBody().front())
      if (isNamed(&op, "Add"))
        return &op;
    return nullptr;
  }
};
} // namespace

TEST_F(ConstantBehindTest, LooksThroughCopies) {
  mlir::Operation *add = addOfCopies(3);
  ASSERT_TRUE(add);
  EXPECT_EQ(constantBehind(add->getOperand(0)), nullptr); // an input
  mlir::Operation *constant = constantBehind(add->getOperand(1));
  ASSERT_TRUE(constant);
  EXPECT_TRUE(isNamed(constant, "initializer"));
  EXPECT_EQ(contentsOf(constant)->elements, 1);
}

// Every node of a chain asks for what is behind it.
TEST_F(ConstantBehindTest, LongChainsAreNotFollowed) {
  mlir::Operation *add = addOfCopies(1000);
  ASSERT_TRUE(add);
  EXPECT_EQ(constantBehind(add->getOperand(1)), nullptr);
}
