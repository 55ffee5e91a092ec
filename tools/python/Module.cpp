//===- Module.cpp - energy_opt._core, what Python calls --------------------===//
//
// One analysis, shown in any format. Types, names and their meanings are the
// business of the Python files beside it.
//
//===----------------------------------------------------------------------===//

#include "Output/Output.h"
#include "Run/Pricing.h"
#include "Run/Request.h"

#include "energy-opt/Target.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

namespace py = pybind11;
using namespace energyopt;

/// On its way to Python; whoever catches it holds the interpreter.
namespace {
struct Failure {
  const char *exception; // a class of energy_opt._errors
  Complaint complaint;
};
} // namespace

/// The value, or what is wrong with `file` as an exception.
template <typename T>
static T valueOr(const char *exception, llvm::StringRef file, llvm::Expected<T> result) {
  if (result)
    return std::move(*result);
  auto complaint = complaintOf(file, result.takeError());
  // Found late or early, what is said of an option is about how it was called.
  bool isUsage = llvm::StringRef(complaint.text).starts_with("--");
  throw Failure{isUsage ? "UsageError" : exception, std::move(complaint)};
}

/// `contents` is the model, if it is not in the file that `arguments` name.
static Answer analyze(const std::vector<std::string> &arguments,
                      std::optional<std::string_view> contents) {
  py::gil_scoped_release unlocked;
  Options options = valueOr("UsageError", "energy-opt", parseRequest(arguments));
  std::vector<Target> targets = valueOr("UsageError", "energy-opt", loadTargets(options));
  ModelInput model{options.arguments.front()};
  if (contents)
    model = {"<bytes>", llvm::MemoryBuffer::getMemBuffer(*contents, "<bytes>", false)};
  std::string name = model.name();
  Report report =
      valueOr("ModelError", name, priceModel(std::move(model), targets, options, /*jobs=*/1));
  return {std::move(report), sheetsOf(targets, options), options.top};
}

static std::string render(const Answer &answer, const std::string &format) {
  py::gil_scoped_release unlocked;
  return valueOr("UsageError", "energy-opt", answer.render(format));
}

/// Name, title, class and other names of every target that is built in.
static std::vector<std::vector<std::string>> targets() {
  std::vector<std::vector<std::string>> all;
  for (const TargetEntry &entry : builtinTargets())
    all.push_back({entry.name.str(), entry.title.str(), entry.cls.str(), entry.aliases.str()});
  return all;
}

static void raise(const Failure &failure) {
  py::object type = py::module_::import("energy_opt._errors").attr(failure.exception);
  py::object error = type(failure.complaint.headline(), failure.complaint.note);
  PyErr_SetObject(type.ptr(), error.ptr());
}

PYBIND11_MODULE(_core, module) {
  module.doc() = "The analysis of energy-opt; use energy_opt instead.";
  py::register_local_exception_translator([](std::exception_ptr thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const Failure &failure) {
      raise(failure);
    }
  });
  py::class_<Answer>(module, "Answer").def("render", &render);
  module.def("analyze", &analyze);
  module.def("targets", &targets);
  module.def("version", [] { return toolVersion().str(); });
}
