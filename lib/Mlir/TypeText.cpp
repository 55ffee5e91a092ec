//===- TypeText.cpp - Types of dialects that are not linked ---------------===//

#include "Mlir/TypeText.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using llvm::StringRef;

/// MLIR's spelling of element types: "f32", "si64", "ui8", "i1", "complex<f32>".
static DType elementOfText(StringRef text) {
  DType known = llvm::StringSwitch<DType>(text)
                    .Case("f16", DType::F16)
                    .Case("f32", DType::F32)
                    .Case("f64", DType::F64)
                    .Case("bf16", DType::BF16)
                    .Case("f8E5M2", DType::F8E5M2)
                    .Case("f8E5M2FNUZ", DType::F8E5M2FNUZ)
                    .Case("f8E4M3FNUZ", DType::F8E4M3FNUZ)
                    .Case("f4E2M1FN", DType::F4E2M1)
                    .Case("f8E8M0FNU", DType::F8E8M0)
                    .Cases("f8E4M3FN", "f8E4M3", "f8E3M4", DType::F8E4M3FN)
                    .Case("complex<f32>", DType::C64)
                    .Case("complex<f64>", DType::C128)
                    .Cases("index", "int", DType::I64)
                    .Case("float", DType::F64)
                    .Cases("bool", "i1", DType::Bool)
                    .Cases("qint8", "!torch.qint8", DType::I8)
                    .Cases("quint8", "!torch.quint8", DType::U8)
                    .Default(DType::Undefined);
  if (known != DType::Undefined)
    return known;
  bool isUnsigned = text.consume_front("u");
  if (!isUnsigned)
    text.consume_front("s");
  unsigned width;
  if (!text.consume_front("i") || text.getAsInteger(10, width))
    return DType::Undefined;
  switch (width) {
  case 2:
    return isUnsigned ? DType::U2 : DType::I2;
  case 4:
    return isUnsigned ? DType::U4 : DType::I4;
  case 8:
    return isUnsigned ? DType::U8 : DType::I8;
  case 16:
    return isUnsigned ? DType::U16 : DType::I16;
  case 32:
    return isUnsigned ? DType::U32 : DType::I32;
  case 64:
    return isUnsigned ? DType::U64 : DType::I64;
  default:
    return DType::Undefined;
  }
}

/// "[2,?]" as dims; false if it is something else ("*", "unk").
static bool readDims(StringRef text, TypeFacts &facts) {
  if (!text.consume_front("[") || !text.consume_back("]"))
    return false;
  facts.dims.emplace();
  llvm::SmallVector<StringRef, 4> parts;
  if (!text.trim().empty())
    text.split(parts, ',');
  for (StringRef part : parts) {
    int64_t size;
    bool known = !part.trim().getAsInteger(10, size) && size >= 0;
    facts.dims->push_back(known ? std::optional<int64_t>(size) : std::nullopt);
  }
  return true;
}

/// `vtensor<[2,?],f32>`, `vtensor<*,f32>`, `vtensor`, with an optional layout.
static TypeFacts torchTensor(StringRef body) {
  TypeFacts facts;
  facts.kind = ValueKind::Tensor;
  if (!body.consume_front("<") || !body.consume_back(">"))
    return facts;
  size_t end = body.starts_with("[") ? body.find(']') + 1 : body.find(',');
  readDims(body.take_front(end), facts);
  StringRef rest = end == StringRef::npos ? "" : body.drop_front(std::min(end, body.size()));
  rest.consume_front(",");
  facts.dtype = elementOfText(rest.take_until([](char c) { return c == ','; }).trim());
  return facts;
}

TypeFacts energyopt::factsOfText(StringRef dialect, StringRef text) {
  if (dialect == "torch") {
    if (text.consume_front("vtensor") || text.consume_front("tensor"))
      return torchTensor(text);
    TypeFacts facts;
    // A list of numbers is a vector of unknown length.
    if (StringRef element = text; element.consume_front("list<") && element.consume_back(">")) {
      facts.dtype = elementOfText(element);
      facts.kind = facts.dtype == DType::Undefined ? ValueKind::None : ValueKind::Tensor;
      return facts;
    }
    facts.dtype = elementOfText(text);
    if (facts.dtype != DType::Undefined) {
      facts.kind = ValueKind::Tensor;
      facts.dims.emplace();
    }
    return facts;
  }
  if (dialect == "onnx" && text.equals_insensitive("string")) {
    TypeFacts facts;
    facts.dtype = DType::String;
    return facts;
  }
  return {};
}
