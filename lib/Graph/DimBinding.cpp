//===- DimBinding.cpp - From declared inputs to concrete shapes -----------===//

#include "Graph/DimBinding.h"

#include "Shape/Nearest.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

using namespace energyopt;
using llvm::StringRef;

static llvm::Error makeError(const llvm::Twine &message, const llvm::Twine &mend) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message + "\n" + mend);
}

std::string energyopt::suggestion(StringRef name, llvm::ArrayRef<std::string> known) {
  std::string question = didYouMean(name, std::vector<StringRef>(known.begin(), known.end()));
  if (!question.empty())
    return question;
  if (known.empty())
    return "there is none to choose from";
  std::string list = "known: ";
  for (auto [i, candidate] : llvm::enumerate(known.take_front(12)))
    list += (i ? ", '" : "'") + candidate + "'";
  return known.size() > 12 ? list + ", …" : list;
}

//===----------------------------------------------------------------------===//
// dim_param
//===----------------------------------------------------------------------===//

namespace {
/// Sums and products of names, numbers and parentheses; depth-limited.
class DimParamParser {
public:
  DimParamParser(StringRef text, ShapeFacts &facts) : rest(text), facts(facts) {}

  std::optional<Expr> parse() {
    auto e = sum(0);
    skip();
    return e && rest.empty() ? e : std::nullopt;
  }
  /// Only checks the syntax and counts operators; binds nothing.
  static bool looksLikeArithmetic(StringRef text) {
    return text.find_first_of("+-*(") != StringRef::npos &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_. +-*()") == StringRef::npos;
  }

private:
  void skip() { rest = rest.ltrim(); }
  bool take(char c) {
    skip();
    return rest.consume_front(StringRef(&c, 1));
  }
  std::optional<Expr> sum(unsigned depth) {
    auto left = product(depth);
    while (left) {
      bool plus = take('+');
      if (!plus && !take('-'))
        return left;
      auto right = product(depth);
      if (!right)
        return std::nullopt;
      left = plus ? *left + *right : *left - *right;
    }
    return left;
  }
  std::optional<Expr> product(unsigned depth) {
    auto left = atom(depth);
    while (left && take('*')) {
      auto right = atom(depth);
      if (!right)
        return std::nullopt;
      left = *left * *right;
    }
    return left;
  }
  std::optional<Expr> atom(unsigned depth) {
    if (depth > 16)
      return std::nullopt;
    if (take('(')) {
      auto e = sum(depth + 1);
      return e && take(')') ? e : std::nullopt;
    }
    skip();
    StringRef word =
        rest.take_while([](char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; });
    rest = rest.drop_front(word.size());
    int64_t number;
    if (word.empty())
      return std::nullopt;
    if (!word.getAsInteger(10, number))
      return Expr(number);
    return llvm::isDigit(word.front()) ? std::nullopt : std::optional<Expr>(facts.bindSymbol(word));
  }

  StringRef rest;
  ShapeFacts &facts;
};
} // namespace

Expr energyopt::parseDimParam(StringRef text, ShapeFacts &facts) {
  if (DimParamParser::looksLikeArithmetic(text))
    if (auto e = DimParamParser(text, facts).parse())
      return *e;
  return facts.bindSymbol(text);
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

/// Exporters' invented names say nothing ("unk__123", "?", "None").
static bool isMeaningless(StringRef name) {
  return name.empty() || name.starts_with("unk__") || name == "?" || name == "None" || name == "-1";
}

std::string energyopt::nameOfUnnamedDim(const DeclaredInput &input, size_t position) {
  size_t rank = input.dims->size();
  // Images keep their channels fixed: NCHW, or NHWC with few channels last.
  if (rank == 4) {
    const auto &last = (*input.dims)[3].size;
    bool channelsLast = last && *last <= 4;
    if (position == (channelsLast ? 1 : 2))
      return "height";
    if (position == (channelsLast ? 2 : 3))
      return "width";
  }
  if (rank == 3 && (*input.dims)[0].size && *(*input.dims)[0].size <= 4 && position > 0)
    return position == 1 ? "height" : "width";
  if (position == 0)
    return "batch";
  return input.name + "." + llvm::utostr(position);
}

std::string energyopt::symbolName(const DeclaredInput &input, size_t position) {
  const std::string &name = (*input.dims)[position].name;
  return isMeaningless(name) ? nameOfUnnamedDim(input, position) : name;
}

/// The symbol that --batch binds: the first input dim 0 that is dynamic.
static std::optional<std::string> batchSymbol(llvm::ArrayRef<DeclaredInput> inputs) {
  std::optional<std::string> first;
  for (const DeclaredInput &input : inputs) {
    if (!input.dims)
      continue;
    for (size_t i = 0; i < input.dims->size(); ++i) {
      if ((*input.dims)[i].size)
        continue;
      std::string name = symbolName(input, i);
      if (StringRef(name).contains_insensitive("batch"))
        return name;
      if (i == 0 && !first)
        first = name;
    }
  }
  return first;
}

llvm::Expected<llvm::StringMap<int64_t>>
energyopt::givenDims(const AnalysisOptions &options, llvm::ArrayRef<DeclaredInput> inputs) {
  llvm::StringMap<int64_t> given;
  auto bind = [&](StringRef name, int64_t value) -> llvm::Error {
    if (value < 0)
      return makeError("dim '" + name + "' = " + llvm::Twine(value) + " is negative",
                       "give a size of 0 or more");
    auto [it, inserted] = given.try_emplace(name, value);
    if (!inserted && it->second != value)
      return makeError("dim '" + name + "' is given both as " + llvm::Twine(it->second) + " and " +
                           llvm::Twine(value),
                       "keep one of them");
    return llvm::Error::success();
  };
  for (const auto &[name, value] : options.dims)
    if (llvm::Error error = bind(name, value))
      return std::move(error);
  if (options.batch) {
    auto symbol = batchSymbol(inputs);
    if (!symbol)
      return makeError("--batch: no input has a dynamic batch dimension",
                       "export the model with one, or override it with --shape INPUT=" +
                           llvm::Twine(*options.batch) + "x…");
    if (llvm::Error error = bind(*symbol, *options.batch))
      return std::move(error);
  }
  for (const auto &[name, value] : options.defaultDims)
    given.try_emplace(name, value);
  return given;
}

template <typename T>
static const T *findByName(const std::vector<std::pair<std::string, T>> &list, StringRef name) {
  for (const auto &[key, value] : list)
    if (key == name)
      return &value;
  return nullptr;
}

/// --shape replaces the declared dims; a fixed one may be overridden, which is
/// listed, since constants inside the graph may still assume the old size.
static llvm::Error overrideShape(const DeclaredInput &input, const std::vector<int64_t> &sizes,
                                 ShapeFacts &facts) {
  if (!input.dims)
    return llvm::Error::success();
  if (input.dims->size() != sizes.size())
    return makeError("--shape " + input.name + ": " + llvm::Twine(sizes.size()) +
                         " sizes for an input of rank " + llvm::Twine(input.dims->size()),
                     "give one size per dimension");
  for (auto [i, dim] : llvm::enumerate(*input.dims))
    if (dim.size && *dim.size != sizes[i])
      facts.assume("input '" + llvm::Twine(input.name) + "' dim " + llvm::Twine(i) +
                   " overridden from " + llvm::Twine(*dim.size) + " to " + llvm::Twine(sizes[i]));
  return llvm::Error::success();
}

static Shape boundShape(const DeclaredInput &input, ShapeFacts &facts) {
  Shape shape;
  for (auto [i, dim] : llvm::enumerate(*input.dims)) {
    if (dim.size)
      shape.push_back(Expr(*dim.size));
    else if (isMeaningless(dim.name))
      shape.push_back(facts.bindSymbol(nameOfUnnamedDim(input, i)));
    else
      shape.push_back(parseDimParam(dim.name, facts));
  }
  return shape;
}

llvm::Expected<ValueInfo> energyopt::bindInput(const DeclaredInput &input,
                                               const AnalysisOptions &options, ShapeFacts &facts) {
  ValueInfo info = ValueInfo::tensor(input.dtype);
  if (const auto *sizes = findByName(options.shapes, input.name)) {
    if (llvm::Error error = overrideShape(input, *sizes, facts))
      return std::move(error);
    info.shape.emplace(sizes->begin(), sizes->end());
  }
  const auto *values = findByName(options.values, input.name);
  if (!info.shape && values && (!input.dims || input.dims->size() <= 1)) {
    // The contents say how many there are.
    info.shape.emplace();
    if (!input.dims || input.dims->size() == 1)
      info.shape->push_back(Expr(static_cast<int64_t>(values->size())));
  }
  if (!info.shape && input.dims)
    info.shape = boundShape(input, facts);
  if (!values)
    return info;
  if (!info.shape || !info.elements().is(static_cast<int64_t>(values->size())))
    return makeError("--value " + input.name + ": " + llvm::Twine(values->size()) + " values for " +
                         info.str(),
                     "give as many values as the input has elements");
  info.data = std::make_shared<TensorData>(values->begin(), values->end());
  return info;
}

llvm::Error energyopt::checkNames(const AnalysisOptions &options,
                                  llvm::ArrayRef<DeclaredInput> inputs) {
  std::vector<std::string> names;
  for (const DeclaredInput &input : inputs)
    names.push_back(input.name);
  auto check = [&](const auto &list, const char *flag) -> llvm::Error {
    for (const auto &entry : list)
      if (!llvm::is_contained(names, entry.first))
        return makeError(llvm::Twine(flag) + ": the model has no input '" + entry.first + "'",
                         suggestion(entry.first, names));
    return llvm::Error::success();
  };
  if (llvm::Error error = check(options.shapes, "--shape"))
    return error;
  return check(options.values, "--value");
}

llvm::Error energyopt::checkDims(const AnalysisOptions &options, const ShapeFacts &facts) {
  for (const std::string &name : facts.unusedNames()) {
    if (!findByName(options.dims, name))
      continue; // one of the defaults
    std::vector<std::string> known;
    for (const NamedDim &dim : facts.dims())
      known.push_back(dim.symbol);
    return makeError("--dim: the model has no dim '" + name + "'", suggestion(name, known));
  }
  if (!options.strict || facts.assumedNames().empty())
    return llvm::Error::success();
  std::string names, flags;
  for (const std::string &name : facts.assumedNames()) {
    names += (names.empty() ? "'" : ", '") + name + "'";
    flags += " --dim " + name + "=N";
  }
  return makeError("--strict: not bound: " + names, "give" + flags);
}
