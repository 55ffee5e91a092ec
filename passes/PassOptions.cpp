//===- PassOptions.cpp - What all passes share ----------------------------===//

#include "PassOptions.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace energyopt;
using llvm::StringRef;

static llvm::Error usage(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<PassSettings> energyopt::readSettings(StringRef target,
                                                     llvm::ArrayRef<std::string> dims,
                                                     StringRef precision, StringRef runtime) {
  PassSettings settings;
  settings.target = target.str();
  settings.energy.runtime = runtime.str();
  for (StringRef dim : dims) {
    auto [name, text] = dim.rsplit('=');
    int64_t value;
    if (name.empty() || text.getAsInteger(10, value))
      return usage("dims: '" + dim + "' is not NAME=N");
    settings.analysis.dims.emplace_back(name.str(), value);
  }
  if (precision == "as-is")
    return settings;
  settings.energy.precision = parsePrecision(precision);
  if (!settings.energy.precision)
    return usage("precision: '" + precision + "' is none of energy-opt's");
  return settings;
}

void energyopt::reportError(mlir::ModuleOp module, llvm::Error error) {
  std::string text = llvm::toString(std::move(error));
  auto [what, mend] = StringRef(text).split('\n');
  mlir::InFlightDiagnostic diagnostic = mlir::emitError(module.getLoc(), what);
  if (!mend.empty())
    diagnostic.attachNote() << mend;
}

PricedModule energyopt::priceModule(mlir::ModuleOp module, llvm::Expected<PassSettings> settings,
                                    llvm::function_ref<EnergyAnalysis &()> shared) {
  PricedModule priced;
  auto fail = [&](llvm::Error error) {
    reportError(module, std::move(error));
    return PricedModule();
  };
  if (!settings)
    return fail(settings.takeError());
  if (settings->analysis.dims.empty()) {
    priced.analysis = &shared();
  } else {
    priced.own = std::make_unique<EnergyAnalysis>(module, settings->analysis);
    priced.analysis = priced.own.get();
  }
  auto report = priced.analysis->on(settings->target, settings->energy);
  if (!report)
    return fail(report.takeError());
  priced.report = &*report;
  return priced;
}

std::vector<int32_t> energyopt::costliestRows(const TargetReport &report, double RowCost::*part,
                                              size_t atMost) {
  std::vector<int32_t> order;
  for (size_t i = 0; i < report.rows.size(); ++i)
    if (report.rows[i].*part > 0)
      order.push_back(static_cast<int32_t>(i));
  llvm::stable_sort(
      order, [&](int32_t a, int32_t b) { return report.rows[a].*part > report.rows[b].*part; });
  order.resize(std::min(order.size(), atMost));
  return order;
}

std::string energyopt::withUnit(double value, StringRef unit) {
  static constexpr struct {
    double scale;
    const char *prefix;
  } kPrefixes[] = {{1e9, "G"},  {1e6, "M"},  {1e3, "k"}, {1, ""},
                   {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}};
  for (const auto &prefix : kPrefixes)
    if (value >= prefix.scale || &prefix == std::end(kPrefixes) - 1) {
      std::string text;
      llvm::raw_string_ostream os(text);
      os << llvm::format("%.3g ", value / prefix.scale) << prefix.prefix << unit;
      return text;
    }
  return "";
}
