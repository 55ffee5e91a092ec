//===- Nearest.cpp - What a misspelt name was meant to be -----------------===//

#include "Shape/Nearest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

using namespace llvm;

namespace energyopt {

/// How far a name may be a slip: beyond a third of its letters it is another.
static unsigned slipsOf(StringRef name) { return name.size() / 3 + (name.size() < 3 ? 0 : 1); }

/// Where the words of a name begin, and its end.
static SmallVector<size_t, 8> wordStarts(StringRef name) {
  SmallVector<size_t, 8> starts{0};
  for (size_t i = 0; i < name.size(); ++i)
    if (StringRef("-_./: ").contains(name[i]))
      starts.push_back(i + 1);
  starts.push_back(name.size() + 1);
  return starts;
}

/// Calls `visit` with every run of whole words of `name` but the whole.
static void visitParts(StringRef name, function_ref<void(StringRef)> visit) {
  constexpr size_t kMostWords = 16; // more are no name that a person types
  SmallVector<size_t, 8> starts = wordStarts(name);
  size_t words = std::min(starts.size() - 1, kMostWords);
  for (size_t from = 0; from < words; ++from)
    for (size_t to = from + 1; to <= words; ++to)
      if (to - from < words)
        visit(name.slice(starts[from], starts[to] - 1));
}

/// 0 for the same name, more for less likely ones; nullopt for another name.
static std::optional<unsigned> distance(StringRef name, StringRef known) {
  if (known.equals_insensitive(name))
    return 0;
  bool isPart = false;
  unsigned slips = slipsOf(name), fewest = slips + 1;
  visitParts(known, [&](StringRef part) {
    isPart |= part.equals_insensitive(name);
    if (name.size() > 2)
      fewest = std::min(fewest, part.edit_distance_insensitive(name, true, slips));
  });
  if (isPart)
    return 1;
  if (name.size() > 1 && known.starts_with_insensitive(name))
    return 2;
  if (name.size() > 2 && known.contains_insensitive(name))
    return 3;
  // Of the same number of slips, one in the whole name is likelier.
  unsigned whole = known.edit_distance_insensitive(name, true, slips);
  if (whole <= slips && whole <= fewest)
    return 2 + 2 * whole;
  if (fewest <= slips)
    return 3 + 2 * fewest;
  return std::nullopt;
}

std::vector<StringRef> nearest(StringRef name, ArrayRef<StringRef> known) {
  std::vector<StringRef> found;
  if (name.empty())
    return found;
  unsigned best = ~0u;
  for (StringRef candidate : known) {
    std::optional<unsigned> far = distance(name, candidate);
    if (!far || *far > best || is_contained(found, candidate))
      continue;
    if (*far < best)
      found.clear();
    best = *far;
    found.push_back(candidate);
  }
  return found;
}

std::string didYouMean(ArrayRef<StringRef> near) {
  constexpr size_t kMost = 4;
  near = near.take_front(kMost);
  if (near.empty())
    return "";
  std::string text = "did you mean ";
  for (const StringRef &candidate : near) {
    bool first = &candidate == &near.front(), last = &candidate == &near.back();
    text += (first ? "'" : last ? " or '" : ", '") + candidate.str() + "'";
  }
  return text + "?";
}

std::string didYouMean(StringRef name, ArrayRef<StringRef> known) {
  return didYouMean(nearest(name, known));
}

} // namespace energyopt
