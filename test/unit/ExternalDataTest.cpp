//===- ExternalDataTest.cpp - Files that a model may refer to -------------===//

#include "ImportHelper.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <fstream>

using namespace energyopt;

namespace {

/// A directory with a data file, links, and a model beside them.
class ExternalDataTest : public ImportTest {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("energy-opt-test", root));
    ASSERT_FALSE(llvm::sys::fs::create_directory(root + "/model"));
    ASSERT_FALSE(llvm::sys::fs::create_directory(root + "/model/sub"));
    for (const char *file : {"/outside.bin", "/model/data.bin", "/model/sub/data.bin"})
      std::ofstream((root + file).str()) << "12345678";
    ASSERT_FALSE(llvm::sys::fs::create_link(root + "/outside.bin", root + "/model/link.bin"));
    ASSERT_FALSE(llvm::sys::fs::create_link(root.str(), root + "/model/parent"));
    ASSERT_FALSE(llvm::sys::fs::create_link("data.bin", root + "/model/inside.bin"));
    path = (root + "/model/model.onnx").str();
  }
  void TearDown() override { llvm::sys::fs::remove_directories(root); }

  static std::string withData(llvm::StringRef entries) {
    std::string out = "node { op_type: \"A\" input: \"w\" output: \"y\" } "
                      "output { name: \"y\" } "
                      "initializer { name: \"w\" dims: 1 data_type: 1 "
                      "data_location: EXTERNAL ";
    llvm::SmallVector<llvm::StringRef> parts;
    entries.split(parts, '|');
    for (llvm::StringRef part : parts)
      out += ("external_data { key: \"" + part.split('=').first + "\" value: \"" +
              part.split('=').second + "\" } ")
                 .str();
    return withModel(out + "}");
  }
  std::string dataError(llvm::StringRef entries, ImportOptions options = {}) {
    return errorOf(withData(entries), options);
  }

  llvm::SmallString<128> root;
};

TEST_F(ExternalDataTest, StaysInside) {
  EXPECT_EQ(dataError("location=data.bin"), "");
  EXPECT_EQ(dataError("location=./sub/data.bin|offset=4|length=4|checksum=x"), "");
  EXPECT_EQ(dataError("location=inside.bin"), ""); // a link that stays inside
  auto refused = [](llvm::StringRef location, llvm::StringRef why) {
    return ("initializer 'w': external data '" + location + "' " + why).str();
  };
  EXPECT_EQ(dataError("location=../outside.bin"),
            refused("../outside.bin", "leaves the model's directory"));
  EXPECT_EQ(dataError("location=sub/../../outside.bin"),
            refused("sub/../../outside.bin", "leaves the model's directory"));
  EXPECT_EQ(dataError("location=/etc/passwd"), refused("/etc/passwd", "is an absolute path"));
  EXPECT_EQ(dataError("location=..\\\\outside.bin"), refused("..\\outside.bin", "has backslashes"));
  EXPECT_EQ(dataError("location=C:/x"), refused("C:/x", "names a drive"));
  EXPECT_EQ(dataError("location=C:x"), refused("C:x", "names a drive"));
  EXPECT_EQ(dataError("location="), refused("", "is empty"));
  EXPECT_EQ(dataError("offset=0"), refused("", "is empty"));
  EXPECT_EQ(dataError("location=a\\000b"), refused("a\\x00b", "has control characters"));
  EXPECT_EQ(dataError("location=sub"), refused("sub", "is not a regular file"));
  EXPECT_EQ(dataError("location=link.bin"),
            refused("link.bin", "is a link that leaves the model's directory"));
  EXPECT_EQ(dataError("location=parent/outside.bin"),
            refused("parent/outside.bin", "is a link that leaves the model's directory"));
}

TEST_F(ExternalDataTest, TrustFollowsLinksOnly) {
  ImportOptions trust;
  trust.trustExternal = true;
  EXPECT_EQ(dataError("location=link.bin", trust), "");
  EXPECT_NE(dataError("location=../outside.bin", trust), "");
}

TEST_F(ExternalDataTest, Ranges) {
  EXPECT_EQ(dataError("location=data.bin|offset=-4"),
            "initializer 'w': external data has the offset '-4'");
  EXPECT_EQ(dataError("location=data.bin|length=4x"),
            "initializer 'w': external data has the length '4x'");
  EXPECT_EQ(dataError("location=data.bin|offset=99999999999999999999"),
            "initializer 'w': external data has the offset '99999999999999999999'");
  EXPECT_EQ(dataError("location=data.bin|length=8"),
            "initializer 'w': has 8 bytes of data where its dims ask for 4");
  EXPECT_EQ(dataError("location=data.bin|offset=5|length=4"),
            "initializer 'w': needs bytes 5 to 9 of external data 'data.bin', "
            "which has 8");
  EXPECT_EQ(dataError("location=data.bin|offset=9223372036854775807"),
            "initializer 'w': needs bytes 9223372036854775807 to "
            "9223372036854775811 of external data "
            "'data.bin', which has 8");
  EXPECT_EQ(dataError("location=data.bin|__class__=x"),
            "initializer 'w': external data has the unknown key '__class__'");
}

TEST_F(ExternalDataTest, AbsentFileIsANote) {
  importText(withData("location=gone.bin|offset=4|length=4"));
  EXPECT_EQ(model->notes, std::vector<std::string>{
                              "external data file 'gone.bin' is absent: its values are unknown"});
  WeightRef ref;
  ref.dtype = DType::F32;
  ref.elements = 1;
  ref.source = WeightRef::Source::External;
  ref.encoding = WeightRef::Encoding::Raw;
  ref.length = 4;
  ref.location = "gone.bin";
  EXPECT_EQ(llvm::toString(model->weights->floats(ref).takeError()),
            "external data file 'gone.bin' is absent\nput it beside the model");
}

} // namespace
