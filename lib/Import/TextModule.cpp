//===- TextModule.cpp - The part of the importer that reads text ----------===//

#include "Import/TextModule.h"

#include "Import/Formats.h"

using namespace energyopt;

void energyOptEncodeText(uint8_t format, const char *text, size_t size, void *result,
                         EnergyOptTextDone done) {
  llvm::StringRef content(text, size);
  auto bytes = static_cast<ModelFormat>(format) == ModelFormat::OnnxText ? encodeOnnxText(content)
                                                                         : encodeProtoText(content);
  if (bytes)
    return done(result, (*bytes)->getBufferStart(), (*bytes)->getBufferSize(), true);
  std::string message = llvm::toString(bytes.takeError());
  done(result, message.data(), message.size(), false);
}
