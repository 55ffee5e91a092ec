//===- JsonText.h - JSON that is exact, valid and safe to print -*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_JSONTEXT_H
#define ENERGY_OPT_REPORT_JSONTEXT_H

#include "energy-opt/Interval.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace energyopt {

struct Quantity;

/// llvm::json::OStream with the two things that reports need: names that are
/// not UTF-8, and numbers in their shortest exact form.
class JsonWriter : public llvm::json::OStream {
public:
  using OStream::OStream;

  void text(llvm::StringRef key, llvm::StringRef value);
  void integer(llvm::StringRef key, int64_t value);
  void number(llvm::StringRef key, double value);
  void boolean(llvm::StringRef key, bool value);
  /// {value, low, high}
  void interval(llvm::StringRef key, const Interval &interval);
  /// {value, low, high, kind, source}
  void quantity(llvm::StringRef key, const Quantity &quantity);
  /// The fields `schema_version` and `tool`.
  void head();
  /// `json` as it stands.
  void raw(llvm::StringRef key, llvm::StringRef json);
  void object(llvm::StringRef key, llvm::function_ref<void()> contents);
  void array(llvm::StringRef key, llvm::function_ref<void()> contents);
  /// A string as an element of an array.
  void element(llvm::StringRef value);

private:
  void key(llvm::StringRef key);
};

/// Writes a document with every character escaped (\uXXXX) that a terminal
/// would obey or that would mislead a reader. The values stay the same.
void writeVisible(llvm::StringRef document, llvm::raw_ostream &os);

/// The same for one that is still being written.
class VisibleStream : public llvm::raw_ostream {
public:
  explicit VisibleStream(llvm::raw_ostream &os) : os(os) { SetBufferSize(1 << 16); }
  ~VisibleStream() override;

private:
  void write_impl(const char *text, size_t size) override;
  uint64_t current_pos() const override { return position; }

  llvm::raw_ostream &os;
  std::string cut; // the begin of a character that the last piece ended in
  uint64_t position = 0;
};

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_JSONTEXT_H
