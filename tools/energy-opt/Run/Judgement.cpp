//===- Judgement.cpp - What a report breaks of the options ----------------===//

#include "Run/Judgement.h"

#include "Commands/Commands.h"
#include "Output/Output.h"

#include "energy-opt/Budgets.h"

#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace energyopt {

Error coverageError(const Report &report, const Options &options) {
  const Coverage &coverage = report.coverage;
  if (coverage.ratio() >= options.minCoverage)
    return Error::success();
  return createStringError(inconvertibleErrorCode(),
                           formatv("{0} of {1} ops are unmodelled, more than --min-coverage "
                                   "allows\n--op-like prices a custom op as a known one",
                                   coverage.unmodelled, coverage.opsTotal)
                               .str());
}

std::vector<Error> savingErrors(const Report &report, const Options &options) {
  CheckOptions failing;
  failing.failOn = options.failOn;
  std::vector<Error> errors;
  for (const Verdict &verdict : judge(report, nullptr, Config(), failing).verdicts)
    errors.push_back(createStringError(inconvertibleErrorCode(),
                                       formatv("{0} would save {1:f1} % on {2}\n{3}", verdict.what,
                                               verdict.value, verdict.target, verdict.note)
                                           .str()));
  return errors;
}

int checkCoverage(ArrayRef<Report> reports, const Options &options) {
  int code = kFine;
  for (const Report &report : reports)
    if (Error error = coverageError(report, options)) {
      code = kUncovered;
      printError(report.graph.model.path, std::move(error));
    }
  return code;
}

int checkSuggestions(ArrayRef<Report> reports, const Options &options) {
  int code = kFine;
  for (const Report &report : reports)
    for (Error &error : savingErrors(report, options)) {
      code = kFailed;
      printError(report.graph.model.path, std::move(error));
    }
  return code;
}

} // namespace energyopt
