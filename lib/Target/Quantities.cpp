//===- Quantities.cpp - Walking the numbers of a sheet --------------------===//

#include "Schema.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace energyopt;

namespace {

/// Calls fn(path, number) for every number of the schema, given or not. Few look at
/// the path: it is put together by those that do.
template <typename T, typename ObjectT, typename Fn>
void walkFields(const llvm::Twine &prefix, Fields<T> fields, ObjectT &object, Fn fn) {
  for (const Field<T> &field : fields)
    fn(prefix + field.key, object.*field.number);
}

template <typename TableT, typename Fn>
void walkTable(const llvm::Twine &prefix, TableT &table, Fn fn) {
  for (unsigned i = 0; i < kNumPrecisions; ++i)
    fn(prefix + name(Precision(i)), table[i]);
}

template <typename TargetT, typename Fn> void walk(TargetT &target, Fn fn) {
  fn("process_node_nm", target.processNodeNm);
  for (const Part<ExecutionUnit> &part : unitParts()) {
    const llvm::StringRef key = part.key;
    auto &unit = target.*part.member;
    walkFields(key + ".", unitFields(), unit, fn);
    walkTable(key + ".peak_tera_ops.", unit.peakTeraOps, fn);
    walkTable(key + ".picojoule_per_op.", unit.picojoulePerOp, fn);
  }
  for (const Part<MemoryLevel> &part : memoryParts())
    walkFields(llvm::Twine(part.key) + ".", memoryFields(), target.*part.member, fn);
  for (const Group &group : targetGroups())
    walkFields(llvm::Twine(group.key) + ".", group.fields, target, fn);
  walkFields("link.", linkFields(), target.link, fn);
  walkFields("network.", networkFields(), target.network, fn);
}

template <typename ConstantsT, typename Fn> void walkConstants(ConstantsT &constants, Fn fn) {
  for (unsigned i = 0; i < kNumDeviceClasses; ++i) {
    const llvm::StringRef key = name(DeviceClass(i));
    auto &cls = constants.classes[i];
    walkFields(key + ".", classFields(), cls, fn);
    for (auto &[runtime, numbers] : cls.runtimes)
      walkFields(key + ".runtimes." + runtime + ".", runtimeFields(), numbers, fn);
  }
  for (unsigned i = 0; i < constants.hosts.size(); ++i)
    walkFields("hosts." + name(HostKind(i)) + ".", hostConstantFields(), constants.hosts[i], fn);
  for (auto &[technology, number] : constants.picojoulePerBit)
    fn(llvm::Twine("path_picojoule_per_bit.") + technology, number);
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
  walk(target, [&](const llvm::Twine &path, const Quantity &number) {
    if (number)
      visit(path.str(), number);
  });
}

void visitQuantities(const Constants &constants, QuantityVisitor visit) {
  walkConstants(constants, [&](const llvm::Twine &path, const Quantity &number) {
    if (number)
      visit(path.str(), number);
  });
}

void editQuantities(Target &target, QuantityEditor edit) { walk(target, edit); }
void editQuantities(Constants &constants, QuantityEditor edit) { walkConstants(constants, edit); }

template <typename T> static Quantity *find(T &object, llvm::StringRef path) {
  Quantity *found = nullptr;
  editQuantities(object, [&](const llvm::Twine &each, Quantity &number) {
    if (each.str() == path)
      found = &number;
  });
  return found;
}
Quantity *findQuantity(Target &target, llvm::StringRef path) { return find(target, path); }
Quantity *findQuantity(Constants &constants, llvm::StringRef path) { return find(constants, path); }

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
