//===- ConstantsTraits.h - Constants as a YAML mapping ----------*- C++ -*-===//
//
// Shared by the constants file and by the `constants` section of a target.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_TARGET_CONSTANTSTRAITS_H
#define ENERGY_OPT_LIB_TARGET_CONSTANTSTRAITS_H

#include "YamlTraits.h"

namespace energyopt {

using QuantityMap = std::map<std::string, Quantity>;
using RuntimeMap = std::map<std::string, RuntimeConstants>;

struct ClassTable {
  Constants &constants;
};
struct HostTable {
  Constants &constants;
};
/// All keys of the constants; those that are absent keep their value.
struct ConstantsBody {
  Constants &constants;
};

} // namespace energyopt

namespace llvm::yaml {

template <> struct CustomMappingTraits<energyopt::QuantityMap> {
  static void inputOne(IO &io, StringRef key, energyopt::QuantityMap &map) {
    io.mapRequired(key.str().c_str(), map[key.str()]);
  }
  static void output(IO &, energyopt::QuantityMap &) {}
};
template <> struct MappingTraits<energyopt::RuntimeConstants> {
  static void mapping(IO &io, energyopt::RuntimeConstants &runtime) {
    for (const auto &field : energyopt::runtimeFields())
      io.mapOptional(field.key, runtime.*field.number);
  }
};
template <> struct CustomMappingTraits<energyopt::RuntimeMap> {
  static void inputOne(IO &io, StringRef key, energyopt::RuntimeMap &map) {
    io.mapRequired(key.str().c_str(), map[key.str()]);
  }
  static void output(IO &, energyopt::RuntimeMap &) {}
};
template <> struct MappingTraits<energyopt::ClassConstants> {
  static void mapping(IO &io, energyopt::ClassConstants &cls) {
    for (const auto &field : energyopt::classFields())
      io.mapOptional(field.key, cls.*field.number);
    io.mapOptional("runtimes", cls.runtimes);
  }
};
template <> struct MappingTraits<energyopt::ClassTable> {
  static void mapping(IO &io, energyopt::ClassTable &table) {
    for (unsigned i = 0; i < energyopt::kNumDeviceClasses; ++i)
      io.mapOptional(name(energyopt::DeviceClass(i)).data(), table.constants.classes[i]);
  }
};
template <> struct MappingTraits<energyopt::HostConstants> {
  static void mapping(IO &io, energyopt::HostConstants &host) {
    for (const auto &field : energyopt::hostConstantFields())
      io.mapOptional(field.key, host.*field.number);
  }
};
template <> struct MappingTraits<energyopt::HostTable> {
  static void mapping(IO &io, energyopt::HostTable &table) {
    for (unsigned i = 0; i < table.constants.hosts.size(); ++i)
      io.mapOptional(name(energyopt::HostKind(i)).data(), table.constants.hosts[i]);
  }
};
template <> struct MappingTraits<energyopt::ConstantsBody> {
  static void mapping(IO &io, energyopt::ConstantsBody &body) {
    energyopt::Constants &constants = body.constants;
    energyopt::ClassTable classes{constants};
    io.mapOptional("classes", classes);
    energyopt::HostTable hosts{constants};
    io.mapOptional("hosts", hosts);
    io.mapOptional("path_picojoule_per_bit", constants.picojoulePerBit);
    // Replaces the list as a whole: read into the one that is there, a shorter
    // list would keep that one's tail.
    std::vector<std::string> calibrated;
    io.mapOptional("calibrated", calibrated, constants.calibrated);
    constants.calibrated = std::move(calibrated);
    energyopt::Section<energyopt::Constants> uncertainty{constants, energyopt::uncertaintyFields()};
    io.mapOptional("uncertainty", uncertainty);
    energyopt::Section<energyopt::Constants> site{constants, energyopt::siteFields()};
    io.mapOptional("site", site);
    energyopt::Section<energyopt::Link> link{constants.link, energyopt::linkFields()};
    io.mapOptional("link", link);
    energyopt::Section<energyopt::Network> network{constants.network, energyopt::networkFields()};
    io.mapOptional("network", network);
  }
};

} // namespace llvm::yaml

#endif // ENERGY_OPT_LIB_TARGET_CONSTANTSTRAITS_H
