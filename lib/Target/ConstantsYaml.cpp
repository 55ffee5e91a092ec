//===- ConstantsYaml.cpp - The layout of the constants file ---------------===//

#include "ConstantsTraits.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace energyopt;

namespace {
struct ConstantsDocument {
  Constants constants;
  SourceTable sources;
};
} // namespace

namespace llvm::yaml {
template <> struct MappingTraits<ConstantsDocument> {
  static void mapping(IO &io, ConstantsDocument &document) {
    io.mapOptional("sources", document.sources);
    ConstantsBody body{document.constants};
    MappingTraits<ConstantsBody>::mapping(io, body);
  }
};
} // namespace llvm::yaml

namespace energyopt {

llvm::Expected<Constants> parseConstants(llvm::StringRef text, llvm::StringRef path,
                                         const Constants *base) {
  ConstantsDocument document;
  if (base)
    document.constants = *base;
  if (llvm::Error error = readYaml(text, path, document))
    return std::move(error);
  Constants constants = std::move(document.constants);
  editQuantities(constants, [&](const llvm::Twine &, Quantity &number) {
    resolveSource(document.sources, number);
  });
  constants.hash = llvm::utohexstr(llvm::xxh3_64bits(text), /*LowerCase=*/true, /*Width=*/16);
  return constants;
}

} // namespace energyopt
