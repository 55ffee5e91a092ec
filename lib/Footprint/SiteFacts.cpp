//===- SiteFacts.cpp - Sourced figures of a device's surroundings ---------===//
//
// Reads the table that the build embeds (site.csv); it has no quotes, and commas
// only inside its last field.
//
//===----------------------------------------------------------------------===//

#include "energy-opt/SiteFacts.h"

#include "llvm/ADT/SmallVector.h"

using namespace llvm;

namespace energyopt {

/// The text of site.csv.
extern const StringLiteral kSiteCsv;

static std::optional<SourceKind> kindOf(StringRef text) {
  for (SourceKind kind :
       {SourceKind::Measured, SourceKind::Published, SourceKind::Derived, SourceKind::Assumed})
    if (name(kind) == text)
      return kind;
  return std::nullopt;
}

/// Nullopt for a comment, the head, or what is no fact.
static std::optional<SiteFact> parseFact(StringRef line) {
  SmallVector<StringRef, 9> fields;
  line.split(fields, ',', /*MaxSplit=*/8);
  SiteFact fact;
  Quantity &q = fact.figure;
  if (fields.size() != 9 || fields[2].getAsDouble(q.value) || fields[3].getAsDouble(q.low) ||
      fields[4].getAsDouble(q.high))
    return std::nullopt;
  fact.kind = fields[0];
  fact.item = fields[1];
  fact.unit = fields[5];
  fact.year = fields[6];
  std::optional<SourceKind> kind = kindOf(fields[7]);
  if (!kind)
    return std::nullopt;
  q.kind = *kind;
  q.source = fields[8].str();
  if (!fact.year.empty())
    q.source += " (" + fact.year.str() + ")";
  return fact;
}

void visitFacts(StringRef kind, function_ref<void(const SiteFact &)> visit) {
  StringRef rest = kSiteCsv;
  while (!rest.empty()) {
    auto [line, next] = rest.split('\n');
    rest = next;
    if (line.starts_with(kind) && line.drop_front(kind.size()).starts_with(","))
      if (auto fact = parseFact(line))
        visit(*fact);
  }
}

std::optional<SiteFact> findFact(StringRef kind, StringRef item) {
  std::optional<SiteFact> found;
  visitFacts(kind, [&](const SiteFact &fact) {
    if (fact.item == item)
      found = fact;
  });
  return found;
}

Quantity factOf(StringRef kind, StringRef item) {
  std::optional<SiteFact> fact = findFact(kind, item);
  return fact ? fact->figure : Quantity();
}

Quantity givenAs(double value, StringRef option) {
  return {value, value, value, SourceKind::Assumed, ("given by " + option).str()};
}

std::optional<Quantity> providerPue(StringRef regionCode) {
  StringRef provider = regionCode.split('-').first;
  auto fact = findFact("pue", provider);
  return fact ? std::optional(fact->figure) : std::nullopt;
}

} // namespace energyopt
