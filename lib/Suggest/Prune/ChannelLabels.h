//===- ChannelLabels.h - Elements of dims that stand or fall together -*- C++ -*-===//
//
// Each element of each dim belongs to a class, and classes join. Most dims of a
// model are the same as another as a whole, and most of the others stay as a
// whole: a dim has classes of its own only once somebody asks for one of them.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_SUGGEST_PRUNE_CHANNELLABELS_H
#define ENERGY_OPT_LIB_SUGGEST_PRUNE_CHANNELLABELS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>
#include <vector>

namespace energyopt {

/// A dim of a value, or some of its elements.
struct ChannelDim {
  int id = -1;
  int offset = 0;
  int64_t size = 0;
  ChannelDim part(int64_t begin, int64_t count) const { return {id, offset + int(begin), count}; }
};

class ChannelLabels {
public:
  /// `weighted`: of the weights of a layer, so that no run has it otherwise.
  ChannelDim newDim(int64_t size, bool weighted = false);
  /// Of all dims.
  int64_t elements() const { return total; }

  /// The class of an element, by one of its members: dense numbers from 0. A class
  /// that a dim gets only now has a number of at least the former classes().
  int classOf(ChannelDim dim, int64_t i) const { return find(firstOf(dim) + int(i)); }
  /// Those of all elements of a dim.
  std::vector<int> classesOf(ChannelDim dim) const;
  /// Calls `visit` with them, which gives no dim classes.
  template <typename Visit> void eachClass(ChannelDim dim, Visit visit) const {
    const int first = firstOf(dim);
    for (int i = 0; i < int(dim.size); ++i)
      visit(find(first + i));
  }
  int classes() const { return int(parent.size()); }
  /// False if the dim stays, or goes on, as a whole so far.
  bool hasClasses(ChannelDim dim) const { return dims[rootOf(dim.id)].first >= 0; }
  /// The dim of which this one is a copy, or itself.
  int rootOf(int id) const;
  bool isWhole(ChannelDim dim) const { return dim.offset == 0 && dim.size == dims[dim.id].size; }
  /// Gives classes to all dims; without `frozen`, to those that could shrink.
  void giveClasses(bool frozen) const;
  /// Calls `visit` with every dim that is not a copy of another.
  void eachDim(llvm::function_ref<void(ChannelDim)> visit) const;

  void join(int a, int b);
  void same(ChannelDim a, ChannelDim b);
  void freeze(int cls, llvm::StringRef why) { freezeClass(cls, numberOf(why)); }
  void freeze(ChannelDim dim, llvm::StringRef why);
  bool isFrozen(int cls) const { return frozen[find(cls)] != 0; }
  bool allFrozen(ChannelDim dim) const;
  /// Why a class, or the first of a dim, has to stay; "" if it has not.
  llvm::StringRef reason(int cls) const { return reasons[frozen[find(cls)]]; }
  llvm::StringRef reason(ChannelDim dim) const;
  bool isWeighted(ChannelDim dim) const;
  /// Whether heads of attention are told apart by it.
  bool isHead(int cls) const { return headMarks[find(cls)]; }

protected:
  void mark(ChannelDim heads);

private:
  struct Dim {
    int copyOf;     // itself if of none
    int first = -1; // its classes, if it has some
    int frozen = 0; // of all of it, before it has classes: index into reasons
    bool weighted = false;
    int64_t size = 0;
  };
  /// Halves the way to the root.
  int find(int label) const {
    while (int up = parent[label]) {
      parent[label] = up += parent[label + up];
      label += up;
    }
    return label;
  }
  int firstOf(ChannelDim dim) const;
  int numberOf(llvm::StringRef why);
  void freezeClass(int cls, int why);
  /// Makes `from`, which has no classes, a copy of `into`, which may have. Where both
  /// have a reason to stay, that of `from` counts unless `intoIsFirst`.
  void copy(Dim &from, Dim &into, bool intoIsFirst);

  int64_t total = 0;
  mutable std::vector<Dim> dims;
  /// By label: how far away its parent is, 0 for a root.
  mutable std::vector<int> parent;
  mutable std::vector<int> frozen;               // by root: index into reasons, 0 for free
  mutable std::vector<bool> headMarks, weighted; // by root
  std::vector<std::string> reasons{""};
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_PRUNE_CHANNELLABELS_H
