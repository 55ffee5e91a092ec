//===- PrettyNames.cpp - What the words of pretty forms stand for ---------===//
//
// The attributes behind `dims = [1]` and `LT`, under the names and in the forms
// that the generic syntax of StableHLO's specification has them.
//
//===----------------------------------------------------------------------===//

#include "Dialect/PrettyReader.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Attribute;
using mlir::ParseResult;

namespace {
enum class Form : uint8_t { Same, Ints, Int, Enum, Enums };

/// `key = value` of an op is attribute `name`.
struct PairName {
  StringRef verb, key, name;
  Form form;
  StringRef enumName = "";
};
constexpr PairName kPairs[] = {
    {"broadcast_in_dim", "dims", "broadcast_dimensions", Form::Ints},
    {"cholesky", "lower", "lower", Form::Same},
    {"concatenate", "dim", "dimension", Form::Int},
    {"dot", "precision", "precision_config", Form::Enums, "precision"},
    {"dot_general", "precision", "precision_config", Form::Enums, "precision"},
    {"dynamic_broadcast_in_dim", "dims", "broadcast_dimensions", Form::Ints},
    {"dynamic_iota", "dim", "iota_dimension", Form::Int},
    {"dynamic_slice", "sizes", "slice_sizes", Form::Ints},
    {"einsum", "config", "einsum_config", Form::Same},
    {"fft", "length", "fft_length", Form::Ints},
    {"fft", "type", "fft_type", Form::Enum, "fft_type"},
    {"get_dimension_size", "dim", "dimension", Form::Int},
    {"iota", "dim", "iota_dimension", Form::Int},
    {"map", "dims", "dimensions", Form::Ints},
    {"pad", "high", "edge_padding_high", Form::Ints},
    {"pad", "interior", "interior_padding", Form::Ints},
    {"pad", "low", "edge_padding_low", Form::Ints},
    {"reduce", "dimensions", "dimensions", Form::Ints},
    {"reverse", "dims", "dimensions", Form::Ints},
    {"rng", "distribution", "rng_distribution", Form::Enum, "rng_distribution"},
    {"rng_bit_generator", "algorithm", "rng_algorithm", Form::Enum, "rng_algorithm"},
    {"set_dimension_size", "dim", "dimension", Form::Int},
    {"top_k", "k", "k", Form::Int},
    {"transpose", "dims", "permutation", Form::Ints},
};

/// Puts parts of one op into its attributes.
struct Namer {
  mlir::OperationState &state;
  mlir::Builder builder;
  StringRef dialect, verb;

  explicit Namer(mlir::OperationState &state) : state(state), builder(state.getContext()) {
    std::tie(dialect, verb) = state.name.getStringRef().split('.');
  }
  void set(StringRef name, Attribute value) { state.attributes.set(name, value); }
  Attribute opaque(const llvm::Twine &text) {
    return mlir::OpaqueAttr::get(builder.getStringAttr(dialect), text.str(),
                                 mlir::NoneType::get(state.getContext()));
  }
  Attribute enumValue(StringRef name, Attribute word) {
    auto text = mlir::dyn_cast_if_present<mlir::StringAttr>(word);
    return text ? opaque(name + " " + text.getValue()) : word;
  }
  void pair(const PrettyPart &part);
  void dotNumbers(const PrettyPart &part);
  void convWindow(mlir::DictionaryAttr window);
  void sliceBounds(mlir::ArrayAttr ranges);
  void reducePrecision(mlir::StringAttr format);
  void word(StringRef text);
  void literal(const PrettyPart &part);
};
} // namespace

static llvm::SmallVector<int64_t> intsOf(Attribute value) {
  llvm::SmallVector<int64_t> ints;
  if (auto list = mlir::dyn_cast_if_present<mlir::ArrayAttr>(value))
    for (Attribute entry : list)
      ints.append(intsOf(entry));
  else if (auto number = mlir::dyn_cast_if_present<mlir::IntegerAttr>(value))
    ints.push_back(number.getValue().getSExtValue());
  return ints;
}

/// "[b, 0, f]"
static std::string listText(Attribute value) {
  std::string text = "[";
  llvm::ListSeparator comma(", ");
  if (auto list = mlir::dyn_cast_if_present<mlir::ArrayAttr>(value))
    for (Attribute entry : list) {
      text += StringRef(comma);
      if (auto word = mlir::dyn_cast_if_present<mlir::StringAttr>(entry))
        text += word.getValue();
      else if (auto number = mlir::dyn_cast_if_present<mlir::IntegerAttr>(entry))
        text += llvm::itostr(number.getValue().getSExtValue());
    }
  return text + "]";
}

static Attribute entryOf(Attribute lists, unsigned i) {
  auto array = mlir::dyn_cast_if_present<mlir::ArrayAttr>(lists);
  return array && i < array.size() ? array[i] : Attribute();
}

/// `batching_dims = [0] x [0], contracting_dims = [2] x [1]`, together one
/// attribute, of which either may be missing.
void Namer::dotNumbers(const PrettyPart &part) {
  std::string text = "dot<";
  if (auto known =
          mlir::dyn_cast_or_null<mlir::OpaqueAttr>(state.attributes.get("dot_dimension_numbers")))
    text = known.getAttrData().drop_back().str() + ", ";
  StringRef what = part.key == "batching_dims" ? "batching" : "contracting";
  const char *const sides[] = {"lhs", "rhs"};
  for (auto [i, side] : llvm::enumerate(sides))
    if (Attribute list = entryOf(part.value, i))
      text += (i ? ", " : "") + std::string(side) + "_" + what.str() +
              "_dimensions = " + listText(list);
  set("dot_dimension_numbers", opaque(text + ">"));
}

/// `{stride = [2, 2], pad = [[3, 3], [3, 3]], lhs_dilate = …, reverse = …}`
void Namer::convWindow(mlir::DictionaryAttr window) {
  for (mlir::NamedAttribute entry : window) {
    llvm::SmallVector<int64_t> ints = intsOf(entry.getValue());
    StringRef key = entry.getName().getValue();
    if (key == "stride")
      set("window_strides", builder.getDenseI64ArrayAttr(ints));
    else if (key == "lhs_dilate")
      set("lhs_dilation", builder.getDenseI64ArrayAttr(ints));
    else if (key == "rhs_dilate")
      set("rhs_dilation", builder.getDenseI64ArrayAttr(ints));
    else if (key == "pad" && ints.size() % 2 == 0 && !ints.empty())
      set("padding", mlir::DenseIntElementsAttr::get(
                         mlir::RankedTensorType::get({static_cast<int64_t>(ints.size() / 2), 2},
                                                     builder.getI64Type()),
                         llvm::ArrayRef<int64_t>(ints)));
    else if (key == "reverse") {
      llvm::SmallVector<bool> flags;
      for (Attribute flag : mlir::cast<mlir::ArrayAttr>(entry.getValue()))
        flags.push_back(flag == builder.getBoolAttr(true) || flag == builder.getI64IntegerAttr(1));
      set("window_reversal", builder.getDenseBoolArrayAttr(flags));
    }
  }
}

/// `[0:2, 1:3:2]`: begin, end and stride of each dim.
void Namer::sliceBounds(mlir::ArrayAttr ranges) {
  llvm::SmallVector<int64_t> begin, end, stride;
  for (Attribute range : ranges) {
    llvm::SmallVector<int64_t> numbers = intsOf(range);
    if (numbers.size() < 2)
      return;
    begin.push_back(numbers[0]);
    end.push_back(numbers[1]);
    stride.push_back(numbers.size() > 2 ? numbers[2] : 1);
  }
  set("start_indices", builder.getDenseI64ArrayAttr(begin));
  set("limit_indices", builder.getDenseI64ArrayAttr(end));
  set("strides", builder.getDenseI64ArrayAttr(stride));
}

/// `format = e5m10`
void Namer::reducePrecision(mlir::StringAttr format) {
  auto [exponent, mantissa] = format.getValue().drop_front(1).split('m');
  int32_t e, m;
  if (exponent.getAsInteger(10, e) || mantissa.getAsInteger(10, m))
    return;
  set("exponent_bits", builder.getI32IntegerAttr(e));
  set("mantissa_bits", builder.getI32IntegerAttr(m));
}

void Namer::pair(const PrettyPart &part) {
  StringRef key = part.key;
  if (verb == "dot_general" && (key == "batching_dims" || key == "contracting_dims"))
    return dotNumbers(part);
  if (verb == "convolution" && key == "dim_numbers")
    return set("dimension_numbers", opaque("conv<" + listText(entryOf(part.value, 0)) + "x" +
                                           listText(entryOf(part.value, 1)) + "->" +
                                           listText(entryOf(part.value, 2)) + ">"));
  if (verb == "convolution" && key == "window")
    if (auto window = mlir::dyn_cast_if_present<mlir::DictionaryAttr>(part.value))
      return convWindow(window);
  if (verb == "reduce_precision" && key == "format")
    if (auto format = mlir::dyn_cast_if_present<mlir::StringAttr>(part.value))
      return reducePrecision(format);
  for (const PairName &row : kPairs) {
    if (row.verb != verb || row.key != key)
      continue;
    switch (row.form) {
    case Form::Same:
      return set(row.name, part.value);
    case Form::Ints:
      return set(row.name, builder.getDenseI64ArrayAttr(intsOf(part.value)));
    case Form::Int:
      return set(row.name, part.value);
    case Form::Enum:
      return set(row.name, enumValue(row.enumName, part.value));
    case Form::Enums: {
      llvm::SmallVector<Attribute> values;
      if (auto list = mlir::dyn_cast_if_present<mlir::ArrayAttr>(part.value))
        for (Attribute entry : list)
          values.push_back(enumValue(row.enumName, entry));
      return set(row.name, builder.getArrayAttr(values));
    }
    }
  }
  set(key, part.value);
}

/// `compare LT, %a, %b, FLOAT`; anything else is a flag.
void Namer::word(StringRef text) {
  if (verb != "compare" && verb != "broadcast_compare")
    return;
  if (!state.attributes.get("comparison_direction"))
    set("comparison_direction", opaque("comparison_direction " + text));
  else
    set("compare_type", opaque("comparison_type " + text));
}

void Namer::literal(const PrettyPart &part) {
  switch (part.kind) {
  case PrettyPart::List:
    if (auto list = mlir::dyn_cast_if_present<mlir::ArrayAttr>(part.value)) {
      if (verb == "slice")
        return sliceBounds(list);
      if (verb == "get_tuple_element" && list.size() == 1)
        return set("index", list[0]);
    }
    return set("list", part.value);
  case PrettyPart::Symbol:
    if (auto symbol = mlir::dyn_cast_if_present<mlir::FlatSymbolRefAttr>(part.value);
        symbol && verb == "global")
      return set("sym_name", builder.getStringAttr(symbol.getValue()));
    if (auto symbol = mlir::dyn_cast_if_present<mlir::FlatSymbolRefAttr>(part.value);
        symbol && verb == "custom_call")
      return set("call_target_name", builder.getStringAttr(symbol.getValue()));
    return set("callee", part.value);
  case PrettyPart::String:
    return set("name", part.value);
  default:
    return set("value", part.value);
  }
}

void PrettyReader::nameParts() {
  Namer namer(state);
  for (const PrettyPart &part : parts) {
    if (part.kind == PrettyPart::Pair)
      namer.pair(part);
    else if (part.kind == PrettyPart::Word)
      namer.word(part.key);
    else
      namer.literal(part);
  }
  parts.clear();
}

/// `applies stablehlo.add`: a region of that one op on two scalars.
ParseResult PrettyReader::applyReducer(StringRef opName) {
  if (inits.empty() || state.operands.size() < inits.size())
    return parser.emitError(parser.getNameLoc(), "nothing to apply '" + opName + "' to");
  mlir::Block &block = state.addRegion()->emplaceBlock();
  llvm::SmallVector<mlir::Type> scalars;
  for (mlir::Value init : llvm::ArrayRef(state.operands).take_back(inits.size()))
    scalars.push_back(init.getType());
  for (int side = 0; side < 2; ++side)
    for (mlir::Type type : scalars)
      block.addArgument(type, state.location);
  // No op holds the region yet, so that it knows no context.
  mlir::OpBuilder builder(context);
  builder.setInsertionPointToEnd(&block);
  mlir::OperationState inner(state.location, opName);
  inner.addOperands(block.getArguments());
  inner.addTypes(scalars);
  mlir::Operation *applied = builder.create(inner);
  StringRef dialect = state.name.getStringRef().split('.').first;
  mlir::OperationState end(state.location, (dialect + ".return").str());
  end.addOperands(applied->getResults());
  builder.create(end);
  return mlir::success();
}
