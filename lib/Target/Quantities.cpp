//===- Quantities.cpp - Walking the numbers of a sheet --------------------===//

#include "Schema.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace energyopt;

namespace {

/// Calls fn(path, number) for every number of the schema, given or not.
template <typename T, typename ObjectT, typename Fn>
void walkFields(const std::string &prefix, Fields<T> fields, ObjectT &object, Fn fn) {
  for (const Field<T> &field : fields)
    fn(prefix + field.key, object.*field.number);
}

template <typename TableT, typename Fn>
void walkTable(const std::string &prefix, TableT &table, Fn fn) {
  for (unsigned i = 0; i < kNumPrecisions; ++i)
    fn(prefix + name(Precision(i)).str(), table[i]);
}

template <typename TargetT, typename Fn> void walk(TargetT &target, Fn fn) {
  fn("process_node_nm", target.processNodeNm);
  for (const Part<ExecutionUnit> &part : unitParts()) {
    std::string prefix = std::string(part.key) + ".";
    auto &unit = target.*part.member;
    walkFields(prefix, unitFields(), unit, fn);
    walkTable(prefix + "peak_tera_ops.", unit.peakTeraOps, fn);
    walkTable(prefix + "picojoule_per_op.", unit.picojoulePerOp, fn);
  }
  for (const Part<MemoryLevel> &part : memoryParts())
    walkFields(std::string(part.key) + ".", memoryFields(), target.*part.member, fn);
  for (const Group &group : targetGroups())
    walkFields(std::string(group.key) + ".", group.fields, target, fn);
  walkFields("link.", linkFields(), target.link, fn);
  walkFields("network.", networkFields(), target.network, fn);
}

template <typename ConstantsT, typename Fn> void walkConstants(ConstantsT &constants, Fn fn) {
  for (unsigned i = 0; i < kNumDeviceClasses; ++i) {
    std::string prefix = name(DeviceClass(i)).str() + ".";
    auto &cls = constants.classes[i];
    walkFields(prefix, classFields(), cls, fn);
    for (auto &[runtime, numbers] : cls.runtimes)
      walkFields(prefix + "runtimes." + runtime + ".", runtimeFields(), numbers, fn);
  }
  for (unsigned i = 0; i < constants.hosts.size(); ++i)
    walkFields("hosts." + name(HostKind(i)).str() + ".", hostConstantFields(),
               constants.hosts[i], fn);
  for (auto &[technology, number] : constants.picojoulePerBit)
    fn("path_picojoule_per_bit." + technology, number);
  walkFields("uncertainty.", uncertaintyFields(), constants, fn);
  walkFields("site.", siteFields(), constants, fn);
  walkFields("link.", linkFields(), constants.link, fn);
  walkFields("network.", networkFields(), constants.network, fn);
}

void describeNumber(llvm::raw_ostream &os, llvm::StringRef path, const Quantity &number) {
  os << "  " << llvm::left_justify(path, 34) << llvm::format(" %10.6g", number.value);
  if (number.low != number.high)
    os << llvm::format("  [%.4g, %.4g]", number.low, number.high);
  os << "  " << name(number.kind) << ": " << number.source << '\n';
}

} // namespace

namespace energyopt {

void visitQuantities(const Target &target, QuantityVisitor visit) {
  walk(target, [&](const std::string &path, const Quantity &number) {
    if (number)
      visit(path, number);
  });
}

void visitQuantities(const Constants &constants, QuantityVisitor visit) {
  walkConstants(constants, [&](const std::string &path, const Quantity &number) {
    if (number)
      visit(path, number);
  });
}

void editQuantities(Target &target, QuantityEditor edit) { walk(target, edit); }
void editQuantities(Constants &constants, QuantityEditor edit) { walkConstants(constants, edit); }

template <typename T> static Quantity *find(T &object, llvm::StringRef path) {
  Quantity *found = nullptr;
  editQuantities(object, [&](llvm::StringRef each, Quantity &number) {
    if (each == path)
      found = &number;
  });
  return found;
}
Quantity *findQuantity(Target &target, llvm::StringRef path) { return find(target, path); }
Quantity *findQuantity(Constants &constants, llvm::StringRef path) {
  return find(constants, path);
}

std::string describe(const Target &target) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << target.name << ": " << target.title << "\n  class " << name(target.cls)
     << ", default runtime " << target.runtime << ", host " << name(target.host)
     << ", content hash " << target.hash << '\n';
  if (!target.aliases.empty()) {
    os << "  also called";
    for (const std::string &alias : target.aliases)
      os << ' ' << alias;
    os << '\n';
  }
  for (const Part<MemoryLevel> &part : memoryParts())
    if (!(target.*part.member).technology.empty())
      os << "  " << part.key << " is " << (target.*part.member).technology << '\n';
  visitQuantities(target, [&](llvm::StringRef path, const Quantity &number) {
    describeNumber(os, path, number);
  });
  return text;
}

} // namespace energyopt
