//===- ModelTargets.cpp - ONNX models and MLIR as fuzz targets ------------===//

#include "FuzzTarget.h"
#include "Pricing.h"

#include "Import/Formats.h"
#include "Mlir/MlirInput.h"
#include "energy-opt/OnnxDialect.h"
#include "energy-opt/OnnxExporter.h"
#include "energy-opt/Suggest.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/xxhash.h"

using namespace energyopt;
using llvm::StringRef;

/// The target's models are of no folder.
static constexpr llvm::StringLiteral kModelPath = "fuzzed.onnx";

static std::unique_ptr<llvm::MemoryBuffer> bufferOf(StringRef input) {
  return llvm::MemoryBuffer::getMemBufferCopy(input, kModelPath);
}

static bool reads(llvm::Expected<ImportedModel> &model) {
  if (model)
    return true;
  expectWords(model.takeError());
  return false;
}

namespace {
/// An input chooses what is done with it, the same each time.
class Choices {
public:
  explicit Choices(StringRef input) : bits(llvm::xxh3_64bits(input)) {}
  size_t next(size_t count) {
    size_t choice = bits % count;
    bits /= count;
    return choice;
  }

private:
  uint64_t bits;
};
} // namespace

/// Writes a model and reads it again, which must go well and cost the same if
/// nothing was rewritten.
static void roundTrip(ImportedModel &model, const WorkGraph *before) {
  static TemporaryFile file(".onnx");
  auto notes = exportOnnx(*model.module, *model.weights, file.path);
  if (!notes)
    return expectWords(notes.takeError());
  auto buffer = llvm::MemoryBuffer::getFile(file.path);
  if (!buffer)
    found("what was exported is not there");
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::func::FuncDialect, OnnxDialect>();
  auto again = importOnnx(context, std::move(*buffer), kModelPath, {});
  if (!again)
    found("what was exported cannot be read: " + llvm::toString(again.takeError()));
  auto analysed = analyseImported(*again, kModelPath, {});
  if (!analysed)
    return before ? found("what was exported cannot be analysed: " +
                          llvm::toString(analysed.takeError()))
                  : expectWords(analysed.takeError());
  if (before && analysed->graph.rows.size() != before->rows.size())
    found("what was exported has other rows");
}

/// One of the checks rewrites the model.
static void rewrite(ImportedModel &model, const Report &base, const Check &check) {
  if (!check.apply || !check.needs.empty())
    return;
  Rewrite rewrite{model, check, {}, /*dry=*/false, {}};
  rewrite.graph = &base.graph;
  rewrite.run();
  if (mlir::failed(mlir::verify(*model.module)))
    found("after " + check.id + " the module is invalid");
  roundTrip(model, nullptr);
}

bool energyopt::runModel(StringRef input) {
  Choices choices(input);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::func::FuncDialect, OnnxDialect>();
  auto model = importOnnx(context, bufferOf(input), kModelPath, {});
  if (!reads(model))
    return false;
  if (mlir::failed(mlir::verify(*model->module)))
    found("the imported module is invalid");
  AnalysisOptions options;
  options.symbolic = choices.next(4) == 0;
  auto analysed = analyseImported(*model, kModelPath, options);
  if (!analysed) {
    expectWords(analysed.takeError());
    roundTrip(*model, nullptr);
    return false;
  }
  const Target &target = someTarget(choices.next(8));
  Report report = priceAndPrint(analysed->graph, target, choices.next(4) == 0);
  roundTrip(*model, choices.next(2) ? &analysed->graph : nullptr);
  if (report.targets.empty())
    return true;
  if (choices.next(4) == 0) {
    Situation situation{*model, kModelPath.str(), options, {}, target, report};
    suggest(situation, selectChecks(""));
  }
  rewrite(*model, report, *allChecks()[choices.next(allChecks().size())]);
  return true;
}

std::string energyopt::modelOfText(StringRef text) {
  auto format = detectFormat(text);
  if (!format) {
    llvm::consumeError(format.takeError());
    return "";
  }
  if (*format == ModelFormat::Binary)
    return text.str();
  auto bytes = encodeText(*format, text);
  if (bytes)
    return (*bytes)->getBuffer().str();
  llvm::consumeError(bytes.takeError());
  return "";
}

bool energyopt::runModelText(StringRef input) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::func::FuncDialect, OnnxDialect>();
  auto model = importOnnx(context, bufferOf(input), "fuzzed.onnxtxt", {});
  if (!reads(model))
    return false;
  auto analysed = analyseImported(*model, "fuzzed.onnxtxt", {});
  if (!analysed)
    expectWords(analysed.takeError());
  return bool(analysed);
}

bool energyopt::runMlir(StringRef input) {
  Choices choices(input);
  AnalysisOptions options;
  options.symbolic = choices.next(4) == 0;
  auto analysed = analyseMlir(bufferOf(input), "fuzzed.mlir", options);
  if (!analysed) {
    expectWords(analysed.takeError());
    return false;
  }
  const Target &target = someTarget(choices.next(8));
  priceAndPrint(std::move(analysed->graph), target, choices.next(4) == 0);
  if (choices.next(4) == 0) {
    auto text = annotatedText(bufferOf(input), "fuzzed.mlir", {}, target.name, {});
    if (!text)
      expectWords(text.takeError());
  }
  return true;
}
