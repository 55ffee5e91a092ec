//===- TensorExporter.cpp - Weight references to TensorProto --------------===//

#include "Export/TensorExporter.h"

#include "Import/ImportError.h"
#include "Import/WireReader.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::DictionaryAttr;

/// Fields of TensorProto (onnx.proto).
enum TensorField : uint32_t {
  kDims = 1,
  kDataType = 2,
  kName = 8,
  kRawData = 9,
  kExternalData = 13,
  kDataLocation = 14
};
/// Alignment of payloads in the data file, bytes: a page, so that they can be
/// mapped, for large ones; the IR's documentation advises this for external data.
constexpr uint64_t kPage = 4096, kSmallAlignment = 64;
/// Payloads below this stay in the model, bytes: shapes and scalars.
constexpr int64_t kLeastMoved = 1024;

static int64_t number(DictionaryAttr attrs, StringRef name) {
  auto attr = attrs.getAs<mlir::IntegerAttr>(name);
  return attr ? attr.getInt() : 0;
}

static StringRef text(DictionaryAttr attrs, StringRef name) {
  auto attr = attrs.getAs<mlir::StringAttr>(name);
  return attr ? attr.getValue() : StringRef();
}

void energyopt::addVerbatim(StringRef file, llvm::ArrayRef<int64_t> ranges, WireMessage &out) {
  for (size_t i = 0; i + 1 < ranges.size(); i += 2)
    out.addVerbatim(file.substr(ranges[i], ranges[i + 1]));
}

void energyopt::addVerbatim(StringRef file, DictionaryAttr attrs, WireMessage &out) {
  if (auto ranges = attrs.getAs<mlir::DenseI64ArrayAttr>("onnx.verbatim"))
    addVerbatim(file, ranges.asArrayRef(), out);
}

StringRef TensorExporter::inFile(DictionaryAttr reference) const {
  return weights.modelBytes().substr(number(reference, "offset"), number(reference, "length"));
}

void TensorExporter::refer(StringRef location, uint64_t offset, uint64_t length,
                           DictionaryAttr reference, WireMessage &out) {
  auto add = [&](StringRef key, const llvm::Twine &value) {
    WireMessage entry;
    entry.addBytes(1, key);
    entry.addBytes(2, value.str());
    out.addMessage(kExternalData, std::move(entry));
  };
  add("location", location);
  add("offset", llvm::Twine(offset));
  add("length", llvm::Twine(length));
  for (mlir::NamedAttribute attr : reference) {
    StringRef key = attr.getName().getValue();
    if (key.consume_front("onnx.external."))
      add(key, llvm::cast<mlir::StringAttr>(attr.getValue()).getValue());
  }
  out.addVarint(kDataLocation, 1);
}

void TensorExporter::moveToData(StringRef bytes, DictionaryAttr reference, WireMessage &out) {
  uint64_t alignment = bytes.size() >= kPage ? kPage : kSmallAlignment;
  uint64_t offset = llvm::alignTo(dataSize, alignment);
  moved.push_back({offset, bytes});
  dataSize = offset + bytes.size();
  refer(plan.fileName, offset, bytes.size(), reference, out);
}

void TensorExporter::writeData(llvm::raw_ostream &os) const {
  uint64_t at = 0;
  for (const Moved &part : moved) {
    os.write_zeros(part.offset - at);
    os << part.bytes;
    at = part.offset + part.bytes.size();
  }
}

static WeightRef rawReference(DictionaryAttr reference, WeightRef::Source source) {
  WeightRef ref;
  ref.source = source;
  ref.encoding = WeightRef::Encoding::Raw;
  ref.offset = number(reference, "offset");
  ref.length = number(reference, "length");
  ref.location = text(reference, "location");
  return ref;
}

llvm::Error TensorExporter::addExternal(DictionaryAttr reference, WireMessage &out) {
  WeightRef ref = rawReference(reference, WeightRef::Source::External);
  if (!plan.keepReferences && !absentFiles.contains(ref.location)) {
    if (weights.isAbsent(ref.location)) {
      absentFiles.insert(ref.location);
    } else {
      llvm::Expected<llvm::ArrayRef<uint8_t>> bytes = weights.rawBytes(ref);
      if (!bytes)
        return bytes.takeError();
      moveToData(llvm::toStringRef(*bytes), reference, out);
      return llvm::Error::success();
    }
  }
  refer(ref.location, ref.offset, ref.length, reference, out);
  return llvm::Error::success();
}

/// Values in a typed field (float_data, …): that field as it is in the file.
llvm::Error TensorExporter::addTypedField(DictionaryAttr reference, WireMessage &out) {
  WireReader reader(inFile(reference));
  for (WireField f; reader.next(f);)
    if ((f.number >= 4 && f.number <= 7) || f.number == 10 || f.number == 11)
      out.addVerbatim(f.whole);
  if (reader.problem())
    return importError("a tensor's data is malformed", "the file is damaged: export it again");
  return llvm::Error::success();
}

llvm::Error TensorExporter::addPayload(DictionaryAttr reference, WireMessage &out) {
  StringRef encoding = text(reference, "encoding");
  if (number(reference, "source") == 1)
    return addExternal(reference, out);
  if (encoding == "packed")
    return addTypedField(reference, out);
  if (encoding != "raw")
    return llvm::Error::success();
  StringRef bytes = inFile(reference);
  if (number(reference, "source") == 2) {
    auto made = weights.rawBytes(rawReference(reference, WeightRef::Source::Made));
    if (!made)
      return made.takeError();
    bytes = llvm::toStringRef(*made);
  }
  if (plan.moveInline && number(reference, "length") >= kLeastMoved)
    moveToData(bytes, reference, out);
  else
    out.addPayload(kRawData, bytes);
  return llvm::Error::success();
}

llvm::Expected<WireMessage> TensorExporter::tensor(DictionaryAttr reference,
                                                   mlir::RankedTensorType type, StringRef name) {
  WireMessage out;
  out.addVarints(kDims, type.getShape());
  out.addVarint(kDataType, static_cast<uint64_t>(dtypeOf(type.getElementType())));
  out.addText(kName, name);
  if (llvm::Error error = addPayload(reference, out))
    return std::move(error);
  addVerbatim(weights.modelBytes(), reference, out);
  return out;
}

/// SparseTensorProto { values = 1, indices = 2, dims = 3 }.
llvm::Expected<WireMessage> TensorExporter::sparse(DictionaryAttr reference,
                                                   mlir::RankedTensorType type) {
  WireMessage out;
  for (auto [field, key] : {std::pair(1u, "values"), std::pair(2u, "indices")}) {
    auto part = reference.getAs<DictionaryAttr>(key);
    auto partType = part ? part.getAs<mlir::TypeAttr>("type") : mlir::TypeAttr();
    auto ranked = partType ? llvm::dyn_cast<mlir::RankedTensorType>(partType.getValue())
                           : mlir::RankedTensorType();
    if (!ranked)
      return importError(llvm::Twine("a sparse tensor has no ") + key,
                         "give it values and indices");
    llvm::Expected<WireMessage> message = tensor(part, ranked, text(part, "name"));
    if (!message)
      return message.takeError();
    out.addMessage(field, std::move(*message));
  }
  out.addVarints(3, type.getShape());
  return out;
}
