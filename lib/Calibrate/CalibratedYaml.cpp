//===- CalibratedYaml.cpp - Writing what a calibration found --------------===//
//
// A number's path ("gpu.runtimes.eager.issue_us") is where it stands in the
// YAML tree, so the text is that tree printed in order.
//
//===----------------------------------------------------------------------===//

#include "Calibrate/CalibratedYaml.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace energyopt;
using llvm::StringRef;

namespace {
struct Node {
  std::map<std::string, Node> children;
  const FittedNumber *number = nullptr;
  std::string sigma;
};
} // namespace

static Node &insert(Node &root, StringRef path) {
  Node *node = &root;
  while (!path.empty()) {
    auto [key, rest] = path.split('.');
    node = &node->children[key.str()];
    path = rest;
  }
  return *node;
}

/// A quantity with the range that is left after the fit: the prior's width in
/// the same proportion, halved, since the data now say more than the range.
/// What no row depends on keeps its number, so that a fit without a device
/// takes nothing over from one with it.
static void printNumber(llvm::raw_ostream &os, const FittedNumber &n, const Constants &prior) {
  if (!n.fitted) {
    Constants copy = prior;
    const Quantity &kept = *findQuantity(copy, n.path);
    os << llvm::format("{value: %.4g, low: %.4g, high: %.4g, kind: %s, source: prior}", kept.value,
                       kept.low, kept.high, name(kept.kind).data());
    return;
  }
  double half = std::sqrt(n.high / n.low);
  double low = n.value / std::sqrt(half), high = n.value * std::sqrt(half);
  os << llvm::format("{value: %.4g, low: %.4g, high: %.4g, kind: derived, source: fit}", n.value,
                     low, high);
}

static void print(llvm::raw_ostream &os, const Node &node, const Constants &prior,
                  unsigned indent) {
  for (const auto &[key, child] : node.children) {
    os.indent(indent) << key << ':';
    if (child.number) {
      os << ' ';
      printNumber(os, *child.number, prior);
      os << '\n';
    } else if (!child.sigma.empty()) {
      os << " {value: " << child.sigma << ", kind: derived, source: left_out}\n";
    } else {
      os << '\n';
      print(os, child, prior, indent + 2);
    }
  }
}

/// Of nothing there is no error.
static std::string percent(size_t cells, double error) {
  std::string text;
  if (cells)
    llvm::raw_string_ostream(text) << llvm::format("%.1f %%", 100 * error);
  return cells ? text : "not measured";
}

static void printErrors(llvm::raw_ostream &os, const ClassFit &fit, llvm::StringRef title,
                        const ErrorSummary &errors) {
  if (errors.cells)
    os << "#   " << fit.cls << ", " << title << ": time "
       << percent(errors.timeCells, errors.medianTime) << ", energy "
       << percent(errors.energyCells, errors.medianEnergy) << '\n';
}

static void printHeader(llvm::raw_ostream &os, const Calibration &calibration,
                        const CalibrationOptions &options) {
  size_t cells = 0, devices = 0;
  os << "# Written by `energy-opt calibrate` from " << options.tableName << ".\n"
     << "# Median errors:\n";
  llvm::StringRef left =
      options.target.empty() ? "each device left out in turn" : "networks left out in turn";
  for (const ClassFit &fit : calibration.fits) {
    cells += fit.after.cells;
    devices += fit.after.devices;
    printErrors(os, fit, "rows of the fit", fit.after);
    printErrors(os, fit, left, fit.leftOut);
    printErrors(os, fit, "excluded devices", fit.excluded);
  }
  std::string without =
      options.exclude.empty() ? "" : " without " + llvm::join(options.exclude, ", ");
  os << "sources:\n  fit: \"least squares over " << cells << " measured cells of " << devices
     << " devices of " << options.tableName << without << "\"\n"
     << "  left_out: scatter of the errors on what the fit has not seen\n"
     << "  prior: no row of the fit depends on it, so it is as it was\n";
}

static void insertSigma(Node &root, llvm::Twine path, std::optional<double> sigma) {
  if (!sigma)
    return;
  Node &node = insert(root, path.str());
  llvm::raw_string_ostream(node.sigma) << llvm::format("%.3f", *sigma);
}

/// The tree of the constants: classes stand under `classes`.
static Node constantsTree(const Calibration &calibration, bool withUnmoved) {
  Node root;
  for (const FittedNumber &number : calibration.numbers) {
    StringRef path = number.path;
    if (path.starts_with("calibration.") || (!number.fitted && !withUnmoved))
      continue;
    bool section = path.starts_with("hosts.") || path.starts_with("path_picojoule_per_bit.");
    insert(root, section ? path.str() : ("classes." + path).str()).number = &number;
  }
  for (const ClassFit &fit : calibration.fits) {
    std::string cls = "classes." + fit.cls + ".";
    insertSigma(root, cls + "sigma_time", fit.unseen.time);
    insertSigma(root, cls + "sigma_energy", fit.unseen.energy);
    insertSigma(root, cls + "sheet_sigma_time", fit.sheets.time);
    insertSigma(root, cls + "sheet_sigma_energy", fit.sheets.energy);
    insertSigma(root, cls + "calibrated_sigma_time", fit.seen.time);
    insertSigma(root, cls + "calibrated_sigma_energy", fit.seen.energy);
  }
  return root;
}

/// The devices whose rows the constants have seen.
static void printDevices(llvm::raw_ostream &os, const Calibration &calibration, unsigned indent) {
  std::vector<std::string> all;
  for (const ClassFit &fit : calibration.fits)
    all.insert(all.end(), fit.devices.begin(), fit.devices.end());
  os.indent(indent) << "calibrated: [" << llvm::join(all, ", ") << "]\n";
}

std::string energyopt::calibratedConstantsYaml(const Constants &prior,
                                               const Calibration &calibration,
                                               const CalibrationOptions &options) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printHeader(os, calibration, options);
  printDevices(os, calibration, 0);
  print(os, constantsTree(calibration, /*withUnmoved=*/false), prior, 0);
  return text;
}

std::string energyopt::calibratedTargetYaml(const Target &target, const Constants &prior,
                                            const Calibration &calibration,
                                            const CalibrationOptions &options) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "extend: " << target.name << "\nname: " << target.name << '\n';
  printHeader(os, calibration, options);
  Node own;
  for (const FittedNumber &number : calibration.numbers)
    if (StringRef(number.path).starts_with("calibration."))
      insert(own, number.path).number = &number;
  for (const ClassFit &fit : calibration.fits) {
    insertSigma(own, "calibration.sigma_time", fit.own.time);
    insertSigma(own, "calibration.sigma_energy", fit.own.energy);
  }
  print(os, own, prior, 0);
  Node constants = constantsTree(calibration, /*withUnmoved=*/true);
  if (constants.children.empty())
    return text;
  os << "constants:\n";
  printDevices(os, calibration, 2);
  print(os, constants, prior, 2);
  return text;
}
