//===- YamlKeys.h - The keys that a mapping knows ---------------*- C++ -*-===//
//
// Asks the same traits that read a file for their keys, so that a complaint
// about an unknown one can name what was meant.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_TARGET_YAMLKEYS_H
#define ENERGY_OPT_LIB_TARGET_YAMLKEYS_H

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/YAMLTraits.h"

namespace energyopt {

/// Reads a document that has every key once, all of them empty, and notes them.
/// An Input, since LLVM takes for one what reads an optional value.
class KeyNoter final : public llvm::yaml::Input {
public:
  KeyNoter() : Input("x") { setCurrentDocument(); }

  llvm::StringSet<> found;

private:
  bool outputting() const override { return false; }
  unsigned beginSequence() override { return 1; }
  bool preflightElement(unsigned, void *&) override { return true; }
  void postflightElement(void *) override {}
  void endSequence() override {}
  bool canElideEmptySequence() override { return false; }
  unsigned beginFlowSequence() override { return 1; }
  bool preflightFlowElement(unsigned, void *&) override { return true; }
  void postflightFlowElement(void *) override {}
  void endFlowSequence() override {}
  bool mapTag(llvm::StringRef, bool isDefault) override { return isDefault; }
  void beginMapping() override {}
  void endMapping() override {}
  bool preflightKey(const char *key, bool, bool, bool &useDefault, void *&) override {
    found.insert(key);
    useDefault = false;
    return true;
  }
  void postflightKey(void *) override {}
  std::vector<llvm::StringRef> keys() override { return {}; }
  void beginFlowMapping() override {}
  void endFlowMapping() override {}
  void beginEnumScalar() override {}
  bool matchEnumScalar(const char *, bool) override { return false; }
  bool matchEnumFallback() override { return true; }
  void endEnumScalar() override {}
  bool beginBitSetScalar(bool &doClear) override { return doClear = false; }
  bool bitSetMatch(const char *, bool) override { return false; }
  void endBitSetScalar() override {}
  void scalarString(llvm::StringRef &text, llvm::yaml::QuotingType) override { text = ""; }
  void blockScalarString(llvm::StringRef &text) override { text = ""; }
  void scalarTag(std::string &) override {}
  llvm::yaml::NodeKind getNodeKind() override { return llvm::yaml::NodeKind::Map; }
  void setError(const llvm::Twine &) override {}
  void setAllowUnknownKeys(bool) override {}
};

/// Every key of a document that is read into a T.
template <typename T> llvm::StringSet<> keysOf() {
  KeyNoter noter;
  T probe;
  llvm::yaml::EmptyContext context;
  llvm::yaml::yamlize(noter, probe, /*Required=*/true, context);
  return std::move(noter.found);
}

/// "\nFILE: note: did you mean ...?" where `messages` complain about an unknown
/// key that is near to one of `keys`; else "".
std::string keyHint(llvm::StringRef messages, llvm::StringRef path, const llvm::StringSet<> &keys);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_TARGET_YAMLKEYS_H
