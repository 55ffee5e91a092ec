//===- Kernels.cpp - Which ops run as one launch --------------------------===//
//
// One pass in execution order. An op joins the kernel of the operand that was
// made last, if the runtime would fuse the two; otherwise it opens a kernel.
// Joining only the latest kernel keeps every dependency between kernels
// pointing backwards, so fusion never makes a cycle.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include "energy-opt/Report.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;

Composites::Composites(const GraphIndex &index, const RuntimeProfile &runtime)
    : of(index.graph.rows.size(), -1) {
  findDiamonds(index, runtime, *this);
  if (runtime.flashAttention)
    findAttention(index, *this);
}

void Composites::add(Composite composite) {
  for (int32_t row : composite.rows)
    of[row] = static_cast<int32_t>(list.size());
  list.push_back(std::move(composite));
}

namespace {

/// A row, or the rows of a composite: what joins a kernel as a whole.
struct Unit {
  Role role;
  const char *name; // of a composite; null: one op
  const char *why;
  llvm::ArrayRef<int32_t> rows;
};

class Planner {
public:
  Planner(const GraphIndex &index, const RuntimeProfile &runtime)
      : index(index), runtime(runtime), composites(index, runtime) {
    plan.of.assign(index.graph.rows.size(), -1);
  }

  KernelPlan run() {
    for (size_t r = 0; r < index.graph.rows.size(); ++r) {
      int32_t row = static_cast<int32_t>(r);
      if (index.role(row) == Role::None ||
          (runtime.elidesConcat && index.op(row) == KnownOp::Concat))
        continue;
      if (!composites.contains(row)) {
        place({index.role(row), nullptr, "one op, one kernel", row});
        continue;
      }
      // A composite is placed when its last row is reached: by then all that
      // it reads has been made.
      const Composite &composite = composites.list[composites.of[row]];
      if (composite.rows.back() == row)
        place({composite.role, composite.name, composite.why, composite.rows});
    }
    return std::move(plan);
  }

private:
  void place(const Unit &unit) {
    int32_t target = kernelToJoin(unit);
    if (target < 0) {
      target = static_cast<int32_t>(plan.kernels.size());
      plan.kernels.push_back({unit.role, unit.why, {}});
    }
    Kernel &kernel = plan.kernels[target];
    for (int32_t row : unit.rows) {
      kernel.rows.push_back(row);
      plan.of[row] = target;
    }
    // A reduction at the end of an element-wise chain decides what it is.
    if (kernel.role == Role::Elementwise || kernel.role == Role::Movement)
      kernel.role = unit.role;
  }

  llvm::StringRef nameOf(const Unit &unit) const {
    return unit.name ? llvm::StringRef(unit.name) : index.graph.rows[unit.rows.front()].op;
  }

  /// What the unit reads from outside itself.
  llvm::SmallVector<int32_t, 4> inputsOf(const Unit &unit) const {
    if (unit.rows.size() == 1) // of any number of operands, each listed once
      return llvm::SmallVector<int32_t, 4>(index.activations(unit.rows.front()));
    llvm::SmallVector<int32_t, 4> inputs;
    for (int32_t row : unit.rows)
      for (int32_t root : index.activations(row)) {
        int32_t producer = index.producer(root);
        bool inside = producer >= 0 && llvm::is_contained(unit.rows, producer);
        if (!inside && !llvm::is_contained(inputs, root))
          inputs.push_back(root);
      }
    return inputs;
  }

  int32_t kernelToJoin(const Unit &unit) {
    llvm::SmallVector<int32_t, 4> inputs = inputsOf(unit);
    int32_t latest = -1, through = -1;
    for (int32_t root : inputs) {
      int32_t producer = index.producer(root);
      if (producer >= 0 && plan.of[producer] > latest) {
        latest = plan.of[producer];
        through = root;
      }
    }
    if (latest < 0)
      return -1;
    Kernel &kernel = plan.kernels[latest];
    if (!index.sameBody(kernel.rows.back(), unit.rows.back()))
      return -1;
    const char *why = reasonToJoin(unit, kernel, latest, inputs, through);
    if (!why)
      return -1;
    kernel.why = why;
    return latest;
  }

  /// Null if the runtime would not run `unit` in `kernel`.
  const char *reasonToJoin(const Unit &unit, const Kernel &kernel, int32_t id,
                           llvm::ArrayRef<int32_t> inputs, int32_t through) const {
    if (unit.role == Role::Quantize)
      return runtime.foldsQuantization ? "requantization is part of the kernel before it" : nullptr;
    if (unit.role == Role::Elementwise && kernel.role == Role::Contraction)
      return joinsEpilogue(unit, kernel, id, inputs, through);
    if (unit.role == Role::Elementwise && kernel.role == Role::Elementwise &&
        runtime.epilogue == Epilogue::Activation && isActivation(unit))
      return "the runtime applies the activation in the op before it";
    bool movement = unit.role == Role::Movement || kernel.role == Role::Movement;
    if (movement)
      return runtime.fusesMovement && joinsLoops(unit, kernel)
                 ? "generated code indexes instead of copying"
                 : nullptr;
    if (runtime.fusesElementwise && joinsLoops(unit, kernel))
      return "element-wise work runs in one pass over its tensor";
    return nullptr;
  }

  /// Loops over the same elements: element-wise into anything that is not a
  /// contraction, a reduction behind element-wise work.
  static bool joinsLoops(const Unit &unit, const Kernel &kernel) {
    if (unit.role == Role::Elementwise || unit.role == Role::Movement)
      return kernel.role == Role::Elementwise || kernel.role == Role::Reduction ||
             kernel.role == Role::Movement || kernel.role == Role::Pool;
    return unit.role == Role::Reduction &&
           (kernel.role == Role::Elementwise || kernel.role == Role::Movement);
  }

  /// KN4: bias; folded normalization and activation; residual.
  const char *joinsEpilogue(const Unit &unit, const Kernel &kernel, int32_t id,
                            llvm::ArrayRef<int32_t> inputs, int32_t through) const {
    const WorkGraph &graph = index.graph;
    llvm::ArrayRef<int32_t> results = index.results(unit.rows.back());
    if (results.empty() ||
        graph.tensors[results.front()].elements > graph.tensors[through].elements)
      return nullptr; // broadcasts what the contraction made
    bool onlyInput = llvm::all_of(inputs, [&](int32_t root) {
      int32_t producer = index.producer(root);
      return producer >= 0 && plan.of[producer] == id;
    });
    switch (runtime.epilogue) {
    case Epilogue::Bias:
      return onlyInput && isBias(unit, kernel, through) ? "a linear layer adds its bias itself"
                                                        : nullptr;
    case Epilogue::Activation:
      return onlyInput && isActivation(unit) ? "bias and activation run in the epilogue" : nullptr;
    case Epilogue::Full:
      return "bias, normalization, activation and residual run in the epilogue";
    }
    return nullptr;
  }

  bool isBias(const Unit &unit, const Kernel &kernel, int32_t through) const {
    return nameOf(unit) == "Add" && kernel.rows.size() == 1 &&
           index.consumers(through).size() == 1 && index.graph.rows[kernel.rows[0]].op == "MatMul";
  }

  /// Ops that converters fold into the op before: with one operand that is not
  /// a parameter.
  bool isActivation(const Unit &unit) const {
    if (unit.rows.size() != 1 || index.activations(unit.rows.front()).size() != 1)
      return false;
    return llvm::StringSwitch<bool>(nameOf(unit))
        .Cases("Relu", "Clip", "BatchNormalization", "Add", "Mul", true)
        .Cases("LeakyRelu", "Sub", "PRelu", true)
        .Default(false);
  }

  const GraphIndex &index;
  const RuntimeProfile &runtime;
  Composites composites;
  KernelPlan plan;
};

} // namespace

KernelPlan energyopt::planKernels(const GraphIndex &index, const RuntimeProfile &runtime) {
  return Planner(index, runtime).run();
}

std::string energyopt::kernelName(const WorkGraph &graph, llvm::ArrayRef<int32_t> rows) {
  constexpr size_t kShown = 5;
  std::string name;
  for (size_t i = 0; i < rows.size() && i < kShown; ++i) {
    if (i)
      name += '+';
    name += graph.rows[rows[i]].op;
  }
  if (rows.size() > kShown)
    name += "+" + std::to_string(rows.size() - kShown) + " more";
  return name;
}
