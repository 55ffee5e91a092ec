//===- Optimize.cpp - energy-opt optimize ---------------------------------===//

#include "Commands.h"
#include "OptionValues.h"
#include "Output.h"
#include "Pricing.h"

#include "Report/Format.h"
#include "Report/JsonText.h"
#include "Report/Table.h"
#include "energy-opt/Checks.h"
#include "energy-opt/OnnxDialect.h"
#include "energy-opt/OnnxExporter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace energyopt {

namespace {
struct Applied {
  const Check *check;
  RewriteLog log;
};

struct Outcome {
  std::vector<Applied> applied;
  std::vector<std::string> notes;
  Report before, after;
};
} // namespace

/// The checks that --apply names; "all-exact" stands for those that keep every
/// output.
static Expected<std::vector<const Check *>> chosenChecks(const Options &options) {
  std::vector<const Check *> checks;
  auto add = [&](const Check &check) {
    if (!is_contained(checks, &check))
      checks.push_back(&check);
  };
  for (StringRef id : options.apply) {
    if (id == "all-exact") {
      for (const Check &check : allChecks())
        if (check.exact)
          add(check);
      continue;
    }
    const Check *check = findCheck(id);
    if (!check) {
      std::vector<StringRef> known{"all-exact"};
      for (const Check &other : allChecks())
        known.push_back(other.id);
      return usageError("--apply: there is no check '" + id + "'", didYouMean(id, known));
    }
    add(*check);
  }
  return checks;
}

static Error checkPlaces(const Options &options) {
  if (options.arguments.size() != 1)
    return usageError("optimize takes one model", "energy-opt optimize MODEL --apply=all-exact -o OUT");
  if (options.output == "-")
    return usageError("optimize: no file to write to", "give one with -o OUT.onnx");
  if (sys::fs::equivalent(options.arguments.front(), options.output))
    return usageError("-o is the model itself, which would be lost",
                      "write to another file, and move it");
  return Error::success();
}

static Expected<ImportedModel> importFile(mlir::MLIRContext &context, StringRef path,
                                          const Options &options) {
  auto buffer = MemoryBuffer::getFileOrSTDIN(path, /*IsText=*/false,
                                             /*RequiresNullTerminator=*/false);
  if (!buffer)
    return createStringError(buffer.getError(),
                             "cannot read it: " + buffer.getError().message() +
                                 "\ngive the path of a model");
  ImportOptions importOptions;
  importOptions.trustExternal = options.analysis.trustExternal;
  return importOnnx(context, std::move(*buffer), path, importOptions);
}

static Expected<Outcome> optimize(const Options &options, ArrayRef<const Check *> checks,
                                  ArrayRef<Target> targets) {
  const std::string &path = options.arguments.front();
  Outcome outcome;
  auto before = priceModel({path, nullptr, 1}, targets, options);
  if (!before)
    return before.takeError();
  outcome.before = std::move(*before);

  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::func::FuncDialect, OnnxDialect>();
  auto model = importFile(context, path, options);
  if (!model)
    return model.takeError();
  for (const Check *check : checks) {
    Applied &applied = outcome.applied.emplace_back(Applied{check, {}});
    check->apply(*model, applied.log);
  }
  auto notes = exportOnnx(*model->module, *model->weights, options.output);
  if (!notes)
    return notes.takeError();
  outcome.notes = std::move(*notes);
  // The file itself is priced, so that the saving is that of two analyses.
  auto after = priceModel({options.output, nullptr, 1}, targets, options);
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

static void printText(const Outcome &outcome, const ViewOptions &view, raw_ostream &os) {
  os << printable(outcome.before.graph.model.path, view.unicode) << " -> "
     << printable(outcome.after.graph.model.path, view.unicode) << '\n';
  for (const Applied &applied : outcome.applied) {
    const std::vector<std::string> &ops = applied.log.ops;
    os << "  " << applied.check->id << ": ";
    if (ops.empty()) {
      os << "nothing to do\n";
      continue;
    }
    constexpr size_t kShown = 3;
    os << countOf(ops.size(), "op", view.unicode) << ": ";
    for (size_t i = 0; i < std::min(ops.size(), kShown); ++i)
      os << (i ? ", " : "") << printable(ops[i], view.unicode);
    os << (ops.size() > kShown ? ", …\n" : "\n");
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
    table.row({what.str(), siCount(before, unit, view.unicode),
               siCount(after, unit, view.unicode),
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
        for (const std::string &op : applied.log.ops)
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
