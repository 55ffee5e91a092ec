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
};
} // namespace

static void insert(Node &root, StringRef path, const FittedNumber &number) {
  Node *node = &root;
  while (!path.empty()) {
    auto [key, rest] = path.split('.');
    node = &node->children[key.str()];
    path = rest;
  }
  node->number = &number;
}

/// A quantity with the range that is left after the fit: the prior's width in
/// the same proportion, halved, since the data now say more than the range.
static void printNumber(llvm::raw_ostream &os, const FittedNumber &n) {
  double half = std::sqrt(n.high / n.low);
  double low = n.value / std::sqrt(half), high = n.value * std::sqrt(half);
  os << llvm::format("{value: %.4g, low: %.4g, high: %.4g, kind: derived, source: fit}", n.value,
                     low, high);
}

static void print(llvm::raw_ostream &os, const Node &node, unsigned indent) {
  for (const auto &[key, child] : node.children) {
    os.indent(indent) << key << ':';
    if (child.number) {
      os << ' ';
      printNumber(os, *child.number);
      os << '\n';
      continue;
    }
    os << '\n';
    print(os, child, indent + 2);
  }
}

static std::string percent(double error) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.1f %%", 100 * error);
  return text;
}

static void printHeader(llvm::raw_ostream &os, const Calibration &calibration,
                        const CalibrationOptions &options) {
  size_t cells = 0, devices = 0;
  os << "# Written by `energy-opt calibrate` from " << options.tableName << ".\n"
     << "# Median error on the measurements of the fit:\n";
  for (const ClassFit &fit : calibration.fits) {
    cells += fit.after.cells;
    devices += fit.after.devices;
    os << "#   " << fit.cls << ": time " << percent(fit.after.medianTime) << ", energy "
       << percent(fit.after.medianEnergy) << '\n';
  }
  if (!options.exclude.empty())
    os << "# Left out of the fit: " << llvm::join(options.exclude, ", ") << ".\n";
  os << "sources:\n  fit: \"least squares over " << cells << " measured cells of " << devices
     << " devices of " << options.tableName
     << (options.exclude.empty() ? std::string()
                                 : " without " + llvm::join(options.exclude, ", "))
     << "\"\n";
}

/// The tree of the constants: classes stand under `classes`.
static Node constantsTree(const Calibration &calibration) {
  Node root;
  for (const FittedNumber &number : calibration.numbers) {
    StringRef path = number.path;
    if (path.starts_with("calibration."))
      continue;
    bool section = path.starts_with("hosts.") || path.starts_with("path_picojoule_per_bit.");
    insert(root, section ? path.str() : ("classes." + path).str(), number);
  }
  return root;
}

std::string energyopt::calibratedConstantsYaml(const Calibration &calibration,
                                               const CalibrationOptions &options) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printHeader(os, calibration, options);
  print(os, constantsTree(calibration), 0);
  return text;
}

std::string energyopt::calibratedTargetYaml(const Target &target, const Calibration &calibration,
                                            const CalibrationOptions &options) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "extend: " << target.name << "\nname: " << target.name << '\n';
  printHeader(os, calibration, options);
  Node factors;
  for (const FittedNumber &number : calibration.numbers)
    if (StringRef(number.path).starts_with("calibration."))
      insert(factors, number.path, number);
  print(os, factors, 0);
  os << "constants:\n";
  print(os, constantsTree(calibration), 2);
  return text;
}
