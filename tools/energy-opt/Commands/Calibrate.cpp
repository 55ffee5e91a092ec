//===- Calibrate.cpp - energy-opt calibrate -------------------------------===//

#include "Commands/Commands.h"
#include "Output/Output.h"
#include "Output/Progress.h"

#include "Calibrate/Calibrate.h"
#include "Report/Format.h"
#include "Report/Table.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace energyopt {

/// Of nothing there is no error.
static std::string inPercent(size_t cells, double error) {
  return cells ? formatv("{0:F1} %", 100 * error).str() : "-";
}

/// How far the model is off before, after, and on what was left out.
static void printErrors(const Calibration &result, const ViewOptions &view, raw_ostream &os) {
  Table table(view);
  for (StringRef title : {"Class", "Error"})
    table.column(title, Table::Left);
  for (StringRef title : {"Cells", "Devices", "Time, median", "P90", "Energy, median", "P90"})
    table.column(title);
  for (const ClassFit &fit : result.fits) {
    auto row = [&](StringRef label, const ErrorSummary &summary) {
      if (summary.cells)
        table.row({fit.cls, label.str(), std::to_string(summary.cells),
                   std::to_string(summary.devices),
                   inPercent(summary.timeCells, summary.medianTime),
                   inPercent(summary.timeCells, summary.p90Time),
                   inPercent(summary.energyCells, summary.medianEnergy),
                   inPercent(summary.energyCells, summary.p90Energy)});
    };
    row("before", fit.before);
    row("after", fit.after);
    row("left out", fit.leftOut);
    row("excluded", fit.excluded);
  }
  table.print(os, 0);
}

static void printNumbers(const Calibration &result, const ViewOptions &view, raw_ostream &os) {
  if (result.numbers.empty())
    return;
  Table table(view);
  for (StringRef title : {"Number", "Was", "Is", "Between"})
    table.column(title, title == "Number" ? Table::Left : Table::Right,
                 /*flexible=*/title == "Number");
  for (const FittedNumber &number : result.numbers)
    if (number.fitted)
      table.row({printable(number.path, view.unicode), digits(number.start), digits(number.value),
                 digits(number.low) + (view.unicode ? "–" : "..") + digits(number.high)});
  os << '\n';
  table.print(os, 0);
}

/// What the table of errors does not say by itself.
static void printVerdict(const Calibration &result, raw_ostream &os) {
  for (const ClassFit &fit : result.fits) {
    if (fit.freedom == Freedom::Nothing)
      os << "\nnothing moved: networks left out are predicted best by the "
            "constants as they are\n";
    auto rose = [&](StringRef what, double before, double after) {
      if (after > before * 1.02 + 0.001)
        os << "\nnote: the median error of " << what << " of " << fit.cls
           << " rose; the fit is better on the whole, and on networks or "
              "devices left out\n";
    };
    rose("time", fit.before.medianTime, fit.after.medianTime);
    rose("energy", fit.before.medianEnergy, fit.after.medianEnergy);
  }
}

static std::string describe(const Calibration &result, const ViewOptions &view) {
  std::string text;
  raw_string_ostream os(text);
  printErrors(result, view, os);
  printVerdict(result, os);
  printNumbers(result, view, os);
  for (const auto &[target, cells] : result.skipped)
    os << "\nleft aside: " << cells << " cells of " << printable(target, view.unicode)
       << ", which is no known target\n";
  return os.str();
}

int runCalibrate(const Options &options) {
  StringRef path = options.arguments.front();
  auto fail = [&](Error error) {
    printError(path == "-" ? "<stdin>" : path, std::move(error));
    return kUnusable;
  };
  auto buffer = MemoryBuffer::getFileOrSTDIN(path, /*IsText=*/true);
  if (!buffer)
    return fail(
        createStringError(buffer.getError(), "cannot read it: " + buffer.getError().message() +
                                                 "\ngive a table of measurements"));
  auto cells = parseMeasuredTable((*buffer)->getBuffer(), path);
  if (!cells)
    return fail(cells.takeError());
  CalibrationOptions calibration;
  if (!options.targets.empty())
    calibration.target = options.targets.front();
  calibration.exclude = options.exclude;
  calibration.tableName = sys::path::filename(path).str();
  calibration.graphs = options.graphs;
  if (calibration.graphs.empty())
    calibration.graphs = sys::path::parent_path(path).str();
  Progress::stage("fitting " + Twine(cells->size()) + " measurements");
  auto result = calibrate(std::move(*cells), calibration);
  if (!result)
    return fail(result.takeError());
  Progress::pause();
  // The file is the result; what is said about it must not end up in it.
  std::string report = describe(*result, viewOptions(options));
  if (options.output != "-")
    outs() << report;
  else if (!options.quiet)
    errs() << report;
  return deliver(options, result->yaml);
}

} // namespace energyopt
