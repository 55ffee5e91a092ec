//===- Optimize.cpp - energy-opt optimize ---------------------------------===//

#include "Commands/Commands.h"
#include "Options/OptionValues.h"
#include "Output/Output.h"
#include "Output/Progress.h"
#include "Run/AbsentWeights.h"
#include "Run/ApplyChecks.h"
#include "Run/LoadedModel.h"
#include "Run/Pricing.h"

#include "Report/Format.h"
#include "Report/JsonText.h"
#include "Report/Table.h"
#include "energy-opt/OnnxExporter.h"
#include "energy-opt/Suggest.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace energyopt {

namespace {
struct Outcome {
  std::vector<Applied> applied;
  std::vector<std::string> notes;
  Report before, after;
};
} // namespace

/// The checks that --apply names; "all-exact" stands for those that keep every
/// output.
static Expected<std::vector<ChosenCheck>> chosenChecks(const Options &options) {
  std::vector<ChosenCheck> chosen;
  auto add = [&](ChosenCheck check) {
    if (none_of(chosen, [&](const ChosenCheck &other) { return other.check == check.check; }))
      chosen.push_back(std::move(check));
  };
  for (StringRef text : options.apply) {
    if (text == "all-exact") {
      for (const Check *check : allChecks())
        // What seldom pays is applied where it is named.
        if (check->exact && check->apply && !check->tellsWhenNot)
          add({check, {}});
      continue;
    }
    if (text == "best") // found once the model is priced
      continue;
    StringRef id = text.split(':').first;
    if (!findCheck(id)) {
      std::vector<StringRef> known{"all-exact", "best"};
      for (const Check *check : allChecks())
        known.push_back(check->id);
      return usageError("--apply: there is no check '" + id + "'", chooseFrom(id, known));
    }
    auto check = parseCheck(text);
    if (!check)
      return check.takeError();
    if (!check->check->apply)
      return usageError("--apply: " + id + " changes how a model is run, not its file",
                        "energy-opt checks " + id + " says how to do it");
    add(std::move(*check));
  }
  return chosen;
}

static Error checkPlaces(const Options &options) {
  if (options.arguments.size() != 1)
    return usageError("optimize takes one model",
                      "energy-opt optimize MODEL --apply=all-exact -o OUT");
  if (options.output == "-")
    return usageError("optimize: no file to write to", "give one with -o OUT.onnx");
  return Error::success();
}

/// "best": the plan of a report on the only target that needs no work on the
/// accuracy.
static Expected<std::vector<ChosenCheck>> bestChecks(const Situation &situation, unsigned jobs) {
  if (situation.targets.size() != 1)
    return usageError("--apply=best: best on which target?", "name one with --target");
  std::vector<const Check *> checks = selectChecks("");
  erase_if(checks, [](const Check *check) { return !check->apply || check->risk > Degree::Low; });
  Progress::stage("looking for the best plan");
  Suggestions found = suggest(situation, checks, jobs);
  std::vector<ChosenCheck> chosen;
  for (const Plan &plan : found.plans)
    if (!plan.needsWork)
      for (const std::string &id : plan.ids)
        chosen.push_back({findCheck(id), {}});
  return chosen;
}

static Expected<Outcome> optimize(const Options &options, std::vector<ChosenCheck> checks,
                                  ArrayRef<Target> targets) {
  ModelInput input{options.arguments.front()};
  const std::string path = input.name();
  auto buffer = input.read();
  if (!buffer)
    return buffer.takeError();
  Outcome outcome;
  // Not read a second time: of a pipe nothing would be left.
  ModelInput same{input.path,
                  MemoryBuffer::getMemBuffer(**buffer, /*RequiresNullTerminator=*/false),
                  std::nullopt};
  auto before = priceModel(std::move(same), targets, options, options.jobs);
  if (!before)
    return before.takeError();
  outcome.before = std::move(*before);

  auto loaded = LoadedModel::load(std::move(*buffer), path, options.analysis.trustExternal);
  if (!loaded)
    return loaded.takeError();
  ImportedModel &model = (*loaded)->get();
  Situation situation{model, path, options.analysis, options.energy, targets, outcome.before};
  if (is_contained(options.apply, "best")) {
    auto best = bestChecks(situation, options.jobs);
    if (!best)
      return best.takeError();
    checks = std::move(*best);
  }
  PricedModel now{energies(outcome.before.targets), outcome.before.graph};
  std::vector<std::string> withoutWeights;
  for (const ChosenCheck &chosen : checks) {
    Progress::stage("applying " + chosen.check->id);
    Applied applied = applyCheck(chosen, situation, now);
    if (applied.ops.empty() && applied.kept.empty() && needsAbsentWeights(chosen, situation))
      withoutWeights.push_back(chosen.check->id.str());
    outcome.applied.push_back(std::move(applied));
  }
  Progress::stage("writing " + options.output);
  auto notes = exportOnnx(*model.module, *model.weights, options.output);
  if (!notes)
    return notes.takeError();
  outcome.notes = std::move(*notes);
  if (!withoutWeights.empty())
    outcome.notes.push_back(absentWeightsNote(model, withoutWeights));
  // The file itself is priced, so that the saving is that of two analyses.
  auto after = priceModel({options.output, nullptr, std::nullopt}, targets, options, options.jobs);
  if (!after)
    return after.takeError();
  outcome.after = std::move(*after);
  return outcome;
}

static std::string changeInPercent(double before, double after) {
  std::string text;
  raw_string_ostream os(text);
  double percent = before != 0 ? 100 * (after - before) / before : 0;
  if (std::abs(percent) >= 0.05)
    os << format("%+.1f %%", percent);
  return text;
}

static std::string fewOf(ArrayRef<std::string> names, const ViewOptions &view) {
  constexpr size_t kShown = 3;
  std::string text;
  for (const std::string &name : names.take_front(kShown))
    text += (text.empty() ? "" : ", ") + printable(name, view.unicode);
  return names.size() > kShown ? text + (view.unicode ? ", …" : ", ...") : text;
}

static void printText(const Outcome &outcome, const ViewOptions &view, raw_ostream &os) {
  os << printable(outcome.before.graph.model.path, view.unicode) << " -> "
     << printable(outcome.after.graph.model.path, view.unicode) << '\n';
  for (const Applied &applied : outcome.applied) {
    os << "  " << applied.check->id << ": ";
    if (applied.ops.empty())
      os << "nothing to do\n";
    else
      os << countOf(applied.ops.size(), "op", view.unicode) << ": " << fewOf(applied.ops, view)
         << '\n';
    if (!applied.kept.empty())
      os << "    left as they are: " << fewOf(applied.kept, view) << '\n';
  }
  for (const std::string &note : outcome.notes)
    os << "  note: " << printable(note, view.unicode) << '\n';
  os << '\n';

  Table table(view);
  table.column("", Table::Left, /*flexible=*/true);
  for (StringRef title : {"Before", "After", "Change"})
    table.column(title);
  auto row = [&](StringRef what, double before, double after, StringRef unit) {
    table.row({what.str(), si(before, unit, view.unicode), si(after, unit, view.unicode),
               changeInPercent(before, after)});
  };
  auto count = [&](StringRef what, int64_t before, int64_t after, StringRef unit) {
    table.row({what.str(), siCount(before, unit, view.unicode), siCount(after, unit, view.unicode),
               changeInPercent(static_cast<double>(before), static_cast<double>(after))});
  };
  const Report &before = outcome.before, &after = outcome.after;
  count("Nodes", before.graph.model.nodes, after.graph.model.nodes, "");
  count("Parameters", before.graph.model.parameterBytes, after.graph.model.parameterBytes, "B");
  count("Work", before.totals.macs, after.totals.macs, "MAC");
  for (auto [old, rewritten] : zip_equal(before.targets, after.targets)) {
    row("Energy on " + old.name, old.energyJ.value, rewritten.energyJ.value, "J");
    row("Latency on " + old.name, old.latencyS.value, rewritten.latencyS.value, "s");
  }
  table.print(os, 0);
}

static void printJson(const Outcome &outcome, raw_ostream &os) {
  std::string text;
  raw_string_ostream buffer(text);
  JsonWriter json(buffer, 2);
  json.objectBegin();
  json.array("applied", [&] {
    for (const Applied &applied : outcome.applied) {
      json.objectBegin();
      json.text("id", applied.check->id);
      json.boolean("exact", applied.check->exact);
      json.array("ops", [&] {
        for (const std::string &op : applied.ops)
          json.element(op);
      });
      json.array("kept", [&] {
        for (const std::string &op : applied.kept)
          json.element(op);
      });
      json.objectEnd();
    }
  });
  json.array("notes", [&] {
    for (const std::string &note : outcome.notes)
      json.element(note);
  });
  for (auto [key, report] : {std::pair("before", &outcome.before), {"after", &outcome.after}})
    json.object(key, [&, report = report] {
      json.text("path", report->graph.model.path);
      json.integer("nodes", report->graph.model.nodes);
      json.integer("parameter_bytes", report->graph.model.parameterBytes);
      json.integer("macs", report->totals.macs);
      json.array("targets", [&] {
        for (const TargetReport &target : report->targets) {
          json.objectBegin();
          json.text("name", target.name);
          json.number("energy_j", target.energyJ.value);
          json.number("latency_s", target.latencyS.value);
          json.objectEnd();
        }
      });
    });
  json.objectEnd();
  buffer << '\n';
  writeVisible(buffer.str(), os);
}

int runOptimize(const Options &options) {
  auto fail = [&](StringRef where, Error error) {
    printError(where, std::move(error));
    return int(kUnusable);
  };
  if (Error error = checkPlaces(options))
    return fail("energy-opt", std::move(error));
  auto targets = loadTargets(options);
  if (!targets)
    return fail("energy-opt", targets.takeError());
  auto checks = chosenChecks(options);
  if (!checks)
    return fail("energy-opt", checks.takeError());
  auto outcome = optimize(options, *checks, *targets);
  if (!outcome)
    return fail(options.arguments.front(), outcome.takeError());
  std::string text;
  raw_string_ostream os(text);
  if (options.format == "json")
    printJson(*outcome, os);
  else
    printText(*outcome, viewOptions(options), os);
  Options toStdout = options;
  toStdout.output = "-";
  return deliver(toStdout, os.str());
}

} // namespace energyopt
