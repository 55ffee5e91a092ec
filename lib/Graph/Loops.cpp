//===- Loops.cpp - Loop ---------------------------------------------------===//
//
// A body is visited once and its rows are scaled by the trip count, which is
// found by partial evaluation, or else a named symbol that the user can bind.
// Loop-carried sizes that grow are bounded.
//
//===----------------------------------------------------------------------===//

#include "Graph/GraphWalk.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;

/// Iterations and op visits that simulateTrips may spend on one loop.
constexpr int64_t kMaxSimulatedTrips = 1000;
constexpr uint64_t kMaxSimulatedOps = 50'000;
/// Loop-carried shapes settle after one change; more rounds mean growth.
constexpr unsigned kMaxWideningRounds = 3;

static ValueInfo scalarOf(DType type) { return ValueInfo::tensor(type, Shape{}); }

//===----------------------------------------------------------------------===//
// Loop bodies
//===----------------------------------------------------------------------===//

/// Widens `in` to cover `out`, its value after one iteration; false if it does
/// already. A constant growth per iteration bounds the size after `trips`.
static bool widen(ValueInfo &in, const ValueInfo &out, std::optional<int64_t> trips,
                  ShapeFacts &facts, StringRef name) {
  if (in.kind != out.kind || in.kind != ValueKind::Tensor || !in.shape)
    return false;
  if (!out.shape || out.rank() != in.rank()) {
    in.shape.reset();
    return true;
  }
  bool changed = false;
  for (auto [dim, after] : llvm::zip(*in.shape, *out.shape)) {
    if (dim == after || facts.isDataDependent(dim))
      continue;
    auto a = facts.evaluate(dim), b = facts.evaluate(after);
    Expr bound = Expr::max(facts.upperBound(dim), facts.upperBound(after));
    if (a && b && *b > *a && trips)
      bound = facts.upperBound(dim) + Expr(*b - *a) * Expr(*trips);
    dim = facts.dataDependentDim(name, bound);
    changed = true;
  }
  return changed;
}

/// A carried value after `trips` iterations; exact where it grows by a
/// constant per iteration or not at all.
static ValueInfo finalInfo(const ValueInfo &initial, const ValueInfo &widened, const ValueInfo &out,
                           std::optional<Expr> trips) {
  ValueInfo result = out;
  result.data = nullptr;
  result.isParameter = false;
  if (out.kind != ValueKind::Tensor || !initial.shape || !widened.shape || !out.shape ||
      out.rank() != initial.rank())
    return result;
  for (size_t i = 0; i < initial.shape->size(); ++i) {
    Expr growth = out.dim(i) - widened.dim(i);
    if (growth.isConstant() && trips)
      (*result.shape)[i] = initial.dim(i) + growth * *trips;
  }
  return result;
}

llvm::Expected<GraphWalk::LoopBody>
GraphWalk::visitLoopBody(Operation &op, Frame &frame, std::vector<ValueInfo> arguments,
                         unsigned firstCarried, unsigned firstYield, unsigned numCarried,
                         std::optional<int64_t> trips) {
  const std::vector<ValueInfo> initial = arguments;
  mlir::Region &region = *regionNamed(op, "body");
  for (unsigned round = 0;; ++round) {
    GraphBuilder::Mark mark = builder.mark();
    auto result = visitRegion(region, frame, arguments);
    if (!result)
      return result.takeError();
    if (result->yields.size() < firstYield + numCarried)
      return nodeError(op, "the body yields " + llvm::Twine(result->yields.size()) +
                               " values, expected at least " +
                               llvm::Twine(firstYield + numCarried));
    bool changed = false;
    for (unsigned i = 0; i < numCarried; ++i) {
      ValueInfo &in = arguments[firstCarried + i];
      const ValueInfo &out = info(result->yields[firstYield + i]);
      if (round < kMaxWideningRounds)
        changed |= widen(in, out, trips, facts, nodeName(&op));
      else if (in.shape && widen(in, out, trips, facts, nodeName(&op))) {
        in.shape.reset();
        changed = true;
      }
    }
    if (changed) {
      builder.rollback(mark);
      continue;
    }
    LoopBody body;
    body.region = *result;
    for (unsigned i = 0; i < numCarried; ++i)
      body.finals.push_back(finalInfo(initial[firstCarried + i], arguments[firstCarried + i],
                                      info(result->yields[firstYield + i]),
                                      trips ? std::optional<Expr>(Expr(*trips)) : std::nullopt));
    return body;
  }
}

/// Runs a loop's body on known values until its condition is false.
std::optional<int64_t> GraphWalk::simulateTrips(Operation &op, Frame &frame,
                                                std::vector<ValueInfo> arguments, int64_t limit) {
  if (simulating)
    return std::nullopt;
  llvm::SaveAndRestore<bool> restore(simulating, true);
  llvm::SaveAndRestore<bool> restoreTolerant(tolerant, true);
  GraphBuilder::Mark mark = builder.mark();
  auto forget = llvm::make_scope_exit([&] { builder.rollback(mark); });
  uint64_t start = visited;
  for (int64_t trip = 0; trip < std::min(limit, kMaxSimulatedTrips); ++trip) {
    arguments[0].data = std::make_shared<TensorData>(TensorData{Scalar(trip)});
    auto result = visitRegion(*regionNamed(op, "body"), frame, arguments);
    if (!result) {
      llvm::consumeError(result.takeError());
      return std::nullopt;
    }
    if (result->yields.size() + 1 < arguments.size() || result->yields[0] < 0 ||
        visited - start > kMaxSimulatedOps)
      return std::nullopt;
    auto goOn = asBool(info(result->yields[0]).data);
    if (!goOn)
      return std::nullopt;
    if (!*goOn)
      return trip + 1;
    for (size_t i = 2; i < arguments.size(); ++i)
      arguments[i] = info(result->yields[i - 1]);
    builder.rollback(mark);
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Loop
//===----------------------------------------------------------------------===//

llvm::Error GraphWalk::visitLoop(Operation &op, Frame &frame, int32_t scope) {
  mlir::Region *region = regionNamed(op, "body");
  unsigned numOperands = op.getNumOperands();
  if (!region)
    return nodeError(op, "Loop needs a body");
  unsigned numCarried = numOperands > 2 ? numOperands - 2 : 0;
  if (region->getNumArguments() != numCarried + 2)
    return nodeError(op, "the body takes " + llvm::Twine(region->getNumArguments()) +
                             " values, expected " + llvm::Twine(numCarried + 2));
  addRow(op, frame, scope, "control-flow", {}, {}, Work::free());

  // Iteration number, condition, carried values.
  std::vector<ValueInfo> arguments = {scalarOf(DType::I64), scalarOf(DType::Bool)};
  // Some converters declare these two as one-element tensors, and mean it.
  for (unsigned i = 0; i < 2; ++i)
    if (DeclaredInput declared = declaredInput(region->getArgument(i).getType(), "");
        declared.dims && declared.dims->size() == 1)
      arguments[i].shape->push_back(1);
  for (unsigned i = 0; i < numCarried; ++i)
    arguments.push_back(operandInfo(op, 2 + i, frame));

  std::optional<int64_t> given;
  if (auto data = dataOf(op, 0, frame); data && data->size() == 1)
    if (auto count = (*data)[0].asInt())
      if ((given = facts.evaluate(*count)))
        given = std::max<int64_t>(*given, 0);
  std::optional<bool> enters = numOperands > 1 && lookup(op.getOperand(1), frame) >= 0
                                   ? asBool(dataOf(op, 1, frame))
                                   : std::optional<bool>(true);
  mlir::Value condition = region->front().getTerminator()->getOperand(0);
  // Exporters write "no limit" as a huge trip count.
  bool limited = given && *given < (int64_t(1) << 31);

  auto body = visitLoopBody(op, frame, arguments, 2, 1, numCarried,
                            limited ? given : std::optional<int64_t>());
  if (!body)
    return body.takeError();
  int32_t yielded = body->region.yields[0];
  bool always = condition == region->front().getArgument(1) ||
                asBool(info(yielded).data) == std::optional<bool>(true);
  Expr trips;
  bool exact = true;
  if (enters == std::optional<bool>(false)) {
    trips = 0;
  } else if (always && limited) {
    trips = *given;
  } else if (asBool(info(yielded).data) == std::optional<bool>(false)) {
    trips = limited ? std::min<int64_t>(*given, 1) : 1;
  } else {
    std::vector<ValueInfo> start = {arguments[0], arguments[1]};
    for (unsigned i = 0; i < numCarried; ++i) {
      start.push_back(info(lookup(op.getOperand(2 + i), frame)));
      start.back().data = dataOf(op, 2 + i, frame);
    }
    auto simulated =
        always ? std::nullopt
               : simulateTrips(op, frame, std::move(start), limited ? *given : kMaxSimulatedTrips);
    exact = simulated.has_value();
    if (simulated)
      trips = *simulated;
    else if (limited)
      trips = *given;
    else
      trips = tripSymbol(op, "trips");
  }
  builder.scaleCounts(body->region.firstRow, body->region.lastRow, trips);
  if (!exact && limited)
    facts.assume("Loop '" + nodeName(&op) + "' runs all " + llvm::Twine(*given) +
                 " iterations, though its condition may end it earlier");

  std::vector<ValueInfo> infos;
  std::vector<int32_t> sources;
  for (unsigned i = 0; i < numCarried; ++i) {
    bool never = trips.is(0);
    infos.push_back(never ? info(lookup(op.getOperand(2 + i), frame)) : body->finals[i]);
    sources.push_back(never ? lookup(op.getOperand(2 + i), frame) : body->region.yields[1 + i]);
  }
  for (size_t i = 1 + numCarried; i < body->region.yields.size(); ++i) {
    ValueInfo stacked = info(body->region.yields[i]);
    stacked.data = nullptr;
    stacked.isParameter = false;
    if (stacked.shape)
      stacked.shape->insert(stacked.shape->begin(),
                            exact ? trips : facts.dataDependentDim(nodeName(&op), trips));
    infos.push_back(std::move(stacked));
    sources.push_back(-1);
  }
  aliasResults(op, frame, infos, sources);
  return llvm::Error::success();
}
