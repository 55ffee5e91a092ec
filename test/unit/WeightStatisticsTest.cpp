//===- WeightStatisticsTest.cpp - Counts against a plain loop -------------===//

#include "Import/WeightStatistics.h"
#include "Import/WeightStream.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace energyopt;

namespace {

/// A tensor in memory, and what its elements are: as float32, but never rounded to zero.
struct Tensor {
  WeightTensor tensor;
  std::unique_ptr<WeightReader> reader;
  std::vector<double> values; // less their zero point
};

Tensor make(DType dtype, std::vector<uint8_t> bytes, int64_t outputs, int64_t inputs,
            int64_t window, bool outFirst, std::vector<int64_t> zeroPoints = {}) {
  Tensor made;
  llvm::StringRef text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  made.reader =
      std::make_unique<WeightReader>(llvm::MemoryBuffer::getMemBufferCopy(text), "", false);
  WeightRef &ref = made.tensor.ref;
  ref.dtype = dtype;
  ref.elements = outputs * inputs * window;
  ref.encoding = WeightRef::Encoding::Raw;
  ref.length = bytes.size();
  made.tensor.outputs = outputs;
  made.tensor.inputs = inputs;
  made.tensor.window = window;
  made.tensor.outFirst = outFirst;
  made.tensor.zeroPoints = zeroPoints;
  auto pieces = WeightPieces::of(*made.reader, ref);
  EXPECT_TRUE(bool(pieces));
  made.values.resize(ref.elements);
  EXPECT_FALSE(bool(pieces->decode(0, llvm::MutableArrayRef(made.values))));
  for (size_t i = 0; i < made.values.size(); ++i) {
    int64_t output = outFirst ? i / (inputs * window) : i / window % outputs;
    double zero = zeroPoints.empty() ? 0 : zeroPoints[zeroPoints.size() == 1 ? 0 : output];
    double value = made.values[i] - zero;
    made.values[i] =
        value != 0 && float(value) == 0 ? std::numeric_limits<float>::denorm_min() : float(value);
  }
  return made;
}

/// As the header says it, element by element.
WeightCounts counted(const Tensor &t, const ZeroRule &rule) {
  const WeightTensor &w = t.tensor;
  auto outputOf = [&](size_t i) {
    return w.outFirst ? i / (w.inputs * w.window) : i / w.window % w.outputs;
  };
  auto inputOf = [&](size_t i) {
    return w.outFirst ? i / w.window % w.inputs : i / (w.outputs * w.window);
  };
  std::vector<double> largest(w.outputs, 0);
  double most = 0;
  for (size_t i = 0; i < t.values.size(); ++i)
    if (!std::isnan(t.values[i])) {
      double &known = largest[outputOf(i)];
      known = std::max(known, std::abs(t.values[i]));
      most = std::max(most, known);
    }
  WeightCounts counts;
  counts.outputs.resize(w.outputs);
  counts.inputs.resize(w.inputs);
  for (size_t i = 0; i < t.values.size(); ++i) {
    double own = largest[outputOf(i)];
    bool whole = rule.nearOutput > 0 && own <= rule.nearOutput * most;
    double limit = std::isinf(most) ? 0 : whole ? own : rule.near * own;
    if (std::abs(t.values[i]) <= limit) {
      ++counts.total;
      ++counts.outputs[outputOf(i)];
      ++counts.inputs[inputOf(i)];
    }
  }
  return counts;
}

void expectEqual(const Tensor &t, const ZeroRule &rule, const std::string &what) {
  WeightCounts expected = counted(t, rule);
  const WeightCounts *found = WeightStatistics::of(*t.reader).zeros(t.tensor, rule);
  ASSERT_TRUE(found) << what;
  EXPECT_EQ(found->total, expected.total) << what;
  for (int64_t o = 0; o < t.tensor.outputs; ++o)
    ASSERT_EQ(found->ofOutput(o), expected.outputs[o]) << what << ", output " << o;
  for (int64_t i = 0; i < t.tensor.inputs; ++i)
    ASSERT_EQ(found->ofInput(i), expected.inputs[i]) << what << ", input " << i;
}

/// Random bits, a third of them zero, which in float formats are also infinities, NaN
/// and subnormal numbers now and then; `tame` is without the first two.
std::vector<uint8_t> bits(DType dtype, int64_t elements, bool tame, unsigned seed) {
  std::mt19937 random(seed);
  const unsigned width = bitWidth(dtype) < 8 ? 1 : bitWidth(dtype) / 8;
  std::vector<uint8_t> bytes;
  for (int64_t i = 0; i < (bitWidth(dtype) < 8 ? (elements * bitWidth(dtype) + 7) / 8 : elements);
       ++i) {
    bool zero = random() % 3 == 0;
    for (unsigned b = 0; b < width; ++b)
      bytes.push_back(zero ? 0 : random() & 0xff);
    // Below the greatest exponent.
    if (tame && isFloat(dtype))
      bytes.back() &= 0xbf;
  }
  return bytes;
}

TEST(WeightStatisticsTest, AgreesWithAPlainLoop) {
  const DType types[] = {DType::F32,      DType::F16, DType::BF16, DType::F64,
                         DType::F8E4M3FN, DType::I8,  DType::U8,   DType::I16,
                         DType::I32,      DType::U4,  DType::I4,   DType::F8E5M2};
  struct {
    int64_t outputs, inputs, window;
  } shapes[] = {{1, 1, 1}, {7, 5, 1}, {3, 4, 9}, {5, 4099, 1}, {4099, 5, 1}, {16, 33, 25}};
  unsigned seed = 0;
  for (DType dtype : types)
    for (auto shape : shapes)
      for (bool outFirst : {true, false})
        for (bool tame : {true, false}) {
          std::vector<std::vector<int64_t>> points = {{}};
          if (!isFloat(dtype)) {
            points.push_back({3});
            points.emplace_back();
            for (int64_t o = 0; o < shape.outputs; ++o)
              points.back().push_back(o % 7);
          }
          for (const auto &zeroPoints : points) {
            Tensor t =
                make(dtype, bits(dtype, shape.outputs * shape.inputs * shape.window, tame, ++seed),
                     shape.outputs, shape.inputs, shape.window, outFirst, zeroPoints);
            std::string what = name(dtype).str() + " " + std::to_string(shape.outputs) + "x" +
                               std::to_string(shape.inputs) + "x" + std::to_string(shape.window) +
                               (outFirst ? " by outputs" : " by inputs") + (tame ? "" : ", wild");
            for (ZeroRule rule :
                 {ZeroRule{}, ZeroRule{0.01, 0}, ZeroRule{0.1, 0.1}, ZeroRule{0.5, 0.9}})
              expectEqual(t, rule, what + ", near " + std::to_string(rule.near));
          }
        }
}

TEST(WeightStatisticsTest, ThreadsShareRows) {
  // 8.2 MB: up to three threads where there are as many cores; 1021 is no multiple of two or three.
  constexpr int64_t kOutputs = 1021, kInputs = 2003;
  std::vector<float> values(kOutputs * kInputs);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = i % 10 == 0 ? 0.0f : float(i % 1000);
  std::vector<uint8_t> bytes(values.size() * 4);
  std::memcpy(bytes.data(), values.data(), bytes.size());
  expectEqual(make(DType::F32, bytes, kOutputs, kInputs, 1, true), {}, "by outputs");
  expectEqual(make(DType::F32, bytes, kOutputs, kInputs, 1, false), {0.003, 0}, "by inputs");
}

TEST(WeightStatisticsTest, WhatIsNoTensorIsNull) {
  Tensor t = make(DType::F32, std::vector<uint8_t>(24), 2, 3, 1, true);
  EXPECT_TRUE(WeightStatistics::of(*t.reader).zeros(t.tensor));
  for (auto change :
       {+[](WeightTensor &w) { w.outputs = 3; }, +[](WeightTensor &w) { w.window = 0; },
        +[](WeightTensor &w) { w.inputs = std::numeric_limits<int64_t>::max(); },
        +[](WeightTensor &w) { w.zeroPoints = {1, 2, 3}; },
        +[](WeightTensor &w) { w.ref.length = 23; }}) {
    WeightTensor bad = t.tensor;
    change(bad);
    if (bad.ref.length != t.tensor.ref.length)
      bad.ref.offset = 1; // another tensor to the statistics
    EXPECT_FALSE(WeightStatistics::of(*t.reader).zeros(bad));
    EXPECT_TRUE(WeightStatistics::of(*t.reader).limits(bad, {0.1, 0}).empty());
  }
}

} // namespace
