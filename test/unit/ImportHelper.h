//===- ImportHelper.h - Imports models written in tests ---------*- C++ -*-===//

#ifndef ENERGY_OPT_TEST_UNIT_IMPORTHELPER_H
#define ENERGY_OPT_TEST_UNIT_IMPORTHELPER_H

#include "energy-opt/OnnxDialect.h"
#include "energy-opt/OnnxImporter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

namespace energyopt {

class ImportTest : public ::testing::Test {
protected:
  /// Imports a file of any format with that content.
  llvm::Expected<ImportedModel> tryImport(llvm::StringRef content, ImportOptions options = {}) {
    auto buffer = llvm::MemoryBuffer::getMemBufferCopy(content);
    return importOnnx(context, std::move(buffer), path, options);
  }
  void importText(llvm::StringRef content, ImportOptions options = {}) {
    auto result = tryImport(content, options);
    if (!result) {
      FAIL() << llvm::toString(result.takeError());
    }
    model = std::move(*result);
  }
  /// Imports the fields of a GraphProto, in protobuf text.
  void importGraph(llvm::StringRef fields) { importText(withModel(fields)); }
  static std::string withModel(llvm::StringRef fields) {
    return ("ir_version: 8 opset_import { version: 17 } graph { name: \"g\" " + fields + " }")
        .str();
  }
  /// The first line of the error; "" if the import succeeds.
  std::string errorOf(llvm::StringRef content, ImportOptions options = {}) {
    auto result = tryImport(content, options);
    if (result)
      return "";
    std::string message = llvm::toString(result.takeError());
    auto [what, mend] = llvm::StringRef(message).split('\n');
    EXPECT_FALSE(mend.empty()) << "no way to mend: " << message;
    EXPECT_EQ(mend.count('\n'), 0u) << message;
    return what.str();
  }
  std::string graphError(llvm::StringRef fields) { return errorOf(withModel(fields)); }

  static std::string print(mlir::ModuleOp module) {
    spellNodeLocations(module);
    std::string out;
    llvm::raw_string_ostream os(out);
    module.print(os, mlir::OpPrintingFlags().enableDebugInfo());
    return out;
  }
  std::string print() { return print(*model->module); }

  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  std::string path = "model.onnx";
  std::optional<ImportedModel> model;
};

} // namespace energyopt

#endif // ENERGY_OPT_TEST_UNIT_IMPORTHELPER_H
