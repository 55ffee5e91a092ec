//===- Allocator.cpp - How jemalloc takes memory from the system ----------===//
//
// A graph of 50,000 nodes is 100 MB of small objects. In pages of 4 kB the system
// spends as much time on handing them out as the analysis takes; in pages of 2 MB
// next to none. One arena, since each thread would begin large pages of its own; what
// threads allocate comes from their caches. jemalloc reads this variable before
// anything is allocated.
//
//===----------------------------------------------------------------------===//

// NOLINTBEGIN(readability-identifier-naming): jemalloc's name
extern "C" {
extern const char *malloc_conf;
const char *malloc_conf = "narenas:1,thp:always,metadata_thp:auto,oversize_threshold:0";
}
// NOLINTEND(readability-identifier-naming)
