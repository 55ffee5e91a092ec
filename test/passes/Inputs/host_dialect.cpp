// Stands for a host that owns the real `stablehlo`: one that knows no op at all.

#include "mlir/IR/Dialect.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"

namespace {
struct HostDialect : mlir::Dialect {
  explicit HostDialect(mlir::MLIRContext *context)
      : Dialect(getDialectNamespace(), context, mlir::TypeID::get<HostDialect>()) {}
  static llvm::StringRef getDialectNamespace() { return "stablehlo"; }
};
} // namespace

extern "C" mlir::DialectPluginLibraryInfo mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "Host", "1",
          [](mlir::DialectRegistry *registry) { registry->insert<HostDialect>(); }};
}
