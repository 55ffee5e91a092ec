//===- Plugin.cpp - Entry points for mlir-opt -----------------------------===//
//
// One shared object, both kinds of plugin. It links neither MLIR nor LLVM: the
// host has them, and a second copy would be a second set of type identities.
// MLIR knows no versions of plugins beyond that of the entry structure, so that
// of LLVM is compared here.
//
//===----------------------------------------------------------------------===//

#include "Passes.h"

#include "energy-opt/OnnxDialect.h"
#include "energy-opt/Register.h"

#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "llvm-c/Core.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/raw_ostream.h"

using namespace energyopt;

/// True if the host is the LLVM that this was built for; says so if not.
static bool hostFits() {
  unsigned major, minor, patch;
  LLVMGetVersion(&major, &minor, &patch);
  if (major == LLVM_VERSION_MAJOR && minor == LLVM_VERSION_MINOR)
    return true;
  llvm::errs() << "energy-opt: this plugin is built for MLIR " LLVM_VERSION_STRING
                  " and cannot run in "
               << major << '.' << minor << '.' << patch << '\n';
  return false;
}

static void registerPasses() {
  if (hostFits())
    energyopt::registerEnergyPasses();
}

/// Thin dialects stand in for what the host lacks, and only for that.
static void registerDialects(mlir::DialectRegistry *registry) {
  if (!hostFits())
    return;
  if (!registry->getDialectAllocator(OnnxDialect::getDialectNamespace()))
    registry->insert<OnnxDialect>();
  registerThinDialects(*registry);
  registerLinalgWork(*registry);
  energyopt::registerEnergyPasses();
}

extern "C" LLVM_ATTRIBUTE_WEAK mlir::PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "EnergyOpt", LLVM_VERSION_STRING, registerPasses};
}

extern "C" LLVM_ATTRIBUTE_WEAK mlir::DialectPluginLibraryInfo mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "EnergyOpt", LLVM_VERSION_STRING, registerDialects};
}
