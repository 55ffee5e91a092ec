//===- DTypeTest.cpp - Element types, sizes, printing ---------------------===//

#include "energy-opt/ValueInfo.h"

#include <gtest/gtest.h>

#include <limits>

using namespace energyopt;

namespace {

TEST(DType, KnowsEveryTypeOfIrVersion13) {
  // TensorProto.DataType and the widths that its comments give.
  const unsigned bits[] = {0,  32,  8,  8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64,
                           64, 128, 16, 8, 8,  8,  8,  4,  4, 4, 8,  2,  2};
  for (int i = 0; i <= kLastDType; ++i) {
    DType type = static_cast<DType>(i);
    EXPECT_EQ(bitWidth(type), bits[i]) << i;
    if (type != DType::Undefined) {
      EXPECT_EQ(parseDType(name(type)), type) << name(type).str();
    }
  }
  EXPECT_EQ(bitWidth(static_cast<DType>(200)), 0u);
}

TEST(DType, ReadsOnnxSpellings) {
  EXPECT_EQ(parseDType("float"), DType::F32);
  EXPECT_EQ(parseDType("double"), DType::F64);
  EXPECT_EQ(parseDType("tensor(float)"), DType::F32);
  EXPECT_EQ(parseDType("tensor(int64)"), DType::I64);
  EXPECT_EQ(parseDType("undefined"), std::nullopt);
  EXPECT_EQ(parseDType("tensor(float"), std::nullopt);
  EXPECT_EQ(parseDType(""), std::nullopt);
}

TEST(DType, KindsAreDisjoint) {
  for (int i = 0; i <= kLastDType; ++i) {
    DType type = static_cast<DType>(i);
    EXPECT_LE(isFloat(type) + isInteger(type) + isComplex(type), 1) << i;
  }
  EXPECT_TRUE(isFloat(DType::F4E2M1) && isInteger(DType::U2) && isComplex(DType::C64));
  EXPECT_FALSE(isInteger(DType::Bool) || isFloat(DType::String));
}

TEST(DType, SubByteTypesArePacked) {
  EXPECT_EQ(bytesOf(DType::F32, 10), Expr(40));
  EXPECT_EQ(bytesOf(DType::I4, 5), Expr(3)); // ceil(5*4/8)
  EXPECT_EQ(bytesOf(DType::U2, 5), Expr(2)); // ceil(5*2/8)
  EXPECT_EQ(bytesOf(DType::Bool, 5), Expr(5));
  EXPECT_EQ(bytesOf(DType::String, 2), Expr(2 * kStringBytes));
  EXPECT_EQ(bytesOf(DType::I4, Expr::symbol("n")).str(), "ceildiv(n, 2)");
}

TEST(Scalar, IntegersAndFloatsConvertOnlyExactly) {
  EXPECT_FALSE(Scalar().isKnown());
  EXPECT_EQ(Scalar(3.0).asInt(), Expr(3));
  EXPECT_FALSE(Scalar(3.5).asInt());
  EXPECT_FALSE(Scalar(std::numeric_limits<double>::quiet_NaN()).asInt());
  EXPECT_FALSE(Scalar(std::numeric_limits<double>::infinity()).asInt());
  EXPECT_FALSE(Scalar(9.3e18).asInt()); // past 2^63
  EXPECT_EQ(Scalar(7).asFloat(), 7.0);
  EXPECT_FALSE(Scalar(Expr::symbol("n")).asFloat());
}

TEST(ValueInfo, SizesOfEveryKind) {
  ValueInfo tensor = ValueInfo::tensor(DType::F16, Shape{Expr::symbol("b"), 3});
  EXPECT_EQ(tensor.str(), "float16[b,3]");
  EXPECT_EQ(tensor.bytes(), Expr(6) * Expr::symbol("b"));
  EXPECT_EQ(ValueInfo::tensor(DType::F32).str(), "float32[?]");
  EXPECT_FALSE(ValueInfo::tensor(DType::F32).bytes());
  EXPECT_EQ(ValueInfo::none().bytes(), Expr(0));
  ValueInfo sequence;
  sequence.kind = ValueKind::Sequence;
  sequence.element = std::make_shared<const ValueInfo>(tensor);
  EXPECT_FALSE(sequence.bytes()); // of unknown length
  sequence.length = 4;
  EXPECT_EQ(sequence.bytes(), Expr(24) * Expr::symbol("b"));
  EXPECT_EQ(sequence.str(), "sequence(float16[b,3])[4]");
}

TEST(Shape, EmptyTensorsHaveNoElementsHoweverLarge) {
  int64_t huge = int64_t(1) << 40;
  EXPECT_EQ(numElements({huge, huge, 0}), Expr(0));
  EXPECT_TRUE(numElements({huge, huge}).isOverflow());
  EXPECT_EQ(numElements({}), Expr(1));
}

} // namespace
