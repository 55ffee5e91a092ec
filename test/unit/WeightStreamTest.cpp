//===- WeightStreamTest.cpp - Weights piece by piece ----------------------===//

#include "Import/WeightStream.h"
#include "Import/WeightDecoder.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/Support/Compiler.h"
#include "llvm/Support/FileSystem.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <unistd.h>

using namespace energyopt;

namespace {

/// MB of this process that are in memory.
double residentMb() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0, resident = 0;
  statm >> pages >> resident;
  return resident * double(sysconf(_SC_PAGESIZE)) / 1e6;
}

/// A file of bytes, mapped as a model's is.
class WeightStreamTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("weights", "bin", path));
  }
  void TearDown() override { llvm::sys::fs::remove(path); }

  std::unique_ptr<WeightReader> map(llvm::ArrayRef<uint8_t> bytes) {
    std::ofstream(path.c_str(), std::ios::binary)
        .write(reinterpret_cast<const char *>(bytes.data()), std::streamsize(bytes.size()));
    auto buffer =
        llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    EXPECT_TRUE(bool(buffer));
    return std::make_unique<WeightReader>(std::move(*buffer), "", /*trustExternal=*/false);
  }

  static WeightRef raw(DType dtype, int64_t elements, uint64_t offset, uint64_t length) {
    WeightRef ref;
    ref.dtype = dtype;
    ref.elements = elements;
    ref.encoding = WeightRef::Encoding::Raw;
    ref.offset = offset;
    ref.length = length;
    return ref;
  }

  static llvm::Error streamFloats(WeightReader &reader, const WeightRef &ref,
                                  llvm::function_ref<bool(llvm::ArrayRef<float>)> visit) {
    auto pieces = WeightPieces::of(reader, ref);
    if (!pieces)
      return pieces.takeError();
    auto decode = [&](uint64_t first, llvm::MutableArrayRef<float> out) {
      return pieces->decode(first, out);
    };
    return pieces->stream(decode, visit);
  }

  static std::vector<float> streamed(WeightReader &reader, const WeightRef &ref) {
    std::vector<float> all;
    llvm::Error error = streamFloats(reader, ref, [&](llvm::ArrayRef<float> piece) {
      all.insert(all.end(), piece.begin(), piece.end());
      return true;
    });
    EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
    return all;
  }

  llvm::SmallString<128> path;
};

TEST_F(WeightStreamTest, PiecesAreTheTensor) {
  // Not a whole number of pieces, at an odd place.
  constexpr int64_t kBytes = 300'001, kOffset = 3;
  std::vector<uint8_t> bytes(kOffset + kBytes);
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = uint8_t(i * 37 ^ i >> 9);
  auto reader = map(bytes);
  const std::pair<DType, int64_t> types[] = {
      {DType::F32, kBytes / 4},    {DType::F64, kBytes / 8},   {DType::F16, kBytes / 2},
      {DType::BF16, kBytes / 2},   {DType::F8E5M2, kBytes},    {DType::I8, kBytes},
      {DType::F4E2M1, 2 * kBytes}, {DType::I4, 2 * kBytes - 1}};
  for (auto [dtype, elements] : types) {
    WeightRef ref = raw(dtype, elements, kOffset, kBytes);
    auto whole = reader->floats(ref);
    ASSERT_TRUE(bool(whole)) << llvm::toString(whole.takeError());
    std::vector<float> pieces = streamed(*reader, ref);
    ASSERT_EQ(pieces.size(), whole->size());
    // Of bytes, so that NaN is equal to itself.
    EXPECT_EQ(std::memcmp(pieces.data(), whole->data(), 4 * pieces.size()), 0) << name(dtype).str();
  }
}

TEST_F(WeightStreamTest, MemoryDoesNotGrowWithTheFile) {
#if LLVM_ADDRESS_SANITIZER_BUILD
  GTEST_SKIP() << "AddressSanitizer holds on to memory that was freed";
#endif
  constexpr int64_t kElements = 16 << 20; // 67 MB
  {
    std::vector<uint8_t> bytes(4 * kElements);
    for (int64_t i = 0; i < kElements; ++i) {
      float value = float(i % 1000);
      std::memcpy(bytes.data() + 4 * i, &value, 4);
    }
    map(bytes);
  }
  auto buffer =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  ASSERT_TRUE(bool(buffer));
  WeightReader reader(std::move(*buffer), "", /*trustExternal=*/false);
  WeightRef ref = raw(DType::F32, kElements, 0, 4 * kElements);
  double before = residentMb(), most = 0, sum = 0;
  llvm::Error error = streamFloats(reader, ref, [&](llvm::ArrayRef<float> piece) {
    most = std::max(most, residentMb());
    for (float value : piece)
      sum += value;
    return true;
  });
  ASSERT_FALSE(bool(error));
  // 16777 full rounds of 0 + ... + 999 = 499500, then 0 + ... + 215 = 23220.
  EXPECT_EQ(sum, 16777 * 499500.0 + 23220);
  EXPECT_LT(most - before, 20);
}

TEST_F(WeightStreamTest, WhatIsMissingIsAnError) {
  auto reader = map(std::vector<uint8_t>(100'000));
  llvm::Error error = streamFloats(*reader, raw(DType::F32, 50'000, 0, 200'000),
                                   [](llvm::ArrayRef<float>) { return true; });
  EXPECT_TRUE(bool(error));
  llvm::consumeError(std::move(error));
}

TEST_F(WeightStreamTest, AFileThatShrinksIsAnError) {
  auto reader = map(std::vector<uint8_t>(1'000'000));
  WeightRef ref = raw(DType::F32, 250'000, 0, 1'000'000);
  auto pieces = WeightPieces::of(*reader, ref);
  ASSERT_TRUE(bool(pieces)) << llvm::toString(pieces.takeError());
  ASSERT_EQ(::truncate(path.c_str(), 500'000), 0);
  std::vector<float> values(250'000);
  EXPECT_EQ(llvm::toString(pieces->decode(0, llvm::MutableArrayRef(values))),
            "the file ends at byte 500000, before its weights do\nleave the file as it is while it "
            "is read");
}

TEST_F(WeightStreamTest, StopsWhenNoMoreIsWanted) {
  auto reader = map(std::vector<uint8_t>(4'000'000));
  size_t pieces = 0;
  llvm::Error error =
      streamFloats(*reader, raw(DType::F32, 1'000'000, 0, 4'000'000), [&](llvm::ArrayRef<float>) {
        ++pieces;
        return false;
      });
  EXPECT_FALSE(bool(error));
  EXPECT_EQ(pieces, 1u);
}

/// All of binary16 against LLVM's arithmetic.
TEST(WeightDecoderTest, HalvesAreIeee) {
  for (uint32_t bits = 0; bits < 1 << 16; ++bits) {
    uint8_t raw[] = {uint8_t(bits), uint8_t(bits >> 8)};
    float value = 0;
    ASSERT_FALSE(bool(decodeRaw(raw, DType::F16, llvm::MutableArrayRef(value))));
    llvm::APFloat expected(llvm::APFloat::IEEEhalf(), llvm::APInt(16, bits));
    if (expected.isNaN()) {
      EXPECT_TRUE(std::isnan(value)) << bits;
      continue;
    }
    EXPECT_EQ(value, expected.convertToFloat()) << bits;
    EXPECT_EQ(std::signbit(value), expected.isNegative()) << bits;
  }
}

} // namespace
