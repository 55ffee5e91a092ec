//===- Calibrate.cpp - energy-opt calibrate -------------------------------===//

#include "Commands.h"
#include "Output.h"

#include "Calibrate/Calibrate.h"
#include "Report/Format.h"
#include "Report/Table.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace energyopt {

static std::string inPercent(double error) {
  return formatv("{0:F1} %", 100 * error);
}

/// How far the model is off before, after, and on what was left out.
static void printErrors(const Calibration &result, const ViewOptions &view,
                        raw_ostream &os) {
  Table table(view);
  for (StringRef title : {"Class", "Error"})
    table.column(title, Table::Left);
  for (StringRef title :
       {"Cells", "Devices", "Time, median", "P90", "Energy, median", "P90"})
    table.column(title);
  for (const ClassFit &fit : result.fits) {
    auto row = [&](StringRef label, const ErrorSummary &summary) {
      if (summary.cells)
        table.row({fit.cls, label.str(), std::to_string(summary.cells),
                   std::to_string(summary.devices),
                   inPercent(summary.medianTime), inPercent(summary.p90Time),
                   inPercent(summary.medianEnergy),
                   inPercent(summary.p90Energy)});
    };
    row("before", fit.before);
    row("after", fit.after);
    row("left out", fit.heldOut);
  }
  table.print(os, 0);
}

static void printNumbers(const Calibration &result, const ViewOptions &view,
                         raw_ostream &os) {
  if (result.numbers.empty())
    return;
  Table table(view);
  for (StringRef title : {"Number", "Was", "Is", "Between"})
    table.column(title, title == "Number" ? Table::Left : Table::Right,
                 /*flexible=*/title == "Number");
  for (const FittedNumber &number : result.numbers)
    table.row({printable(number.path, view.unicode), digits(number.start),
               digits(number.value),
               digits(number.low) + (view.unicode ? "–" : "..") +
                   digits(number.high)});
  os << '\n';
  table.print(os, 0);
}

static std::string describe(const Calibration &result,
                            const ViewOptions &view) {
  std::string text;
  raw_string_ostream os(text);
  printErrors(result, view, os);
  printNumbers(result, view, os);
  for (const auto &[target, cells] : result.skipped)
    os << "\nleft aside: " << cells << " cells of "
       << printable(target, view.unicode) << ", which is no known target\n";
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
    return fail(createStringError(
        buffer.getError(), "cannot read it: " + buffer.getError().message() +
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
  auto result = calibrate(std::move(*cells), calibration);
  if (!result)
    return fail(result.takeError());
  // The file is the result; what is said about it must not end up in it.
  std::string report = describe(*result, viewOptions(options));
  if (options.output != "-")
    outs() << report;
  else if (!options.quiet)
    errs() << report;
  return deliver(options, result->yaml);
}

} // namespace energyopt
