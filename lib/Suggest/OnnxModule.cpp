//===- OnnxModule.cpp - ONNX models as modules of a pipeline --------------===//

#include "Suggest/OnnxModule.h"

#include "Graph/OpAdapter.h"
#include "Mlir/EntryPoints.h"
#include "Suggest/Rewrites.h"
#include "energy-opt/OnnxDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;

//===----------------------------------------------------------------------===//
// The form
//===----------------------------------------------------------------------===//

static bool isOnnx(Operation *op) { return op->getName().getDialectNamespace() == "onnx"; }

/// Each region has a name and one block, with a yield at its end.
static bool hasNamedRegions(Operation *op) {
  if (op->getNumRegions() == 0)
    return true;
  auto names = op->getAttrOfType<mlir::ArrayAttr>("onnx.regions");
  if (!names || names.size() != op->getNumRegions() ||
      !llvm::all_of(names, [](mlir::Attribute name) { return llvm::isa<mlir::StringAttr>(name); }))
    return false;
  return llvm::all_of(op->getRegions(), [](mlir::Region &region) {
    return region.hasOneBlock() && !region.front().empty() &&
           isNamed(&region.front().back(), "yield");
  });
}

std::string energyopt::whyNotOnnx(mlir::ModuleOp module) {
  if (!module->getAttrOfType<mlir::DictionaryAttr>("onnx.opsets"))
    return "it is none in the form that energy-opt imports ONNX to (onnx.opsets)";
  auto main = module.lookupSymbol<mlir::func::FuncOp>("main");
  if (!main || main.isExternal())
    return "it has no function @main";
  std::string why;
  for (Operation &top : module.getBody()->getOperations()) {
    auto function = llvm::dyn_cast<mlir::func::FuncOp>(top);
    if (!function)
      return ("it has " + top.getName().getStringRef() + " beside its functions").str();
    if (!function.isExternal() && !function.getBody().hasOneBlock())
      return "a function of it has more than one block";
    function.walk([&](Operation *op) {
      if (op == &top || llvm::isa<mlir::func::ReturnOp>(op))
        return mlir::WalkResult::advance();
      bool isValue = isNamed(op, "initializer") || isNamed(op, "none");
      bool fits = isOnnx(op) && op->getNumSuccessors() == 0 && hasNamedRegions(op) &&
                  (!isValue || (op->getNumResults() == 1 && op->getNumOperands() == 0));
      if (fits)
        return mlir::WalkResult::advance();
      why = ("it has " + op->getName().getStringRef() + " of another form").str();
      return mlir::WalkResult::interrupt();
    });
    if (!why.empty())
      return why;
  }
  return why;
}

//===----------------------------------------------------------------------===//
// Contents
//===----------------------------------------------------------------------===//

/// What a reader of the text can still overlook.
constexpr int64_t kMostEmbedded = 64;

/// Elements of whole bytes, as they lie in files; and bool, one in a byte.
static bool hasPlainBytes(mlir::Type element) {
  return element.isInteger(1) ||
         (element.isIntOrFloat() && element.getIntOrFloatBitWidth() % 8 == 0);
}

static mlir::DenseElementsAttr denseOf(mlir::RankedTensorType type, llvm::ArrayRef<uint8_t> bytes) {
  if (type.getElementType().isInteger(1)) {
    llvm::SmallVector<bool> bits;
    for (uint8_t byte : bytes)
      bits.push_back(byte != 0);
    return mlir::DenseElementsAttr::get(type, bits);
  }
  llvm::ArrayRef<char> raw(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  bool isSplat = false;
  if (!mlir::DenseElementsAttr::isValidRawBuffer(type, raw, isSplat))
    return {};
  return mlir::DenseElementsAttr::getFromRawBuffer(type, raw);
}

static std::vector<uint8_t> bytesOf(mlir::DenseElementsAttr dense) {
  std::vector<uint8_t> bytes;
  if (dense.getElementType().isInteger(1)) {
    for (bool bit : dense.getValues<bool>())
      bytes.push_back(bit);
    return bytes;
  }
  llvm::ArrayRef<char> raw = dense.getRawData();
  int64_t copies = dense.isSplat() ? dense.getNumElements() : 1;
  for (int64_t i = 0; i < copies; ++i)
    bytes.insert(bytes.end(), raw.begin(), raw.end());
  return bytes;
}

/// The reference and the type of what an initializer or a Constant node holds.
static std::pair<std::optional<WeightRef>, mlir::RankedTensorType> heldBy(Operation *op) {
  auto reference = op->getAttrDictionary();
  auto type = llvm::dyn_cast<mlir::RankedTensorType>(op->getResult(0).getType());
  if (isNamed(op, "Constant")) {
    reference = op->getAttrOfType<mlir::DictionaryAttr>("value");
    auto named = reference ? reference.getAs<mlir::TypeAttr>("type") : nullptr;
    type = named ? llvm::dyn_cast<mlir::RankedTensorType>(named.getValue()) : nullptr;
  }
  return {type ? weightRef(reference, type) : std::nullopt, type};
}

void energyopt::embedSmallWeights(ImportedModel &model) {
  model.module->walk([&](Operation *op) {
    if (!isNamed(op, "initializer") && !isNamed(op, "Constant"))
      return;
    auto [ref, type] = heldBy(op);
    if (!ref || ref->elements <= 0 || ref->elements > kMostEmbedded ||
        !hasPlainBytes(type.getElementType()))
      return;
    auto read = model.weights->bytes(*ref);
    if (!read) // absent
      return llvm::consumeError(read.takeError());
    auto plain = mlir::RankedTensorType::get(type.getShape(), type.getElementType());
    auto dense = denseOf(plain, read->get());
    if (!dense)
      return;
    op->setAttr("value", dense);
    for (StringRef name : {"source", "encoding", "offset", "length", "location"})
      op->removeAttr(name);
  });
}

/// Contents of a module become weights that the model's reader keeps.
static void takeContents(Operation *op, WeightReader &weights) {
  bool isConstant = isNamed(op, "Constant");
  if (!isConstant && !isNamed(op, "initializer"))
    return;
  auto dense = op->getAttrOfType<mlir::DenseElementsAttr>("value");
  auto type = dense ? llvm::dyn_cast<mlir::RankedTensorType>(dense.getType()) : nullptr;
  if (!type || !hasPlainBytes(type.getElementType()) || dense.getNumElements() == 0 ||
      (!isConstant && op->getResult(0).getType() != type))
    return;
  mlir::OpBuilder b(op);
  mlir::NamedAttrList reference;
  reference.set("source", b.getI64IntegerAttr(int64_t(WeightRef::Source::Made)));
  reference.set("encoding", b.getStringAttr("raw"));
  std::vector<uint8_t> bytes = bytesOf(dense);
  reference.set("length", b.getI64IntegerAttr(bytes.size()));
  reference.set("offset", b.getI64IntegerAttr(weights.keep(std::move(bytes))));
  if (isConstant) {
    reference.set("type", mlir::TypeAttr::get(type));
    op->setAttr("value", reference.getDictionary(b.getContext()));
    return;
  }
  op->removeAttr("value");
  for (mlir::NamedAttribute part : reference)
    op->setAttr(part.getName(), part.getValue());
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// "Relu:12": by line, where nothing names a node.
static std::string nameFor(Operation *op) {
  if (StringRef name = locatedNodeName(op); !name.empty())
    return name.str();
  auto at = op->getLoc()->findInstanceOf<mlir::FileLineColLoc>();
  return (onnxDomainAndType(op).second + ":" + llvm::Twine(at ? at.getLine() : 0)).str();
}

/// Gives a node a name that `nodes` lacks, and its results their own.
static void nameNode(Operation *op, Operation *original, llvm::StringMap<Operation *> &nodes) {
  std::string base = nameFor(op), name = base;
  for (unsigned i = 2; !nodes.try_emplace(name, original).second; ++i)
    name = base + "#" + std::to_string(i);
  mlir::MLIRContext *context = op->getContext();
  if (isNamed(op, "initializer"))
    return op->setLoc(mlir::NameLoc::get(mlir::StringAttr::get(context, name)));
  std::vector<std::string> outputs;
  for (mlir::Value result : op->getResults()) {
    StringRef known = locatedValueName(result);
    outputs.push_back(known.empty() || known == base ? name + "/" + std::to_string(outputs.size())
                                                     : known.str());
  }
  llvm::SmallVector<StringRef> texts(outputs.begin(), outputs.end());
  op->setLoc(nodeLocation(context, name, texts, mlir::StringAttr::get(context, ""), 0));
}

ImportedModel energyopt::modelOf(mlir::ModuleOp module, llvm::StringMap<Operation *> &nodes) {
  mlir::IRMapping mapping;
  auto weights = std::make_shared<WeightReader>(llvm::MemoryBuffer::getMemBuffer(""), "",
                                                /*trustExternal=*/false);
  ImportedModel model{llvm::cast<mlir::ModuleOp>(module->clone(mapping)), "mlir", weights, {}};
  module.walk([&](Operation *original) {
    Operation *op = mapping.lookupOrNull(original);
    if (!op || !isOnnx(op) || isNamed(op, "yield") || isNamed(op, "none"))
      return;
    nameNode(op, original, nodes);
    takeContents(op, *weights);
  });
  mlir::Builder b(module.getContext());
  for (const EntryPoint &entry : entryPoints(*model.module))
    if (auto main = llvm::dyn_cast<mlir::func::FuncOp>(*entry.function);
        main && main.getName() == "main")
      for (auto [i, input] : llvm::enumerate(entry.inputs)) {
        main.setArgAttr(i, "onnx.name", b.getStringAttr(input.name));
        main.getArgument(i).setLoc(mlir::NameLoc::get(b.getStringAttr(input.name)));
      }
  return model;
}
