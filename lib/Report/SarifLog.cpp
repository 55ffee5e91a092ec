//===- SarifLog.cpp - Findings as SARIF 2.1.0 -----------------------------===//

#include "SarifLog.h"

#include "JsonText.h"

#include "energy-opt/Views.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace energyopt {

/// GitHub shows the first 5,000 results of a run and 100 locations of a result.
static constexpr size_t kMostResults = 5000, kMostLocations = 100;

/// A path as a URI reference: forward slashes, and all else escaped that has a
/// meaning in one. Relative paths stay relative to where the tool ran.
static std::string uriOf(StringRef path) {
  std::string uri;
  path.consume_front("./");
  for (unsigned char c : path) {
    if (isAlnum(c) || StringRef("/-._~").contains(c))
      uri += c;
    else
      uri += "%" + utohexstr(c, /*LowerCase=*/false, /*Width=*/2);
  }
  // A first segment with a colon would be a scheme; it is escaped above.
  return path.starts_with("/") ? "file://" + uri : uri;
}

static StringRef nameOf(SarifLevel level) {
  static constexpr StringRef kNames[] = {"note", "warning", "error"};
  return kNames[unsigned(level)];
}

static void printRule(const SarifRule &rule, JsonWriter &json) {
  json.text("id", rule.id);
  json.object("shortDescription", [&] { json.text("text", rule.title); });
  json.object("help", [&] {
    json.text("text", rule.help);
    json.text("markdown", rule.help);
  });
}

/// Models have no lines: a finding is at the file's first, and at the ops by
/// name.
static void printLocations(const SarifResult &result, JsonWriter &json) {
  json.OStream::object([&] {
    json.object("physicalLocation", [&] {
      json.object("artifactLocation", [&] { json.text("uri", uriOf(result.path)); });
      json.object("region", [&] { json.integer("startLine", 1); });
    });
    if (result.nodes.empty())
      return;
    json.array("logicalLocations", [&] {
      for (const std::string &node : ArrayRef(result.nodes).take_front(kMostLocations))
        json.OStream::object([&] {
          json.text("name", node);
          json.text("fullyQualifiedName", result.path + "#" + node);
          json.text("kind", "element");
        });
    });
  });
}

static void printResult(const SarifResult &result, size_t ruleIndex, JsonWriter &json) {
  json.text("ruleId", result.ruleId);
  json.integer("ruleIndex", static_cast<int64_t>(ruleIndex));
  json.text("level", nameOf(result.level));
  json.number("rank", result.rank);
  json.object("message", [&] { json.text("text", result.message); });
  json.array("locations", [&] { printLocations(result, json); });
  json.object("partialFingerprints", [&] {
    std::string seed = result.ruleId + "\n" + result.path + "\n" + result.identity;
    json.text("energyOpt/v1", utohexstr(xxh3_64bits(seed), /*LowerCase=*/true, /*Width=*/16));
  });
  if (result.inBase)
    json.text("baselineState", *result.inBase ? "unchanged" : "new");
  if (result.suppression)
    json.array("suppressions", [&] {
      json.OStream::object([&] {
        json.text("kind", "external");
        json.text("status", "accepted");
        json.text("justification", *result.suppression);
      });
    });
}

void writeSarif(ArrayRef<SarifRule> rules, std::vector<SarifResult> results, raw_ostream &os) {
  stable_sort(results, [](const SarifResult &a, const SarifResult &b) { return a.rank > b.rank; });
  size_t left = results.size() > kMostResults ? results.size() - kMostResults : 0;
  results.resize(results.size() - left);
  VisibleStream visible(os);
  JsonWriter json(visible, 2);
  json.objectBegin();
  json.text("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  json.text("version", "2.1.0");
  json.array("runs", [&] {
    json.OStream::object([&] {
      json.object("tool", [&] {
        json.object("driver", [&] {
          json.text("name", "energy-opt");
          json.text("semanticVersion", toolVersion());
          json.array("rules", [&] {
            for (const SarifRule &rule : rules)
              json.OStream::object([&] { printRule(rule, json); });
          });
        });
      });
      json.array("invocations", [&] {
        json.OStream::object([&] {
          json.boolean("executionSuccessful", true);
          if (!left)
            return;
          json.array("toolExecutionNotifications", [&] {
            json.OStream::object([&] {
              json.text("level", "warning");
              json.object("message", [&] {
                json.text("text", std::to_string(left) + " lesser findings are left out");
              });
            });
          });
        });
      });
      json.text("columnKind", "utf16CodeUnits");
      json.array("results", [&] {
        for (const SarifResult &result : results)
          json.OStream::object([&] {
            const auto *rule =
                find_if(rules, [&](const SarifRule &r) { return r.id == result.ruleId; });
            printResult(result, static_cast<size_t>(rule - rules.begin()), json);
          });
      });
    });
  });
  json.objectEnd();
  visible << '\n';
}

} // namespace energyopt
