//===- Format.cpp - Numbers and names as people read them -----------------===//

#include "Format.h"

#include "energy-opt/Views.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Unicode.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <ctime>

using namespace llvm;

namespace energyopt {

static constexpr const char *kPrefixes[] = {"f", "p", "n", "µ", "m", "",
                                            "k", "M", "G", "T", "P", "E"};
static constexpr int kUnitPrefix = 5;
static constexpr int kLastPrefix = std::size(kPrefixes) - 1;

Scale scaleOf(double value, bool unicode) {
  double magnitude = std::fabs(value);
  if (magnitude == 0 || !std::isfinite(magnitude))
    return {};
  int power = static_cast<int>(std::floor(std::log10(magnitude) / 3));
  // 999.7 is printed with three digits, as 1000: that is the next prefix.
  if (magnitude / std::pow(1000.0, power) >= 999.5)
    ++power;
  power = std::clamp(power, -kUnitPrefix, kLastPrefix - kUnitPrefix);
  const char *prefix = kPrefixes[power + kUnitPrefix];
  if (!unicode && power == -2)
    prefix = "u";
  return {std::pow(1000.0, power), prefix};
}

std::string digits(double value) {
  double magnitude = std::fabs(value);
  std::string text;
  raw_string_ostream os(text);
  if (magnitude == 0)
    os << '0';
  else if (magnitude < 0.9995 || magnitude >= 1e7)
    os << format("%#.3g", value);
  else
    os << format("%.*f", magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0, value);
  return text;
}

std::string si(double value, StringRef unit, bool unicode) {
  if (!std::isfinite(value))
    return "n/a";
  Scale scale = scaleOf(value, unicode);
  return (digits(value / scale.factor) + " " + scale.prefix + unit).str();
}

std::string siCount(int64_t value, StringRef unit, bool unicode) {
  if (value > -1000 && value < 1000)
    return (Twine(value) + (unit.empty() ? "" : " ") + unit).str();
  return si(static_cast<double>(value), unit, unicode);
}

std::string countOf(int64_t count, StringRef noun, bool unicode) {
  std::string number = siCount(count, "", unicode);
  return (number + (StringRef(number).ends_with(" ") ? "" : " ") + noun + (count == 1 ? "" : "s"))
      .str();
}

std::string range(const Interval &interval, bool unicode) {
  if (!std::isfinite(interval.low) || !std::isfinite(interval.high))
    return "n/a";
  double factor = scaleOf(interval.value, unicode).factor;
  return digits(interval.low / factor) + (unicode ? "–" : "..") + digits(interval.high / factor);
}

std::string percent(double part, double whole, bool unicode, int decimals) {
  if (!(std::fabs(whole) > 0) || !std::isfinite(part / whole))
    return unicode ? "–" : "-";
  std::string text;
  raw_string_ostream(text) << format("%.*f %%", decimals, 100 * part / whole);
  return text;
}

std::string exactNumber(double value) {
  if (!std::isfinite(value))
    return "null";
  char buffer[32];
  auto end = std::to_chars(buffer, std::end(buffer), value == 0 ? 0 : value);
  return std::string(buffer, end.ptr);
}

/// Decodes one character and drops it from `text`; nullopt, with one byte
/// dropped, if it is malformed.
static std::optional<UTF32> takeCharacter(StringRef &text) {
  auto *begin = reinterpret_cast<const UTF8 *>(text.begin());
  auto *source = begin;
  UTF32 character;
  auto result = convertUTF8Sequence(&source, reinterpret_cast<const UTF8 *>(text.end()), &character,
                                    strictConversion);
  if (result != conversionOK) {
    text = text.drop_front();
    return std::nullopt;
  }
  text = text.drop_front(source - begin);
  return character;
}

bool isVisible(uint32_t c) {
  if (c < 0x80)
    return c >= 0x20 && c != 0x7f;
  // Line separators, soft hyphen, and fillers that are drawn as nothing.
  for (uint32_t blank : {0x2028u, 0x2029u, 0xadu, 0x115fu, 0x1160u, 0x3164u})
    if (c == blank)
      return false;
  return sys::unicode::isPrintable(c) && !sys::unicode::isFormatting(c);
}

/// As most text is: a column for each byte.
static bool isPlain(StringRef text) {
  return all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::string printable(StringRef text, bool unicode) {
  if (isPlain(text))
    return text.str();
  std::string result;
  result.reserve(text.size());
  raw_string_ostream os(result);
  while (!text.empty()) {
    StringRef start = text;
    std::optional<UTF32> c = takeCharacter(text);
    StringRef bytes = start.drop_back(text.size());
    if (!c)
      os << "\\x" << format_hex_no_prefix(uint8_t(bytes[0]), 2);
    else if (isVisible(*c) && (unicode || *c < 0x80))
      os << bytes;
    else if (*c == '\n')
      os << "\\n";
    else if (*c == '\t')
      os << "\\t";
    else if (*c < 0x80)
      os << "\\x" << format_hex_no_prefix(*c, 2);
    else
      os << "\\u{" << utohexstr(*c, /*LowerCase=*/true) << '}';
  }
  return result;
}

unsigned columnsOf(StringRef text) {
  if (isPlain(text))
    return text.size();
  int columns = sys::unicode::columnWidthUTF8(text);
  return columns < 0 ? text.size() : columns;
}

/// Takes the first character, and returns its columns.
static unsigned takeColumns(StringRef &text) {
  StringRef before = text;
  takeCharacter(text);
  return columnsOf(before.drop_back(text.size()));
}

/// The longest prefix of `text` of at most `width` columns.
static StringRef prefixOf(StringRef text, unsigned width) {
  StringRef rest = text, taken;
  for (unsigned columns = 0; !rest.empty(); taken = text.drop_back(rest.size()))
    if ((columns += takeColumns(rest)) > width)
      break;
  return taken;
}

/// The longest suffix of `text` of at most `width` columns.
static StringRef suffixOf(StringRef text, unsigned width) {
  for (unsigned columns = columnsOf(text); !text.empty() && columns > width;)
    columns -= std::min(columns, takeColumns(text));
  return text;
}

/// A path without the parts that the next part repeats, as exporters write
/// them: "/layer1/layer1.0/conv" is "/…layer1.0/conv".
static std::string withoutRepeats(StringRef path, StringRef gap) {
  SmallVector<StringRef, 12> parts;
  path.split(parts, '/');
  std::string result;
  bool dropped = false;
  for (size_t i = 0; i < parts.size(); ++i) {
    StringRef next = i + 1 < parts.size() ? parts[i + 1] : "";
    if (!parts[i].empty() && next.consume_front(parts[i]) && next.starts_with(".")) {
      dropped = true;
      continue;
    }
    if (i)
      result += '/';
    if (std::exchange(dropped, false))
      result += gap;
    result += parts[i];
  }
  return result;
}

std::string fit(StringRef name, unsigned width, bool unicode) {
  if (columnsOf(name) <= width)
    return name.str();
  std::string shorter = withoutRepeats(name, unicode ? "…" : "..");
  StringRef text = shorter;
  if (columnsOf(text) <= width)
    return shorter;
  StringRef gap = unicode ? "…" : "..";
  unsigned gapColumns = unicode ? 1 : 2;
  if (width <= gapColumns)
    return prefixOf(text, width).str();
  unsigned tail = (width - gapColumns) / 2;
  unsigned head = width - gapColumns - tail;
  return (prefixOf(text, head) + gap + suffixOf(text, tail)).str();
}

StringRef name(WorkStatus status) {
  switch (status) {
  case WorkStatus::Modelled:
    return "modelled";
  case WorkStatus::Free:
    return "free";
  case WorkStatus::Bounded:
    return "bounded";
  case WorkStatus::Unmodelled:
    return "unmodelled";
  }
  return "";
}

DType computeType(const GraphRow &row, const WorkGraph &graph) {
  const RowWork *largest = nullptr;
  for (const RowWork &work : row.work)
    if (!largest || work.count > largest->count)
      largest = &work;
  if (largest)
    return largest->dtype;
  for (const TensorUse &use : row.writes)
    if (const GraphTensor *tensor = tensorOf(graph, use.tensor))
      return tensor->dtype;
  for (const TensorUse &use : row.reads)
    if (const GraphTensor *tensor = tensorOf(graph, use.tensor))
      return tensor->dtype;
  return DType::Undefined;
}

const KernelCost *kernelOf(const TargetReport &target, size_t row) {
  if (row >= target.rows.size())
    return nullptr;
  int32_t kernel = target.rows[row].kernel;
  return kernel < 0 || size_t(kernel) >= target.kernels.size() ? nullptr : &target.kernels[kernel];
}

std::string qualifiedOp(StringRef op, StringRef domain) {
  if (domain.empty() || domain == "ai.onnx")
    return op.str();
  return (domain + "::" + op).str();
}

const GraphTensor *tensorOf(const WorkGraph &graph, int32_t tensor) {
  return tensor < 0 || size_t(tensor) >= graph.tensors.size() ? nullptr : &graph.tensors[tensor];
}

static std::string joinDims(ArrayRef<PrintedDim> dims, StringRef separator, StringRef unknown) {
  std::string text;
  for (const PrintedDim &dim : dims) {
    if (&dim != dims.begin())
      text += separator;
    text += dim ? std::to_string(*dim) : unknown.str();
  }
  return text;
}

std::string shapeJson(const GraphTensor *tensor) {
  if (!tensor || !tensor->hasRank)
    return "null";
  return "[" + joinDims(tensor->dims, ", ", "null") + "]";
}

std::string shapeText(const GraphTensor *tensor) {
  if (!tensor)
    return "-";
  if (!tensor->hasRank)
    return "?";
  return tensor->dims.empty() ? "scalar" : joinDims(tensor->dims, "x", "?");
}

std::string opsetsText(const ModelSummary &model) {
  std::string text;
  for (const auto &[domain, version] : model.opsets)
    text += (Twine(text.empty() ? "" : ", ") + domain + " " + Twine(version)).str();
  return text;
}

std::string utcNow(const char *format) {
  std::time_t now = std::time(nullptr);
  int64_t epoch;
  if (const char *given = std::getenv("SOURCE_DATE_EPOCH"))
    if (!StringRef(given).getAsInteger(10, epoch))
      now = static_cast<std::time_t>(epoch);
  char text[32] = "";
  std::tm parts = {};
  if (gmtime_r(&now, &parts))
    std::strftime(text, sizeof text, format, &parts);
  return text;
}

/// The first `columns` columns of a text, at least one character.
static StringRef head(StringRef text, unsigned columns) {
  StringRef part = prefixOf(text, columns), rest = text;
  if (!part.empty() || text.empty())
    return part;
  takeCharacter(rest);
  return text.drop_back(rest.size());
}

void paragraph(raw_ostream &os, StringRef bullet, StringRef text, unsigned width, unsigned hang) {
  constexpr unsigned kLeast = 16; // columns that any line has
  os << bullet;
  unsigned column = columnsOf(bullet);
  unsigned indent = column + hang;
  unsigned room = std::max(kLeast, width > indent ? width - indent : 0);
  bool first = true;
  auto breakLine = [&] {
    os << '\n';
    os.indent(indent);
    column = indent;
    first = true;
  };
  while (!text.empty()) {
    auto [word, rest] = text.split(' ');
    text = rest;
    if (word.empty())
      continue;
    if (!first && column + 1 + columnsOf(word) > width)
      breakLine();
    // A word that is longer than a line goes on in the next.
    unsigned left = columnsOf(word);
    while (left > room) {
      StringRef part = head(word, column + kLeast > width ? kLeast : width - column);
      os << part;
      word = word.drop_front(part.size());
      left -= std::min(left, columnsOf(part));
      breakLine();
    }
    if (!first) {
      os << ' ';
      ++column;
    }
    os << word;
    column += left;
    first = false;
  }
  os << '\n';
}

} // namespace energyopt
