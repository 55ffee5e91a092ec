//===- Schema.h - The keys of target and constants files --------*- C++ -*-===//
//
// Each table is the schema of one section: its keys, where their numbers go
// and what they mean. Parsing, printing, calibration and docs/targets.md all
// read these tables.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_TARGET_SCHEMA_H
#define ENERGY_OPT_LIB_TARGET_SCHEMA_H

#include "energy-opt/Target.h"

#include "llvm/ADT/Twine.h"

namespace energyopt {

template <typename T> struct Field {
  const char *key;
  Quantity T::*number;
  const char *meaning;
};
template <typename T> using Fields = llvm::ArrayRef<Field<T>>;

Fields<ExecutionUnit> unitFields();
Fields<MemoryLevel> memoryFields();
Fields<Target> dispatchFields();
Fields<Target> powerFields();
Fields<Target> hostFields();
Fields<Link> linkFields();
Fields<Network> networkFields();
Fields<Target> embodiedFields();
Fields<Target> calibrationFields();
Fields<ClassConstants> classFields();
Fields<RuntimeConstants> runtimeFields();
Fields<HostConstants> hostConstantFields();
Fields<Constants> uncertaintyFields();
Fields<Constants> siteFields();

/// A named part of a Target with its fields; the visitor of all of them.
template <typename T> struct Part {
  const char *key;
  T Target::*member;
};
llvm::ArrayRef<Part<ExecutionUnit>> unitParts();
llvm::ArrayRef<Part<MemoryLevel>> memoryParts();

/// A named group of a Target's own numbers.
struct Group {
  const char *key;
  Fields<Target> fields;
};
llvm::ArrayRef<Group> targetGroups();

/// visitQuantities for changing the numbers, those not given included.
using QuantityEditor = llvm::function_ref<void(const llvm::Twine &path, Quantity &)>;
void editQuantities(Target &target, QuantityEditor edit);
void editQuantities(Constants &constants, QuantityEditor edit);

llvm::StringRef name(UnitKind kind);
llvm::StringRef name(HostKind kind);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_TARGET_SCHEMA_H
