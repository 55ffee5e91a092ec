//===- FamilyHarness.h - One op through its rule ----------------*- C++ -*-===//
//
// Runs the shape and work rule of a single op on plain shapes, so that tests
// of families need no graph and no MLIRContext.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TEST_UNIT_FAMILYHARNESS_H
#define ENERGY_OPT_TEST_UNIT_FAMILYHARNESS_H

#include "Cost/OpsetForms.h"
#include "Graph/ShapeFacts.h"
#include "energy-opt/OpRule.h"

#include "gtest/gtest.h"

namespace energyopt {

class TestOp : public AttrSource {
public:
  explicit TestOp(llvm::StringRef name, int64_t opset = 25) : facts({}, /*symbolic=*/true) {
    op.name = name;
    op.opset = opset;
    op.attrs = this;
    op.ctx = &facts;
    op.outputs.resize(1);
  }

  TestOp &in(DType dtype, Shape shape) { return value(ValueInfo::tensor(dtype, shape)); }
  TestOp &in(Shape shape) { return in(DType::F32, std::move(shape)); }
  /// A parameter of that shape.
  TestOp &param(Shape shape, DType dtype = DType::F32) {
    ValueInfo info = ValueInfo::tensor(dtype, shape);
    info.isParameter = true;
    return value(info);
  }
  /// A parameter vector with known contents.
  TestOp &data(DType dtype, TensorData contents) {
    ValueInfo info = ValueInfo::tensor(dtype, Shape{static_cast<int64_t>(contents.size())});
    info.isParameter = true;
    info.data = std::make_shared<const TensorData>(std::move(contents));
    return value(info);
  }
  TestOp &ints64(llvm::ArrayRef<int64_t> values) {
    return data(DType::I64, TensorData(values.begin(), values.end()));
  }
  /// A scalar parameter with known contents.
  TestOp &scalar(Scalar contents, DType dtype = DType::F32) {
    ValueInfo info = ValueInfo::tensor(dtype, Shape{});
    info.isParameter = true;
    info.data = std::make_shared<const TensorData>(TensorData{contents});
    return value(info);
  }
  TestOp &none() { return value(ValueInfo::none()); }
  TestOp &unranked(DType dtype = DType::F32) { return value(ValueInfo::tensor(dtype)); }
  TestOp &value(ValueInfo info) {
    values.push_back(std::move(info));
    op.inputs.push_back(&values.back());
    return *this;
  }

  TestOp &attr(llvm::StringRef name, int64_t value) {
    AttrValue attr;
    attr.kind = AttrValue::Int;
    attr.i = value;
    return set(name, attr);
  }
  TestOp &attr(llvm::StringRef name, int value) { return attr(name, static_cast<int64_t>(value)); }
  TestOp &attr(llvm::StringRef name, double value) {
    AttrValue attr;
    attr.kind = AttrValue::Float;
    attr.f = value;
    return set(name, attr);
  }
  TestOp &attr(llvm::StringRef name, const char *value) {
    AttrValue attr;
    attr.kind = AttrValue::String;
    attr.s = value;
    return set(name, attr);
  }
  TestOp &ints(llvm::StringRef name, std::vector<int64_t> values) {
    AttrValue attr;
    attr.kind = AttrValue::Ints;
    storage.push_back(std::move(values));
    attr.ints = storage.back();
    return set(name, attr);
  }
  TestOp &floats(llvm::StringRef name, size_t count, double value = 1) {
    AttrValue attr;
    attr.kind = AttrValue::Floats;
    attr.floats.assign(count, value);
    return set(name, attr);
  }
  TestOp &tensorAttr(llvm::StringRef name, DType dtype, TensorData contents) {
    AttrValue attr;
    attr.kind = AttrValue::Tensor;
    attr.tensor = ValueInfo::tensor(dtype, Shape{static_cast<int64_t>(contents.size())});
    attr.tensor.data = std::make_shared<const TensorData>(std::move(contents));
    return set(name, attr);
  }
  TestOp &strings(llvm::StringRef name, llvm::SmallVector<llvm::StringRef, 4> values) {
    AttrValue attr;
    attr.kind = AttrValue::Strings;
    attr.strings = std::move(values);
    return set(name, attr);
  }
  TestOp &outputs(unsigned count) {
    op.outputs.resize(count);
    return *this;
  }
  TestOp &explain() {
    op.explain = true;
    return *this;
  }

  /// Runs the rule; false if the shape rule rejects the op.
  bool run() {
    const OpRule *rule = findRule(op.name, op.opset);
    if (!rule) {
      ADD_FAILURE() << "no rule for " << op.name.str();
      return false;
    }
    normalizeOpset(op);
    if (llvm::Error problem = inferShapes(*rule, op)) {
      error = llvm::toString(std::move(problem));
      return false;
    }
    work = workOf(*rule, op);
    sums = totals(work);
    return true;
  }
  /// The error of a rule that must reject the op.
  std::string rejected() {
    EXPECT_FALSE(run()) << "accepted";
    return error;
  }
  /// Output `i` as text, "float32[1,64]".
  std::string out(unsigned i = 0) const { return op.outputs[i].str(); }
  int64_t macs() const { return number(sums.macs); }
  int64_t flops() const { return number(sums.flops); }
  int64_t intOps() const { return number(sums.intOps); }
  int64_t transcendentals() const { return number(sums.transcendentals); }

  std::optional<AttrValue> find(llvm::StringRef name) const override {
    auto at = attributes.find(name);
    return at == attributes.end() ? std::nullopt : std::optional<AttrValue>(at->second);
  }

  OpView op;
  Work work;
  WorkTotals sums;
  std::string error;

private:
  TestOp &set(llvm::StringRef name, AttrValue value) {
    attributes[name] = std::move(value);
    return *this;
  }
  /// -1 where it is not constant.
  static int64_t number(const Expr &e) { return e.constant().value_or(-1); }

  ShapeFacts facts;
  std::deque<ValueInfo> values;
  std::deque<std::vector<int64_t>> storage;
  llvm::StringMap<AttrValue> attributes;
};

} // namespace energyopt

#endif // ENERGY_OPT_TEST_UNIT_FAMILYHARNESS_H
