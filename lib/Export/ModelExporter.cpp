//===- ModelExporter.cpp - A module to an ONNX file -----------------------===//

#include "Export/GraphExporter.h"
#include "Export/OutputFile.h"
#include "Import/ImportError.h"
#include "energy-opt/OnnxExporter.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::func::FuncOp;

/// Fields of ModelProto (onnx.proto).
enum ModelField : uint32_t {
  kIrVersion = 1,
  kProducer = 2,
  kProducerVersion = 3,
  kDomain = 4,
  kModelVersion = 5,
  kDoc = 6,
  kGraph = 7,
  kOpset = 8,
  kMetadata = 14,
  kFunctions = 25
};
constexpr uint32_t kFunctionOpset = 9;

/// protobuf's limit of a message is 2 GiB; the rest is room for the graph.
constexpr uint64_t kMostInline = (uint64_t(1) << 31) - (uint64_t(64) << 20); // bytes

static StringRef textOf(mlir::Operation *op, StringRef name) {
  auto attr = op->getAttrOfType<mlir::StringAttr>(name);
  return attr ? attr.getValue() : StringRef();
}

/// OperatorSetIdProto { domain = 1, version = 2 } for each domain.
static void addOpsets(mlir::Operation *op, uint32_t field, WireMessage &out) {
  auto opsets = op->getAttrOfType<mlir::DictionaryAttr>("onnx.opsets");
  for (mlir::NamedAttribute attr : opsets ? opsets.getValue() : std::nullopt) {
    StringRef domain = attr.getName().getValue();
    WireMessage opset;
    opset.addText(1, domain == "ai.onnx" ? "" : domain);
    if (auto version = llvm::dyn_cast<mlir::IntegerAttr>(attr.getValue()))
      opset.addVarint(2, version.getInt());
    out.addMessage(field, std::move(opset));
  }
}

/// StringStringEntryProto { key = 1, value = 2 } for each pair.
static void addMetadata(mlir::ModuleOp module, WireMessage &out) {
  auto pairs = module->getAttrOfType<mlir::ArrayAttr>("onnx.metadata");
  if (!pairs)
    return;
  for (auto pair : pairs.getAsRange<mlir::ArrayAttr>()) {
    WireMessage entry;
    for (auto [i, text] : llvm::enumerate(pair.getAsRange<mlir::StringAttr>()))
      entry.addBytes(i + 1, text.getValue());
    out.addMessage(kMetadata, std::move(entry));
  }
}

static void addHeader(mlir::ModuleOp module, WireMessage &out) {
  if (auto version = module->getAttrOfType<mlir::IntegerAttr>("onnx.ir_version"))
    out.addVarint(kIrVersion, version.getInt());
  out.addText(kProducer, textOf(module, "onnx.producer"));
  out.addText(kProducerVersion, textOf(module, "onnx.producer_version"));
  out.addText(kDomain, textOf(module, "onnx.domain"));
  if (auto version = module->getAttrOfType<mlir::IntegerAttr>("onnx.model_version"))
    out.addVarint(kModelVersion, version.getInt());
  out.addText(kDoc, textOf(module, "onnx.doc"));
  addOpsets(module, kOpset, out);
}

static llvm::Expected<WireMessage> modelProto(mlir::ModuleOp module, TensorExporter &tensors,
                                              StringRef file) {
  auto main = module.lookupSymbol<FuncOp>("main");
  if (!main)
    return importError("the module has no function @main",
                       "only what was imported from ONNX can be exported");
  WireMessage out;
  addHeader(module, out);
  llvm::Expected<WireMessage> graph = GraphExporter(tensors, file).graph(main);
  if (!graph)
    return graph.takeError();
  out.addMessage(kGraph, std::move(*graph));
  addMetadata(module, out);
  for (auto func : module.getOps<FuncOp>()) {
    if (func == main)
      continue;
    llvm::Expected<WireMessage> function = GraphExporter(tensors, file).function(func);
    if (!function)
      return function.takeError();
    addOpsets(func, kFunctionOpset, *function);
    out.addMessage(kFunctions, std::move(*function));
  }
  addVerbatim(file, module->getAttrDictionary(), out);
  return out;
}

/// Bytes of payloads that are not in external data.
static uint64_t inlineBytes(mlir::ModuleOp module) {
  uint64_t total = 0;
  module.walk([&](mlir::Operation *op) {
    auto source = op->getAttrOfType<mlir::IntegerAttr>("source");
    auto length = op->getAttrOfType<mlir::IntegerAttr>("length");
    if (source && length && source.getInt() != 1)
      total += length.getInt();
  });
  return total;
}

static llvm::Error mended(llvm::Error error) {
  return importError(llvm::toString(std::move(error)),
                     "check the folder, its permissions and the space left");
}

static bool sameFolder(StringRef file, StringRef directory) {
  StringRef parent = llvm::sys::path::parent_path(file);
  return llvm::sys::fs::equivalent(parent.empty() ? "." : parent,
                                   directory.empty() ? "." : directory);
}

llvm::Expected<std::vector<std::string>>
energyopt::exportOnnx(mlir::ModuleOp module, WeightReader &weights, StringRef path) {
  ExternalPlan plan;
  plan.fileName = (llvm::sys::path::filename(path) + ".data").str();
  plan.keepReferences = sameFolder(path, weights.directory());
  plan.moveInline = inlineBytes(module) > kMostInline;
  TensorExporter tensors(weights, plan);
  llvm::Expected<WireMessage> model = modelProto(module, tensors, weights.modelBytes());
  if (!model)
    return model.takeError();

  // Neither takes its place before both are complete.
  std::vector<std::unique_ptr<OutputFile>> files;
  auto write = [&](const llvm::Twine &name, Print print) -> llvm::Error {
    auto file = OutputFile::write(name.str(), print);
    if (!file)
      return file.takeError();
    files.push_back(std::move(*file));
    return llvm::Error::success();
  };
  if (tensors.hasData())
    if (llvm::Error error =
            write(path + ".data", [&](llvm::raw_ostream &os) { tensors.writeData(os); }))
      return mended(std::move(error));
  if (llvm::Error error = write(path, [&](llvm::raw_ostream &os) { model->write(os); }))
    return mended(std::move(error));
  for (const auto &file : files)
    if (llvm::Error error = file->keep())
      return mended(std::move(error));

  std::vector<std::string> notes;
  if (tensors.hasData())
    notes.push_back("weights are in " + quoted(plan.fileName) + ", beside the model");
  for (const auto &file : tensors.absent())
    notes.push_back("external data file " + quoted(file.getKey()) +
                    " is absent: the new model refers to it");
  llvm::sort(notes);
  return notes;
}
