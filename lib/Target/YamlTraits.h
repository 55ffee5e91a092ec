//===- YamlTraits.h - Reading sourced numbers from YAML ---------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_TARGET_YAMLTRAITS_H
#define ENERGY_OPT_LIB_TARGET_YAMLTRAITS_H

#include "Schema.h"
#include "YamlKeys.h"

#include "llvm/Support/YAMLTraits.h"

namespace energyopt {

/// The numbers of `object` that `fields` names, as one YAML mapping.
template <typename T> struct Section {
  T &object;
  Fields<T> fields;
};

/// One number per precision.
struct PrecisionTable {
  std::array<Quantity, kNumPrecisions> &numbers;
};

using SourceTable = std::map<std::string, std::string>;

/// LLVM's YAML parser recurses on nesting: refuses text that could exhaust the
/// stack, and binary files.
/// `what` the file should be names it in messages.
llvm::Error checkYamlText(llvm::StringRef text, llvm::StringRef path, llvm::StringRef what);

/// Reads one document into `object`; the Error holds every complaint with
/// file, line, column and caret.
template <typename T>
llvm::Error readYaml(llvm::StringRef text, llvm::StringRef path, T &object,
                     llvm::StringRef what = "a target file") {
  if (llvm::Error error = checkYamlText(text, path, what))
    return error;
  std::string messages;
  auto collect = [](const llvm::SMDiagnostic &diagnostic, void *context) {
    llvm::raw_string_ostream os(*static_cast<std::string *>(context));
    diagnostic.print(/*ProgName=*/nullptr, os, /*ShowColors=*/false);
  };
  llvm::yaml::Input in(llvm::MemoryBufferRef(text, path), nullptr, collect, &messages);
  // operator>> would validate, and complain about, an object of which there is no node.
  if (in.setCurrentDocument() && !in.error()) {
    llvm::yaml::EmptyContext context;
    yamlize(in, object, /*required=*/true, context);
  }
  if (!in.error() && messages.empty())
    return llvm::Error::success();
  if (messages.empty())
    messages = (path + ": error: " + in.error().message()).str();
  llvm::StringRef trimmed = llvm::StringRef(messages).rtrim();
  return llvm::createStringError(trimmed + keyHint(trimmed, path, keysOf<T>()));
}

/// Replaces the id of an entry of `sources` by its text.
inline void resolveSource(const SourceTable &sources, Quantity &number) {
  auto found = sources.find(number.source);
  if (found != sources.end())
    number.source = found->second;
}

} // namespace energyopt

LLVM_YAML_IS_STRING_MAP(std::string)

namespace llvm::yaml {

template <> struct ScalarEnumerationTraits<energyopt::SourceKind> {
  static void enumeration(IO &io, energyopt::SourceKind &kind);
};
template <> struct MappingTraits<energyopt::Quantity> {
  static void mapping(IO &io, energyopt::Quantity &number);
  static std::string validate(IO &io, energyopt::Quantity &number);
  static const bool flow = true;
};
template <> struct MappingTraits<energyopt::PrecisionTable> {
  static void mapping(IO &io, energyopt::PrecisionTable &table);
};
template <typename T> struct MappingTraits<energyopt::Section<T>> {
  static void mapping(IO &io, energyopt::Section<T> &section) {
    for (const auto &field : section.fields)
      io.mapOptional(field.key, section.object.*field.number);
  }
};

} // namespace llvm::yaml

#endif // ENERGY_OPT_LIB_TARGET_YAMLTRAITS_H
