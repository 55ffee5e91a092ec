//===- JsonText.cpp - JSON that is exact, valid and safe to print ---------===//

#include "JsonText.h"

#include "Format.h"

#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Unicode.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace energyopt {

static std::string utf8(StringRef text) {
  return json::isUTF8(text) ? text.str() : json::fixUTF8(text);
}

void JsonWriter::key(StringRef key) { attributeBegin(utf8(key)); }

void JsonWriter::text(StringRef key, StringRef value) {
  this->key(key);
  element(value);
  attributeEnd();
}

void JsonWriter::number(StringRef key, double value) {
  this->key(key);
  rawValue(exactNumber(value));
  attributeEnd();
}

void JsonWriter::integer(StringRef key, int64_t value) {
  this->key(key);
  OStream::value(value);
  attributeEnd();
}

void JsonWriter::boolean(StringRef key, bool value) {
  this->key(key);
  OStream::value(value);
  attributeEnd();
}

void JsonWriter::raw(StringRef key, StringRef json) {
  this->key(key);
  rawValue(json);
  attributeEnd();
}

void JsonWriter::object(StringRef key, function_ref<void()> contents) {
  this->key(key);
  OStream::object(contents);
  attributeEnd();
}

void JsonWriter::array(StringRef key, function_ref<void()> contents) {
  this->key(key);
  OStream::array(contents);
  attributeEnd();
}

void JsonWriter::element(StringRef value) { OStream::value(utf8(value)); }

std::string escapeInvisible(StringRef document) {
  std::string result;
  result.reserve(document.size());
  raw_string_ostream os(result);
  auto *at = document.bytes_begin(), *end = document.bytes_end();
  while (at != end) {
    // The document is valid UTF-8, and outside of strings it is ASCII.
    if (*at < 0x7f) {
      os << char(*at++);
      continue;
    }
    auto *start = at;
    UTF32 c = 0;
    if (convertUTF8Sequence(&at, end, &c, lenientConversion) != conversionOK)
      c = *at++;
    if (isVisible(c)) {
      os << StringRef(reinterpret_cast<const char *>(start), at - start);
      continue;
    }
    if (c >= 0x10000) { // as a pair of UTF-16 surrogates
      os << "\\u" << format_hex_no_prefix(0xd7c0 + (c >> 10), 4);
      c = 0xdc00 + (c & 0x3ff);
    }
    os << "\\u" << format_hex_no_prefix(c, 4);
  }
  return result;
}

} // namespace energyopt
