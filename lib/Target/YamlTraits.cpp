//===- YamlTraits.cpp - Reading sourced numbers from YAML -----------------===//

#include "YamlTraits.h"

#include "Shape/Nearest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"

#include <cmath>
#include <utility>

using namespace energyopt;

/// Whether a document is there, or an error in one. Reading an object from a stream
/// that has none is undefined.
static bool holdsDocument(llvm::StringRef text) {
  llvm::SourceMgr sources;
  sources.setDiagHandler([](const llvm::SMDiagnostic &, void *) {});
  llvm::yaml::Stream stream(text, sources, /*ShowColors=*/false);
  for (llvm::yaml::Document &document : stream) {
    llvm::yaml::Node *root = document.getRoot();
    if (!root || !llvm::isa<llvm::yaml::NullNode>(root))
      return true;
  }
  return stream.failed();
}

llvm::Error energyopt::checkYamlText(llvm::StringRef text, llvm::StringRef path,
                                     llvm::StringRef what) {
  constexpr size_t kMaxBytes = 1 << 20, kMaxLine = 4096;
  constexpr int kMaxBrackets = 64;
  // The parser recurses on each that follows on another.
  constexpr unsigned kMaxCommas = 1000;
  auto refuse = [&](const char *why) {
    return llvm::createStringError(path + ": error: not " + what + ": " + why);
  };
  if (text.size() > kMaxBytes)
    return refuse("larger than 1 MB");
  size_t line = 0;
  int open = 0;
  unsigned commas = 0, held = 0; // with only blanks between them; before what may be a comment
  for (char c : text) {
    line = c == '\n' ? 0 : line + 1;
    if (c == '#')
      held = std::max(held, commas);
    if (c == '\n')
      commas = std::max(commas, std::exchange(held, 0));
    if (c == ',')
      ++commas;
    else if (!llvm::isSpace(c))
      commas = 0;
    open += (c == '[' || c == '{') - (c == ']' || c == '}');
    if (c == '\0')
      return refuse("binary data");
    if (line > kMaxLine)
      return refuse("a line longer than 4096 characters");
    if (open > kMaxBrackets)
      return refuse("nested too deep");
    if (commas > kMaxCommas)
      return refuse("more than 1000 commas in a row");
  }
  if (!holdsDocument(text))
    return refuse("it is empty");
  return llvm::Error::success();
}

std::string energyopt::keyHint(llvm::StringRef messages, llvm::StringRef path,
                               const llvm::StringSet<> &keys) {
  llvm::StringRef key = messages.split("error: unknown key '").second.split('\'').first;
  std::vector<llvm::StringRef> known;
  for (const auto &entry : keys)
    known.push_back(entry.first());
  llvm::sort(known);
  std::string question = didYouMean(key, known);
  return question.empty() ? "" : ("\n" + path + ": note: " + question).str();
}

namespace llvm::yaml {

void ScalarEnumerationTraits<SourceKind>::enumeration(IO &io, SourceKind &kind) {
  for (SourceKind each :
       {SourceKind::Measured, SourceKind::Published, SourceKind::Derived, SourceKind::Assumed})
    io.enumCase(kind, energyopt::name(each).data(), each);
}

void MappingTraits<Quantity>::mapping(IO &io, Quantity &number) {
  std::optional<double> low, high;
  io.mapRequired("value", number.value);
  io.mapOptional("low", low);
  io.mapOptional("high", high);
  io.mapRequired("kind", number.kind);
  io.mapRequired("source", number.source);
  // An assumed number has no range of its own: validate() refuses it then.
  double missing = number.kind == SourceKind::Assumed ? std::nan("") : number.value;
  number.low = low.value_or(missing);
  number.high = high.value_or(missing);
}

std::string MappingTraits<Quantity>::validate(IO &, Quantity &number) {
  if (number.source.empty())
    return "a number needs a source";
  if (std::isnan(number.low) || std::isnan(number.high))
    return "an assumed number needs low and high";
  if (!std::isfinite(number.value) || number.value < 0)
    return "a number must be finite and not negative";
  if (!(0 <= number.low && number.low <= number.value && number.value <= number.high &&
        std::isfinite(number.high)))
    return "a range must hold its value: low <= value <= high";
  return "";
}

void MappingTraits<PrecisionTable>::mapping(IO &io, PrecisionTable &table) {
  for (unsigned i = 0; i < kNumPrecisions; ++i)
    io.mapOptional(energyopt::name(Precision(i)).data(), table.numbers[i]);
}

} // namespace llvm::yaml
