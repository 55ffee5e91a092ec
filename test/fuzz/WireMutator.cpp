//===- WireMutator.cpp - Structured damage to ONNX models -----------------===//

#include "WireMutator.h"

#include "TextMutator.h"

#include <vector>

using namespace energyopt;
using llvm::StringRef;

namespace {
/// The messages of onnx.proto; None: bytes that are no message.
enum class Kind : uint8_t {
  None,
  Model,
  Opset,
  Entry,
  Graph,
  Node,
  Attribute,
  Tensor,
  Sparse,
  Value,
  Type,
  TensorType,
  Holder,
  Map,
  Shape,
  Dim,
  Function,
  Training
};

struct Nesting {
  Kind in;
  uint32_t field;
  Kind kind;
};

struct Field {
  uint32_t number = 0;
  uint8_t wire = 0;          // 0 varint, 1 fixed64, 2 bytes, 5 fixed32
  uint64_t value = 0;        // of a number
  std::string bytes;         // of a leaf
  Kind kind = Kind::None;    // of a message
  std::vector<Field> fields; // of a message
};
} // namespace

static constexpr Nesting kNestings[] = {
    {Kind::Model, 7, Kind::Graph},       {Kind::Model, 8, Kind::Opset},
    {Kind::Model, 14, Kind::Entry},      {Kind::Model, 20, Kind::Training},
    {Kind::Model, 25, Kind::Function},   {Kind::Graph, 1, Kind::Node},
    {Kind::Graph, 5, Kind::Tensor},      {Kind::Graph, 11, Kind::Value},
    {Kind::Graph, 12, Kind::Value},      {Kind::Graph, 13, Kind::Value},
    {Kind::Graph, 15, Kind::Sparse},     {Kind::Node, 5, Kind::Attribute},
    {Kind::Attribute, 5, Kind::Tensor},  {Kind::Attribute, 6, Kind::Graph},
    {Kind::Attribute, 10, Kind::Tensor}, {Kind::Attribute, 11, Kind::Graph},
    {Kind::Attribute, 14, Kind::Type},   {Kind::Attribute, 15, Kind::Type},
    {Kind::Attribute, 22, Kind::Sparse}, {Kind::Attribute, 23, Kind::Sparse},
    {Kind::Tensor, 13, Kind::Entry},     {Kind::Sparse, 1, Kind::Tensor},
    {Kind::Sparse, 2, Kind::Tensor},     {Kind::Value, 2, Kind::Type},
    {Kind::Type, 1, Kind::TensorType},   {Kind::Type, 4, Kind::Holder},
    {Kind::Type, 5, Kind::Map},          {Kind::Type, 8, Kind::TensorType},
    {Kind::Type, 9, Kind::Holder},       {Kind::TensorType, 2, Kind::Shape},
    {Kind::Holder, 1, Kind::Type},       {Kind::Map, 2, Kind::Type},
    {Kind::Shape, 1, Kind::Dim},         {Kind::Function, 7, Kind::Node},
    {Kind::Function, 9, Kind::Opset},    {Kind::Function, 11, Kind::Attribute},
    {Kind::Training, 1, Kind::Graph},    {Kind::Training, 2, Kind::Graph},
};

static Kind kindOf(Kind in, uint32_t number) {
  for (const Nesting &nesting : kNestings)
    if (nesting.in == in && nesting.field == number)
      return nesting.kind;
  return Kind::None;
}

//===----------------------------------------------------------------------===//
// Wire format
//===----------------------------------------------------------------------===//

constexpr unsigned kMostDepth = 400;
/// No model grows beyond this: what size alone costs is not what is sought.
constexpr size_t kMostBytes = size_t(1) << 18;

static bool readVarint(StringRef &in, uint64_t &value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    uint8_t byte = static_cast<uint8_t>(in.front());
    in = in.drop_front();
    value |= uint64_t(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return true;
  }
  return false;
}

static bool readFixed(StringRef &in, unsigned size, uint64_t &value) {
  if (in.size() < size)
    return false;
  value = 0;
  for (unsigned i = 0; i < size; ++i)
    value |= uint64_t(static_cast<uint8_t>(in[i])) << (8 * i);
  in = in.drop_front(size);
  return true;
}

static bool read(StringRef in, Kind kind, std::vector<Field> &out, unsigned depth = 0) {
  while (!in.empty()) {
    uint64_t tag, length;
    if (!readVarint(in, tag))
      return false;
    Field &field = out.emplace_back();
    field.number = static_cast<uint32_t>(tag >> 3);
    field.wire = tag & 7;
    switch (field.wire) {
    case 0:
      if (!readVarint(in, field.value))
        return false;
      break;
    case 1:
    case 5:
      if (!readFixed(in, field.wire == 1 ? 8 : 4, field.value))
        return false;
      break;
    case 2: {
      if (!readVarint(in, length) || length > in.size())
        return false;
      StringRef body = in.take_front(length);
      in = in.drop_front(length);
      Kind inner = kindOf(kind, field.number);
      if (inner != Kind::None && depth < kMostDepth && read(body, inner, field.fields, depth + 1)) {
        field.kind = inner;
      } else {
        field.fields.clear();
        field.bytes = body.str();
      }
      break;
    }
    default:
      return false;
    }
  }
  return true;
}

static void writeVarint(uint64_t value, std::string &out) {
  for (; value >= 0x80; value >>= 7)
    out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

static std::string write(const std::vector<Field> &fields) {
  std::string out;
  for (const Field &field : fields) {
    writeVarint(uint64_t(field.number) << 3 | field.wire, out);
    if (field.wire == 0) {
      writeVarint(field.value, out);
    } else if (field.wire == 2) {
      std::string body = field.kind == Kind::None ? field.bytes : write(field.fields);
      writeVarint(body.size(), out);
      out += body;
    } else {
      for (unsigned i = 0; i < (field.wire == 1 ? 8u : 4u); ++i)
        out.push_back(static_cast<char>(field.value >> (8 * i)));
    }
  }
  return out;
}

//===----------------------------------------------------------------------===//
// Changes
//===----------------------------------------------------------------------===//

static constexpr uint64_t kNumbers[] = {0,
                                        1,
                                        2,
                                        3,
                                        4,
                                        5,
                                        7,
                                        8,
                                        11,
                                        13,
                                        17,
                                        21,
                                        64,
                                        127,
                                        128,
                                        1000,
                                        65536,
                                        INT32_MAX,
                                        uint64_t(1) << 31,
                                        UINT32_MAX,
                                        uint64_t(1) << 32,
                                        uint64_t(1) << 40,
                                        INT64_MAX,
                                        uint64_t(1) << 63,
                                        UINT64_MAX,
                                        UINT64_MAX - 1,
                                        uint64_t(-1000)};

static constexpr llvm::StringLiteral kOps[] = {"Add",
                                               "MatMul",
                                               "Conv",
                                               "Reshape",
                                               "Shape",
                                               "Gather",
                                               "Slice",
                                               "Concat",
                                               "Loop",
                                               "If",
                                               "Scan",
                                               "Constant",
                                               "ConstantOfShape",
                                               "Expand",
                                               "Tile",
                                               "Range",
                                               "Resize",
                                               "Pad",
                                               "Split",
                                               "Squeeze",
                                               "Unsqueeze",
                                               "Transpose",
                                               "Einsum",
                                               "LSTM",
                                               "Attention",
                                               "Cast",
                                               "Gemm",
                                               "TopK",
                                               "NonZero",
                                               "SequenceConstruct",
                                               "SequenceAt",
                                               "SplitToSequence",
                                               "ConcatFromSequence",
                                               "Optional",
                                               "StringSplit",
                                               "DFT",
                                               "MaxPool",
                                               "ConvTranspose",
                                               "QLinearConv",
                                               "DequantizeLinear",
                                               "Softmax",
                                               "LayerNormalization",
                                               "BatchNormalization",
                                               "ReduceSum",
                                               "CumSum",
                                               "GridSample",
                                               "Where"};

static constexpr llvm::StringLiteral kTexts[] = {"",
                                                 "batch",
                                                 "N*M+1",
                                                 "((((",
                                                 "-1",
                                                 "..",
                                                 "../../x",
                                                 "/etc/passwd",
                                                 "com.microsoft",
                                                 "ai.onnx.ml",
                                                 "ij,jk->ik",
                                                 "...ij,...jk->...ik",
                                                 "SAME_UPPER",
                                                 "axis",
                                                 "axes",
                                                 "body",
                                                 "\xff\xfe",
                                                 "x\n\x1b[2Jy",
                                                 "location",
                                                 "offset",
                                                 "length",
                                                 "99999999999999999999"};

namespace {
/// A place in the tree: a field of a list.
struct Place {
  std::vector<Field> *list;
  size_t index;
  Kind in; // of the message that holds the list

  Field &operator*() const { return (*list)[index]; }
};

class Mutation {
public:
  Mutation(std::vector<Field> &model, StringRef other, Random &random)
      : model(model), random(random) {
    if (!read(other, Kind::Model, donor))
      donor.clear();
  }

  void change() {
    std::vector<Place> places = placesOf(model);
    if (places.empty())
      return;
    Place place = choose(places);
    switch (below(12, random)) {
    case 0:
      return void(place.list->erase(place.list->begin() + place.index));
    case 1:
      return insert(place, Field(*place));
    case 2:
      return std::swap(*place, (*place.list)[below(place.list->size(), random)]);
    case 3:
    case 4:
      return transplant(place, places);
    case 5:
    case 6:
      return alterNumber(places);
    case 7:
    case 8:
      return alterText(places);
    case 9:
      return nest(places);
    case 10:
      return repeat(place);
    case 11:
      return disguise(*place);
    }
  }

private:
  static void collect(std::vector<Field> &list, Kind in, std::vector<Place> &out) {
    for (size_t i = 0; i < list.size(); ++i) {
      out.push_back({&list, i, in});
      collect(list[i].fields, list[i].kind, out);
    }
  }
  static std::vector<Place> placesOf(std::vector<Field> &list) {
    std::vector<Place> places;
    collect(list, Kind::Model, places);
    return places;
  }
  Place choose(const std::vector<Place> &places) { return places[below(places.size(), random)]; }
  /// One of those that `is` holds for; nullptr for none.
  template <typename Is> const Place *find(const std::vector<Place> &places, Is is) {
    if (places.empty())
      return nullptr;
    size_t start = below(places.size(), random);
    for (size_t i = 0; i < places.size(); ++i)
      if (const Place &place = places[(start + i) % places.size()]; is(place))
        return &place;
    return nullptr;
  }

  void insert(const Place &place, Field field) {
    place.list->insert(place.list->begin() + below(place.list->size() + 1, random),
                       std::move(field));
  }

  /// A field gives way to, or is joined by, another of its kind.
  void transplant(const Place &place, const std::vector<Place> &places) {
    std::vector<Place> theirs = placesOf(donor);
    bool foreign = !theirs.empty() && below(2, random);
    const Place *source = find(foreign ? theirs : places, [&](const Place &p) {
      return (*p).kind == (*place).kind && (*p).wire == (*place).wire &&
             (p.in == place.in || (*p).kind != Kind::None);
    });
    if (!source)
      return;
    Field copy = **source;
    if (place.in == source->in && below(2, random))
      return insert(place, std::move(copy));
    copy.number = (*place).number;
    *place = std::move(copy);
  }

  void alterNumber(const std::vector<Place> &places) {
    const Place *place = find(places, [](const Place &p) { return (*p).wire != 2; });
    if (!place)
      return;
    uint64_t &value = (**place).value;
    switch (below(4, random)) {
    case 0:
      value = kNumbers[below(std::size(kNumbers), random)];
      break;
    case 1:
      value += below(2, random) ? 1 : -1;
      break;
    case 2:
      value ^= uint64_t(1) << below(64, random);
      break;
    case 3:
      if (const Place *source = find(places, [](const Place &p) { return (*p).wire != 2; }))
        value = (**source).value;
      break;
    }
  }

  void alterText(const std::vector<Place> &places) {
    auto isText = [](const Place &p) { return (*p).wire == 2 && (*p).kind == Kind::None; };
    const Place *place = find(places, isText);
    if (!place)
      return;
    std::string &bytes = (**place).bytes;
    constexpr uint32_t kOpType = 4;
    if (place->in == Kind::Node && (**place).number == kOpType && below(4, random)) {
      bytes = kOps[below(std::size(kOps), random)].str();
      return;
    }
    switch (below(4, random)) {
    case 0:
      bytes = kTexts[below(std::size(kTexts), random)].str();
      break;
    case 1:
      mutateBytes(bytes, random);
      break;
    default: // names connect a graph
      if (const Place *source = find(places, isText))
        bytes = (**source).bytes;
      break;
    }
  }

  /// A graph into an attribute of a node, a type into a holder: a level deeper.
  void nest(const std::vector<Place> &places) {
    const Place *node = find(places, [](const Place &p) { return (*p).kind == Kind::Node; });
    const Place *graph = find(places, [](const Place &p) { return (*p).kind == Kind::Graph; });
    if (!node || !graph)
      return;
    static constexpr llvm::StringLiteral kBodies[] = {"body", "then_branch", "else_branch", "g"};
    Field name{1, 2, 0, kBodies[below(std::size(kBodies), random)].str(), Kind::None, {}};
    Field type{20, 0, /*GRAPH=*/5, "", Kind::None, {}};
    Field body{6, 2, 0, "", Kind::Graph, (**graph).fields};
    Field attribute{5, 2, 0, "", Kind::Attribute, {name, type, body}};
    (**node).fields.push_back(std::move(attribute));
  }

  void repeat(const Place &place) {
    Field copy = *place;
    for (size_t i = 0, count = size_t(1) << below(8, random); i < count; ++i)
      place.list->push_back(copy);
  }

  /// Another number or wire type.
  void disguise(Field &field) {
    if (below(2, random)) {
      field.number = 1 + below(30, random);
      return;
    }
    static constexpr uint8_t kWires[] = {0, 1, 2, 5};
    field.wire = kWires[below(std::size(kWires), random)];
  }

  std::vector<Field> &model, donor;
  Random &random;
};
} // namespace

void energyopt::mutateModel(std::string &model, StringRef other, Random &random) {
  std::vector<Field> fields;
  if (below(16, random) == 0 || !read(model, Kind::Model, fields) || fields.empty())
    return mutateBytes(model, random);
  Mutation mutation(fields, other, random);
  for (size_t i = 0, count = 1 + below(4, random); i < count; ++i)
    mutation.change();
  std::string mutant = write(fields);
  if (mutant.size() <= kMostBytes)
    model = std::move(mutant);
}
