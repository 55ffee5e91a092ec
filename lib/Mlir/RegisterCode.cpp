//===- RegisterCode.cpp - Scalar and vector code, in loops or bodies ------===//

#include "Mlir/RegisterCode.h"

#include "Mlir/OpKinds.h"
#include "energy-opt/Limits.h"

#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using llvm::StringRef;

/// Calls and nests of regions go no deeper.
constexpr unsigned kMaxDepth = 64;
/// Values that an address is looked for in.
constexpr size_t kMaxSlice = 4096;

//===----------------------------------------------------------------------===//
// What counts as register code
//===----------------------------------------------------------------------===//

static bool isRegisterDialect(StringRef dialect) {
  return llvm::StringSwitch<bool>(dialect)
      .Cases("arith", "math", "index", "complex", "vector", "affine", "scf", true)
      .Cases("memref", "gpu", "ub", "builtin", "llvm", true)
      .Default(false);
}

/// Allocations and views inside a kernel move nothing.
static bool isMemoryBookkeeping(mlir::Operation *op) {
  return mlir::isa<mlir::ViewLikeOpInterface>(op) ||
         llvm::StringSwitch<bool>(op->getName().getStringRef())
             .Cases("memref.alloc", "memref.alloca", "memref.dealloc", "memref.dim", true)
             .Cases("memref.get_global", "memref.extract_strided_metadata", true)
             .Cases("memref.extract_aligned_pointer_as_index", "memref.assume_alignment", true)
             .Default(false);
}

static bool computesInRegisters(mlir::Operation *op) {
  StringRef name = op->getName().getStringRef();
  if (!isRegisterDialect(name.split('.').first) || name == "memref.copy")
    return false;
  auto fits = [](mlir::Type type) {
    return isRegisterType(type) || mlir::isa<mlir::BaseMemRefType>(type);
  };
  if (!llvm::all_of(op->getOperandTypes(), fits))
    return false;
  return isMemoryBookkeeping(op) || llvm::all_of(op->getResultTypes(), isRegisterType);
}

bool RegisterCode::isRegisterLevel(mlir::Operation *loop) {
  auto result = loop->walk<mlir::WalkOrder::PreOrder>([&](mlir::Operation *op) {
    if (op == loop)
      return mlir::WalkResult::advance();
    unsigned depth = 0;
    for (mlir::Operation *up = op->getParentOp(); up && up != loop; up = up->getParentOp())
      ++depth;
    for (mlir::Region &region : op->getRegions())
      if (!region.empty() && !region.hasOneBlock())
        return mlir::WalkResult::interrupt();
    return depth < kMaxDepth && computesInRegisters(op) ? mlir::WalkResult::advance()
                                                        : mlir::WalkResult::interrupt();
  });
  return !result.wasInterrupted();
}

//===----------------------------------------------------------------------===//
// Accumulation
//===----------------------------------------------------------------------===//

void RegisterCode::fail(std::string reason) {
  if (work.status != WorkStatus::Unmodelled) {
    work.status = WorkStatus::Unmodelled;
    work.reason = std::move(reason);
  }
}

void RegisterCode::addItem(WorkItem item, const Expr &times) {
  item.count *= times;
  if (isContraction(item.cls)) {
    item.dims.groups *= times;
  } else {
    for (WorkItem &known : work.items)
      if (known.cls == item.cls && known.dtype == item.dtype) {
        known.count += item.count;
        return;
      }
  }
  work.items.push_back(std::move(item));
}

double RegisterCode::cost() const {
  double ops = 0;
  for (const WorkItem &item : work.items)
    if (auto count = resolver.facts.evaluate(item.count))
      ops += static_cast<double>(*count) * (isContraction(item.cls) ? 2 : 1);
  return ops;
}

/// Of the branches, the one that computes most.
void RegisterCode::addBranches(mlir::Operation *op, const Expr &times) {
  std::optional<RegisterCode> costliest;
  for (mlir::Region &region : op->getRegions()) {
    if (region.empty())
      continue;
    RegisterCode branch(resolver, index);
    branch.loops = loops;
    branch.depth = depth;
    branch.add(region.front(), times);
    if (!costliest || branch.cost() > costliest->cost())
      costliest.emplace(std::move(branch));
  }
  if (!costliest)
    return;
  for (WorkItem &item : costliest->work.items)
    addItem(std::move(item), 1);
  for (auto &[memory, bytes] : costliest->traffic) {
    traffic[memory].read += bytes.read;
    traffic[memory].written += bytes.written;
  }
  if (costliest->work.status == WorkStatus::Unmodelled)
    fail(costliest->work.reason);
}

void RegisterCode::addLoop(mlir::Operation *op, const Expr &times) {
  auto ranges = loopRanges(op, index, resolver.facts);
  Expr total = times;
  unsigned entered = 0;
  for (LoopRange &loop : ranges) {
    Expr outer = total;
    total = nestedTimes(total, loop.range.trips, index);
    bool exact = true; // of edge tiles the dims are those of a full one
    auto quotient = total.exactDiv(outer);
    Expr trips = quotient ? *quotient : index.maximum(loop.range.trips, exact);
    loops.push_back({op, loop.variable, trips});
    if (loop.variable) {
      index.enterLoop(loop.variable, loop.range);
      ++entered;
    }
  }
  for (mlir::Region &region : op->getRegions())
    if (!region.empty())
      add(region.front(), total);
  while (entered--)
    index.leaveLoop();
  loops.truncate(loops.size() - ranges.size());
}

/// Counts an op that is visited; false if it is one too many: calls multiply.
bool RegisterCode::spend() {
  const uint64_t most = limitOf(Limit::Ops);
  if (++resolver.followed <= most)
    return true;
  fail("calls in it expand to more than " + std::to_string(most) + " ops (--limit=ops=N)");
  return false;
}

void RegisterCode::add(mlir::Block &block, const Expr &times) {
  if (!spend())
    return;
  addMacs(block, times);
  for (mlir::Operation &op : block) {
    if (!spend())
      return;
    addOp(&op, times);
  }
}

/// Regions that run as they stand; false for an op that applies its regions to
/// elements, as its rule says.
bool RegisterCode::addRegions(mlir::Operation *op, const Expr &times) {
  StringRef name = op->getName().getStringRef();
  bool once = name == "vector.mask" || name == "memref.generic_atomic_rmw";
  switch (once ? RegionKind::Once : regionKind(op)) {
  case RegionKind::Branch:
    addBranches(op, times);
    return true;
  case RegionKind::Once:
    for (mlir::Region &region : op->getRegions())
      if (!region.empty())
        add(region.front(), times);
    return true;
  case RegionKind::Applied:
    return false;
  default:
    fail(("no static count of the loop " + name + " inside of a region").str());
    return true;
  }
}

void RegisterCode::addCall(mlir::FunctionOpInterface callee, const Expr &times) {
  if (depth >= kMaxDepth)
    return fail("calls nest too deep");
  ++depth;
  add(callee.getFunctionBody().front(), times);
  --depth;
}

static Expr bytesOfType(mlir::Type type) {
  auto bytes = typeFacts(type).info().bytes();
  return bytes ? *bytes : Expr(0);
}

void RegisterCode::addOp(mlir::Operation *op, const Expr &times) {
  mlir::Attribute constant;
  if (skipped.count(op) || isTerminator(op) || isConstant(op, constant) || isMemoryBookkeeping(op))
    return;
  if (isLoop(op))
    return addLoop(op, times);
  if (auto callee = calledFunction(op))
    return addCall(callee, times);
  if (op->getNumRegions() > 0 && addRegions(op, times))
    return;
  if (auto access = memoryAccess(op)) {
    Traffic &bytes = traffic[access->memory];
    (access->isStore ? bytes.written : bytes.read) += bytesOfType(access->value.getType()) * times;
    return;
  }
  if (op->getNumResults() > 0 && llvm::all_of(op->getResultTypes(), isIndexLike))
    return;
  llvm::SmallVector<ValueInfo, 4> infos;
  llvm::SmallVector<const ValueInfo *, 4> operands;
  for (mlir::Value operand : op->getOperands())
    infos.push_back(mergeDeclared(typeFacts(operand.getType()), {}, "operand", resolver.facts));
  for (const ValueInfo &info : infos)
    operands.push_back(&info);
  Resolver::Query query{op, operands};
  RegisterCode body(resolver, index);
  body.depth = depth + 1;
  for (mlir::Region &region : op->getRegions())
    if (!region.empty())
      body.add(region.front(), 1);
  if (op->getNumRegions() > 0)
    query.body = &body.work;
  OpAnswer answer = resolver.resolve(query);
  if (answer.work.status == WorkStatus::Unmodelled)
    return fail(answer.work.reason);
  for (WorkItem &item : answer.work.items)
    addItem(std::move(item), times);
}

//===----------------------------------------------------------------------===//
// Multiply-accumulates
//===----------------------------------------------------------------------===//

/// Whether `value` is computed from `variable`, in registers.
static bool dependsOn(mlir::Value value, mlir::Value variable) {
  llvm::SmallVector<mlir::Value, 8> todo{value};
  llvm::SmallPtrSet<mlir::Operation *, 8> seen;
  while (!todo.empty() && seen.size() < kMaxSlice) {
    mlir::Value next = todo.pop_back_val();
    if (next == variable)
      return true;
    mlir::Operation *op = next.getDefiningOp();
    if (op && !memoryAccess(op) && seen.insert(op).second)
      llvm::append_range(todo, op->getOperands());
  }
  return false;
}

/// Whether the place that `value` was loaded from moves with `variable`.
static bool addressDependsOn(mlir::Value value, mlir::Value variable) {
  mlir::Operation *op = value.getDefiningOp();
  auto access = op ? memoryAccess(op) : std::nullopt;
  if (!access)
    return false;
  return dependsOn(access->memory, variable) ||
         llvm::any_of(access->indices, [&](mlir::Value i) { return dependsOn(i, variable); });
}

/// The value that a loop carries from one iteration to the next, if `value` is
/// what it carries: the outermost such loop's argument.
static mlir::Operation *carrier(mlir::Value acc, mlir::Value sum) {
  auto arg = mlir::dyn_cast<mlir::BlockArgument>(acc);
  mlir::Operation *outermost = nullptr;
  for (unsigned depth = 0; arg && depth < kMaxDepth; ++depth) {
    auto loop = mlir::dyn_cast<mlir::LoopLikeOpInterface>(arg.getOwner()->getParentOp());
    mlir::OpOperand *init = loop ? loop.getTiedLoopInit(arg) : nullptr;
    mlir::OpOperand *yielded = loop ? loop.getTiedLoopYieldedValue(arg) : nullptr;
    if (!init || !yielded || stripCasts(yielded->get()) != sum)
      break;
    outermost = loop;
    sum = loop.getTiedLoopResult(arg);
    arg = mlir::dyn_cast<mlir::BlockArgument>(stripCasts(init->get()));
  }
  return outermost;
}

/// The store that puts `sum` where `acc` was loaded from.
static bool storesBack(mlir::Value acc, mlir::Value sum) {
  mlir::Operation *load = acc.getDefiningOp();
  auto from = load ? memoryAccess(load) : std::nullopt;
  if (!from)
    return false;
  for (mlir::Operation *user : sum.getUsers()) {
    if (user->getNumResults() == 1 && user->getNumOperands() == 1 &&
        stripCasts(user->getResult(0)) == sum && storesBack(acc, user->getResult(0)))
      return true;
    auto to = memoryAccess(user);
    if (to && to->isStore && to->memory == from->memory &&
        load->getAttr("map") == user->getAttr("map") &&
        llvm::equal(from->indices.take_front(to->indices.size()),
                    to->indices.take_front(from->indices.size())))
      return true;
  }
  return false;
}

void RegisterCode::addMacs(mlir::Block &block, const Expr &times) {
  if (loops.empty())
    return;
  for (mlir::Operation &op : block) {
    if (op.getNumResults() != 1 || skipped.count(&op))
      continue;
    mlir::Value sum = op.getResult(0);
    auto mac =
        matchMac(sum, [&](mlir::Value acc) { return carrier(acc, sum) || storesBack(acc, sum); });
    if (mac && mac->add == &op)
      addMac(*mac, sum, times);
  }
}

void RegisterCode::addMac(const Mac &mac, mlir::Value sum, const Expr &times) {
  mlir::Operation *carried = carrier(mac.acc, sum);
  llvm::SmallVector<LoopUse, 6> uses;
  bool outside = carried != nullptr;
  for (const Enclosing &loop : loops) {
    if (loop.op == carried)
      outside = false; // from here on the sum is in a register
    LoopUse &use = uses.emplace_back();
    use.trips = loop.trips;
    if (!loop.variable)
      continue;
    use.lhs = addressDependsOn(mac.lhs, loop.variable);
    use.rhs = addressDependsOn(mac.rhs, loop.variable);
    use.acc = carried ? outside : addressDependsOn(mac.acc, loop.variable);
  }
  // An index that a loop of the result and a reduced one both move: a window.
  mlir::Operation *image = mac.lhs.getDefiningOp();
  if (auto access = image ? memoryAccess(image) : std::nullopt)
    for (mlir::Value i : access->indices)
      for (auto [a, x] : llvm::zip(loops, uses))
        for (auto [b, y] : llvm::zip(loops, uses))
          if (a.variable && b.variable && x.acc && !y.acc && dependsOn(i, a.variable) &&
              dependsOn(i, b.variable))
            y.window = true;
  Expr lanes = typeFacts(sum.getType()).info().elements();
  if (!lanes.is(1))
    uses.push_back({lanes, false, true, true});
  if (llvm::all_of(uses, [](const LoopUse &u) { return u.lhs && u.rhs && u.acc; }))
    return; // elementwise
  WorkItem item;
  item.dtype = scalarType(mac.lhs.getType());
  item.cls = contractionClass(uses, /*parameter=*/false);
  item.dims = contractionOf(uses);
  item.count = times * lanes;
  work.items.push_back(std::move(item));
  skipped.insert(mac.ops.begin(), mac.ops.end());
}
