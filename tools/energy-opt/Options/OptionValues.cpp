//===- OptionValues.cpp - Texts of options to values ----------------------===//

#include "Options/OptionValues.h"

#include "Shape/Nearest.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>

using namespace llvm;

namespace energyopt {

Error usageError(const Twine &message, const Twine &mend) {
  return createStringError(inconvertibleErrorCode(), message + "\n" + mend);
}

std::string chooseFrom(StringRef name, ArrayRef<StringRef> known) {
  std::string question = didYouMean(name, known);
  return question.empty() ? "known are " + join(known, ", ") : question;
}

Expected<size_t> parseChoice(StringRef option, StringRef value, ArrayRef<StringRef> known) {
  for (size_t i = 0; i < known.size(); ++i)
    if (known[i] == value)
      return i;
  return usageError(option + ": unknown value '" + value + "'", chooseFrom(value, known));
}

Expected<int64_t> parseCount(StringRef option, StringRef value, int64_t least) {
  int64_t number;
  if (value.getAsInteger(10, number))
    return usageError(option + ": '" + value + "' is not a whole number",
                      "give a number, for example " + option + "=" +
                          Twine(std::max<int64_t>(least, 8)));
  if (number < least)
    return usageError(option + ": " + value + " is too small", "the least is " + Twine(least));
  return number;
}

Expected<std::vector<double>> readHourly(StringRef option, StringRef path) {
  constexpr size_t kHours = 24;
  auto fail = [&](const Twine &what) {
    return usageError(option + ": " + path + ": " + what,
                      "write 24 lines HOUR,NUMBER, from 0 to 23");
  };
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return fail("cannot read it: " + buffer.getError().message());
  std::vector<std::optional<double>> byHour(kHours);
  for (line_iterator line(**buffer, /*SkipBlanks=*/true, '#'); !line.is_at_eof(); ++line) {
    auto [hourText, numberText] = line->split(',');
    size_t hour;
    double number;
    if (hourText.trim().getAsInteger(10, hour) || hour >= kHours ||
        numberText.trim().getAsDouble(number) || !std::isfinite(number) || number < 0) {
      if (line.line_number() == 1) // titles
        continue;
      return fail("line " + Twine(line.line_number()) + ": '" + line->trim().take_front(80) +
                  "' is no hour and number");
    }
    if (byHour[hour])
      return fail("hour " + Twine(hour) + " stands there twice");
    byHour[hour] = number;
  }
  std::vector<double> numbers;
  for (size_t hour = 0; hour < kHours; ++hour) {
    if (!byHour[hour])
      return fail("hour " + Twine(hour) + " is missing");
    numbers.push_back(*byHour[hour]);
  }
  return numbers;
}

Expected<double> parseReal(StringRef option, StringRef value, int64_t least, StringRef unit) {
  StringRef digits = value.trim();
  if (!unit.empty())
    digits.consume_back_insensitive(unit);
  digits = digits.trim();
  double number;
  if (digits.empty() || digits.getAsDouble(number) || !std::isfinite(number))
    return usageError(option + ": '" + value + "' is not a number" +
                          (unit.empty() ? "" : " of " + unit),
                      "give it as in " + option + "=250" + unit);
  if (number < static_cast<double>(least))
    return usageError(option + ": " + value + " is too small", "the least is " + Twine(least));
  return number;
}

Expected<double> parseShare(StringRef option, StringRef value) {
  StringRef digits = value;
  bool inPercent = digits.consume_back("%");
  double number;
  if (digits.trim().getAsDouble(number) || !(number >= 0) || number > (inPercent ? 100 : 1))
    return usageError(option + ": '" + value + "' is not a share",
                      "give a percentage or a fraction of 1: " + option + "=95% or " + option +
                          "=0.95");
  return inPercent ? number / 100 : number;
}

Expected<double> parseBytes(StringRef option, StringRef value) {
  struct Unit {
    StringLiteral name;
    double bytes;
  };
  // Each before those that its name ends in.
  static constexpr Unit kUnits[] = {{"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824},
                                    {"kB", 1e3},   {"MB", 1e6},      {"GB", 1e9},
                                    {"B", 1}};
  StringRef digits = value.trim();
  double factor = 1;
  for (const Unit &unit : kUnits)
    if (digits.consume_back_insensitive(unit.name)) {
      factor = unit.bytes;
      break;
    }
  double number;
  if (digits.trim().getAsDouble(number) || !std::isfinite(number))
    return usageError(option + ": '" + value + "' is not a size",
                      "give it as in " + option + "=150kB");
  if (number < 0)
    return usageError(option + ": " + value + " is too small", "the least is 0");
  return number * factor;
}

Expected<NamedText> parsePair(StringRef option, StringRef value, bool atLast, StringRef example) {
  auto [name, text] = atLast ? value.rsplit('=') : value.split('=');
  if (name.empty() || text.empty())
    return usageError(option + ": '" + value + "' lacks a name or a value",
                      "give it as in " + option + " " + example);
  return NamedText(name.str(), text.str());
}

/// The numbers of a list; an Error that shows `example` if one is none.
static Expected<NamedInts> parseInts(StringRef option, StringRef value, StringRef separators,
                                     StringRef example) {
  auto pair = parsePair(option, value, /*atLast=*/true, example);
  if (!pair)
    return pair.takeError();
  NamedInts result{pair->first, {}};
  StringRef rest = pair->second;
  if (rest.consume_front("[") && !rest.consume_back("]"))
    rest = "?";
  while (!rest.trim().empty()) {
    size_t end = rest.find_first_of(separators);
    int64_t number;
    if (rest.substr(0, end).trim().getAsInteger(10, number))
      return usageError(option + ": '" + pair->second + "' is not a list of whole numbers",
                        "give it as in " + option + " " + example);
    result.second.push_back(number);
    rest = end == StringRef::npos ? "" : rest.substr(end + 1);
  }
  return result;
}

Expected<NamedInts> parseShape(StringRef value) {
  StringRef example = "input=1x3x224x224";
  auto shape = parseInts("--shape", value, "x,", example);
  if (shape && any_of(shape->second, [](int64_t dim) { return dim < 0; }))
    return usageError("--shape: '" + value + "' has a negative dim",
                      "give it as in --shape " + example);
  return shape;
}

Expected<NamedInts> parseContents(StringRef value) {
  return parseInts("--value", value, ",", "input=[1,3]");
}

} // namespace energyopt
