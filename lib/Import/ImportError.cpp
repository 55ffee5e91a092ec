//===- ImportError.cpp - Names in messages --------------------------------===//

#include "Import/ImportError.h"

#include "llvm/ADT/StringExtras.h"

namespace energyopt {

std::string quoted(llvm::StringRef name) {
  std::string out = "'";
  for (unsigned char c : name.take_front(100)) {
    if (c < 0x20 || c == 0x7f)
      out += {'\\', 'x', llvm::hexdigit(c >> 4, true), llvm::hexdigit(c & 15, true)};
    else
      out += static_cast<char>(c);
  }
  return out + (name.size() > 100 ? "…'" : "'");
}

} // namespace energyopt
