//===- OnnxDialectTest.cpp - Types and memory effects ---------------------===//

#include "ImportHelper.h"

#include "energy-opt/OnnxDialect.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Parser/Parser.h"

using namespace energyopt;
using namespace mlir;

namespace {

class OnnxDialectTest : public ImportTest {
protected:
  OnnxDialectTest() { context.loadDialect<OnnxDialect, func::FuncDialect>(); }

  /// Whether the first op named so has no effects, in a function around `ops`.
  bool isPure(llvm::StringRef name, llvm::StringRef ops) {
    std::string text = ("func.func @main(%x: !onnx.value, %n: none) { " + ops + " return }").str();
    auto module = parseSourceString<ModuleOp>(text, &context);
    if (!module) {
      ADD_FAILURE() << text;
      return false;
    }
    Operation *found = nullptr;
    module->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!found && op->getName().getStringRef() == name)
        found = op;
    });
    return isMemoryEffectFree(found);
  }
};

TEST_F(OnnxDialectTest, ElementTypesGoBothWays) {
  for (int i = 1; i <= kLastDType; ++i) {
    auto type = static_cast<DType>(i);
    Type element = elementType(type, &context);
    ASSERT_TRUE(TensorType::isValidElementType(element)) << i;
    EXPECT_EQ(dtypeOf(element), type);
    // Widths agree where MLIR knows one.
    unsigned bits = type == DType::Bool ? 1 : bitWidth(type);
    EXPECT_TRUE(!element.isIntOrFloat() || element.getIntOrFloatBitWidth() == bits) << i;
  }
  EXPECT_EQ(dtypeOf(IntegerType::get(&context, 7)), DType::Undefined);
  EXPECT_EQ(dtypeOf(undeclaredType(&context)), DType::Undefined);
}

TEST_F(OnnxDialectTest, TypesParse) {
  for (const char *text :
       {"!onnx.value", "tensor<2x!onnx.string>", "tensor<!onnx.f8e8m0>",
        "!onnx.seq<!onnx.optional<tensor<?xf32, [\"n\"]>>>", "!onnx.map<i64, !onnx.value>",
        "!onnx.sparse<tensor<4x4xf32>>", "!onnx.opaque<\"d\\22\", \"t\">",
        // onnx-mlir's.
        "!onnx.Seq<tensor<*xf32>>", "tensor<2x!onnx.String>"}) {
    Type type = parseType(text, &context);
    ASSERT_TRUE(type) << text;
    std::string printed;
    llvm::raw_string_ostream(printed) << type;
    EXPECT_EQ(printed, text);
  }
  ScopedDiagnosticHandler quiet(&context, [](Diagnostic &) { return success(); });
  EXPECT_FALSE(parseType("!onnx.vlaue", &context));
  EXPECT_FALSE(parseType("!onnx.map<i64>", &context));
  EXPECT_EQ(cast<ContainerType>(parseType("!onnx.map<i64, !onnx.value>", &context)).getKey(),
            IntegerType::get(&context, 64));
}

/// Equal ops may be merged unless running one twice is not running it once.
TEST_F(OnnxDialectTest, Effects) {
  auto op = [&](const char *name, const char *rest = "() : () -> !onnx.value") {
    return isPure(name, std::string("%0 = \"") + name + "\"" + rest);
  };
  EXPECT_TRUE(op("onnx.Relu"));
  EXPECT_TRUE(op("onnx.NoSuchOp"));
  EXPECT_TRUE(op("onnx.initializer"));
  EXPECT_TRUE(op("onnx.ai.onnx.ml.Scaler"));
  EXPECT_TRUE(op("onnx.com.microsoft.FusedGelu"));
  EXPECT_FALSE(op("onnx.RandomNormal"));
  EXPECT_FALSE(op("onnx.Bernoulli"));
  EXPECT_FALSE(op("onnx.my.domain.Op")); // who knows
  EXPECT_FALSE(op("onnx.F", "() {onnx.callee = @f} : () -> !onnx.value"));
  // Dropout is random when training only.
  EXPECT_TRUE(op("onnx.Dropout"));
  EXPECT_TRUE(op("onnx.Dropout", "() {is_test = 1 : i64} : () -> !onnx.value"));
  EXPECT_FALSE(op("onnx.Dropout", "() {is_test = 0 : i64} : () -> !onnx.value"));
  EXPECT_TRUE(op("onnx.Dropout", "(%x, %x, %n) : (!onnx.value, !onnx.value, none) -> !onnx.value"));
  EXPECT_FALSE(
      op("onnx.Dropout", "(%x, %x, %x) : (!onnx.value, !onnx.value, !onnx.value) -> !onnx.value"));
}

TEST_F(OnnxDialectTest, EffectsOfSubgraphs) {
  auto loop = [&](const char *body) {
    return isPure("onnx.Loop", std::string("%0 = \"onnx.Loop\"() ({ ") + body +
                                   " \"onnx.yield\"() : () -> () }) : () -> !onnx.value");
  };
  EXPECT_TRUE(loop(""));
  EXPECT_TRUE(loop("%1 = \"onnx.Relu\"(%x) : (!onnx.value) -> !onnx.value"));
  EXPECT_FALSE(loop("%1 = \"onnx.If\"() ({ %2 = \"onnx.RandomUniform\"() : () -> !onnx.value "
                    "\"onnx.yield\"() : () -> () }) : () -> !onnx.value"));
}

} // namespace
