//===- ProtoReader.cpp - Errors, and messages without graphs --------------===//

#include "Import/ProtoReader.h"

#include "llvm/ADT/STLExtras.h"

namespace energyopt {

bool ProtoReader::fail(const llvm::Twine &why, const llvm::Twine &how) {
  if (what.empty()) {
    what = why.str();
    mend = how.str();
  }
  return false;
}

llvm::StringRef ProtoReader::text(const WireField &field) {
  if (++fields > maxFields)
    fail("the model has more than " + llvm::Twine(maxFields) + " fields",
         howToRaise(Limit::Fields));
  if (field.type == WireField::Bytes)
    return field.bytes;
  mismatch = field.whole.data();
  return field.whole.take_front(0);
}

int64_t ProtoReader::number(const WireField &field) {
  if (field.type == WireField::Varint)
    return field.asInt();
  mismatch = field.whole.data();
  return 0;
}

bool ProtoReader::countPart() {
  return ++parts <= maxParts || fail("the model has more than " + llvm::Twine(maxParts) +
                                         " nodes, initializers and functions",
                                     howToRaise(Limit::Parts));
}

void ProtoReader::keep(const WireField &field, Verbatim &out) {
  ++fields;
  FileSpan span = file.fieldSpan(field.whole);
  out.push_back(static_cast<int64_t>(span.offset));
  out.push_back(static_cast<int64_t>(span.length));
}

/// False if the message ended badly, or some part of it did.
bool ProtoReader::finish(const WireReader &reader, const char *message) {
  if (!what.empty())
    return false;
  const char *place = mismatch ? mismatch : reader.where();
  const char *problem = mismatch ? "has the wrong wire type" : reader.problem();
  if (!problem)
    return true;
  uint64_t offset = file.fieldSpan(llvm::StringRef(place, 0)).offset;
  return fail("byte " + llvm::Twine(offset) + ": a field of " + message + " " + problem,
              "the file is truncated or damaged: download or export it again");
}

bool ProtoReader::pair(llvm::StringRef message, StringPair &out) {
  WireReader reader(message);
  for (WireField f; reader.next(f);)
    if (f.number == 1)
      out.first = text(f);
    else if (f.number == 2)
      out.second = text(f);
  return finish(reader, "StringStringEntryProto");
}

bool ProtoReader::opset(llvm::StringRef message, OpsetImports &out) {
  auto &entry = out.emplace_back();
  WireReader reader(message);
  for (WireField f; reader.next(f);)
    if (f.number == 1)
      entry.first = text(f);
    else if (f.number == 2)
      entry.second = number(f);
  return finish(reader, "OperatorSetIdProto");
}

bool ProtoReader::valueInfo(const WireField &field, ValueInfoView &out) {
  out.field = file.fieldSpan(field.whole);
  WireReader reader(text(field));
  for (WireField f; reader.next(f);)
    switch (f.number) {
    case 1:
      out.name = text(f);
      break;
    case 2:
      out.type = text(f);
      break;
    default:
      keep(f, out.verbatim);
    }
  return finish(reader, "ValueInfoProto");
}

/// Counts typed data, without reading much of it.
void ProtoReader::addTypedData(const WireField &field, TensorView &out) {
  if (out.typedField && out.typedField != field.number)
    out.hasOtherData = true;
  out.typedField = field.number;
  uint64_t low = 1, high = 1; // not packed: one value per field
  if (field.type == WireField::Bytes && field.number != 6) {
    uint64_t size = file.span(field.bytes).length;
    switch (field.number) {
    case 4:
      low = high = size / 4;
      break; // float_data
    case 10:
      low = high = size / 8;
      break; // double_data
    default: // a varint takes 1 to 10 bytes, its last one is below 0x80
      low = (size + 9) / 10;
      high = size;
      if (size <= kMaxKeptVarints)
        low = high = llvm::count_if(field.bytes, [](char c) { return !(c & 0x80); });
    }
  }
  out.minValues += low;
  out.maxValues += high;
}

bool ProtoReader::tensor(llvm::StringRef message, TensorView &out) {
  out.message = file.span(message);
  WireReader reader(message, &file);
  for (WireField f; reader.next(f);)
    switch (f.number) {
    case 1:
      if (!WireReader::readVarints(f, out.dims))
        mismatch = f.whole.data();
      break;
    case 2:
      out.dataType = number(f);
      break;
    case 3:
      out.hasSegment = true;
      break;
    case 4:
    case 5:
    case 6:
    case 7:
    case 10:
    case 11:
      addTypedData(f, out);
      break;
    case 8:
      out.name = text(f);
      break;
    case 9:
      out.raw = file.span(text(f));
      break;
    case 13:
      pair(text(f), out.external.emplace_back());
      break;
    case 14:
      out.dataLocation = number(f);
      break;
    default:
      keep(f, out.verbatim);
    }
  return finish(reader, "TensorProto");
}

bool ProtoReader::sparseTensor(llvm::StringRef message, SparseTensorView &out) {
  WireReader reader(message, &file);
  for (WireField f; reader.next(f);)
    switch (f.number) {
    case 1:
      tensor(text(f), out.values);
      break;
    case 2:
      tensor(text(f), out.indices);
      break;
    case 3:
      if (!WireReader::readVarints(f, out.dims))
        mismatch = f.whole.data();
      break;
    default:
      break;
    }
  return finish(reader, "SparseTensorProto");
}

llvm::Expected<TensorView> readTensor(const ModelFile &file, llvm::StringRef message) {
  TensorView view;
  ProtoReader reader(file);
  if (!reader.tensor(message, view))
    return reader.takeError();
  return view;
}

llvm::Expected<SparseTensorView> readSparseTensor(const ModelFile &file, llvm::StringRef message) {
  SparseTensorView view;
  ProtoReader reader(file);
  if (!reader.sparseTensor(message, view))
    return reader.takeError();
  return view;
}

} // namespace energyopt
