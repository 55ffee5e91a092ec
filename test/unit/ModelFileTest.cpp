//===- ModelFileTest.cpp - Files read without their payloads --------------===//

#include "ImportHelper.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"

#include <random>

using namespace energyopt;

namespace {
/// What a file on disk, read without its payloads, imports as, against the
/// same bytes in memory, of which nothing is left out.
class ModelFileTest : public ImportTest {
protected:
  static std::string repeat(llvm::StringRef text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i)
      out += text;
    return out;
  }

  /// Payloads of every encoding, longer and shorter than what is kept, in every
  /// message that holds a tensor.
  static std::string withPayloads() {
    std::string raw = repeat("abcdefgh", 300); // 600 floats
    std::string floats = repeat("float_data: 1.5 ", 600);
    std::string longs = repeat("int64_data: 300 ", 700) + repeat("int64_data: 7 ", 70000);
    std::string tensor = "name: \"t\" data_type: 1 dims: 600 raw_data: \"" + raw + "\"";
    return "ir_version: 8 opset_import { version: 17 } opset_import { domain: \"local\" version: 1 "
           "}"
           " doc_string: \"" +
           raw + "\" training_info { initialization { doc_string: \"" + raw +
           "\" } }"
           " functions { name: \"F\" domain: \"local\" output: \"y\" opset_import { version: 17 }"
           "   node { op_type: \"Constant\" output: \"y\" attribute { name: \"value\" type: TENSOR "
           "t { " +
           tensor +
           " } } } }"
           " graph { name: \"g\""
           "   node { op_type: \"Constant\" output: \"c\" attribute { name: \"value\" type: TENSOR "
           "t { " +
           tensor +
           " } doc_string: \"behind\" } }"
           "   node { op_type: \"F\" domain: \"local\" output: \"f\" }"
           "   node { op_type: \"If\" name: \"branch\" input: \"cond\" output: \"i\""
           "     attribute { name: \"then_branch\" type: GRAPH g { name: \"then\""
           "       initializer { " +
           tensor +
           " } output { name: \"t\" } } }"
           "     attribute { name: \"else_branch\" type: GRAPH g { name: \"else\""
           "       node { op_type: \"Neg\" input: \"a\" output: \"n\" } output { name: \"n\" } } } "
           "}"
           "   node { op_type: \"Add\" input: \"a\" input: \"b\" output: \"s\" }"
           "   node { op_type: \"Gather\" input: \"s\" input: \"k\" output: \"y\" }"
           "   initializer { name: \"a\" data_type: 1 dims: 600 raw_data: \"" +
           raw +
           "\" }"
           "   initializer { data_type: 1 dims: 600 " +
           floats + " name: \"b\" doc_string: \"" + raw +
           "\" }"
           "   initializer { data_type: 7 dims: 70700 " +
           longs +
           " name: \"k\" }"
           "   initializer { data_type: 1 dims: 2 name: \"small\" raw_data: \"abcdefgh\" }"
           "   input { name: \"cond\" type { tensor_type { elem_type: 9 shape { } } } }"
           "   output { name: \"y\" } output { name: \"i\" } output { name: \"c\" } output { name: "
           "\"f\" }"
           "   value_info { name: \"s\" type { tensor_type { elem_type: 1 shape { dim { dim_value: "
           "600 } } } } } }"
           " metadata_props { key: \"k\" value: \"" +
           raw + "\" }";
  }

  std::string describe(llvm::Expected<ImportedModel> result) {
    return result ? print(*result->module) : "error: " + llvm::toString(result.takeError());
  }

  /// Both ways: (from a file, from memory).
  std::pair<std::string, std::string> importBoth(llvm::StringRef bytes) {
    llvm::SmallString<128> file;
    std::error_code error = llvm::sys::fs::createTemporaryFile("model", "onnx", file);
    EXPECT_FALSE(error) << error.message();
    llvm::FileRemover remover(file);
    {
      llvm::raw_fd_ostream out(file, error);
      out << bytes;
    }
    auto mapped = llvm::MemoryBuffer::getFile(file, /*IsText=*/false,
                                              /*RequiresNullTerminator=*/false);
    EXPECT_TRUE(mapped && (*mapped)->getBufferKind() == llvm::MemoryBuffer::MemoryBuffer_MMap);
    return {describe(importOnnx(context, std::move(*mapped), path, {})),
            describe(tryImport(bytes))};
  }
};
} // namespace

TEST_F(ModelFileTest, PayloadsLeftOutChangeNothing) {
  importText(withPayloads());
  auto [fromFile, fromMemory] = importBoth(model->weights->modelBytes());
  EXPECT_EQ(fromFile, fromMemory);
  EXPECT_EQ(fromMemory.find("error: "), std::string::npos);
}

TEST_F(ModelFileTest, ReferencesLeadToTheFilesBytes) {
  importText(withPayloads());
  llvm::StringRef bytes = model->weights->modelBytes();
  std::string raw = repeat("abcdefgh", 300);
  unsigned found = 0;
  model->module->walk([&](mlir::Operation *op) {
    auto encoding = op->getAttrOfType<mlir::StringAttr>("encoding");
    if (!encoding || encoding.getValue() != "raw")
      return;
    auto offset = op->getAttrOfType<mlir::IntegerAttr>("offset").getInt();
    auto length = op->getAttrOfType<mlir::IntegerAttr>("length").getInt();
    EXPECT_EQ(bytes.substr(offset, length), llvm::StringRef(raw).take_front(length));
    ++found;
  });
  EXPECT_EQ(found, 3u); // a, small, and t of the branch
}

TEST_F(ModelFileTest, DamageIsReportedAlike) {
  importText(withPayloads());
  std::string bytes = model->weights->modelBytes().str();
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    std::string damaged = bytes;
    // Headers are rare among payloads: every other time, beside one of them.
    size_t at = random() % bytes.size();
    if (i % 2)
      at = std::min(bytes.find("abcdefgh", at), bytes.size() - 1) - random() % 12;
    if (i % 3 == 0)
      damaged.resize(std::max<size_t>(at, 1 << 15)); // smaller files are not mapped
    else
      damaged[std::min(at, bytes.size() - 1)] = static_cast<char>(random());
    auto [fromFile, fromMemory] = importBoth(damaged);
    ASSERT_EQ(fromFile, fromMemory) << "mutation " << i << " at " << at;
  }
}
