//===- ConfigTraits.h - Scalars of .energy-opt.yaml -------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_REVIEW_CONFIGTRAITS_H
#define ENERGY_OPT_LIB_REVIEW_CONFIGTRAITS_H

#include "energy-opt/Config.h"

#include "llvm/Support/YAMLTraits.h"

namespace energyopt {

/// A limit in its metric's unit: "512 MB", "25.6 M", "3 mJ".
struct Limit {
  Metric metric;
  std::optional<double> value;
};
/// "5%" or 0.05.
struct Share {
  std::optional<double> value;
};
struct Glob {
  std::string text;
};
/// A date as people sort it.
struct Day {
  std::string text;
};
struct ShareOfEach {
  std::array<std::optional<double>, kNumMetrics> share;
};
/// `max_increase`: one share for all metrics, or one for each.
struct Increase {
  Share all;
  ShareOfEach each;
  std::vector<std::string> list; // no sense in it; refused
};

} // namespace energyopt

namespace llvm::yaml {

/// What all scalars here have in common: they are only read.
template <typename T> struct ReadScalar {
  static void output(const T &, void *, raw_ostream &) {}
  static QuotingType mustQuote(StringRef) { return QuotingType::None; }
};
template <> struct ScalarTraits<energyopt::Limit> : ReadScalar<energyopt::Limit> {
  static StringRef input(StringRef text, void *, energyopt::Limit &limit);
};
template <> struct ScalarTraits<energyopt::Share> : ReadScalar<energyopt::Share> {
  static StringRef input(StringRef text, void *, energyopt::Share &share);
};
template <> struct ScalarTraits<energyopt::Glob> : ReadScalar<energyopt::Glob> {
  static StringRef input(StringRef text, void *, energyopt::Glob &glob);
};
template <> struct ScalarTraits<energyopt::Day> : ReadScalar<energyopt::Day> {
  static StringRef input(StringRef text, void *, energyopt::Day &day);
};

} // namespace llvm::yaml

#endif // ENERGY_OPT_LIB_REVIEW_CONFIGTRAITS_H
