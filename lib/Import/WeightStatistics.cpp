//===- WeightStatistics.cpp - Weights that are zero, by channel -----------===//

#include "Import/WeightStatistics.h"

#include "Import/ImportError.h"
#include "Import/Magnitudes.h"
#include "Import/ReaderState.h"
#include "Import/Threads.h"
#include "Import/WeightDecoder.h"
#include "Import/WeightStream.h"

#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Threading.h"

#include <atomic>
#include <limits>
#if __has_include(<sys/platform/x86.h>) && !defined(__clang__) // which has no _Bool in C++
#include <sys/platform/x86.h>
#endif

namespace energyopt {

// The loops are there twice: for any processor, and for instructions of most.
#if defined(__x86_64__)
#define ENERGY_OPT_WIDE [[gnu::target("avx2")]]
static bool hasWideVectors() {
#ifdef CPU_FEATURE_ACTIVE
  // The C library knows; the compiler's way asks the processor at every start, which is
  // slow in a virtual machine.
  return CPU_FEATURE_ACTIVE(AVX2);
#else
  return __builtin_cpu_supports("avx2");
#endif
}
#else
#define ENERGY_OPT_WIDE
static bool hasWideVectors() { return false; }
#endif

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

namespace {
/// As the file has them: each an output or an input, as long as the others together.
struct Rows {
  explicit Rows(const WeightTensor &tensor)
      : byRow(tensor.outFirst), count(byRow ? tensor.outputs : tensor.inputs),
        length((byRow ? tensor.inputs : tensor.outputs) * tensor.window), window(tensor.window) {}
  int64_t outputOf(uint64_t element) const {
    return byRow ? int64_t(element) / length : int64_t(element) % length / window;
  }
  bool byRow; // outputs
  int64_t count, length, window;
};
} // namespace

static bool isValid(const WeightTensor &tensor) {
  if (tensor.outputs <= 0 || tensor.inputs <= 0 || tensor.window <= 0)
    return false;
  auto pairs = llvm::checkedMul(tensor.outputs, tensor.inputs);
  auto elements = pairs ? llvm::checkedMul(*pairs, tensor.window) : std::nullopt;
  size_t points = tensor.zeroPoints.size();
  return elements == tensor.ref.elements &&
         Rows(tensor).count <= std::numeric_limits<uint32_t>::max() &&
         (points <= 1 || int64_t(points) == tensor.outputs);
}

static int64_t zeroPointOf(const WeightTensor &tensor, int64_t output) {
  const std::vector<int64_t> &points = tensor.zeroPoints;
  return points.empty() ? 0 : points[points.size() == 1 ? 0 : output];
}

/// Distances of whatever can be decoded to its zero points. What is not zero stays so.
static llvm::Error decodeMagnitudes(const WeightPieces &pieces, const WeightTensor &tensor,
                                    uint64_t first, llvm::MutableArrayRef<float> out) {
  const Rows rows(tensor);
  std::vector<double> values(out.size());
  if (llvm::Error error = pieces.decode(first, llvm::MutableArrayRef(values)))
    return error;
  for (size_t i = 0; i < values.size(); ++i) {
    double value = std::fabs(values[i] - double(zeroPointOf(tensor, rows.outputOf(first + i))));
    out[i] = float(value);
    if (out[i] == 0 && value != 0)
      out[i] = std::numeric_limits<float>::denorm_min();
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Forms: how elements are read, and what their magnitudes are worth
//===----------------------------------------------------------------------===//

namespace {
/// Elements as they are stored.
template <typename Form> struct Stored {
  const WeightPieces &pieces;
  using Raw = typename Form::Raw;
  llvm::Error fill(uint64_t first, llvm::MutableArrayRef<Raw> out) const {
    return pieces.read(first, {reinterpret_cast<uint8_t *>(out.data()), out.size() * sizeof(Raw)});
  }
};

struct Singles : Stored<SinglePrecision> {
  SinglePrecision form(int64_t) const { return {}; }
  float valueOf(float magnitude) const { return magnitude; }
  float upTo(float limit) const { return limit; }
};

struct Decoded : Singles {
  const WeightTensor &tensor;
  Decoded(const WeightPieces &pieces, const WeightTensor &tensor)
      : Singles{{pieces}}, tensor(tensor) {}
  llvm::Error fill(uint64_t first, llvm::MutableArrayRef<float> out) const {
    return decodeMagnitudes(pieces, tensor, first, out);
  }
};

struct Halves : Stored<HalfPrecision> {
  HalfPrecision form(int64_t) const {
    return {int16_t(pieces.dtype() == DType::F16 ? 0x7c00 : 0x7f80)};
  }
  float valueOf(int16_t magnitude) const {
    const uint8_t bytes[] = {uint8_t(magnitude), uint8_t(magnitude >> 8)};
    float value = 0;
    llvm::cantFail(decodeRaw(llvm::ArrayRef(bytes), pieces.dtype(), llvm::MutableArrayRef(value)));
    return value;
  }
  /// The greatest magnitude that is worth no more.
  int16_t upTo(float limit) const {
    int16_t low = 0, high = form(0).infinity;
    while (low < high) {
      int16_t middle = int16_t((low + high + 1) / 2);
      if (valueOf(middle) <= limit)
        low = middle;
      else
        high = int16_t(middle - 1);
    }
    return low;
  }
};

struct Bytes : Stored<ByteSteps> {
  const WeightTensor &tensor;
  Bytes(const WeightPieces &pieces, const WeightTensor &tensor)
      : Stored<ByteSteps>{pieces}, tensor(tensor) {}
  ByteSteps form(int64_t row) const {
    uint8_t flip = pieces.dtype() == DType::I8 ? 0x80 : 0;
    return {flip, uint8_t(uint8_t(zeroPointOf(tensor, row)) ^ flip)};
  }
  float valueOf(uint8_t magnitude) const { return magnitude; }
  uint8_t upTo(float limit) const { return uint8_t(std::min(limit, 255.0f)); }
};
} // namespace

//===----------------------------------------------------------------------===//
// A pass over a tensor
//===----------------------------------------------------------------------===//

namespace {
struct Sums {
  WeightCounts counts;
  std::vector<float> largest; // by output
};

/// Counts what is at most the limits, which are by output; without any, zeros, and
/// finds the largest.
template <typename Source> class Pass {
public:
  Pass(const Source &source, const WeightTensor &tensor, llvm::ArrayRef<float> limits)
      : source(source), tensor(tensor), rows(tensor), rowCounts(rows.count, 0) {
    if (limits.empty() && rows.byRow)
      rowLargest.assign(rows.count, 0);
    for (float limit : limits)
      this->limits.insert(this->limits.end(), rows.byRow ? 1 : rows.window, source.upTo(limit));
  }

  /// Nullopt if the weights cannot be read.
  std::optional<Sums> run() {
    std::vector<Share> shares(threads());
    for (Share &share : shares) {
      share.buffer.reset(new Raw[std::min<uint64_t>(tensor.ref.elements, kAtOnce)]);
      share.counts.assign(rows.length, 0);
      share.largest.assign(limits.empty() && !rows.byRow ? rows.length : 0, 0);
    }
    // They allocate nothing: an allocator has a pool for each thread that does.
    onThreads(shares.size(), [&](size_t i) { take(shares[i]); });
    if (llvm::any_of(shares, [](const Share &share) { return share.failed; }))
      return std::nullopt;
    return sumUp(shares);
  }

private:
  using Form = decltype(std::declval<Source>().form(0));
  using Raw = typename Form::Raw;
  using Magnitude = typename Form::Magnitude;

  /// Of one thread: what is in the rows that it took, by place in a row.
  struct Share {
    /// Not on the stack, whose pages the system takes back when a thread ends.
    std::unique_ptr<Raw[]> buffer;
    std::vector<uint32_t> counts;
    std::vector<Magnitude> largest;
    bool failed = false;
  };
  static constexpr size_t kAtOnce = WeightPieces::kBytes / sizeof(Raw);

  bool sharesBytes() const { return bitWidth(tensor.ref.dtype) % 8 != 0; }

  size_t threads() const {
    constexpr uint64_t kLeastBytes = 2 << 20, kMost = 8;
    if (sharesBytes())
      return 1;
    uint64_t most = std::min<uint64_t>(
        {kMost, uint64_t(rows.count), llvm::hardware_concurrency().compute_thread_count()});
    return std::clamp<uint64_t>(uint64_t(tensor.ref.elements) * (bitWidth(tensor.ref.dtype) / 8) /
                                    kLeastBytes,
                                1, std::max<uint64_t>(1, most));
  }

  /// Rows until there are no more: a thread that gets less time takes less of them.
  void take(Share &share) {
    constexpr int64_t kBytesTaken = 1 << 20;
    const int64_t most =
        sharesBytes() ? rows.count
                      : std::max<int64_t>(1, kBytesTaken / int64_t(sizeof(Raw)) / rows.length);
    for (int64_t from; (from = next.fetch_add(most)) < rows.count;)
      takeRows(share, from, std::min(from + most, rows.count));
  }

  /// In pieces wherever rows begin and end.
  void takeRows(Share &share, int64_t from, int64_t end) {
    const uint64_t length = rows.length, last = uint64_t(end) * length;
    for (uint64_t first = uint64_t(from) * length; first < last; first += kAtOnce) {
      llvm::MutableArrayRef<Raw> piece(share.buffer.get(),
                                       std::min<uint64_t>(kAtOnce, last - first));
      if (llvm::Error error = source.fill(first, piece)) {
        llvm::consumeError(std::move(error));
        share.failed = true;
        next = rows.count;
        return;
      }
      for (size_t i = 0; i < piece.size();) {
        uint64_t row = (first + i) / length, place = (first + i) % length;
        size_t count = std::min<uint64_t>({piece.size() - i, length - place, kMostAtOnce});
        if (hasWideVectors())
          takeWide(share, int64_t(row), place, piece.slice(i, count));
        else
          takeAny(share, int64_t(row), place, piece.slice(i, count));
        i += count;
      }
    }
  }

  void takeAny(Share &share, int64_t row, uint64_t place, llvm::ArrayRef<Raw> raw) {
    count(share, row, place, raw);
  }
  ENERGY_OPT_WIDE void takeWide(Share &share, int64_t row, uint64_t place,
                                llvm::ArrayRef<Raw> raw) {
    count(share, row, place, raw);
  }

  /// Elements of a row, from a place in it on.
  ENERGY_OPT_INLINE void count(Share &share, int64_t row, uint64_t place, llvm::ArrayRef<Raw> raw) {
    const Form form = source.form(row);
    if (!limits.empty() && !rows.byRow) {
      rowCounts[row] += addUpToEach(form, raw.data(), raw.size(), limits.data() + place,
                                    share.counts.data() + place);
      return;
    }
    Magnitude limit = limits.empty() ? Magnitude(0) : limits[row];
    int64_t found = !limits.empty() ? countUpTo(form, raw.data(), raw.size(), limit)
                    : !share.largest.empty()
                        ? raiseEach(form, raw.data(), raw.size(), share.largest.data() + place)
                        : raise(form, raw.data(), raw.size(), rowLargest[row]);
    if (found == 0)
      return;
    rowCounts[row] += found;
    addUpTo(form, raw.data(), raw.size(), limit, share.counts.data() + place);
  }

  /// By channels instead of rows and places.
  Sums sumUp(const std::vector<Share> &shares) const {
    Sums sums;
    for (int64_t count : rowCounts)
      sums.counts.total += count;
    if (sums.counts.total > 0) {
      std::vector<int64_t> columns(rows.length / rows.window, 0);
      for (const Share &share : shares)
        for (size_t place = 0; place < share.counts.size(); ++place)
          columns[int64_t(place) / rows.window] += share.counts[place];
      sums.counts.outputs = rows.byRow ? rowCounts : columns;
      sums.counts.inputs = rows.byRow ? columns : rowCounts;
    }
    sums.largest.assign(tensor.outputs, 0);
    for (size_t row = 0; row < rowLargest.size(); ++row)
      sums.largest[row] = source.valueOf(rowLargest[row]);
    for (const Share &share : shares)
      for (size_t place = 0; place < share.largest.size(); ++place) {
        float &largest = sums.largest[int64_t(place) / rows.window];
        largest = std::max(largest, source.valueOf(share.largest[place]));
      }
    return sums;
  }

  const Source &source;
  const WeightTensor &tensor;
  const Rows rows;
  std::vector<Magnitude> limits;     // by row or by place
  std::vector<int64_t> rowCounts;    // each row is one thread's
  std::vector<Magnitude> rowLargest; // empty where they are by place, or not wanted
  std::atomic<int64_t> next{0};      // row that nobody took
};
} // namespace

static std::optional<Sums> passOver(WeightReader &reader, const WeightTensor &tensor,
                                    llvm::ArrayRef<float> limits) {
  auto pieces = WeightPieces::of(reader, tensor.ref);
  if (!pieces) {
    llvm::consumeError(pieces.takeError());
    return std::nullopt;
  }
  auto pass = [&](const auto &source) {
    return Pass<std::decay_t<decltype(source)>>(source, tensor, limits).run();
  };
  // Bytes are read as they are in memory, and zero points by row.
  if (llvm::endianness::native == llvm::endianness::little)
    switch (tensor.ref.dtype) {
    case DType::F32:
      return pass(Singles{{*pieces}});
    case DType::F16:
    case DType::BF16:
      return pass(Halves{{*pieces}});
    case DType::I8:
    case DType::U8:
      if (tensor.outFirst || tensor.zeroPoints.size() <= 1)
        return pass(Bytes(*pieces, tensor));
      break;
    default:
      break;
    }
  return pass(Decoded(*pieces, tensor));
}

//===----------------------------------------------------------------------===//
// What is kept
//===----------------------------------------------------------------------===//

struct WeightStatistics::Entry {
  std::optional<Sums> sums;
  std::map<ZeroRule, std::optional<WeightCounts>> near;
};

WeightStatistics &WeightStatistics::of(const WeightReader &reader) {
  return reader.state().statistics;
}
WeightStatistics::WeightStatistics(WeightReader &reader) : reader(reader) {}
WeightStatistics::~WeightStatistics() = default;

WeightStatistics::Entry &WeightStatistics::entryOf(const WeightTensor &tensor) {
  const WeightRef &ref = tensor.ref;
  std::vector<int64_t> layout{tensor.outputs, tensor.inputs, tensor.window, tensor.outFirst};
  layout.insert(layout.end(), tensor.zeroPoints.begin(), tensor.zeroPoints.end());
  auto [entry, isNew] = entries.try_emplace(
      Key(ref.source, ref.encoding, ref.dtype, ref.offset, ref.location.str(), std::move(layout)));
  if (isNew) {
    entry->second = std::make_unique<Entry>();
    if (isValid(tensor))
      entry->second->sums = passOver(reader, tensor, {});
  }
  return *entry->second;
}

/// Whether an output whose largest weight is `one` is negligible as a whole.
static bool isNegligible(double one, double most, const ZeroRule &rule) {
  return rule.nearOutput > 0 && one <= rule.nearOutput * most;
}

static std::vector<float> limitsOf(llvm::ArrayRef<float> largest, const ZeroRule &rule) {
  double most = largest.empty() ? 0 : *llvm::max_element(largest);
  std::vector<float> limits;
  for (float one : largest) {
    bool all = isNegligible(one, most, rule);
    double limit = !std::isfinite(most) ? 0 : all ? one : rule.near * one;
    float rounded = float(limit);
    limits.push_back(rounded <= limit ? rounded : std::nextafter(rounded, 0.0f));
  }
  return limits;
}

const WeightCounts *WeightStatistics::zeros(const WeightTensor &tensor, ZeroRule rule) {
  std::lock_guard<std::mutex> lock(mutex);
  Entry &entry = entryOf(tensor);
  if (!entry.sums || rule.isExact())
    return entry.sums ? &entry.sums->counts : nullptr;
  // Most often no output is negligible, and the counts are those without that part.
  llvm::ArrayRef<float> largest = entry.sums->largest;
  double most = largest.empty() ? 0 : *llvm::max_element(largest);
  if (llvm::none_of(largest, [&](float one) { return isNegligible(one, most, rule); }))
    rule.nearOutput = 0;
  auto [near, isNew] = entry.near.try_emplace(rule);
  if (isNew)
    if (auto sums = passOver(reader, tensor, limitsOf(largest, rule)))
      near->second = std::move(sums->counts);
  return near->second ? &*near->second : nullptr;
}

std::vector<float> WeightStatistics::limits(const WeightTensor &tensor, const ZeroRule &rule) {
  std::lock_guard<std::mutex> lock(mutex);
  Entry &entry = entryOf(tensor);
  return entry.sums ? limitsOf(entry.sums->largest, rule) : std::vector<float>();
}

llvm::Error WeightStatistics::stream(const WeightTensor &tensor,
                                     llvm::function_ref<bool(llvm::ArrayRef<float>)> piece) {
  if (!isValid(tensor))
    return importError("tensor has other dims than its layer", "the reference is not valid");
  auto pieces = WeightPieces::of(reader, tensor.ref);
  if (!pieces)
    return pieces.takeError();
  auto magnitudes = [&](uint64_t first, llvm::MutableArrayRef<float> out) {
    return decodeMagnitudes(*pieces, tensor, first, out);
  };
  return pieces->stream(magnitudes, piece);
}

} // namespace energyopt
