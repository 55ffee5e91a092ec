//===- Checks.cpp - All checks, and how they are named --------------------===//

#include "energy-opt/Checks.h"

#include "Suggest/Precision/PrecisionParts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace energyopt;
using llvm::StringRef;

llvm::StringRef energyopt::name(Degree degree) {
  static constexpr llvm::StringLiteral kNames[] = {"none", "low", "medium", "high"};
  return kNames[unsigned(degree)];
}

llvm::ArrayRef<const Check *> energyopt::allChecks() {
  static const std::vector<const Check *> checks = [] {
    std::vector<const Check *> all;
    for (llvm::ArrayRef<Check> family :
         {exactChecks(), fusionChecks(), lowRankChecks(), pruneChecks(), shapeChecks(),
          precisionChecks(), deployChecks()})
      for (const Check &check : family)
        all.push_back(&check);
    return all;
  }();
  return checks;
}

const Check *energyopt::findCheck(StringRef id) {
  for (const Check *check : allChecks())
    if (check->id == id)
      return check;
  return nullptr;
}

bool energyopt::matchesGlob(StringRef glob, StringRef text) {
  size_t first = glob.find('*'), last = glob.rfind('*');
  if (first == StringRef::npos)
    return glob == text;
  if (!text.consume_front(glob.take_front(first)) || !text.consume_back(glob.drop_front(last + 1)))
    return false;
  // The earliest place of each piece leaves most to the next.
  llvm::SmallVector<StringRef> pieces;
  glob.slice(first, last).split(pieces, '*', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef piece : pieces) {
    size_t at = text.find(piece);
    if (at == StringRef::npos)
      return false;
    text = text.drop_front(at + piece.size());
  }
  return true;
}

std::vector<const Check *> energyopt::selectChecks(StringRef globs) {
  std::vector<const Check *> chosen;
  for (const Check *check : allChecks()) {
    bool on = !check->readsWeights && !check->onRequest;
    llvm::SmallVector<StringRef> parts;
    globs.split(parts, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    for (StringRef part : parts) {
      part = part.trim();
      bool off = part.consume_front("-");
      if (matchesGlob(part, check->id))
        on = !off;
    }
    if (on)
      chosen.push_back(check);
  }
  return chosen;
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

/// Texts that every check takes, and those that some read with Rewrite::text.
static constexpr llvm::StringLiteral kTexts[] = {"only", "keep", "ranges"};

static llvm::Error refuse(const llvm::Twine &what, const llvm::Twine &mend) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), what + "\n" + mend);
}

static llvm::Error checkArgument(const Check &check, StringRef name, StringRef value) {
  if (name == "ranges")
    return readRanges(value).takeError();
  if (llvm::is_contained(kTexts, name))
    return llvm::Error::success();
  std::vector<std::string> known(std::begin(kTexts), std::end(kTexts));
  for (const CheckParameter &parameter : check.parameters) {
    known.push_back(parameter.name.str());
    if (parameter.name != name)
      continue;
    double number = 0;
    if (!value.getAsDouble(number) && number >= parameter.low && number <= parameter.high)
      return llvm::Error::success();
    return refuse(
        check.id + ": '" + value + "' is no value of " + name,
        "give a number from " +
            llvm::Twine(llvm::formatv("{0} to {1}", parameter.low, parameter.high).str()) + ": " +
            parameter.meaning);
  }
  return refuse(check.id + " has no parameter '" + name + "'",
                "it takes " + llvm::join(known, ", "));
}

llvm::Expected<ChosenCheck> energyopt::parseCheck(StringRef text) {
  llvm::SmallVector<StringRef> parts;
  text.split(parts, ':');
  ChosenCheck chosen{findCheck(parts.front()), {}};
  if (!chosen.check)
    return refuse("there is no check '" + parts.front() + "'", "energy-opt checks lists them");
  for (StringRef part : llvm::ArrayRef(parts).drop_front()) {
    auto [name, value] = part.split('=');
    if (name.empty() || value.empty())
      return refuse("'" + part + "' is no argument of a check",
                    "write it as " + parts.front() + ":NAME=VALUE");
    if (llvm::Error error = checkArgument(*chosen.check, name, value))
      return std::move(error);
    chosen.arguments[name.str()] = value.str();
  }
  return chosen;
}

double Rewrite::number(StringRef parameter) const {
  auto given = arguments.find(parameter.str());
  double number = 0;
  if (given != arguments.end() && !StringRef(given->second).getAsDouble(number))
    return number;
  for (const CheckParameter &known : check.parameters)
    if (known.name == parameter)
      return known.fallback;
  return 0;
}

StringRef Rewrite::text(StringRef parameter) const {
  auto given = arguments.find(parameter.str());
  return given == arguments.end() ? StringRef() : StringRef(given->second);
}

bool Rewrite::mayChange(StringRef node) const {
  StringRef only = text("only"), keep = text("keep");
  return (only.empty() || matchesGlob(only, node)) && (keep.empty() || !matchesGlob(keep, node)) &&
         !llvm::is_contained(spared, node);
}
