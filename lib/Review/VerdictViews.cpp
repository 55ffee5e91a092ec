//===- VerdictViews.cpp - What `energy-opt check` prints ------------------===//

#include "Verdicts.h"

#include "Report/Format.h"
#include "Report/JsonText.h"
#include "Report/Markdown.h"
#include "Report/Table.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace llvm;

namespace energyopt {

/// A figure of a verdict in its unit.
static std::string figure(const Verdict &verdict, double value, bool unicode) {
  if (verdict.unit.empty()) // limits relative to a base fall between counts
    return value < 1000 && value != std::floor(value) ? digits(value)
                                                      : siCount(std::llround(value), "", unicode);
  if (verdict.unit == "%")
    return digits(value) + " %";
  return si(value, verdict.unit, unicode);
}

/// "+12.3 %": what is left of the limit. Of a limit of zero there is no share.
static std::string marginText(const Verdict &verdict, bool unicode) {
  if (verdict.outcome == Outcome::NoBase || verdict.limit <= 0)
    return "";
  double margin = verdict.margin();
  return (margin >= 0 ? "+" : "") + percent(margin, 1, unicode);
}

static std::string limitText(const Verdict &verdict, bool unicode) {
  if (verdict.outcome == Outcome::NoBase)
    return "base + " + percent(verdict.limit, 1, unicode);
  std::string text = figure(verdict, verdict.limit, unicode);
  if (verdict.base)
    text += " (base " + figure(verdict, *verdict.base, unicode) + ")";
  return text;
}

static std::string noteText(const Verdict &verdict) {
  if (verdict.isClose())
    return "its 90 % interval reaches beyond the limit";
  return verdict.note;
}

namespace {
struct Tally {
  size_t verdicts = 0, failed = 0, waived = 0;
};
} // namespace

static Tally tallyOf(const CheckReport &report) {
  Tally tally;
  for (const ModelVerdicts &model : report.models)
    for (const Verdict &verdict : model.verdicts) {
      ++tally.verdicts;
      tally.failed += verdict.outcome == Outcome::Failed;
      tally.waived += verdict.outcome == Outcome::Waived;
    }
  return tally;
}

/// "2 of 5 limits exceeded, 1 of them waived".
static std::string summaryOf(const CheckReport &report) {
  Tally tally = tallyOf(report);
  std::string limits =
      std::to_string(tally.verdicts) + (tally.verdicts == 1 ? " limit" : " limits");
  if (tally.failed + tally.waived == 0)
    return limits + (tally.verdicts == 1 ? ", kept" : ", all kept");
  std::string text = std::to_string(tally.failed) + " of " + limits + " exceeded";
  if (tally.waived)
    text += ", " + std::to_string(tally.waived) + " more waived";
  return text;
}

static Style styleOf(Outcome outcome) {
  switch (outcome) {
  case Outcome::Failed:
    return Style::Red;
  case Outcome::Waived:
  case Outcome::NoBase:
    return Style::Yellow;
  case Outcome::Passed:
    break;
  }
  return Style::Plain;
}

void printCheckText(const CheckReport &report, const ViewOptions &options, raw_ostream &os) {
  bool u = options.unicode;
  for (const ModelVerdicts &model : report.models) {
    styled(os, options, Style::Bold, printable(model.model, u));
    os << '\n';
    if (model.verdicts.empty()) {
      os << "  no budget means this model\n\n";
      continue;
    }
    Table table(options);
    for (StringRef title : {"Verdict", "What", "Target"})
      table.column(title, Table::Left);
    for (StringRef title : {"Value", "Limit", "Margin"})
      table.column(title);
    for (const Verdict &v : model.verdicts) {
      table.row({name(v.outcome).str(), v.what, printable(v.target, u), figure(v, v.value, u),
                 limitText(v, u), marginText(v, u)},
                styleOf(v.outcome));
      std::string note = noteText(v);
      if (!note.empty())
        table.line("  " + printable(note, u));
    }
    table.print(os, 2);
    os << '\n';
  }
  for (const std::string &note : report.notes)
    os << "note: " << printable(note, u) << '\n';
  styled(os, options, report.failed() ? Style::Red : Style::Green,
         (report.failed() ? "FAILED: " : "passed: ") + summaryOf(report));
  os << '\n';
}

static void printVerdict(const Verdict &verdict, JsonWriter &json) {
  json.text("what", verdict.what);
  json.text("unit", verdict.unit);
  if (!verdict.target.empty())
    json.text("target", verdict.target);
  json.text("outcome", name(verdict.outcome));
  json.number("value", verdict.value);
  if (verdict.outcome == Outcome::NoBase) {
    json.number("max_increase", verdict.limit);
  } else {
    json.number("limit", verdict.limit);
    json.number("margin", verdict.margin());
  }
  if (verdict.base)
    json.number("base", *verdict.base);
  if (verdict.interval) {
    json.number("low", verdict.interval->low);
    json.number("high", verdict.interval->high);
  }
  if (!verdict.note.empty())
    json.text("note", verdict.note);
}

void printCheckJson(const CheckReport &report, const ViewOptions &, raw_ostream &os) {
  std::string document;
  raw_string_ostream text(document);
  JsonWriter json(text, 2);
  json.objectBegin();
  json.head();
  json.text("config", report.config);
  json.boolean("passed", !report.failed());
  json.array("models", [&] {
    for (const ModelVerdicts &model : report.models)
      json.OStream::object([&] {
        json.text("path", model.model);
        json.boolean("passed", !model.failed());
        json.array("verdicts", [&] {
          for (const Verdict &verdict : model.verdicts)
            json.OStream::object([&] { printVerdict(verdict, json); });
        });
      });
    for (const auto &[path, error] : report.unreadable)
      json.OStream::object([&, path = path, error = error] {
        json.text("path", path);
        json.boolean("passed", false);
        json.text("error", error);
      });
  });
  json.array("notes", [&] {
    for (const std::string &note : report.notes)
      json.element(note);
  });
  json.objectEnd();
  text << '\n';
  writeVisible(text.str(), os);
}

void printCheckMarkdown(const CheckReport &report, const ViewOptions &, raw_ostream &os) {
  os << (report.failed() ? "### ❌ Energy budget: " : "### ✅ Energy budget: ") << summaryOf(report)
     << "\n";
  for (const ModelVerdicts &model : report.models) {
    if (model.verdicts.empty())
      continue;
    os << "\n**" << markdownCode(printable(model.model)) << "**\n\n"
       << "| | What | Target | Value | Limit | Margin | |\n|---|---|---|--:|--:|--:|---|\n";
    for (const Verdict &v : model.verdicts)
      os << "| " << (v.outcome == Outcome::Failed ? "**failed**" : name(v.outcome).str()) << " | "
         << markdownCode(v.what) << " | " << markdownCode(printable(v.target)) << " | "
         << figure(v, v.value, true) << " | " << limitText(v, true) << " | " << marginText(v, true)
         << " | " << markdownText(printable(noteText(v))) << " |\n";
  }
  for (const std::string &note : report.notes)
    os << "\n- " << markdownText(printable(note)) << '\n';
}

//===----------------------------------------------------------------------===//
// JUnit
//===----------------------------------------------------------------------===//

/// `text` for XML 1.0: what has no place there even as an entity is shown as
/// printable() shows it.
static std::string xml(StringRef text) {
  std::string escaped;
  for (char c : printable(text)) {
    switch (c) {
    case '&':
      escaped += "&amp;";
      break;
    case '<':
      escaped += "&lt;";
      break;
    case '>':
      escaped += "&gt;";
      break;
    case '"':
      escaped += "&quot;";
      break;
    default:
      escaped += c;
    }
  }
  return escaped;
}

std::string sentenceOf(const Verdict &v) {
  std::string text = figure(v, v.value, false) + " against a limit of " + limitText(v, false);
  std::string note = noteText(v);
  return note.empty() ? text : text + "; " + note;
}

static void printCase(const ModelVerdicts &model, const Verdict &v, raw_ostream &os) {
  os << "    <testcase classname=\"" << xml(model.model) << "\" name=\""
     << xml(v.what + (v.target.empty() ? "" : " on " + v.target))
     << (v.base || v.outcome == Outcome::NoBase ? " against base" : "") << "\"";
  switch (v.outcome) {
  case Outcome::Passed:
    os << "/>\n";
    return;
  case Outcome::Failed:
    os << ">\n      <failure type=\"budget\" message=\"" << xml(sentenceOf(v)) << "\"/>\n";
    break;
  case Outcome::Waived:
  case Outcome::NoBase:
    os << ">\n      <skipped message=\"" << xml(sentenceOf(v)) << "\"/>\n";
    break;
  }
  os << "    </testcase>\n";
}

void printCheckJUnit(const CheckReport &report, const ViewOptions &, raw_ostream &os) {
  Tally tally = tallyOf(report);
  os << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"energy-opt\" tests=\""
     << tally.verdicts + report.unreadable.size() << "\" failures=\"" << tally.failed
     << "\" errors=\"" << report.unreadable.size() << "\">\n";
  for (const ModelVerdicts &model : report.models) {
    auto count = [&](Outcome outcome) {
      return count_if(model.verdicts, [&](const Verdict &v) { return v.outcome == outcome; });
    };
    os << "  <testsuite name=\"" << xml(model.model) << "\" tests=\"" << model.verdicts.size()
       << "\" failures=\"" << count(Outcome::Failed) << "\" errors=\"0\" skipped=\""
       << count(Outcome::Waived) + count(Outcome::NoBase) << "\">\n";
    for (const Verdict &verdict : model.verdicts)
      printCase(model, verdict, os);
    os << "  </testsuite>\n";
  }
  for (const auto &[path, error] : report.unreadable)
    os << "  <testsuite name=\"" << xml(path)
       << "\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
       << "    <testcase classname=\"" << xml(path) << "\" name=\"read\">\n      <error message=\""
       << xml(error) << "\"/>\n    </testcase>\n  </testsuite>\n";
  os << "</testsuites>\n";
}

} // namespace energyopt
