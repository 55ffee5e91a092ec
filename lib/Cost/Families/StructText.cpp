//===- StructText.cpp - Attributes that are kept as text ------------------===//

#include "Cost/Families/StructText.h"

#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using llvm::StringRef;

static llvm::SmallVector<StringRef, 6> splitList(StringRef list) {
  llvm::SmallVector<StringRef, 6> parts;
  list.split(parts, ',', -1, /*KeepEmpty=*/false);
  for (StringRef &part : parts)
    part = part.trim();
  return parts;
}

std::vector<int64_t> energyopt::intsIn(StringRef text, StringRef key) {
  std::vector<int64_t> values;
  for (size_t at = text.find(key); at != StringRef::npos; at = text.find(key, at + 1)) {
    StringRef rest = text.drop_front(at + key.size()).ltrim();
    bool whole = at == 0 || !(llvm::isAlnum(text[at - 1]) || text[at - 1] == '_');
    if (!whole || !rest.consume_front("="))
      continue;
    rest = rest.ltrim();
    StringRef list = rest.consume_front("[")
                         ? rest.take_until([](char c) { return c == ']'; })
                         : rest.take_while([](char c) { return llvm::isDigit(c) || c == '-'; });
    for (StringRef part : splitList(list)) {
      int64_t value;
      if (part.getAsInteger(10, value))
        return {};
      values.push_back(value);
    }
    return values;
  }
  return values;
}

/// One bracket: where `batch` and `feature` stand, and spatial dims by number.
static bool readDims(StringRef list, char batch, char feature, int64_t &batchAt, int64_t &featureAt,
                     llvm::SmallVectorImpl<int64_t> &spatial) {
  auto parts = splitList(list);
  spatial.assign(parts.size() < 2 ? 0 : parts.size() - 2, -1);
  batchAt = featureAt = -1;
  for (auto [i, part] : llvm::enumerate(parts)) {
    unsigned number;
    if (part.size() == 1 && part[0] == batch)
      batchAt = i;
    else if (part.size() == 1 && part[0] == feature)
      featureAt = i;
    else if (!part.getAsInteger(10, number) && number < spatial.size())
      spatial[number] = i;
    else if (part != "?")
      return false;
  }
  return batchAt >= 0 && featureAt >= 0 && !llvm::is_contained(spatial, -1);
}

static int64_t numberIn(StringRef text, StringRef key) {
  std::vector<int64_t> values = intsIn(text, key);
  return values.empty() ? -1 : values.front();
}

static ConvDimNumbers rawNumbers(StringRef text) {
  ConvDimNumbers dims;
  dims.imageBatch = numberIn(text, "input_batch_dimension");
  dims.imageFeature = numberIn(text, "input_feature_dimension");
  dims.kernelInput = numberIn(text, "kernel_input_feature_dimension");
  dims.kernelOutput = numberIn(text, "kernel_output_feature_dimension");
  dims.resultBatch = numberIn(text, "output_batch_dimension");
  dims.resultFeature = numberIn(text, "output_feature_dimension");
  for (int64_t d : intsIn(text, "input_spatial_dimensions"))
    dims.imageSpatial.push_back(d);
  for (int64_t d : intsIn(text, "kernel_spatial_dimensions"))
    dims.kernelSpatial.push_back(d);
  for (int64_t d : intsIn(text, "output_spatial_dimensions"))
    dims.resultSpatial.push_back(d);
  return dims;
}

std::optional<ConvDimNumbers> energyopt::convNumbersIn(StringRef text) {
  if (text.contains("input_batch_dimension"))
    return rawNumbers(text);
  llvm::SmallVector<StringRef, 3> lists;
  for (StringRef rest = text; lists.size() < 3;) {
    size_t open = rest.find('['), close = rest.find(']');
    if (open == StringRef::npos || close == StringRef::npos || close < open)
      return std::nullopt;
    lists.push_back(rest.slice(open + 1, close));
    rest = rest.drop_front(close + 1);
  }
  ConvDimNumbers dims;
  if (!readDims(lists[0], 'b', 'f', dims.imageBatch, dims.imageFeature, dims.imageSpatial) ||
      !readDims(lists[1], 'o', 'i', dims.kernelOutput, dims.kernelInput, dims.kernelSpatial) ||
      !readDims(lists[2], 'b', 'f', dims.resultBatch, dims.resultFeature, dims.resultSpatial))
    return std::nullopt;
  return dims;
}
