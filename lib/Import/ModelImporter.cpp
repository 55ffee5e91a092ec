//===- ModelImporter.cpp - ModelProto to a module -------------------------===//

#include "Import/ModelImporter.h"

#include "Import/GraphImporter.h"
#include "Import/GraphOrder.h"
#include "Import/ImportError.h"
#include "energy-opt/OnnxDialect.h"

namespace energyopt {

using namespace mlir;

constexpr int64_t kNewestIrVersion = 13;

namespace {
class ModelImporter {
public:
  ModelImporter(MLIRContext &context, const ModelSource &source, ModelView &model,
                const FunctionTable &functions, std::vector<std::string> &notes)
      : b(&context), model(model), functions(functions), notes(notes), types(&context),
        tensors(&context, types, source.file, source.directory, source.trustExternal),
        graphs(&context, types, tensors, functions, source.path),
        module(ModuleOp::create(FileLineColLoc::get(&context, source.path, 0, 0))) {}

  llvm::Expected<OwningOpRef<ModuleOp>> run();

private:
  llvm::Error importMain();
  llvm::Error importFunction(const FunctionTable::Entry &entry);
  llvm::Expected<DictionaryAttr> opsets(const OpsetImports &imports, const std::string &where);
  llvm::Error addSignature(const FunctionView &function, func::FuncOp func);
  void addModelAttributes();
  void addNotes();

  Builder b;
  ModelView &model;
  const FunctionTable &functions;
  std::vector<std::string> &notes;
  TypeImporter types;
  TensorImporter tensors;
  GraphImporter graphs;
  OwningOpRef<ModuleOp> module;
};
} // namespace

/// The newest opset of ai.onnx that is known.
constexpr int64_t kNewestOpset = 28;

/// The newest operator set of ai.onnx when an IR version was current:
/// onnx/onnx, docs/Versioning.md, and opset 28 for what came after.
static int64_t newestOpset(int64_t irVersion) {
  constexpr int64_t kNewest[] = {1, 1, 1, 8, 9, 10, 11, 14, 18, 20, 22, 23, 24};
  return irVersion < static_cast<int64_t>(std::size(kNewest)) ? kNewest[irVersion] : kNewestOpset;
}

/// Versions by domain, completed for the nodes just imported.
llvm::Expected<DictionaryAttr> ModelImporter::opsets(const OpsetImports &imports,
                                                     const std::string &where) {
  NamedAttrList attrs;
  for (auto [domain, version] : imports) {
    llvm::StringRef name = domain.empty() ? "ai.onnx" : domain;
    if (version < 1)
      return importError(where + ": imports version " + llvm::Twine(version) + " of domain " +
                             quoted(name),
                         "operator set versions start at 1");
    auto before = llvm::dyn_cast_or_null<IntegerAttr>(attrs.get(name));
    if (before && before.getInt() != version)
      return importError(where + ": imports versions " + llvm::Twine(before.getInt()) + " and " +
                             llvm::Twine(version) + " of domain " + quoted(name),
                         "import one version of each domain");
    if (before)
      continue;
    attrs.append(name, b.getI64IntegerAttr(version));
    if (name == "ai.onnx" && version > kNewestOpset)
      notes.push_back(where + " imports version " + std::to_string(version) +
                      " of ai.onnx, which is newer than " + std::to_string(kNewestOpset) +
                      ", the newest that is known; its ops are read as of that");
  }
  // Exporters often leave out the domains of custom and contributed ops, which
  // have one version anyway, and of ai.onnx where it has a few ops only.
  for (llvm::StringRef domain : graphs.domains) {
    llvm::StringRef name = domain.empty() ? "ai.onnx" : domain;
    if (attrs.get(name))
      continue;
    int64_t version = domain.empty() ? newestOpset(model.irVersion) : 1;
    attrs.append(name, b.getI64IntegerAttr(version));
    notes.push_back(where + " does not import the operator set " + quoted(name) + "; version " +
                    std::to_string(version) + " is assumed");
  }
  graphs.domains.clear();
  return attrs.getDictionary(b.getContext());
}

llvm::Error ModelImporter::importMain() {
  llvm::Expected<func::FuncOp> main = graphs.import(*model.graph, "main");
  if (!main)
    return main.takeError();
  module->push_back(*main);
  llvm::Expected<DictionaryAttr> versions = opsets(model.opsets, "the model");
  if (!versions)
    return versions.takeError();
  (*module)->setAttr("onnx.opsets", *versions);
  return llvm::Error::success();
}

/// Who the function is, and its attributes: names, and those with a default.
llvm::Error ModelImporter::addSignature(const FunctionView &function, func::FuncOp func) {
  NamedAttrList attrs, defaults;
  attrs.append("domain", b.getStringAttr(function.domain));
  attrs.append("name", b.getStringAttr(function.name));
  if (!function.overload.empty())
    attrs.append("overload", b.getStringAttr(function.overload));
  if (!function.attributeNames.empty())
    attrs.append("attributes", b.getStrArrayAttr(function.attributeNames));
  func->setAttr("onnx.function", attrs.getDictionary(b.getContext()));

  AttributeImporter importer(b.getContext(), types, tensors);
  if (llvm::Error error = importer.add(function.attributeDefaults, defaults))
    return error;
  if (!defaults.empty())
    func->setAttr("onnx.attribute_defaults", defaults.getDictionary(b.getContext()));
  return llvm::Error::success();
}

llvm::Error ModelImporter::importFunction(const FunctionTable::Entry &entry) {
  const FunctionView &function = *entry.function;
  llvm::Expected<func::FuncOp> func = graphs.import(function.body, entry.symbol);
  if (!func)
    return func.takeError();
  module->push_back(*func);
  func->setPrivate();
  std::string where = "function " + quoted(entry.symbol);
  llvm::Expected<DictionaryAttr> versions = opsets(function.opsets, where);
  if (!versions)
    return versions.takeError();
  (*func)->setAttr("onnx.opsets", *versions);
  if (llvm::Error error = addSignature(function, *func))
    return inPlace(where, std::move(error));
  return llvm::Error::success();
}

void ModelImporter::addModelAttributes() {
  auto addText = [&](llvm::StringRef name, llvm::StringRef text) {
    if (!text.empty())
      (*module)->setAttr(name, b.getStringAttr(text));
  };
  (*module)->setAttr("onnx.ir_version", b.getI64IntegerAttr(model.irVersion));
  addText("onnx.producer", model.producer);
  addText("onnx.producer_version", model.producerVersion);
  addText("onnx.domain", model.domain);
  addText("onnx.doc", model.docString);
  if (model.hasModelVersion)
    (*module)->setAttr("onnx.model_version", b.getI64IntegerAttr(model.modelVersion));
  // Pairs in the file's order: keys may be empty or come twice.
  llvm::SmallVector<Attribute> metadata;
  for (auto [key, value] : model.metadata)
    metadata.push_back(b.getStrArrayAttr({key, value}));
  if (!metadata.empty())
    (*module)->setAttr("onnx.metadata", b.getArrayAttr(metadata));
  if (!model.verbatim.empty())
    (*module)->setAttr("onnx.verbatim", b.getDenseI64ArrayAttr(model.verbatim));
}

void ModelImporter::addNotes() {
  if (model.irVersion > kNewestIrVersion)
    notes.push_back("IR version " + std::to_string(model.irVersion) + " is newer than " +
                    std::to_string(kNewestIrVersion) + ", the newest that is known");
  if (graphs.sortedAny)
    notes.push_back("the nodes are not in topological order; they were sorted");
  for (const std::string &file : tensors.absentFiles)
    notes.push_back("external data file " + quoted(file) + " is absent: its values are unknown");
  if (tensors.stripped)
    notes.push_back(std::to_string(tensors.stripped) +
                    " tensors have no data: their values are unknown");
}

llvm::Expected<OwningOpRef<ModuleOp>> ModelImporter::run() {
  if (llvm::Error error = importMain())
    return error;
  for (const FunctionTable::Entry &entry : functions.all())
    if (llvm::Error error = importFunction(entry))
      return error;
  addModelAttributes();
  addNotes();
  return std::move(module);
}

llvm::Expected<OwningOpRef<ModuleOp>> importModel(MLIRContext &context, const ModelSource &source,
                                                  std::vector<std::string> &notes) {
  context.loadDialect<OnnxDialect, func::FuncDialect>();
  llvm::Expected<ModelView> model = readModel(source.file);
  if (!model)
    return model.takeError();
  if (model->graph->nodes.empty() && model->graph->outputs.empty())
    return importError("the graph is empty: it has neither nodes nor outputs",
                       "export the model again");
  if (model->irVersion < 1)
    return importError("the model has no ir_version", "set it, as onnx.checker demands");
  if (model->opsets.empty() && model->irVersion >= 3)
    return importError("the model imports no operator set (opset_import)",
                       "say which version its ops are of, as in opset_import { version: 17 }");
  if (llvm::Error error = indexNames(*model->graph))
    return error;
  for (FunctionView &function : model->functions)
    if (llvm::Error error = indexNames(function.body))
      return error;
  llvm::Expected<FunctionTable> functions = FunctionTable::create(model->functions);
  if (!functions)
    return functions.takeError();
  return ModelImporter(context, source, *model, *functions, notes).run();
}

} // namespace energyopt
