//===- Formats.cpp - What kind of file a model is -------------------------===//

#include "Import/Formats.h"

#include "Import/ImportError.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace energyopt {

llvm::StringRef formatName(ModelFormat format) {
  switch (format) {
  case ModelFormat::Binary:
    return "onnx";
  case ModelFormat::OnnxText:
    return "onnxtxt";
  case ModelFormat::ProtoText:
    return "textproto";
  }
  return "";
}

namespace {
struct Magic {
  size_t offset;
  llvm::StringLiteral bytes;
  const char *what, *mend;
};
} // namespace

#define BYTES(literal) llvm::StringLiteral(literal)
/// What people pass by mistake. Where a format has no magic number, what its
/// writers begin with.
static constexpr Magic kMagics[] = {
    {0, BYTES("PK\x03\x04"), "a zip archive (a PyTorch or Keras file?)",
     "export the model to ONNX, or unpack the .onnx file from the archive"},
    {0, BYTES("\x80\x02"), "a Python pickle (a PyTorch file?)", "export it with torch.onnx.export"},
    {0, BYTES("\x80\x03"), "a Python pickle", "export the model to ONNX"},
    {0, BYTES("\x80\x04"), "a Python pickle", "export the model to ONNX"},
    {0, BYTES("\x80\x05"), "a Python pickle", "export the model to ONNX"},
    {0, BYTES("\x89HDF\r\n"), "an HDF5 file (Keras?)", "convert it with tf2onnx"},
    {4, BYTES("TFL3"), "a TFLite model", "convert it with tf2onnx --tflite"},
    {4, BYTES("ORTM"), "a model in ONNX Runtime's ORT format",
     "pass the .onnx file it was made of"},
    {0, BYTES("ML\xefR"), "MLIR bytecode", "name the file .mlirbc"},
    {0, BYTES("\x1f\x8b"), "gzip-compressed", "decompress it first"},
    {0, BYTES("BZh"), "bzip2-compressed", "decompress it first"},
    {0,
     BYTES("\xfd"
           "7zXZ"),
     "xz-compressed", "decompress it first"},
    {0, BYTES("\x28\xb5\x2f\xfd"), "zstd-compressed", "decompress it first"},
    {0, BYTES("GGUF"), "a GGUF model", "export the original model to ONNX"},
    {0,
     BYTES("\x7f"
           "ELF"),
     "an executable", "pass an .onnx file"},
    {0, BYTES("MZ"), "an executable", "pass an .onnx file"},
    {0, BYTES("\x89PNG"), "a picture", "pass an .onnx file"},
    {0, BYTES("\x93NUMPY"), "a NumPy array", "pass an .onnx file"},
    {0, BYTES("%PDF"), "a PDF document", "pass an .onnx file"},
    {8, BYTES("{\""), "a safetensors file, weights without a graph", "export the model to ONNX"},
};
#undef BYTES

/// The same for text, by its first characters.
static constexpr Magic kTextMagics[] = {
    {0, llvm::StringLiteral("version https://git-lfs"), "a Git LFS pointer", "run git lfs pull"},
    {0, llvm::StringLiteral("{"), "JSON", "pass an .onnx file, or protobuf text"},
    {0, llvm::StringLiteral("["), "JSON", "pass an .onnx file, or protobuf text"},
    {0, llvm::StringLiteral("<?xml"), "XML (an OpenVINO model?)",
     "pass the .onnx file it was made of"},
    {0, llvm::StringLiteral("<!"), "a web page", "the download went wrong; fetch the raw file"},
    {0, llvm::StringLiteral("<html"), "a web page", "the download went wrong; fetch the raw file"},
    {0, llvm::StringLiteral("module"), "MLIR text", "name the file .mlir"},
    {0, llvm::StringLiteral("func."), "MLIR text", "name the file .mlir"},
    {0, llvm::StringLiteral("import "), "Python source", "pass the .onnx file that it exports"},
};

static llvm::Error refuse(llvm::ArrayRef<Magic> magics, llvm::StringRef content) {
  for (const Magic &magic : magics)
    if (content.drop_front(std::min(magic.offset, content.size())).starts_with(magic.bytes))
      return importError("this is no ONNX model but " + llvm::Twine(magic.what), magic.mend);
  return llvm::Error::success();
}

/// Printable, by its first bytes: protobuf's tags and lengths are not.
static bool isText(llvm::StringRef content) {
  return llvm::all_of(content.take_front(4096), [](char c) {
    unsigned char byte = c;
    return byte >= 0x20 ? byte != 0x7f
                        : byte == '\n' || byte == '\r' || byte == '\t' || byte == '\f';
  });
}

/// Without the white space and # comments in front.
static llvm::StringRef skipComments(llvm::StringRef text) {
  while (true) {
    text = text.ltrim();
    if (!text.starts_with("#"))
      return text;
    text = text.drop_until([](char c) { return c == '\n'; });
  }
}

llvm::Expected<ModelFormat> detectFormat(llvm::StringRef content) {
  if (content.empty())
    return importError("the file is empty", "pass the .onnx file of a model");
  if (!isText(content)) {
    if (llvm::Error error = refuse(kMagics, content))
      return error;
    return ModelFormat::Binary;
  }
  content.consume_front("\xef\xbb\xbf"); // byte order mark
  llvm::StringRef start = skipComments(content);
  if (start.empty())
    return importError("the file has nothing but white space and comments",
                       "pass the .onnx file of a model");
  if (llvm::Error error = refuse(kTextMagics, start))
    return error;
  if (start.starts_with("<"))
    return ModelFormat::OnnxText;
  // Field names are followed by a value or a message: `graph {`, `ir_version:
  // 8`.
  llvm::StringRef word = start.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
  llvm::StringRef next = skipComments(start.drop_front(word.size()));
  if (!word.empty() && (next.starts_with(":") || next.starts_with("{")))
    return ModelFormat::ProtoText;
  if (!word.empty() && next.starts_with("("))
    return ModelFormat::OnnxText;
  return importError("this text is neither ONNX text nor protobuf text",
                     "ONNX text starts with '<ir_version: …', protobuf text "
                     "with a field such as "
                     "'ir_version: 8'");
}

} // namespace energyopt
