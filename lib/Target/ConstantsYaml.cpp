//===- ConstantsYaml.cpp - The layout of the constants file ---------------===//

#include "TargetStore.h"
#include "YamlTraits.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace energyopt;

namespace {

using QuantityMap = std::map<std::string, Quantity>;
using RuntimeMap = std::map<std::string, RuntimeConstants>;

struct ClassTable {
  Constants &constants;
};
struct HostTable {
  Constants &constants;
};
struct ConstantsDocument {
  Constants constants;
  SourceTable sources;
};

} // namespace

namespace llvm::yaml {

template <> struct CustomMappingTraits<QuantityMap> {
  static void inputOne(IO &io, StringRef key, QuantityMap &map) {
    io.mapRequired(key.str().c_str(), map[key.str()]);
  }
  static void output(IO &, QuantityMap &) {}
};
template <> struct MappingTraits<RuntimeConstants> {
  static void mapping(IO &io, RuntimeConstants &runtime) {
    for (const Field<RuntimeConstants> &field : runtimeFields())
      io.mapOptional(field.key, runtime.*field.number);
  }
};
template <> struct CustomMappingTraits<RuntimeMap> {
  static void inputOne(IO &io, StringRef key, RuntimeMap &map) {
    io.mapRequired(key.str().c_str(), map[key.str()]);
  }
  static void output(IO &, RuntimeMap &) {}
};
template <> struct MappingTraits<ClassConstants> {
  static void mapping(IO &io, ClassConstants &cls) {
    for (const Field<ClassConstants> &field : classFields())
      io.mapOptional(field.key, cls.*field.number);
    io.mapOptional("runtimes", cls.runtimes);
  }
};
template <> struct MappingTraits<ClassTable> {
  static void mapping(IO &io, ClassTable &table) {
    for (unsigned i = 0; i < kNumDeviceClasses; ++i)
      io.mapOptional(name(DeviceClass(i)).data(), table.constants.classes[i]);
  }
};
template <> struct MappingTraits<HostConstants> {
  static void mapping(IO &io, HostConstants &host) {
    for (const Field<HostConstants> &field : hostConstantFields())
      io.mapOptional(field.key, host.*field.number);
  }
};
template <> struct MappingTraits<HostTable> {
  static void mapping(IO &io, HostTable &table) {
    for (unsigned i = 0; i < table.constants.hosts.size(); ++i)
      io.mapOptional(name(HostKind(i)).data(), table.constants.hosts[i]);
  }
};
template <> struct MappingTraits<ConstantsDocument> {
  static void mapping(IO &io, ConstantsDocument &document) {
    Constants &constants = document.constants;
    io.mapOptional("sources", document.sources);
    ClassTable classes{constants};
    io.mapOptional("classes", classes);
    HostTable hosts{constants};
    io.mapOptional("hosts", hosts);
    io.mapOptional("path_picojoule_per_bit", constants.picojoulePerBit);
    Section<Constants> uncertainty{constants, uncertaintyFields()};
    io.mapOptional("uncertainty", uncertainty);
    Section<Constants> site{constants, siteFields()};
    io.mapOptional("site", site);
  }
};

} // namespace llvm::yaml

namespace energyopt {

llvm::Expected<Constants> parseConstants(llvm::StringRef text, llvm::StringRef path,
                                         const Constants *base) {
  ConstantsDocument document;
  if (base)
    document.constants = *base;
  if (llvm::Error error = readYaml(text, path, document))
    return std::move(error);
  Constants constants = std::move(document.constants);
  editQuantities(constants, [&](llvm::StringRef, Quantity &number) {
    resolveSource(document.sources, number);
  });
  constants.hash = llvm::utohexstr(llvm::xxh3_64bits(text), /*LowerCase=*/true, /*Width=*/16);
  return constants;
}

llvm::Expected<const Constants &> builtinConstants() {
  static llvm::Expected<Constants> constants =
      parseConstants(embeddedConstants(), "constants.yaml");
  if (!constants)
    return llvm::createStringError("built-in constants are broken");
  return *constants;
}

} // namespace energyopt
