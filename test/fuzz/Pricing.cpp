//===- Pricing.cpp - What follows on an analysis --------------------------===//

#include "Pricing.h"

#include "energy-opt/Views.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace energyopt;
using llvm::StringRef;

void energyopt::found(const llvm::Twine &what) {
  llvm::errs() << "found: " << what << '\n';
  // LLVM has taken the signal of abort from libFuzzer, and would not give it back.
  LLVM_BUILTIN_TRAP;
}

void energyopt::expectWords(llvm::Error error) {
  std::string text = llvm::toString(std::move(error));
  if (StringRef(text).trim().empty())
    found("an error without words");
}

static std::vector<Target> loadTargets() {
  std::vector<Target> targets;
  for (const char *name : {"nvidia-a100-sxm-80gb", "google-tpu-v4", "intel-xeon-platinum-8380",
                           "raspberry-pi-4", "st-stm32u575"})
    targets.push_back(llvm::cantFail(loadTarget(name)));
  return targets;
}

const Target &energyopt::someTarget(size_t number) {
  static const std::vector<Target> targets = loadTargets();
  return targets[number % targets.size()];
}

Report energyopt::priceAndPrint(WorkGraph graph, const Target &target, bool training) {
  Report report;
  report.graph = std::move(graph);
  EnergyOptions options;
  if (training) {
    options.mode = Mode::Training;
    trainingStep(report.graph);
  }
  summarize(report);
  if (auto priced = estimate(report.graph, target, options))
    report.targets.push_back(std::move(*priced));
  else
    expectWords(priced.takeError());
  llvm::raw_null_ostream nowhere;
  for (const View &view : allViews())
    view.print(report, ViewOptions(), nowhere);
  return report;
}

TemporaryFile::TemporaryFile(StringRef extension)
    : path((llvm::sys::fs::exists("/dev/shm") ? "/dev/shm/" : "/tmp/") +
           std::string("energy-opt-fuzz-") + std::to_string(llvm::sys::Process::getProcessId()) +
           extension.str()) {}

TemporaryFile::~TemporaryFile() { llvm::sys::fs::remove(path); }

void TemporaryFile::write(StringRef contents) {
  std::error_code code;
  llvm::raw_fd_ostream os(path, code);
  if (code)
    llvm::report_fatal_error(llvm::Twine(path + ": " + code.message()));
  os << contents;
}
