//===- RulesView.cpp - The rules as a list --------------------------------===//
//
// `energy-opt ops` in its three formats; the Markdown one is docs/ops.md.
//
//===----------------------------------------------------------------------===//

#include "Format.h"
#include "JsonText.h"
#include "Markdown.h"
#include "Table.h"

#include "llvm/ADT/STLExtras.h"

#include <tuple>

using namespace llvm;

namespace energyopt {

namespace {
/// A rule and its name in two parts, as the model spells them.
struct Listed {
  const OpRule *rule;
  StringRef domain, op;
  /// Of ONNX: `since` is a version of the domain.
  bool versioned;
};
} // namespace

/// "onnx.Conv" is ai.onnx's Conv, "onnx.com.microsoft.Attention" is
/// com.microsoft's Attention, "linalg.matmul" is linalg's matmul.
static Listed listed(const OpRule &rule) {
  auto [dialect, name] = StringRef(rule.op).split('.');
  if (dialect != "onnx")
    return {&rule, dialect, name, /*versioned=*/false};
  auto [domain, op] = name.rsplit('.');
  if (op.empty())
    return {&rule, "ai.onnx", name, /*versioned=*/true};
  return {&rule, domain, op, /*versioned=*/true};
}

/// Rules in one order whatever the tables': ONNX's domains, then the others,
/// then op and version.
static std::vector<Listed> listAll(RuleTables tables) {
  std::vector<Listed> all;
  for (ArrayRef<OpRule> table : tables)
    for (const OpRule &rule : table)
      all.push_back(listed(rule));
  auto key = [](const Listed &l) {
    return std::make_tuple(!l.versioned, l.domain, l.op, l.rule->since);
  };
  llvm::stable_sort(all, [&](const Listed &a, const Listed &b) { return key(a) < key(b); });
  return all;
}

static std::string sinceText(const Listed &l) {
  return l.versioned ? std::to_string(l.rule->since) : "";
}

void printRulesJson(RuleTables tables, raw_ostream &os) {
  JsonWriter json(os, 2);
  json.OStream::object([&] {
    json.array("ops", [&] {
      for (const Listed &l : listAll(tables)) {
        json.OStream::object([&] {
          json.text("op", l.op);
          json.text("domain", l.domain);
          if (l.versioned)
            json.integer("since", l.rule->since);
          json.text("family", l.rule->use.family->name);
          json.text("equation", l.rule->use.family->equation);
          json.text("source", l.rule->source);
        });
      }
    });
  });
  os << '\n';
}

void printRulesText(RuleTables tables, raw_ostream &os) {
  ViewOptions options;
  options.width = ~0u; // cut nothing: this is made to be searched
  Table table(options);
  for (StringRef title : {"Op", "Domain", "Since", "Family", "Source"})
    table.column(title, title == "Since" ? Table::Right : Table::Left);
  std::vector<Listed> all = listAll(tables);
  for (const Listed &l : all)
    table.row({l.op.str(), l.domain.str(), sinceText(l), l.rule->use.family->name, l.rule->source});
  table.print(os, 0);
  os << all.size() << " rules\n";
}

void printRulesMarkdown(RuleTables tables, raw_ostream &os) {
  std::vector<Listed> all = listAll(tables);
  os << "# Modelled ops\n\n"
        "Made by `energy-opt ops --format=markdown` from the rule tables; edit "
        "those.\n\n"
        "A rule holds from the opset version *since* on, until the next one of "
        "its op. The\nequations of the families are in model.md.\n";
  StringRef domain;
  for (const Listed &l : all) {
    if (l.domain != domain)
      os << "\n## " << l.domain << "\n\n| Op | Since | Family | Source |\n|---|--:|---|---|\n";
    domain = l.domain;
    os << "| " << markdownCode(l.op) << " | " << sinceText(l) << " | "
       << markdownText(l.rule->use.family->name) << " | " << markdownText(l.rule->source) << " |\n";
  }
  std::vector<std::pair<StringRef, StringRef>> families;
  for (const Listed &l : all)
    families.push_back({l.rule->use.family->name, l.rule->use.family->equation});
  llvm::sort(families);
  families.erase(std::unique(families.begin(), families.end()), families.end());
  os << "\n## Families\n\n| Family | Equation |\n|---|---|\n";
  for (auto [name, equation] : families)
    os << "| " << markdownText(name) << " | " << markdownText(equation) << " |\n";
}

} // namespace energyopt
