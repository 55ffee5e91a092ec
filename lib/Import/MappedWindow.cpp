//===- MappedWindow.cpp - The part of a file that is being read -----------===//

#include "Import/MappedWindow.h"

#include <sys/mman.h>

namespace energyopt {

// Since Linux 5.14; kernels that do not know it leave the pages to be read one by one.
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

static void advise(llvm::ArrayRef<uint8_t> bytes, int advice) {
  if (!bytes.empty())
    (void)::madvise(const_cast<uint8_t *>(bytes.data()), bytes.size(), advice);
}

void MappedWindow::moveTo(llvm::ArrayRef<uint8_t> file, const uint8_t *at) {
  constexpr size_t kBytes = 4 << 20; // a multiple of any page's size
  if (at >= current.begin() && at < current.end())
    return;
  size_t begin = static_cast<size_t>(at - file.data()) / kBytes * kBytes;
  advise(current, MADV_DONTNEED);
  current = begin < file.size() ? file.drop_front(begin).take_front(kBytes) : llvm::ArrayRef<uint8_t>();
  advise(current, MADV_POPULATE_READ);
}

} // namespace energyopt
