//===- TargetYaml.cpp - The layout of a target file -----------------------===//

#include "ConstantsTraits.h"
#include "TargetStore.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace energyopt;

namespace {

/// Files that extend each other deeper than this are a cycle or a mistake.
constexpr int kMaxExtends = 8;

struct TargetDocument {
  Target target;
  SourceTable sources;
  std::string extends;
  std::optional<Constants> constants;
  uint64_t baseHash = 0;
  int depth = 0;
};

/// Every `enum class` here ends at a known last value.
template <typename EnumT> void mapNames(llvm::yaml::IO &io, EnumT &value, EnumT last) {
  for (unsigned i = 0; i <= unsigned(last); ++i)
    io.enumCase(value, name(EnumT(i)).data(), EnumT(i));
}

/// The file's `constants`: a mapping over the built-in ones.
struct OwnConstants {
  std::optional<Constants> &constants;
};

/// Puts the target that the file extends in place, for the other keys to
/// change.
void startFromBase(llvm::yaml::IO &io, TargetDocument &document) {
  if (document.depth >= kMaxExtends)
    return io.setError("targets extend each other in a cycle or too deep");
  llvm::Expected<Target> base = loadBase(document.extends, document.depth + 1);
  if (!base)
    return io.setError(llvm::toString(base.takeError()));
  document.target = std::move(*base);
  document.target.aliases.clear();
  document.baseHash = llvm::xxh3_64bits(document.target.hash);
}

} // namespace

namespace llvm::yaml {

template <> struct ScalarEnumerationTraits<DeviceClass> {
  static void enumeration(IO &io, DeviceClass &value) { mapNames(io, value, DeviceClass::Mcu); }
};
template <> struct ScalarEnumerationTraits<UnitKind> {
  static void enumeration(IO &io, UnitKind &value) { mapNames(io, value, UnitKind::Scalar); }
};
template <> struct ScalarEnumerationTraits<HostKind> {
  static void enumeration(IO &io, HostKind &value) { mapNames(io, value, HostKind::Server); }
};

/// Maps a section of the file's own keys plus a table of numbers.
template <typename T> static void mapFields(IO &io, T &object, Fields<T> fields) {
  for (const Field<T> &field : fields)
    io.mapOptional(field.key, object.*field.number);
}

template <> struct MappingTraits<ExecutionUnit> {
  static void mapping(IO &io, ExecutionUnit &unit) {
    io.mapOptional("kind", unit.kind);
    mapFields(io, unit, unitFields());
    PrecisionTable peaks{unit.peakTeraOps}, energies{unit.picojoulePerOp};
    io.mapOptional("peak_tera_ops", peaks);
    io.mapOptional("picojoule_per_op", energies);
  }
};

template <> struct MappingTraits<MemoryLevel> {
  static void mapping(IO &io, MemoryLevel &level) {
    io.mapOptional("technology", level.technology);
    mapFields(io, level, memoryFields());
  }
};

/// The host section has a kind beside its numbers.
struct HostSection {
  Target &target;
};
template <> struct MappingTraits<HostSection> {
  static void mapping(IO &io, HostSection &host) {
    io.mapOptional("kind", host.target.host);
    mapFields(io, host.target, hostFields());
  }
};

template <> struct MappingTraits<OwnConstants> {
  static void mapping(IO &io, OwnConstants &own) {
    llvm::Expected<const Constants &> builtin = builtinConstants();
    if (!builtin)
      return io.setError(llvm::toString(builtin.takeError()));
    own.constants = *builtin;
    ConstantsBody body{*own.constants};
    MappingTraits<ConstantsBody>::mapping(io, body);
  }
};

template <> struct MappingTraits<TargetDocument> {
  static void mapping(IO &io, TargetDocument &document) {
    io.mapOptional("extend", document.extends);
    if (!document.extends.empty())
      startFromBase(io, document);
    io.mapOptional("sources", document.sources);
    Target &target = document.target;
    io.mapRequired("name", target.name);
    bool isNew = document.extends.empty();
    auto required = [&](const char *key, auto &value) {
      isNew ? io.mapRequired(key, value) : io.mapOptional(key, value);
    };
    required("title", target.title);
    required("class", target.cls);
    required("runtime", target.runtime);
    io.mapOptional("aliases", target.aliases);
    io.mapOptional("process_node_nm", target.processNodeNm);
    for (const Part<ExecutionUnit> &part : unitParts())
      io.mapOptional(part.key, target.*part.member);
    for (const Part<MemoryLevel> &part : memoryParts())
      io.mapOptional(part.key, target.*part.member);
    HostSection host{target};
    io.mapOptional("host", host);
    for (const Group &group : targetGroups()) {
      Section<Target> section{target, group.fields};
      if (llvm::StringRef(group.key) != "host")
        io.mapOptional(group.key, section);
    }
    Section<Link> link{target.link, linkFields()};
    io.mapOptional("link", link);
    Section<Network> network{target.network, networkFields()};
    io.mapOptional("network", network);
    OwnConstants own{document.constants};
    io.mapOptional("constants", own);
  }

  static std::string validate(IO &, TargetDocument &document) {
    const Target &target = document.target;
    if (target.name.empty())
      return "a target needs a name";
    if (!target.matrix.exists() && !target.vector.exists())
      return "a target needs 'matrix' or 'vector' with peak_tera_ops";
    if (!target.dram.bandwidthGbPerS && !target.scratchpad.bandwidthGbPerS)
      return "a target needs bandwidth_gb_per_s of 'dram' or 'scratchpad'";
    if (!target.activeW && !target.constantW && !target.runCurrentMa)
      return "a target needs active_w, constant_w or run_current_ma under 'power'";
    return "";
  }
};

} // namespace llvm::yaml

namespace energyopt {

llvm::Expected<Target> parseTarget(llvm::StringRef text, llvm::StringRef path, int depth) {
  TargetDocument document;
  document.depth = depth;
  if (llvm::Error error = readYaml(text, path, document))
    return std::move(error);
  if (document.target.name.empty())
    return llvm::createStringError(path + ": error: no target in this file");
  Target target = std::move(document.target);
  editQuantities(target, [&](const llvm::Twine &, Quantity &number) {
    resolveSource(document.sources, number);
  });
  if (document.constants) {
    editQuantities(*document.constants, [&](const llvm::Twine &, Quantity &number) {
      resolveSource(document.sources, number);
    });
    target.constants = std::make_shared<Constants>(std::move(*document.constants));
  }
  uint64_t hash = llvm::xxh3_64bits(text) ^ document.baseHash;
  target.hash = llvm::utohexstr(hash, /*LowerCase=*/true, /*Width=*/16);
  return target;
}

} // namespace energyopt
