//===- PrettyForm.cpp - Reading ops in a syntax nobody declared -----------===//

#include "Dialect/PrettyReader.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::failure;
using mlir::ParseResult;
using mlir::success;

/// Lists and groups nest no deeper.
constexpr unsigned kMaxDepth = 32;

ParseResult energyopt::parsePrettyForm(mlir::OpAsmParser &parser, mlir::OperationState &state) {
  // A function of another name is a function.
  StringRef name = state.name.getStringRef();
  if (name == "util.func") {
    parser.getContext()->getOrLoadDialect<mlir::func::FuncDialect>();
    state.name = mlir::OperationName("func.func", parser.getContext());
    return mlir::func::FuncOp::parse(parser, state);
  }
  return PrettyReader(parser, state).read();
}

ParseResult PrettyReader::read() {
  if (readParts(0))
    return failure();
  nameParts();
  return resolved ? success() : resolve();
}

//===----------------------------------------------------------------------===//
// Where an op ends
//===----------------------------------------------------------------------===//

static bool isIdentifierChar(char c) {
  return llvm::isAlnum(c) || c == '_' || c == '$' || c == '.' || c == '-';
}

static const char *skipSpace(const char *at) {
  while (llvm::isSpace(*at))
    ++at;
  return at;
}

/// "%0 = ", "%0:2 = ", "%a, %b = " at the start of a line begin the next op.
static bool startsAssignment(const char *at) {
  for (;;) {
    if (*at != '%')
      return false;
    ++at;
    while (isIdentifierChar(*at) || *at == ':' || *at == '#')
      ++at;
    at = skipSpace(at);
    if (*at == '=')
      return at[1] != '=';
    if (*at != ',')
      return false;
    at = skipSpace(at + 1);
  }
}

/// The current token begins a new op: it is the first of its line, and what
/// can only begin one.
bool PrettyReader::opEndsHere() {
  const char *at = here();
  const char *before = at;
  while (before[-1] == ' ' || before[-1] == '\t')
    --before;
  if (before[-1] != '\n' && before[-1] != '\r')
    return false;
  if (*at == '%')
    return startsAssignment(at);
  if (*at == '"' || *at == '^')
    return true;
  if (!llvm::isAlpha(*at))
    return false;
  // A word with a dot is an op; without one it is part of this op, unless it is
  // one of the few ops that print so.
  const char *end = at;
  while (isIdentifierChar(*end))
    ++end;
  StringRef word(at, end - at);
  return word.contains('.') || word == "return" || word == "call" || word == "module";
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

ParseResult PrettyReader::readParts(unsigned depth) {
  if (depth > kMaxDepth)
    return parser.emitError(parser.getCurrentLocation(), "nested too deep");
  for (bool done = false; !done;) {
    if (depth == 0 && opEndsHere())
      return success();
    if (readPart(depth, done))
      return failure();
  }
  return success();
}

ParseResult PrettyReader::readPart(unsigned depth, bool &done) {
  char c = *here();
  switch (c) {
  case '%':
    return readOperand();
  case ',':
    return parser.parseComma();
  case '=': // `util.global @name = value`
    return parser.parseEqual();
  case '(':
    return readGroup(depth);
  case '[':
    return readLiteral(PrettyPart::List, "");
  case '{':
    return readBrace();
  case '"':
    return readLiteral(PrettyPart::String, "");
  case '@':
    return readLiteral(PrettyPart::Symbol, "");
  case ':':
    if (depth > 0 && *skipSpace(here() + 1) == '%') // `%x init: %c`
      return parser.parseColon();
    return readTypes();
  case '-':
    if (here()[1] == '>')
      return readTypes();
    return readLiteral(PrettyPart::Literal, "");
  case '#':
  case '!':
    return readLiteral(PrettyPart::Literal, "");
  default:
    if (llvm::isDigit(c))
      return readLiteral(PrettyPart::Literal, "");
    if (llvm::isAlpha(c) || c == '_')
      return readWord(depth, done);
    done = true;
    return success();
  }
}

ParseResult PrettyReader::readOperand() {
  Operand operand;
  if (parser.parseOperand(operand))
    return failure();
  bool isInit =
      !parts.empty() && parts.back().kind == PrettyPart::Word && parts.back().key == "init";
  if (isInit)
    parts.pop_back();
  (isInit ? inits : operands).push_back(operand);
  return success();
}

/// `ins(%a : T) outs(%b : T)`: operands, though typed as arguments are.
bool PrettyReader::namesOperands() const {
  return !parts.empty() && parts.back().kind == PrettyPart::Word &&
         (parts.back().key == "ins" || parts.back().key == "outs" || parts.back().key == "iter");
}

/// What a parenthesis holds: arguments of a region, values carried by a loop, or
/// just operands.
ParseResult PrettyReader::readGroup(unsigned depth) {
  const char *at = skipSpace(here() + 1);
  if (*at == '%' && !namesOperands()) {
    const char *end = at + 1;
    while (isIdentifierChar(*end) || *end == '#')
      ++end;
    end = skipSpace(end);
    if (*end == '=')
      return parser.parseAssignmentList(carried, operands);
    if (*end == ':') {
      llvm::SmallVector<Argument> list;
      if (parser.parseArgumentList(list, mlir::OpAsmParser::Delimiter::Paren, /*allowType=*/true))
        return failure();
      arguments.append(list);
      return success();
    }
  }
  if (parser.parseLParen() || readParts(depth + 1))
    return failure();
  return parser.parseRParen();
}

/// A region or an attribute dictionary, told apart by what comes first in it.
static bool looksLikeRegion(const char *brace) {
  const char *at = skipSpace(brace + 1);
  while (at[0] == '/' && at[1] == '/') {
    while (*at && *at != '\n')
      ++at;
    at = skipSpace(at);
  }
  if (*at == '%' || *at == '^')
    return true;
  if (*at == '}')
    return false;
  const char *end = at;
  bool quoted = *end == '"';
  if (quoted) {
    ++end;
    while (*end && *end != '"')
      ++end;
    if (*end)
      ++end;
  }
  while (isIdentifierChar(*end))
    ++end;
  if (end == at)
    return false;
  StringRef word(at, end - at);
  const char *next = skipSpace(end);
  return (quoted ? *next == '(' : word.contains('.') || word == "return") && *next != '=' &&
         *next != ',' && *next != '}';
}

ParseResult PrettyReader::readBrace() {
  // An empty pair of braces is a region where one is due.
  if (looksLikeRegion(here()) || !arguments.empty() || !carried.empty())
    return readRegion();
  return parser.parseOptionalAttrDict(state.attributes);
}

ParseResult PrettyReader::readRegion() {
  // Types of operands decide those of the arguments that stand for them.
  if (!carried.empty() && !resolved) {
    nameParts();
    if (resolve())
      return failure();
  }
  // `(%a: T, %b: T) (%c: T, %d: T)`: the left ones of all pairs, then the right.
  if (state.name.getStringRef().ends_with(".reduce") && arguments.size() > 2) {
    llvm::SmallVector<Argument> left, right;
    for (auto [i, argument] : llvm::enumerate(arguments))
      (i % 2 ? right : left).push_back(argument);
    arguments = left;
    arguments.append(right);
  }
  llvm::ArrayRef<Argument> list = carried.empty() ? arguments : carried;
  mlir::Region *region = state.addRegion();
  if (parser.parseRegion(*region, list))
    return failure();
  if (region->empty())
    region->emplaceBlock();
  arguments.clear();
  return success();
}

//===----------------------------------------------------------------------===//
// Words, values, lists
//===----------------------------------------------------------------------===//

/// Words that begin an attribute.
static bool startsAttribute(StringRef word) {
  // `dense<…>`, `array<…>`, `tensor<…>`, with nothing between.
  return *word.end() == '<' || word == "true" || word == "false" || word == "unit";
}

ParseResult PrettyReader::readWord(unsigned depth, bool &done) {
  const char *at = here(), *end = at;
  while (isIdentifierChar(*end) && !(end[0] == '-' && end[1] == '>'))
    ++end;
  StringRef ahead(at, end - at);
  if (ahead == "loc" && depth == 0) {
    done = true;
    return success();
  }
  if (startsAttribute(ahead))
    return readLiteral(PrettyPart::Literal, "");
  StringRef word;
  if (failed(parser.parseOptionalKeyword(&word))) {
    // A type, or a keyword of MLIR's own.
    return readLiteral(PrettyPart::Literal, "");
  }
  if (word == "attributes")
    return parser.parseOptionalAttrDict(state.attributes);
  if (word == "applies") {
    std::string name;
    if (*here() == '"' ? parser.parseString(&name) : parser.parseKeyword(&reducer))
      return failure();
    if (!name.empty())
      reducer = mlir::StringAttr::get(context, name).getValue();
    return success();
  }
  if (typed && word == "to") // `%x : T to U`
    return readResultTypes();
  if (succeeded(parser.parseOptionalEqual()))
    return readLiteral(PrettyPart::Pair, word);
  parts.push_back({PrettyPart::Word, word, {}});
  return success();
}

ParseResult PrettyReader::readLiteral(PrettyPart::Kind kind, StringRef key) {
  // `key = %value`
  if (kind == PrettyPart::Pair && *here() == '%')
    return readOperand();
  mlir::Attribute value;
  if (readValue(value, 0))
    return failure();
  // `[0] x [1]`, `[b, f]x[o, i]->[b, f]`: a list of lists.
  if (mlir::isa<mlir::ArrayAttr>(value) && kind == PrettyPart::Pair) {
    llvm::SmallVector<mlir::Attribute, 3> lists = {value};
    while (succeeded(parser.parseOptionalKeyword("x")) || succeeded(parser.parseOptionalArrow())) {
      if (readValue(lists.emplace_back(), 0))
        return failure();
    }
    if (lists.size() > 1)
      value = mlir::ArrayAttr::get(context, lists);
  }
  parts.push_back({kind, key, value});
  return success();
}

/// Whether a number without a fraction starts at `at`.
static bool startsInteger(const char *at) {
  const char *end = *at == '-' ? at + 1 : at;
  const char *digits = end;
  while (llvm::isDigit(*end))
    ++end;
  return end != digits && *end != '.';
}

/// An attribute; a bare word is a string, a list may hold anything.
ParseResult PrettyReader::readValue(mlir::Attribute &value, unsigned depth) {
  if (depth > kMaxDepth)
    return parser.emitError(parser.getCurrentLocation(), "nested too deep");
  const char *at = here();
  if (*at == '[')
    return readList(value, depth + 1);
  if (*at == '?') {
    value = mlir::IntegerAttr::get(mlir::IntegerType::get(context, 64), INT64_MIN);
    return parser.parseQuestion();
  }
  // `{stride = [2, 2], pad = [[3, 3], [3, 3]]}` is a dictionary of values, and
  // so is `<lhs_precision_type = tf32, …>`.
  if ((*at == '{' && depth == 0) || *at == '<') {
    mlir::NamedAttrList entries;
    auto entry = [&]() -> ParseResult {
      StringRef key;
      mlir::Attribute inner;
      if (parser.parseKeyword(&key) || parser.parseEqual() || readValue(inner, depth + 1))
        return failure();
      entries.set(key, inner);
      return success();
    };
    if (parser.parseCommaSeparatedList(*at == '<' ? mlir::OpAsmParser::Delimiter::LessGreater
                                                  : mlir::OpAsmParser::Delimiter::Braces,
                                       entry))
      return failure();
    value = entries.getDictionary(context);
    return success();
  }
  if (startsInteger(at)) {
    // Read by ourselves, as MLIR would take the types that follow an op
    // (`dim = 0 : tensor<4xi32>`) for the number's type.
    llvm::APInt number;
    if (*parser.parseOptionalInteger(number))
      return failure();
    mlir::Type type = mlir::IntegerType::get(context, std::max(64u, number.getSignificantBits()));
    value = mlir::IntegerAttr::get(type, number.sextOrTrunc(type.getIntOrFloatBitWidth()));
    return success();
  }
  StringRef word;
  const char *end = at;
  while (isIdentifierChar(*end))
    ++end;
  if (!startsAttribute(StringRef(at, end - at)) && succeeded(parser.parseOptionalKeyword(&word))) {
    value = mlir::StringAttr::get(context, word);
    return success();
  }
  mlir::OptionalParseResult parsed = parser.parseOptionalAttribute(value);
  if (parsed.has_value())
    return *parsed;
  return parser.parseAttribute(value);
}

/// `[0, b, ?, [1], "s"]`; `[0:2, 1:3:2]` becomes a list of lists; values that are
/// operands join the op's operands.
ParseResult PrettyReader::readList(mlir::Attribute &value, unsigned depth) {
  llvm::SmallVector<mlir::Attribute> entries;
  auto entry = [&]() -> ParseResult {
    if (*here() == '%')
      return readOperand();
    int64_t number;
    mlir::OptionalParseResult isNumber = parser.parseOptionalInteger(number);
    if (!isNumber.has_value())
      return readValue(entries.emplace_back(), depth);
    if (*isNumber)
      return failure();
    mlir::Builder builder(context);
    llvm::SmallVector<int64_t, 3> range = {number};
    while (succeeded(parser.parseOptionalColon()))
      if (parser.parseInteger(range.emplace_back()))
        return failure();
    entries.push_back(range.size() == 1 ? mlir::Attribute(builder.getI64IntegerAttr(number))
                                        : builder.getI64ArrayAttr(range));
    return success();
  };
  if (parser.parseCommaSeparatedList(mlir::OpAsmParser::Delimiter::Square, entry))
    return failure();
  value = mlir::ArrayAttr::get(context, entries);
  return success();
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// `T, T` behind a `to`.
ParseResult PrettyReader::readResultTypes() {
  arrow = true;
  return parser.parseTypeList(results);
}

/// `: T, T`, `: (T, T) -> T`, `: T -> (T, T)`, `-> T`.
ParseResult PrettyReader::readTypes() {
  if (failed(parser.parseOptionalColon()) && *here() != '-')
    return success();
  for (;;) {
    llvm::SmallVector<mlir::Type> &list = arrow ? results : types;
    if (succeeded(parser.parseOptionalArrow())) {
      arrow = typed = true;
      continue;
    }
    if (succeeded(parser.parseOptionalLParen())) {
      typed = true;
      if (succeeded(parser.parseOptionalRParen()))
        ;
      else if (parser.parseTypeList(list) || parser.parseRParen())
        return failure();
    } else {
      mlir::Type type;
      if (parser.parseType(type))
        return failure();
      typed = true;
      list.push_back(type);
    }
    bool more = *here() == ',' || (here()[0] == '-' && here()[1] == '>');
    // A comma ahead of a region belongs to the regions.
    if (*here() == ',' && *skipSpace(here() + 1) == '{')
      more = false;
    if (!more)
      return success();
    if (*here() == ',' && parser.parseComma())
      return failure();
  }
}
