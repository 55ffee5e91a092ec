//===- WeightReaderTest.cpp - Tensor payloads as numbers ------------------===//

#include "ImportHelper.h"

#include "Import/WeightDecoder.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cmath>
#include <fstream>

using namespace energyopt;
using namespace mlir;

namespace {

/// Imports a model with one initializer and reads that.
class WeightReaderTest : public ImportTest {
protected:
  WeightRef importTensor(llvm::StringRef fields) {
    importGraph(("output { name: \"w\" } initializer { name: \"w\" " + fields + " }").str());
    WeightRef ref;
    model->module->walk([&](Operation *op) {
      if (op->getName().getStringRef() != "onnx.initializer")
        return;
      auto type = cast<RankedTensorType>(op->getResult(0).getType());
      auto number = [&](llvm::StringRef name) {
        return op->getAttrOfType<IntegerAttr>(name).getInt();
      };
      ref.dtype = dtypeOf(type.getElementType());
      ref.elements = type.getNumElements();
      ref.offset = number("offset");
      ref.length = number("length");
      ref.source = static_cast<WeightRef::Source>(number("source"));
      llvm::StringRef encoding = op->getAttrOfType<StringAttr>("encoding").getValue();
      ref.encoding = encoding == "raw"      ? WeightRef::Encoding::Raw
                     : encoding == "packed" ? WeightRef::Encoding::Packed
                                            : WeightRef::Encoding::None;
      if (auto location = op->getAttrOfType<StringAttr>("location"))
        ref.location = location.getValue();
    });
    return ref;
  }
  std::vector<int64_t> ints(llvm::StringRef fields) {
    auto values = importAndRead(fields, &WeightReader::ints);
    if (!values)
      ADD_FAILURE() << fields.str() << ": " << llvm::toString(values.takeError());
    return values ? *values : std::vector<int64_t>();
  }
  std::vector<float> floats(llvm::StringRef fields) {
    auto values = importAndRead(fields, &WeightReader::floats);
    if (!values)
      ADD_FAILURE() << fields.str() << ": " << llvm::toString(values.takeError());
    return values ? *values : std::vector<float>();
  }
  template <typename T>
  llvm::Expected<std::vector<T>>
  importAndRead(llvm::StringRef fields,
                llvm::Expected<std::vector<T>> (WeightReader::*read)(const WeightRef &)) {
    WeightRef ref = importTensor(fields);
    return (model->weights.get()->*read)(ref);
  }
};

using Ints = std::vector<int64_t>;
using Floats = std::vector<float>;

TEST_F(WeightReaderTest, RawIntegers) {
  // Little-endian; the offset in the file is odd for some, which must not
  // matter.
  EXPECT_EQ(
      ints(
          R"(dims: 2 data_type: 7 raw_data: "\001\0\0\0\0\0\0\0\376\377\377\377\377\377\377\377")"),
      (Ints{1, -2}));
  EXPECT_EQ(ints(R"(dims: 2 data_type: 6 raw_data: "\001\0\0\0\376\377\377\377")"), (Ints{1, -2}));
  EXPECT_EQ(ints(R"(dims: 1 data_type: 12 raw_data: "\376\377\377\377")"), Ints{4294967294});
  EXPECT_EQ(ints(R"(dims: 2 data_type: 5 raw_data: "\0\200\001\0")"), (Ints{-32768, 1}));
  EXPECT_EQ(ints(R"(dims: 1 data_type: 4 raw_data: "\0\200")"), Ints{32768});
  EXPECT_EQ(ints(R"(dims: 2 data_type: 3 raw_data: "\200\001")"), (Ints{-128, 1}));
  EXPECT_EQ(ints(R"(dims: 2 data_type: 2 raw_data: "\200\001")"), (Ints{128, 1}));
  EXPECT_EQ(ints(R"(dims: 2 data_type: 9 raw_data: "\0\001")"), (Ints{0, 1}));
}

TEST_F(WeightReaderTest, SubByte) {
  // 0x21 0x83: elements 1, 2, 3, 8 from the low nibble up; 8 is -8 when signed.
  EXPECT_EQ(ints(R"(dims: 3 data_type: 21 raw_data: "\x21\x83")"), (Ints{1, 2, 3}));
  EXPECT_EQ(ints(R"(dims: 4 data_type: 22 raw_data: "\x21\x83")"), (Ints{1, 2, 3, -8}));
  // In int32_data each value is a byte of two elements.
  EXPECT_EQ(ints("dims: 3 data_type: 22 int32_data: 33 int32_data: 15"), (Ints{1, 2, -1}));
  // 0xe4 = 11 10 01 00: 0, 1, 2, 3; as INT2 the last two are -2 and -1.
  EXPECT_EQ(ints(R"(dims: 4 data_type: 25 raw_data: "\xe4")"), (Ints{0, 1, 2, 3}));
  EXPECT_EQ(ints(R"(dims: 4 data_type: 26 raw_data: "\xe4")"), (Ints{0, 1, -2, -1}));
  EXPECT_EQ(ints("dims: 2 dims: 3 data_type: 26 int32_data: 228 int32_data: 3"),
            (Ints{0, 1, -2, -1, -1, 0}));
  // FLOAT4E2M1: 0 0.5 1 1.5 2 3 4 6, sign in the top bit.
  EXPECT_EQ(floats(R"(dims: 8 data_type: 23 raw_data: "\x10\x32\x54\xf6")"),
            (Floats{0, 0.5, 1, 1.5, 2, 3, 4, -6}));
}

TEST_F(WeightReaderTest, TypedFields) {
  EXPECT_EQ(floats("dims: 2 data_type: 1 float_data: 0.5 float_data: -2"), (Floats{0.5, -2}));
  EXPECT_EQ(floats("dims: 2 data_type: 11 double_data: 0.5 double_data: -2"), (Floats{0.5, -2}));
  // Halves and bfloat16 stand in int32_data by their bits: 1.0 is 0x3c00,
  // 0x3f80.
  EXPECT_EQ(floats("dims: 2 data_type: 10 int32_data: 15360 int32_data: 49152"), (Floats{1, -2}));
  EXPECT_EQ(floats("dims: 1 data_type: 16 int32_data: 16256"), Floats{1});
  EXPECT_EQ(floats("dims: 1 data_type: 17 int32_data: 56"), Floats{1}); // 0 0111 000
  EXPECT_EQ(ints("dims: 2 data_type: 7 int64_data: 9223372036854775807 "
                 "int64_data: -1"),
            (Ints{9223372036854775807, -1}));
  EXPECT_EQ(ints("dims: 2 data_type: 3 int32_data: -128 int32_data: 1"), (Ints{-128, 1}));
  EXPECT_EQ(ints("dims: 1 data_type: 12 uint64_data: 4294967295"), Ints{4294967295});
  EXPECT_EQ(ints("dims: 1 data_type: 13 uint64_data: 5"), Ints{5});
  EXPECT_EQ(ints("dims: 2 data_type: 9 int32_data: 1 int32_data: 0"), (Ints{1, 0}));
  EXPECT_EQ(ints("data_type: 7 int64_data: 3"), Ints{3}); // a scalar
  EXPECT_EQ(floats("dims: 0 data_type: 1"), Floats{});
}

TEST_F(WeightReaderTest, Refuses) {
  auto error = [&](llvm::StringRef fields, bool asInts) {
    WeightRef ref = importTensor(fields);
    std::string message = asInts ? llvm::toString(model->weights->ints(ref).takeError())
                                 : llvm::toString(model->weights->floats(ref).takeError());
    return llvm::StringRef(message).split('\n').first.str();
  };
  EXPECT_EQ(error("dims: 1 data_type: 8 string_data: \"a\"", false),
            "tensor of type string cannot be read as numbers");
  EXPECT_EQ(error("dims: 1 data_type: 1 float_data: 1", true),
            "tensor of type float32 cannot be read as integers");
  EXPECT_EQ(error("dims: 1 data_type: 14 float_data: 1 float_data: 2", false),
            "tensor of type complex64 cannot be read as numbers");
  EXPECT_EQ(error("dims: 1 data_type: 13 uint64_data: 9223372036854775808", true),
            "tensor has a value beyond the range of int64");
  EXPECT_EQ(error("dims: 1 data_type: 1", false), "tensor has no data");
}

/// Refs as no importer makes them: each is an error, never an access outside.
TEST_F(WeightReaderTest, HostileRefs) {
  WeightRef ref = importTensor("dims: 1 data_type: 1 raw_data: \"1234\"");
  auto fails = [&](auto change) {
    WeightRef bad = ref;
    change(bad);
    auto values = model->weights->floats(bad);
    bool failed = !values;
    llvm::consumeError(values.takeError());
    return failed && !model->weights->data(bad);
  };
  EXPECT_TRUE(fails([](WeightRef &r) { r.offset = 1000; }));
  EXPECT_TRUE(fails([](WeightRef &r) { r.offset = ~0ull; }));
  EXPECT_TRUE(fails([](WeightRef &r) { r.length = ~0ull; }));
  EXPECT_TRUE(fails([](WeightRef &r) { r.elements = 2; }));
  EXPECT_TRUE(fails([](WeightRef &r) { r.elements = -1; }));
  EXPECT_TRUE(fails([](WeightRef &r) { r.elements = std::numeric_limits<int64_t>::max(); }));
  EXPECT_TRUE(fails([](WeightRef &r) { r.encoding = WeightRef::Encoding::Packed; }));
  EXPECT_TRUE(fails([](WeightRef &r) { r.encoding = WeightRef::Encoding::None; }));
  EXPECT_TRUE(fails([](WeightRef &r) {
    r.source = WeightRef::Source::External;
    r.location = "../x";
  }));
  EXPECT_FALSE(fails([](WeightRef &) {}));
}

TEST_F(WeightReaderTest, Data) {
  WeightRef ref = importTensor("dims: 2 data_type: 11 double_data: 0.1 double_data: 3");
  std::shared_ptr<const TensorData> data = model->weights->data(ref);
  ASSERT_TRUE(data && data->size() == 2);
  EXPECT_EQ((*data)[0].asFloat(), 0.1); // as double, not by way of float
  EXPECT_EQ((*data)[1].asInt(), Expr(3));
  ref = importTensor("dims: 1 data_type: 7 int64_data: 9007199254740993"); // 2^53 + 1
  EXPECT_EQ((*model->weights->data(ref))[0].asInt(), Expr(9007199254740993));
  // More elements than are ever evaluated.
  ref = importTensor("dims: 4097 data_type: 2 raw_data: \"" + std::string(4097, 'x') + "\"");
  EXPECT_FALSE(model->weights->data(ref));
  EXPECT_EQ(model->weights->rawBytes(ref)->size(), 4097u);
}

TEST_F(WeightReaderTest, ExternalFile) {
  llvm::SmallString<128> root;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("energy-opt-test", root));
  path = (root + "/model.onnx").str();
  std::string file = (root + "/w.bin").str();
  std::ofstream(file) << "xx" << std::string("\0\0\x80\x3f", 4);
  WeightRef ref =
      importTensor("dims: 1 data_type: 1 data_location: EXTERNAL external_data { key: "
                   "\"location\" value: \"w.bin\" } external_data { key: \"offset\" value: "
                   "\"2\" }");
  EXPECT_EQ(ref.length, 4u);
  // Nothing was opened yet: what counts is the file when values are read.
  std::ofstream(file) << "xx" << std::string("\0\0\0\xc0", 4);
  auto values = model->weights->floats(ref);
  ASSERT_TRUE(bool(values)) << llvm::toString(values.takeError());
  EXPECT_EQ(*values, Floats{-2});
  EXPECT_FALSE(bool(model->weights->checkExternal("w.bin", 2, 4)));
  EXPECT_EQ(llvm::toString(model->weights->checkExternal("w.bin", 3, 4)),
            "tensor data at byte 3, 4 long, exceeds the file's 6 bytes\nthe "
            "file is truncated, or not "
            "this model's");
  llvm::sys::fs::remove_directories(root);
}

/// Every value of every small float format, against LLVM's own arithmetic.
TEST(MiniFloatTest, AgreesWithAPFloat) {
  struct {
    MiniFloat format;
    const llvm::fltSemantics &semantics;
    unsigned bits;
  } formats[] = {
      {{5, 10, 15, MiniFloat::Ieee}, llvm::APFloat::IEEEhalf(), 16},
      {{4, 3, 7, MiniFloat::MaxNan}, llvm::APFloat::Float8E4M3FN(), 8},
      {{4, 3, 8, MiniFloat::ZeroNan}, llvm::APFloat::Float8E4M3FNUZ(), 8},
      {{5, 2, 15, MiniFloat::Ieee}, llvm::APFloat::Float8E5M2(), 8},
      {{5, 2, 16, MiniFloat::ZeroNan}, llvm::APFloat::Float8E5M2FNUZ(), 8},
      {{2, 1, 1, MiniFloat::Finite}, llvm::APFloat::Float4E2M1FN(), 4},
  };
  for (const auto &f : formats)
    for (uint32_t bits = 0; bits < (1u << f.bits); ++bits) {
      float expected = llvm::APFloat(f.semantics, llvm::APInt(f.bits, bits)).convertToFloat();
      float actual = decodeMiniFloat(bits, f.format);
      ASSERT_TRUE(std::isnan(expected)
                      ? std::isnan(actual)
                      : expected == actual && std::signbit(expected) == std::signbit(actual))
          << bits << " of " << f.bits << " bits: " << actual << ", not " << expected;
    }
}

/// 2^(x - 127); the smallest is subnormal in float.
TEST(MiniFloatTest, E8M0) {
  uint8_t raw[] = {0, 127, 254, 255};
  std::vector<float> values(4);
  ASSERT_FALSE(bool(decodeRaw(raw, DType::F8E8M0, llvm::MutableArrayRef(values))));
  EXPECT_EQ(values[0], 0x1p-127f);
  EXPECT_EQ(values[1], 1.0f);
  EXPECT_EQ(values[2], 0x1p127f);
  EXPECT_TRUE(std::isnan(values[3]));
}

} // namespace
