//===- JsonText.cpp - JSON that is exact, valid and safe to print ---------===//

#include "JsonText.h"

#include "Format.h"

#include "energy-opt/Views.h"

#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Unicode.h"

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

void JsonWriter::head() {
  text("schema_version", kSchemaVersion);
  object("tool", [&] {
    text("name", "energy-opt");
    text("version", toolVersion());
  });
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

void JsonWriter::interval(StringRef key, const Interval &interval) {
  object(key, [&] {
    number("value", interval.value);
    number("low", interval.low);
    number("high", interval.high);
  });
}

void JsonWriter::quantity(StringRef key, const Quantity &quantity) {
  object(key, [&] {
    number("value", quantity.value);
    number("low", quantity.low);
    number("high", quantity.high);
    text("kind", name(quantity.kind));
    text("source", quantity.source);
  });
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

/// Writes one character as \uXXXX, beyond the first plane as a pair of UTF-16
/// surrogates.
static void writeEscaped(raw_ostream &os, UTF32 c) {
  if (c >= 0x10000) {
    os << "\\u" << format_hex_no_prefix(0xd7c0 + (c >> 10), 4);
    c = 0xdc00 + (c & 0x3ff);
  }
  os << "\\u" << format_hex_no_prefix(c, 4);
}

/// The document is valid UTF-8, and outside of strings it is ASCII.
void writeVisible(StringRef text, raw_ostream &os) {
  auto *at = text.bytes_begin(), *end = text.bytes_end();
  auto *written = at;
  auto flush = [&](const unsigned char *until) {
    os.write(reinterpret_cast<const char *>(written), until - written);
  };
  while (at != end) {
    if (*at < 0x7f) {
      ++at;
      continue;
    }
    auto *start = at;
    UTF32 c = 0;
    if (convertUTF8Sequence(&at, end, &c, lenientConversion) != conversionOK)
      c = *at++;
    if (isVisible(c))
      continue;
    flush(start);
    writeEscaped(os, c);
    written = at;
  }
  flush(end);
}

/// Bytes at the end of `text` that begin a character and do not end it.
static size_t cutBytes(StringRef text) {
  for (size_t back = 1; back <= std::min<size_t>(3, text.size()); ++back) {
    unsigned char byte = text[text.size() - back];
    if ((byte & 0xc0) == 0x80) // inside a character
      continue;
    return byte >= 0xc0 && getNumBytesForUTF8(byte) > back ? back : 0;
  }
  return 0;
}

void VisibleStream::write_impl(const char *text, size_t size) {
  position += size;
  StringRef piece(text, size);
  std::string joined;
  if (!cut.empty()) {
    joined = cut + piece.str();
    piece = joined;
  }
  size_t whole = piece.size() - cutBytes(piece);
  writeVisible(piece.take_front(whole), os);
  cut = piece.drop_front(whole).str();
}

VisibleStream::~VisibleStream() {
  flush();
  writeVisible(cut, os);
}

} // namespace energyopt
