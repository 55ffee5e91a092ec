//===- Liveness.cpp - Which tensors stay on chip between kernels ----------===//
//
// KN6: the kernels in order of execution. A tensor wants room from the kernel
// that makes it, or of an input first reads it, to the last that reads it; what
// a kernel reads and what it makes are there at the same time. If room runs
// out, the tensor goes whose next use is furthest away (Belady 1966): it is
// written to DRAM and read back, and may stay from then on. O(n log n).
//
//===----------------------------------------------------------------------===//

#include "Residency.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <set>

using namespace energyopt;

namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

/// Something that happens to a tensor at a time: kernels have even times.
struct Event {
  int64_t time;
  int32_t root;
  int32_t transfer = -1; // of `loads`; -1: nothing moves
  int32_t join = -1;     // row of a concat that nobody runs: it makes `root`
  int64_t next = kNever; // when `root` is used again
};

class Liveness {
public:
  Liveness(const GraphIndex &index, const KernelPlan &plan, double room, Loads &loads)
      : index(index), graph(index.graph), plan(plan), room(room), loads(loads),
        slots(graph.tensors.size(), -1) {}

  void run() {
    collect();
    link();
    for (size_t i = 0; i < events.size();) {
      size_t end = i;
      while (end < events.size() && events[end].time == events[i].time)
        ++end;
      step(llvm::ArrayRef<Event>(events).slice(i, end - i));
      i = end;
    }
  }

private:
  struct State {
    double size = 0;
    int64_t madeAt = 0;
    int64_t next = kNever;               // use, as the events are gone through backwards
    int64_t key = -1;                    // its place in `kept`; -1: not on chip
    int32_t write = -1;                  // the transfer that made it
    Place lost = Place::Boundary;        // why a read finds nothing
    llvm::SmallVector<int32_t, 4> parts; // of a concat: what it is made of
  };

  bool hasState(int32_t root) const { return slots[root] >= 0; }
  State &stateOf(int32_t root) {
    if (!hasState(root)) {
      slots[root] = int32_t(states.size());
      states.emplace_back();
    }
    return states[slots[root]];
  }

  void collect() {
    events.reserve(loads.transfers.size());
    for (auto [i, transfer] : llvm::enumerate(loads.transfers)) {
      if (transfer.weight)
        continue;
      State &state = stateOf(transfer.root);
      state.size = transfer.size;
      events.push_back({2 * int64_t(transfer.kernel), transfer.root, int32_t(i)});
      if (transfer.write)
        state.madeAt = events.back().time;
    }
    // Transfers are in order of time.
    auto inOrder = static_cast<std::ptrdiff_t>(events.size());
    addJoins();
    if (!index.runsOnce())
      addHolds();
    auto earlier = [](const Event &a, const Event &b) { return a.time < b.time; };
    std::stable_sort(events.begin() + inOrder, events.end(), earlier);
    std::inplace_merge(events.begin(), events.begin() + inOrder, events.end(), earlier);
  }

  /// A concat that producers write into is part of no kernel: it happens after
  /// the last of them.
  void addJoins() {
    for (size_t r = 0; r < graph.rows.size(); ++r) {
      int32_t row = static_cast<int32_t>(r);
      if (index.role(row) == Role::None || plan.of[row] >= 0)
        continue;
      int64_t time = 0;
      llvm::ArrayRef<int32_t> inputs = index.activations(row);
      for (int32_t root : inputs)
        time = std::max(time, stateOf(root).madeAt);
      time |= 1;
      for (int32_t root : inputs)
        events.push_back({time, root});
      for (int32_t root : index.results(row)) {
        if (!hasState(root) && !index.isGraphOutput(root))
          continue; // nobody reads it
        events.push_back({time, root, -1, row});
        stateOf(root).madeAt = time;
      }
    }
  }

  /// What the body of a loop reads from outside is needed until the loop ends.
  void addHolds() {
    llvm::DenseMap<int32_t, int64_t> scopeEnd;
    for (auto [k, kernel] : llvm::enumerate(plan.kernels))
      scopeEnd[graph.rows[kernel.rows.front()].scope] = 2 * int64_t(k);
    for (const Transfer &t : loads.transfers) {
      int32_t producer = index.producer(t.root);
      int64_t made = producer < 0 ? 1 : graph.rows[producer].count;
      if (!t.weight && !t.write && graph.rows[t.row].count > made)
        events.push_back({scopeEnd.lookup(graph.rows[t.row].scope), t.root});
    }
  }

  void link() {
    for (size_t end = events.size(); end > 0;) {
      size_t i = end;
      while (i > 0 && events[i - 1].time == events[end - 1].time)
        --i;
      for (size_t e = i; e < end; ++e)
        events[e].next = stateOf(events[e].root).next;
      for (size_t e = i; e < end; ++e)
        stateOf(events[e].root).next = events[e].time;
      end = i;
    }
  }

  /// What happens at one time.
  void step(llvm::ArrayRef<Event> now) {
    for (const Event &event : now)
      arrive(event);
    // Parts of a concat become the whole; what a kernel reads and makes lie
    // side by side.
    if (now.front().time % 2)
      dropDead(now);
    while (held > room && !kept.empty())
      evict(std::prev(kept.end())->second);
    dropDead(now);
    for (const Event &event : now)
      if (State &state = stateOf(event.root); state.key >= 0)
        keep(state, event.root, event.next);
  }

  void dropDead(llvm::ArrayRef<Event> now) {
    for (const Event &event : now)
      if (event.next == kNever)
        drop(stateOf(event.root), event.root);
  }

  void arrive(const Event &event) {
    State &state = stateOf(event.root);
    if (event.join >= 0)
      return join(event, state);
    bool isRead = event.transfer < 0 || !loads.transfers[event.transfer].write;
    if (event.transfer >= 0) {
      Transfer &t = loads.transfers[event.transfer];
      if (t.write)
        state.write = event.transfer;
      bool toCaller = t.write && (index.isGraphOutput(t.root) || event.next == kNever);
      t.place = toCaller                    ? Place::Boundary
                : t.size > room             ? Place::TooLarge
                : t.write || state.key >= 0 ? Place::OnChip
                                            : state.lost;
    }
    if (state.key < 0 && event.transfer < 0)
      return; // nothing that could stay
    // A read waits for its place until the others of this time are there.
    if (state.size <= room && (event.next != kNever || state.key >= 0))
      keep(state, event.root, isRead && state.key >= 0 ? event.time : event.next);
  }

  /// The parts lie where the whole does, if all of them are on chip.
  void join(const Event &event, State &whole) {
    llvm::ArrayRef<int32_t> parts = index.activations(event.join);
    bool onChip = whole.size <= room && event.next != kNever && !index.isGraphOutput(event.root);
    for (int32_t part : parts)
      onChip &= stateOf(part).key >= 0;
    whole.parts.assign(parts.begin(), parts.end());
    if (!onChip) {
      whole.lost = whole.size > room ? Place::TooLarge : Place::Evicted;
      return spill(event.root, index.isGraphOutput(event.root) ? Place::Boundary : whole.lost);
    }
    keep(whole, event.root, event.next);
  }

  void keep(State &state, int32_t root, int64_t key) {
    if (state.key < 0)
      held += state.size;
    else
      kept.erase({state.key, root});
    state.key = key;
    kept.insert({key, root});
  }

  void drop(State &state, int32_t root) {
    if (state.key < 0)
      return;
    kept.erase({state.key, root});
    held -= state.size;
    state.key = -1;
  }

  void evict(int32_t root) {
    drop(stateOf(root), root);
    stateOf(root).lost = Place::Evicted;
    spill(root, Place::Evicted);
  }

  /// Whoever made a tensor, or the parts of it, has to write it out.
  void spill(int32_t root, Place why) {
    llvm::SmallVector<int32_t, 8> work = {root};
    while (!work.empty()) {
      State &state = stateOf(work.pop_back_val());
      if (state.write >= 0 && loads.transfers[state.write].place == Place::OnChip)
        loads.transfers[state.write].place = why;
      llvm::append_range(work, state.parts);
      state.parts.clear(); // done once
    }
  }

  const GraphIndex &index;
  const WorkGraph &graph;
  const KernelPlan &plan;
  double room, held = 0;
  Loads &loads;
  std::vector<Event> events;
  std::vector<int32_t> slots; // by tensor: its place in `states`; -1: it has none
  std::deque<State> states;
  std::set<std::pair<int64_t, int32_t>> kept; // by next use
};

} // namespace

void energyopt::placeActivations(const GraphIndex &index, const KernelPlan &plan, double room,
                                 Loads &loads) {
  Liveness(index, plan, room, loads).run();
}
