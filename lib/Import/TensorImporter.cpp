//===- TensorImporter.cpp - TensorProto to weight references --------------===//

#include "Import/TensorImporter.h"

#include "Import/ImportError.h"
#include "energy-opt/Limits.h"

#include "mlir/IR/Builders.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/MathExtras.h"

namespace energyopt {

static constexpr uint64_t kAbsent = std::numeric_limits<uint64_t>::max();

TensorImporter::TensorImporter(mlir::MLIRContext *context, TypeImporter &types,
                               const ModelFile &file, llvm::StringRef directory, bool trustExternal)
    : context(context), types(types), file(file), directory(directory),
      trustExternal(trustExternal), sourceName(mlir::StringAttr::get(context, "source")),
      encodingName(mlir::StringAttr::get(context, "encoding")),
      offsetName(mlir::StringAttr::get(context, "offset")),
      lengthName(mlir::StringAttr::get(context, "length")),
      locationName(mlir::StringAttr::get(context, "location")) {}

/// Field of TensorProto that holds a type's values when they are not raw.
static uint32_t typedFieldOf(DType type) {
  switch (type) {
  case DType::F32:
  case DType::C64:
    return 4; // float_data
  case DType::String:
    return 6; // string_data
  case DType::I64:
    return 7; // int64_data
  case DType::F64:
  case DType::C128:
    return 10; // double_data
  case DType::U32:
  case DType::U64:
    return 11; // uint64_data
  default:
    return 5; // int32_data
  }
}

/// Values in the typed field for `elements` elements: two per complex number;
/// an int32 holds a whole byte of packed elements.
static uint64_t typedValues(DType type, uint64_t elements) {
  if (isComplex(type))
    return elements * 2;
  unsigned bits = bitWidth(type);
  return bits > 0 && bits < 8 ? llvm::divideCeil(elements, 8 / bits) : elements;
}

static llvm::Error sizeError(const llvm::Twine &has, const llvm::Twine &needs) {
  return importError("has " + has + " of data where its dims ask for " + needs,
                     "the tensor is damaged: export the model again");
}

llvm::Expected<mlir::RankedTensorType> TensorImporter::typeOf(llvm::ArrayRef<int64_t> dims,
                                                              DType dtype) {
  if (dims.size() > limitOf(Limit::Dims))
    return importError("has more than " + llvm::Twine(limitOf(Limit::Dims)) + " dims",
                       howToRaise(Limit::Dims));
  for (int64_t dim : dims)
    if (dim < 0)
      return importError("has the negative dim " + llvm::Twine(dim),
                         "the dims of stored data are known: export the model again");
  return mlir::RankedTensorType::get(dims, types.element(dtype));
}

/// Number of elements, such that their bits and complex parts fit 64 bits too.
static llvm::Expected<uint64_t> countElements(llvm::ArrayRef<int64_t> dims) {
  if (llvm::is_contained(dims, 0))
    return 0;
  int64_t total = 1;
  for (int64_t dim : dims) {
    std::optional<int64_t> product = llvm::checkedMul(total, dim);
    if (!product || *product > std::numeric_limits<int64_t>::max() / 128)
      return importError("has dims whose product overflows",
                         "the tensor is damaged: export the model again");
    total = *product;
  }
  return total;
}

void TensorImporter::addReference(mlir::NamedAttrList &attrs, int64_t source,
                                  llvm::StringRef encoding, uint64_t offset, uint64_t length) {
  mlir::Builder b(context);
  attrs.append(sourceName, b.getI64IntegerAttr(source));
  attrs.append(encodingName, b.getStringAttr(encoding));
  attrs.append(offsetName, b.getI64IntegerAttr(static_cast<int64_t>(offset)));
  attrs.append(lengthName, b.getI64IntegerAttr(static_cast<int64_t>(length)));
}

llvm::Expected<ImportedTensor> TensorImporter::read(const TensorView &tensor) {
  llvm::Expected<DType> dtype = types.dtype(tensor.dataType);
  if (!dtype)
    return dtype.takeError();
  llvm::Expected<uint64_t> elements = countElements(tensor.dims);
  llvm::Expected<mlir::RankedTensorType> type = typeOf(tensor.dims, *dtype);
  if (!type) {
    llvm::consumeError(elements.takeError());
    return type.takeError();
  }
  if (!elements)
    return elements.takeError();
  ImportedTensor out{*type, {}};
  if (llvm::Error error = addPayload(tensor, *dtype, *elements, out.attrs))
    return error;
  if (!tensor.verbatim.empty())
    out.attrs.append("onnx.verbatim", mlir::DenseI64ArrayAttr::get(context, tensor.verbatim));
  return out;
}

llvm::Error TensorImporter::addPayload(const TensorView &tensor, DType dtype, uint64_t elements,
                                       mlir::NamedAttrList &attrs) {
  if (tensor.hasSegment)
    return importError("is a segment of a tensor, which no runtime reads",
                       "store the tensor as a whole");
  uint64_t bytes = llvm::divideCeil(elements * bitWidth(dtype), 8);
  bool hasRaw = tensor.raw && tensor.raw->length > 0;
  if (tensor.dataLocation == 1) {
    if (dtype == DType::String)
      return importError("keeps strings in external data, which ONNX does not allow",
                         "store string tensors in the model");
    return addExternal(tensor, bytes, attrs);
  }
  if (tensor.hasOtherData || (hasRaw && tensor.typedField))
    return importError("has data of two kinds", "a tensor stores its values once: raw or typed");
  if (hasRaw && dtype == DType::String)
    return importError("keeps strings as raw data, which ONNX does not allow",
                       "store strings in string_data");
  if (hasRaw) {
    if (tensor.raw->length != bytes)
      return sizeError(llvm::Twine(tensor.raw->length) + " bytes", llvm::Twine(bytes));
    addReference(attrs, 0, "raw", tensor.raw->offset, bytes);
    return llvm::Error::success();
  }
  return addTyped(tensor, dtype, elements, attrs);
}

llvm::Error TensorImporter::addTyped(const TensorView &tensor, DType dtype, uint64_t elements,
                                     mlir::NamedAttrList &attrs) {
  uint64_t values = typedValues(dtype, elements);
  if (values == 0 || !tensor.typedField) {
    if (tensor.typedField && tensor.minValues > 0)
      return sizeError(llvm::Twine(tensor.minValues) + " values", "none");
    // Two tensors whose values are unknown are not the same constant: the place
    // tells them apart.
    stripped += values > 0;
    uint64_t place = values > 0 ? tensor.message.offset : 0;
    addReference(attrs, 0, "none", place, 0);
    return llvm::Error::success();
  }
  if (values < tensor.minValues || values > tensor.maxValues) {
    std::string has = std::to_string(tensor.minValues);
    if (tensor.minValues != tensor.maxValues)
      has += " to " + std::to_string(tensor.maxValues);
    return sizeError(has + " values", llvm::Twine(values));
  }
  if (tensor.typedField != typedFieldOf(dtype))
    return importError("has its values in a field that " + name(dtype) + " does not use",
                       "the tensor is damaged: export the model again");
  addReference(attrs, 0, "packed", tensor.message.offset, tensor.message.length);
  return llvm::Error::success();
}

/// Size of an external file, each looked up once; kAbsent if it is not there.
llvm::Expected<uint64_t> TensorImporter::externalSize(llvm::StringRef location) {
  auto [it, isNew] = externalSizes.try_emplace(location, kAbsent);
  if (!isNew)
    return it->second;
  llvm::Expected<std::optional<ExternalFile>> found =
      resolveExternal(directory, location, trustExternal);
  if (!found)
    return found.takeError();
  if (*found)
    it->second = (*found)->size;
  else
    absentFiles.push_back(location.str());
  return it->second;
}

/// A key that numbers are expected under; nullopt if it is not given.
static llvm::Expected<std::optional<uint64_t>> externalNumber(const StringPair &entry) {
  uint64_t value = 0;
  if (entry.second.getAsInteger(10, value) || value > std::numeric_limits<int64_t>::max())
    return importError("external data has the " + entry.first + " " + quoted(entry.second),
                       "it must be a number of bytes, 0 or more");
  return value;
}

llvm::Error TensorImporter::addExternal(const TensorView &tensor, uint64_t bytes,
                                        mlir::NamedAttrList &attrs) {
  llvm::StringRef location;
  std::optional<uint64_t> offset, length;
  for (const StringPair &entry : tensor.external) {
    if (entry.first == "location") {
      location = entry.second;
    } else if (entry.first == "offset" || entry.first == "length") {
      llvm::Expected<std::optional<uint64_t>> value = externalNumber(entry);
      if (!value)
        return value.takeError();
      (entry.first == "offset" ? offset : length) = *value;
    } else if (entry.first == "checksum" || entry.first.starts_with("prepacked_")) {
      // prepacked_*: ONNX Runtime's copies for its own kernels.
      attrs.append(("onnx.external." + entry.first).str(),
                   mlir::StringAttr::get(context, entry.second));
    } else {
      return importError("external data has the unknown key " + quoted(entry.first),
                         "known keys are location, offset, length and checksum");
    }
  }
  llvm::Expected<uint64_t> size = externalSize(location);
  if (!size)
    return size.takeError();
  if (length && *length != bytes)
    return sizeError(llvm::Twine(*length) + " bytes", llvm::Twine(bytes));
  uint64_t begin = offset.value_or(0);
  if (*size != kAbsent && (begin > *size || bytes > *size - begin))
    return importError("needs bytes " + llvm::Twine(begin) + " to " + llvm::Twine(begin + bytes) +
                           " of external data " + quoted(location) + ", which has " +
                           llvm::Twine(*size),
                       "the data file is truncated, or not this model's");
  addReference(attrs, 1, "raw", begin, bytes);
  attrs.append(locationName, mlir::StringAttr::get(context, location));
  return llvm::Error::success();
}

mlir::Attribute TensorImporter::dictionary(const ImportedTensor &tensor, llvm::StringRef name) {
  mlir::NamedAttrList attrs = tensor.attrs;
  attrs.append("type", mlir::TypeAttr::get(tensor.type));
  if (!name.empty())
    attrs.append("name", mlir::StringAttr::get(context, name));
  return attrs.getDictionary(context);
}

llvm::Expected<ImportedTensor> TensorImporter::read(const SparseTensorView &sparse) {
  llvm::Expected<ImportedTensor> values = read(sparse.values);
  if (!values)
    return values.takeError();
  llvm::Expected<ImportedTensor> indices = read(sparse.indices);
  if (!indices)
    return indices.takeError();
  llvm::Expected<uint64_t> elements = countElements(sparse.dims);
  if (!elements)
    return elements.takeError();
  llvm::Expected<mlir::RankedTensorType> type =
      typeOf(sparse.dims, *types.dtype(sparse.values.dataType));
  if (!type)
    return type.takeError();
  ImportedTensor out{*type, {}};
  addReference(out.attrs, 0, "sparse", 0, 0);
  out.attrs.append("values", dictionary(*values, sparse.values.name));
  out.attrs.append("indices", dictionary(*indices, sparse.indices.name));
  return out;
}

llvm::Expected<mlir::Attribute> TensorImporter::readAttribute(llvm::StringRef message) {
  llvm::Expected<TensorView> view = readTensor(file, message);
  if (!view)
    return view.takeError();
  llvm::Expected<ImportedTensor> tensor = read(*view);
  if (!tensor)
    return tensor.takeError();
  return dictionary(*tensor, view->name);
}

llvm::Expected<mlir::Attribute> TensorImporter::readSparseAttribute(llvm::StringRef message) {
  llvm::Expected<SparseTensorView> view = readSparseTensor(file, message);
  if (!view)
    return view.takeError();
  llvm::Expected<ImportedTensor> tensor = read(*view);
  if (!tensor)
    return tensor.takeError();
  return dictionary(*tensor, "");
}

} // namespace energyopt
