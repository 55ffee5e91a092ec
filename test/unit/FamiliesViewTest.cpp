//===- FamiliesViewTest.cpp - Reshape and its kin, shape arithmetic -------===//

#include "FamilyHarness.h"

using namespace energyopt;

namespace {

const Expr b = Expr::symbol("b"), s = Expr::symbol("s"), h = Expr::symbol("h");

/// Contents as text, "?" for what is not known.
std::string contents(const ValueInfo &value) {
  if (!value.data)
    return "none";
  std::string text;
  for (const Scalar &scalar : *value.data) {
    text += text.empty() ? "" : " ";
    if (auto e = scalar.asInt())
      text += e->str();
    else if (auto f = scalar.asFloat())
      text += std::to_string(*f);
    else
      text += "?";
  }
  return text;
}

/// An op whose operands are outputs of others.
ValueInfo apply(TestOp &op) {
  EXPECT_TRUE(op.run()) << op.error;
  return op.op.outputs[0];
}

ValueInfo shapeOf(Shape shape) {
  TestOp op("onnx.Shape");
  return apply(op.in(shape));
}

} // namespace

//===----------------------------------------------------------------------===//
// Reshape
//===----------------------------------------------------------------------===//

TEST(Reshape, ZeroCopiesAndMinusOneInfers) {
  TestOp op("onnx.Reshape");
  ASSERT_TRUE(op.in({2, 3, 4}).ints64({0, -1}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[2,12]");
  EXPECT_EQ(op.work.status, WorkStatus::Free);
  TestOp zero("onnx.Reshape");
  ASSERT_TRUE(zero.in({0, 3}).ints64({3, 0}).attr("allowzero", 1).run());
  EXPECT_EQ(zero.out(), "float32[3,0]");
}

TEST(Reshape, InfersSymbolsByExactDivision) {
  // The heads of attention: [b, s, 768] -> [b, s, 12, 64] -> back.
  TestOp split("onnx.Reshape");
  ASSERT_TRUE(split.in({b, s, 768}).data(DType::I64, {b, s, 12, -1}).run());
  EXPECT_EQ(split.out(), "float32[b,s,12,64]");
  TestOp join("onnx.Reshape");
  ASSERT_TRUE(join.in({b, s, 12, 64}).ints64({0, -1, 768}).run());
  EXPECT_EQ(join.out(), "float32[b,s,768]");
  TestOp flat("onnx.Reshape");
  ASSERT_TRUE(flat.in({b, 256, 6, 6}).ints64({-1, 9216}).run()); // 256*36 = 9216
  EXPECT_EQ(flat.out(), "float32[b,9216]");
}

TEST(Reshape, RejectsWhatDoesNotFit) {
  TestOp count("onnx.Reshape");
  EXPECT_EQ(count.in({2, 3}).ints64({4}).rejected(),
            "onnx.Reshape: 6 elements do not fit the shape float32[4]");
  TestOp rest("onnx.Reshape");
  EXPECT_EQ(rest.in({2, 3}).ints64({4, -1}).rejected(),
            "onnx.Reshape: 6 elements do not fit the shape float32[4,1]");
  TestOp two("onnx.Reshape");
  EXPECT_EQ(two.in({2, 3}).ints64({-1, -1}).rejected(),
            "onnx.Reshape: the shape has more than one -1");
  TestOp negative("onnx.Reshape");
  EXPECT_EQ(negative.in({2, 3}).ints64({-2, 3}).rejected(),
            "onnx.Reshape: the shape has a negative entry, -2");
  TestOp lacks("onnx.Reshape");
  EXPECT_EQ(lacks.in({6}).ints64({6, 0}).rejected(),
            "onnx.Reshape: entry 1 of the shape copies a dim that input 0 lacks");
}

TEST(Reshape, RunTimeShapeKeepsTheElements) {
  // Three entries that only the run knows: rank 3, still 24 elements.
  TestOp op("onnx.Reshape");
  ASSERT_TRUE(op.in({2, 3, 4}).in(DType::I64, {3}).run());
  ASSERT_TRUE(op.op.outputs[0].hasRank());
  EXPECT_EQ(op.op.outputs[0].rank(), 3);
  EXPECT_EQ(op.op.ctx->upperBound(op.op.outputs[0].elements()), Expr(24));
  EXPECT_TRUE(op.op.ctx->isDataDependent(op.op.outputs[0].dim(0)));
  // A single one follows from the others: 24 / 6.
  TestOp one("onnx.Reshape");
  ASSERT_TRUE(one.in({2, 3, 4}).data(DType::I64, {6, Scalar()}).run());
  EXPECT_EQ(one.out(), "float32[6,4]");
  TestOp vector("onnx.Reshape");
  ASSERT_TRUE(vector.in({2, 3, 4}).in(DType::I64, {1}).run());
  EXPECT_EQ(vector.out(), "float32[24]");
}

TEST(Reshape, UnknownRankTakesACompleteShape) {
  TestOp op("onnx.Reshape");
  ASSERT_TRUE(op.unranked().ints64({2, 5}).run());
  EXPECT_EQ(op.out(), "float32[2,5]");
  TestOp open("onnx.Reshape");
  ASSERT_TRUE(open.unranked().ints64({2, -1}).run());
  EXPECT_EQ(open.out(), "float32[?]");
}

//===----------------------------------------------------------------------===//
// Squeeze, Unsqueeze, Flatten, Shape, Size, BitCast
//===----------------------------------------------------------------------===//

TEST(View, SqueezeAndUnsqueeze) {
  TestOp all("onnx.Squeeze");
  ASSERT_TRUE(all.in({1, 3, 1, b}).run());
  EXPECT_EQ(all.out(), "float32[3,b]");
  TestOp named("onnx.Squeeze");
  ASSERT_TRUE(named.in({1, 3, 1}).ints64({-1}).run());
  EXPECT_EQ(named.out(), "float32[1,3]");
  TestOp wrong("onnx.Squeeze");
  EXPECT_EQ(wrong.in({1, 3}).ints64({1}).rejected(),
            "onnx.Squeeze: axis 1 has size 3, only 1 can be squeezed");
  TestOp back("onnx.Unsqueeze");
  ASSERT_TRUE(back.in({3, b}).ints64({0, -1}).run());
  EXPECT_EQ(back.out(), "float32[1,3,b,1]");
  TestOp twice("onnx.Unsqueeze");
  EXPECT_EQ(twice.in({3}).ints64({0, -3}).rejected(), "onnx.Unsqueeze: axis -3 is given twice");
}

TEST(View, FlattenTakesTheRankAsAnAxis) {
  for (auto [axis, expected] : {std::pair<int, const char *>{1, "float32[2,12]"},
                                {0, "float32[1,24]"},
                                {3, "float32[24,1]"},
                                {-1, "float32[6,4]"}}) {
    TestOp op("onnx.Flatten");
    ASSERT_TRUE(op.in({2, 3, 4}).attr("axis", axis).run());
    EXPECT_EQ(op.out(), expected);
  }
}

TEST(View, ShapeTakesARange) {
  EXPECT_EQ(contents(shapeOf({b, 3, h})), "b 3 h");
  TestOp part("onnx.Shape");
  EXPECT_EQ(contents(apply(part.in({b, 3, h}).attr("start", -2).attr("end", 100))), "3 h");
  TestOp none("onnx.Shape");
  EXPECT_EQ(apply(none.in({b, 3}).attr("start", 2)).str(), "int64[0]");
  TestOp size("onnx.Size");
  EXPECT_EQ(contents(apply(size.in({b, 3, 4}))), "12*b");
}

TEST(View, BitCastKeepsTheWidth) {
  TestOp op("onnx.BitCast", 26);
  ASSERT_TRUE(op.in(DType::F32, {3}).attr("to", 6).run());
  EXPECT_EQ(op.out(), "int32[3]");
  TestOp wrong("onnx.BitCast", 26);
  EXPECT_EQ(wrong.in(DType::F32, {3}).attr("to", 7).rejected(),
            "onnx.BitCast: cannot reinterpret float32 as int64: the widths differ");
}

//===----------------------------------------------------------------------===//
// Shape arithmetic
//===----------------------------------------------------------------------===//

TEST(ShapeArithmetic, FlattenOfAnExporter) {
  // x.view(x.size(0), -1): Shape -> Gather -> Unsqueeze -> Concat -> Reshape.
  TestOp take("onnx.Gather");
  ValueInfo size = apply(take.value(shapeOf({b, 512, 7, 7})).scalar(0, DType::I64));
  TestOp lift("onnx.Unsqueeze");
  ValueInfo lifted = apply(lift.value(size).ints64({0}));
  TestOp join("onnx.Concat");
  ValueInfo target = apply(join.value(lifted).ints64({-1}).attr("axis", 0));
  EXPECT_EQ(contents(target), "b -1");
  TestOp view("onnx.Reshape");
  EXPECT_EQ(apply(view.in({b, 512, 7, 7}).value(target)).str(), "float32[b,25088]"); // 512*49
}

TEST(ShapeArithmetic, DoublesASizeInFloats) {
  // floor(cast(h) * 2.0), as resizing by a factor is exported.
  TestOp toFloat("onnx.Cast"), times("onnx.Mul"), down("onnx.Floor"), toInt("onnx.Cast");
  ValueInfo x = apply(toFloat.value(shapeOf({h})).attr("to", 1));
  x = apply(times.value(x).scalar(2.0));
  x = apply(down.value(x));
  x = apply(toInt.value(x).attr("to", 7));
  EXPECT_EQ(x.dtype, DType::I64);
  EXPECT_EQ(contents(x), "2*h");
}

TEST(ShapeArithmetic, ExpandMaskOfMinusOnes) {
  // Where(shape == -1, ones, shape): a size is never -1.
  TestOp equal("onnx.Equal");
  ValueInfo mask = apply(equal.value(shapeOf({b, s})).ints64({-1, -1}));
  EXPECT_EQ(contents(mask), "0 0");
  TestOp select("onnx.Where");
  EXPECT_EQ(contents(apply(select.value(mask).ints64({1, 1}).value(shapeOf({b, s})))), "b s");
}

TEST(ShapeArithmetic, PadsOfPyTorch) {
  // F.pad: pads [left, right] of the last dim become [0,0,0,left, 0,0,0,right]
  // by ConstantOfShape, Concat, Reshape [-1,2], a reversed Slice and Transpose.
  TestOp zeros("onnx.ConstantOfShape");
  ValueInfo none = apply(zeros.ints64({6}));
  EXPECT_EQ(contents(none), "0 0 0 0 0 0");
  TestOp join("onnx.Concat"), rows("onnx.Reshape"), reversed("onnx.Slice"), flip("onnx.Transpose"),
      flat("onnx.Reshape");
  TestOp zeroInts("onnx.Cast");
  ValueInfo x = apply(zeroInts.value(none).attr("to", 7));
  x = apply(join.ints64({1, 2}).value(x).attr("axis", 0));
  x = apply(rows.value(x).ints64({-1, 2}));
  x = apply(reversed.value(x).ints64({-1}).ints64({INT64_MIN + 1}).ints64({0}).ints64({-1}));
  x = apply(flip.value(x).ints("perm", {1, 0}));
  x = apply(flat.value(x).ints64({-1}));
  EXPECT_EQ(contents(x), "0 0 0 1 0 0 0 2");
}

TEST(ShapeArithmetic, DivisionTruncatesAndModFollowsTheDivisor) {
  TestOp div("onnx.Div");
  EXPECT_EQ(contents(apply(div.ints64({-7, 7, -8}).ints64({2, 2, 2}))), "-3 3 -4");
  TestOp mod("onnx.Mod");
  EXPECT_EQ(contents(apply(mod.ints64({-7, 7}).ints64({3, -3}))), "2 -2");
  TestOp fmod("onnx.Mod");
  EXPECT_EQ(contents(apply(fmod.ints64({-7, 7}).ints64({3, -3}).attr("fmod", 1))), "-1 1");
  TestOp zero("onnx.Div");
  EXPECT_EQ(contents(apply(zero.ints64({1, 4}).ints64({0, 2}))), "? 2");
  TestOp half("onnx.Div");
  EXPECT_EQ(contents(apply(half.value(shapeOf({h, Expr(4) * s})).ints64({2}))),
            "floordiv(h, 2) 2*s");
}

TEST(ShapeArithmetic, FloatsRoundToTheirType) {
  // 0.1f * 3 in float32 is 0.3000000119..., not 0.3.
  TestOp op("onnx.Mul");
  op.data(DType::F32, {static_cast<double>(0.1f)}).data(DType::F32, {3.0});
  ASSERT_TRUE(op.run());
  EXPECT_EQ((*op.op.outputs[0].data)[0].asFloat(), static_cast<double>(0.1f * 3.0f));
}

TEST(ShapeArithmetic, OverflowIsUnknownNotWrapped) {
  TestOp narrow("onnx.Cast");
  EXPECT_EQ(contents(apply(narrow.ints64({300, 5}).attr("to", 2))), "? 5"); // uint8
  TestOp sum("onnx.Add");
  EXPECT_EQ(contents(apply(sum.ints64({INT64_MAX, 1}).ints64({1, 1}))), "? 2");
}

TEST(ShapeArithmetic, ReducesOverAxes) {
  TestOp product("onnx.ReduceProd");
  EXPECT_EQ(contents(apply(product.value(shapeOf({b, 3, s})).attr("keepdims", 0))), "3*b*s");
  TestOp most("onnx.ReduceMax");
  EXPECT_EQ(contents(apply(most.ints64({3, 9, 4}).ints64({0}))), "9");
}
