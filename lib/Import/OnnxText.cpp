//===- OnnxText.cpp - ONNX's text syntax ----------------------------------===//
//
// libonnx reads it. The parser throws on numbers that do not fit, hence this
// one file is compiled with exceptions; and it recurses without a limit, hence
// the check of nesting before.
//
//===----------------------------------------------------------------------===//

#include "Import/Formats.h"

#include "Import/ImportError.h"
#include "Import/ProtoView.h"

#include "llvm/ADT/StringExtras.h"

#include <onnx/defs/parser.h>

namespace energyopt {

/// Brackets outside strings and comments nest at most this deep.
static constexpr unsigned kMaxBrackets = 128;

static llvm::Error textError(size_t line, const llvm::Twine &what) {
  return importError("line " + llvm::Twine(line) + ": " + what,
                     "the syntax is that of onnx::OnnxParser; newer types go "
                     "through protobuf text");
}

static llvm::Error checkNesting(llvm::StringRef text) {
  unsigned depth = 0;
  size_t line = 1;
  for (size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
    case '\n':
      ++line;
      break;
    case '#':
      i = std::min(text.find('\n', i), text.size()) - 1;
      break;
    case '"': {
      size_t end = text.find('"', i + 1);
      if (end == llvm::StringRef::npos)
        return textError(line, "a string does not end");
      line += text.slice(i, end).count('\n');
      i = end;
      break;
    }
    case '(':
    case '[':
    case '{':
    case '<':
      if (++depth > kMaxBrackets)
        return textError(line,
                         "brackets nest deeper than " + llvm::Twine(kMaxBrackets) + " levels");
      break;
    case ')':
    case ']':
    case '}':
      depth -= depth > 0;
      break;
    case '>': // but not of =>
      depth -= depth > 0 && i > 0 && text[i - 1] != '=';
      break;
    default:
      break;
    }
  }
  return llvm::Error::success();
}

/// libonnx's message is "[ParseError at position (line: 3 column: 5)]", a line
/// of context, and what is wrong.
static llvm::Error fromStatus(llvm::StringRef message) {
  size_t line = 0;
  llvm::StringRef rest = message;
  size_t at = rest.find("line: ");
  if (at != llvm::StringRef::npos)
    rest.drop_front(at + 6).consumeInteger(10, line);
  llvm::StringRef what = message.rtrim().rsplit('\n').second;
  return textError(line, what.empty() ? "syntax error" : what);
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> encodeOnnxText(llvm::StringRef text) {
  if (text.contains('\0'))
    return textError(1, "the text contains a NUL character");
  if (llvm::Error error = checkNesting(text))
    return error;
  std::string bytes;
  try {
    onnx::ModelProto model;
    std::string copy = text.str(); // null-terminated, as the parser wants it
    onnx::OnnxParser parser(copy.c_str());
    onnx::Common::Status status = parser.Parse(model);
    if (!status.IsOK())
      return fromStatus(status.ErrorMessage());
    if (!model.SerializeToString(&bytes))
      return importError("the model exceeds 2 GB", "keep its weights in external data");
  } catch (const std::exception &error) {
    return textError(1, "a number does not fit its type (" + llvm::Twine(error.what()) + ")");
  }
  return llvm::MemoryBuffer::getMemBufferCopy(bytes);
}

} // namespace energyopt
