//===- Heap.cpp - A heap in large pages -----------------------------------===//
//
// A graph of 50,000 nodes is 70 MB of small objects. In pages of 4 kB the system
// spends as much time on handing them out as the analysis takes; in pages of 2 MB
// next to none. malloc asks for such pages only where an environment variable has said
// so before the program starts (glibc.malloc.hugetlb of GLIBC_TUNABLES). So its heap
// grows once, at the start, by more than most graphs need, and they are asked for
// here: what is not touched takes addresses and no memory. Threads have heaps of their
// own, in which it is the same.
//
//===----------------------------------------------------------------------===//

#include "Import/Threads.h"

#include <cstdint>
#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static constexpr intptr_t kSmallPageBytes = 4 << 10, kLargePageBytes = 2 << 20;
/// MADV_COLLAPSE, since Linux 6.1. The C library of Debian 12 has no name for it.
static constexpr int kCollapse = 25;
static constexpr intptr_t kRoomBytes = 512 << 20, kThreadRoomBytes = 16 << 20;
/// Where malloc begins the heap of a thread: at a multiple of it.
static constexpr intptr_t kThreadHeapBytes = 64 << 20;

/// `at`, or what follows it, as a multiple of a large page.
static intptr_t roundedUp(intptr_t at) {
  return (at + kLargePageBytes - 1) / kLargePageBytes * kLargePageBytes;
}

/// Whether addresses are free (`ulimit -v` and `-d`).
static bool isUnlimited(decltype(RLIMIT_AS) resource) {
  rlimit limit = {};
  return getrlimit(resource, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

/// The heap of a new thread, which has been set aside with its first object.
static void makeThreadRoom() {
  void *first = std::malloc(1);
  auto at = reinterpret_cast<intptr_t>(first), begin = at / kThreadHeapBytes * kThreadHeapBytes;
  // Otherwise the heap is another's, who has done this before.
  if (first && at - begin < 2 * kSmallPageBytes) {
    auto *heap = reinterpret_cast<void *>(begin);
    madvise(heap, kThreadRoomBytes, MADV_HUGEPAGE);
    madvise(heap, kLargePageBytes, kCollapse); // malloc wrote to its front
  }
  std::free(first);
}

/// Before other constructors, since what they take is on the heap already.
[[gnu::constructor(101)]] static void makeRoom() {
  if (!isUnlimited(RLIMIT_AS) || !isUnlimited(RLIMIT_DATA))
    return;
  // A page that was touched cannot be part of a large one, and malloc writes where its
  // heap begins: in the page before the first large one.
  auto end = reinterpret_cast<intptr_t>(sbrk(0));
  const intptr_t page = getpagesize();
  if (sbrk(roundedUp(end + page) - page - end) == reinterpret_cast<void *>(-1))
    return;
  mallopt(M_TOP_PAD, kRoomBytes);
  auto first = reinterpret_cast<intptr_t>(std::malloc(1));
  mallopt(M_TOP_PAD, kThreadRoomBytes); // of heaps that are begun or grow from now on
  if (!first)                           // the system sets no memory aside that is not there
    return;
  intptr_t begin = roundedUp(first);
  madvise(reinterpret_cast<void *>(begin), first + kRoomBytes - begin, MADV_HUGEPAGE);
  std::free(reinterpret_cast<void *>(first));
  mallopt(M_TRIM_THRESHOLD, -1); // the room stays
  // What is larger is mapped apart, in small pages; malloc allows no more than this.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  energyopt::onThreadStart(makeThreadRoom);
}

#endif // __GLIBC__
