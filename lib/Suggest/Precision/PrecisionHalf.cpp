//===- PrecisionHalf.cpp - float32 graphs in 16 bits ----------------------===//
//
// Every value has a form of float32, of the narrow type, or both: nodes take
// the one they compute in, and a Cast or a converted weight makes it where it is
// first wanted.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Precision/HalfSupport.h"

#include "Graph/OpAdapter.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

namespace {

class HalfConverter {
public:
  HalfConverter(Rewrite &rewrite, DType narrow, mlir::func::FuncOp func)
      : rewrite(rewrite), narrow(narrow), func(func), types(rewrite.model, rewrite.graph),
        suffix(narrow == DType::F16 ? "_fp16" : "_bf16") {}

  void run() {
    bool convertsPorts = rewrite.number("io") != 0;
    llvm::SmallVector<Operation *> nodes;
    for (Operation &op : func.front().without_terminator())
      if (!isNamed(&op, "initializer") && !isNamed(&op, "none"))
        nodes.push_back(&op);
    if (convertsPorts)
      convertInputs();
    for (Operation *op : nodes)
      place(op);
    if (rewrite.ops.empty())
      return;
    finishOutputs(convertsPorts);
    eraseUnused(*rewrite.model.module);
  }

private:
  //===--------------------------------------------------------------------===//
  // Where a node computes
  //===--------------------------------------------------------------------===//

  void place(Operation *op) {
    if (isSource(op))
      return; // its users take the form they need
    std::string why;
    if (!touchesFloats(op) && op->getNumRegions() == 0)
      return;
    if (!rewrite.mayChange(loggedName(op)) || isIndexArithmetic(op)) {
      keep(op);
    } else if (!(why = reasonToKeep(op)).empty()) {
      rewrite.kept.push_back(loggedName(op) + ": " + why);
      keep(op);
    } else {
      convert(op);
    }
  }

  /// A tensor of the file that is made in either form on demand.
  bool isSource(Operation *op) const {
    return isNamed(op, "Constant") ||
           (isNamed(op, "Identity") && constantTensor(op->getResult(0)) &&
            !isOutput(op->getResult(0)));
  }

  bool isFloat32(Value value) const { return types.of(value) == DType::F32 || isNarrow(value); }
  bool isNarrow(Value value) const { return narrowed.contains(value); }

  bool touchesFloats(Operation *op) const {
    return llvm::any_of(op->getOperands(), [&](Value v) { return isFloat32(v); }) ||
           llvm::any_of(op->getResults(), [&](Value v) { return isFloat32(v); });
  }

  /// Sizes and positions as floats (rotary angles, masks): they need float32's
  /// digits, and are hardly any work.
  bool isIndexArithmetic(Operation *op) {
    bool exact = false;
    if (isNamed(op, "Cast")) {
      DType from = types.of(op->getOperand(0));
      exact = (isInteger(from) && bitWidth(from) > 8) || exactValues.contains(op->getOperand(0));
    } else {
      for (Value operand : op->getOperands()) {
        auto tensor = constantTensor(operand);
        if (tensor && tensor->ref.elements > kMaxEvaluatedElements)
          return false;
        if (!isFloat32(operand) || tensor)
          continue;
        if (!exactValues.contains(operand))
          return false;
        exact = true;
      }
      exact = exact && !isNamed(op, "Conv");
    }
    if (exact)
      for (Value result : op->getResults())
        exactValues.insert(result);
    return exact;
  }

  /// Empty if the node can compute in the narrow type.
  std::string reasonToKeep(Operation *op) {
    if (op->getNumRegions() > 0)
      return "its subgraphs are float32";
    if (op->hasAttr("onnx.callee"))
      return "its function is written for float32";
    bool unknown = llvm::any_of(op->getOperands(), [&](Value v) { return isUnknown(v); }) ||
                   llvm::any_of(op->getResults(), [&](Value v) { return isUnknown(v); });
    if (unknown)
      return "the type of a value is not known";
    if (const char *why = whyFloat32(op, narrow))
      return why;
    bool makesFloats = llvm::none_of(op->getOperands(), [&](Value v) { return isFloat32(v); });
    if (makesFloats && !isNamed(op, "Cast") && !isNamed(op, "ConstantOfShape"))
      return "it makes float32 of other types";
    // Squares and sums go on as float32 to the root or logarithm that ends them.
    bool open = llvm::any_of(op->getOperands(), [&](Value v) { return openSums.contains(v); });
    bool sum = growsLarge(op);
    if (!sum && !(open && continuesSum(op)))
      return "";
    if (!isNamed(op, "Sqrt") && !isNamed(op, "Log"))
      openSums.insert(op->getResult(0));
    return narrow == DType::F16 ? "squares, powers and sums can exceed float16's range"
                                : "squares and sums need more digits than bfloat16 has";
  }

  bool isUnknown(Value value) const {
    return types.of(value) == DType::Undefined && !isNarrow(value) &&
           !llvm::isa<mlir::NoneType>(value.getType());
  }

  static bool continuesSum(Operation *op) {
    if (isNamed(op, "Sqrt") || isNamed(op, "Log") || isNamed(op, "ReduceMean"))
      return true;
    bool scales = isNamed(op, "Add") || isNamed(op, "Mul") || isNamed(op, "Div");
    return scales && (constantTensor(op->getOperand(0)) || constantTensor(op->getOperand(1)));
  }

  //===--------------------------------------------------------------------===//
  // Both forms of a value
  //===--------------------------------------------------------------------===//

  Value cast(Value value, DType to, StringRef ending) {
    mlir::OpBuilder b = behind(value);
    std::string name = (valueName(value) + ending).str();
    mlir::Type type = withElements(value.getType(), to);
    Operation *op = addNode(b, "", "Cast", value, type, name + "_cast", name,
                            {b.getNamedAttr("to", b.getI64IntegerAttr(int64_t(to)))});
    types.set(op->getResult(0), to);
    return op->getResult(0);
  }

  Value narrowWeight(Value value, const ConstantTensor &tensor) {
    std::vector<uint8_t> bytes;
    if (!rewrite.dry) {
      auto values = readFloats(tensor, rewrite.weights());
      if (!values)
        return {};
      size_t clamped = 0;
      bytes = narrowFloats(*values, narrow, clamped);
      if (clamped)
        rewrite.kept.push_back(llvm::formatv("{0}: {1} of its values are held at the limit of {2}",
                                             valueName(value), clamped, name(narrow)));
    }
    mlir::OpBuilder b = behind(tensor.def->getResult(0));
    auto type = mlir::cast<mlir::RankedTensorType>(withElements(tensor.type, narrow));
    return addWeight(b, rewrite, type, std::move(bytes), (valueName(value) + suffix).str());
  }

  Value narrowForm(Value value) {
    if (isNarrow(value))
      return value;
    Value &form = narrowForms[value];
    if (form)
      return form;
    if (auto tensor = constantTensor(value))
      form = narrowWeight(value, *tensor);
    if (!form)
      form = cast(value, narrow, suffix);
    narrowed.insert(form);
    return form;
  }

  Value wideForm(Value value) {
    if (!isNarrow(value))
      return value;
    Value &form = wideForms[value];
    if (!form)
      form = cast(value, DType::F32, "_fp32");
    return form;
  }

  //===--------------------------------------------------------------------===//
  // Nodes
  //===--------------------------------------------------------------------===//

  void convert(Operation *op) {
    if (isNamed(op, "Cast") && types.of(op->getResult(0)) == DType::F32)
      op->setAttr("to", mlir::Builder(op->getContext()).getI64IntegerAttr(int64_t(narrow)));
    for (mlir::OpOperand &operand : op->getOpOperands()) {
      if (!isFloat32(operand.get()))
        continue;
      bool wide = staysFloat32(op, operand.getOperandNumber());
      operand.set(wide ? wideForm(operand.get()) : narrowForm(operand.get()));
    }
    if (isNamed(op, "ConstantOfShape"))
      convertFill(op);
    for (mlir::OpResult result : op->getResults())
      if (types.of(result) == DType::F32 && !resultStaysFloat32(op, result.getResultNumber())) {
        types.set(result, narrow);
        narrowed.insert(result);
      }
    rewrite.ops.push_back(loggedName(op));
  }

  /// ConstantOfShape's value; 0 is the default, of float32.
  void convertFill(Operation *op) {
    float number = 0;
    auto value = op->getAttrOfType<mlir::DictionaryAttr>("value");
    auto typeAttr = value ? value.getAs<mlir::TypeAttr>("type") : mlir::TypeAttr();
    if (auto data = typeAttr ? loadSmall(value, typeAttr.getValue(), rewrite.weights()) : nullptr;
        data && data->size() == 1)
      number = static_cast<float>((*data)[0].asFloat().value_or(0));
    mlir::Builder b(op->getContext());
    size_t clamped = 0;
    std::vector<uint8_t> bytes = narrowFloats(number, narrow, clamped);
    int64_t length = bytes.size(), offset = rewrite.weights().keep(std::move(bytes));
    auto type = mlir::RankedTensorType::get({1}, elementType(narrow, op->getContext()));
    op->setAttr("value",
                b.getDictionaryAttr({b.getNamedAttr("type", mlir::TypeAttr::get(type)),
                                     b.getNamedAttr("source", b.getI64IntegerAttr(2)),
                                     b.getNamedAttr("encoding", b.getStringAttr("raw")),
                                     b.getNamedAttr("offset", b.getI64IntegerAttr(offset)),
                                     b.getNamedAttr("length", b.getI64IntegerAttr(length))}));
  }

  /// Operands come back as float32, those of its subgraphs too.
  void keep(Operation *op) {
    for (mlir::OpOperand &operand : op->getOpOperands())
      if (isNarrow(operand.get()))
        operand.set(wideForm(operand.get()));
    for (mlir::Region &region : op->getRegions())
      region.walk([&](Operation *inner) {
        for (mlir::OpOperand &operand : inner->getOpOperands())
          if (isNarrow(operand.get()))
            operand.set(wideForm(operand.get()));
      });
  }

  //===--------------------------------------------------------------------===//
  // The border
  //===--------------------------------------------------------------------===//

  void convertInputs() {
    for (mlir::BlockArgument arg : func.getArguments()) {
      if (types.of(arg) != DType::F32)
        continue;
      types.set(arg, narrow);
      func.removeArgAttr(arg.getArgNumber(),
                         mlir::StringAttr::get(func.getContext(), "onnx.verbatim"));
      narrowed.insert(arg);
    }
  }

  void finishOutputs(bool convertsPorts) {
    Operation *end = func.front().getTerminator();
    for (mlir::OpOperand &output : end->getOpOperands()) {
      if (convertsPorts && isFloat32(output.get())) {
        output.set(narrowForm(output.get()));
        for (StringRef attr : {"onnx.type", "onnx.verbatim"})
          func.removeResultAttr(output.getOperandNumber(),
                                mlir::StringAttr::get(func.getContext(), attr));
      } else if (isNarrow(output.get())) {
        output.set(outputCast(output.get(), output.getOperandNumber()));
      }
    }
    updateSignature(func);
  }

  /// Keeps the output's name for its new maker; the value that had it takes
  /// another.
  Value outputCast(Value value, unsigned output) {
    Value &form = wideForms[value];
    if (form)
      return form;
    auto port = func.getResultAttrOfType<mlir::StringAttr>(output, "onnx.name");
    std::string name = port ? port.getValue().str() : valueName(value).str();
    mlir::OpBuilder b = behind(value);
    Operation *op =
        addNode(b, "", "Cast", value, withElements(value.getType(), DType::F32), name + "_cast",
                name, {b.getNamedAttr("to", b.getI64IntegerAttr(int64_t(DType::F32)))});
    return form = op->getResult(0);
  }

  Rewrite &rewrite;
  DType narrow;
  mlir::func::FuncOp func;
  ElementTypes types;
  std::string suffix;
  llvm::DenseMap<Value, Value> narrowForms, wideForms;
  llvm::DenseSet<Value> narrowed, exactValues, openSums;
};

} // namespace

static void convertFloats(Rewrite &rewrite, DType narrow) {
  mlir::func::FuncOp func = mainOf(*rewrite.model.module);
  if (!func)
    return;
  if (narrow == DType::BF16 && opsetOf(func) < 13) {
    rewrite.kept.push_back("the model: bfloat16 begins at opset 13");
    return;
  }
  // Casts around each of them would cost more than is gained between.
  bool convolves = llvm::any_of(func.front(), [](Operation &op) {
    return isNamed(&op, "Conv") || isNamed(&op, "ConvTranspose");
  });
  if (narrow == DType::BF16 && convolves && opsetOf(func) < 22) {
    rewrite.kept.push_back("the model: its convolutions take bfloat16 from opset 22 on");
    return;
  }
  HalfConverter(rewrite, narrow, func).run();
}

void energyopt::convertToHalf(Rewrite &rewrite) { convertFloats(rewrite, DType::F16); }
void energyopt::convertToBfloat(Rewrite &rewrite) { convertFloats(rewrite, DType::BF16); }
