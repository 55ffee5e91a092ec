//===- JsonOps.cpp - The rows of a report, for programs -------------------===//

#include "JsonOps.h"

#include "Format.h"

#include "energy-opt/Live.h"

#include <numeric>

using namespace llvm;

namespace energyopt {

std::vector<size_t> allRows(const WorkGraph &graph) {
  std::vector<size_t> rows(graph.rows.size());
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

namespace {
class OpsJson {
public:
  OpsJson(JsonWriter &json, const Report &report, ArrayRef<size_t> rows)
      : json(json), report(report), graph(report.graph), rows(rows) {}

  void print();

private:
  void op(size_t index);
  void producers(const GraphRow &row);
  void opOnTarget(const TargetReport &target, size_t index);
  void costs(const RowCost &cost);
  void othersRow();
  void sumRow(StringRef name, StringRef status, const GraphRow &sums, int64_t alive,
              function_ref<RowCost(const TargetReport &)> costOf);

  JsonWriter &json;
  const Report &report;
  const WorkGraph &graph;
  ArrayRef<size_t> rows;
  std::vector<int64_t> live;  // of each row
  std::vector<int64_t> place; // of a row among those printed; -1: left out
};
} // namespace

static RowCost costOf(const TargetReport &target, size_t index) {
  return index < target.rows.size() ? target.rows[index] : RowCost();
}

void OpsJson::costs(const RowCost &cost) {
  json.number("energy_j", cost.energyJ);
  json.number("latency_s", cost.latencyS);
  json.number("dram_bytes", cost.dramBytes);
  json.text("bound", name(cost.bound));
}

void OpsJson::opOnTarget(const TargetReport &target, size_t index) {
  const RowCost cost = costOf(target, index);
  const KernelCost *kernel = kernelOf(target, index);
  costs(cost);
  if (!kernel) {
    json.raw("kernel", "null");
    return;
  }
  json.text("kernel", kernelName(graph, kernel->rows));
  json.integer("kernel_id", cost.kernel);
}

/// Where each input comes from: a row by its place, else null.
void OpsJson::producers(const GraphRow &row) {
  json.array("producers", [&] {
    for (const TensorUse &use : row.reads) {
      const GraphTensor *tensor = tensorOf(graph, use.tensor);
      int64_t from = tensor && tensor->producer >= 0 ? place[tensor->producer] : -1;
      if (from >= 0)
        json.value(from);
      else
        json.value(nullptr);
    }
  });
}

/// What a row of the graph and a sum of rows count alike.
static void counts(JsonWriter &json, const GraphRow &row) {
  json.integer("macs", row.macs);
  json.integer("flops", row.flops);
  json.integer("int_ops", row.intOps);
  json.integer("transcendentals", row.transcendentals);
  json.object("bytes", [&] {
    json.integer("min", row.bytesMin);
    json.integer("max", row.bytesMax);
  });
  json.integer("weight_bytes", row.weightBytes);
}

void OpsJson::op(size_t index) {
  const GraphRow &row = graph.rows[index];
  auto shapes = [&](ArrayRef<TensorUse> uses) {
    std::string text;
    for (const TensorUse &use : uses)
      text += (text.empty() ? "" : ", ") + shapeJson(tensorOf(graph, use.tensor));
    return "[" + text + "]";
  };
  json.text("name", row.name);
  json.text("op", row.op);
  json.text("domain", row.domain);
  json.text("dtype", name(computeType(row, graph)));
  json.raw("inputs", shapes(row.reads));
  producers(row);
  json.raw("outputs", shapes(row.writes));
  json.text("status", name(row.status));
  if (!row.reason.empty())
    json.text("reason", row.reason);
  json.integer("count", row.count);
  counts(json, row);
  json.integer("live_bytes", live[index]);
  json.object("targets", [&] {
    for (const TargetReport &target : report.targets)
      json.object(target.name, [&] { opOnTarget(target, index); });
  });
}

/// What is no op, in the form of one.
void OpsJson::sumRow(StringRef name, StringRef status, const GraphRow &sums, int64_t alive,
                     function_ref<RowCost(const TargetReport &)> costOf) {
  json.text("name", name);
  json.text("op", name);
  json.text("domain", "");
  json.text("dtype", "");
  for (StringRef list : {"inputs", "producers", "outputs"})
    json.raw(list, "[]");
  json.text("status", status);
  json.integer("count", sums.count);
  counts(json, sums);
  json.integer("live_bytes", alive);
  json.object("targets", [&] {
    for (const TargetReport &target : report.targets)
      json.object(target.name, [&] {
        costs(costOf(target));
        json.raw("kernel", "null");
      });
  });
}

/// The rows that are left out; `count` is how many they are.
void OpsJson::othersRow() {
  GraphRow sums;
  bool saturated = false;
  int64_t alive = 0;
  sums.count = static_cast<int64_t>(graph.rows.size() - rows.size());
  auto others = [&](auto add) {
    for (size_t i = 0; i < graph.rows.size(); ++i)
      if (place[i] < 0)
        add(i);
  };
  others([&](size_t i) {
    const GraphRow &row = graph.rows[i];
    for (int64_t GraphRow::*figure :
         {&GraphRow::macs, &GraphRow::flops, &GraphRow::intOps, &GraphRow::transcendentals,
          &GraphRow::bytesMin, &GraphRow::bytesMax, &GraphRow::weightBytes})
      addTo(sums.*figure, row.*figure, saturated);
    alive = std::max(alive, live[i]);
  });
  json.OStream::object([&] {
    sumRow(kOthersRow, "left_out", sums, alive, [&](const TargetReport &target) {
      RowCost sum;
      others([&](size_t i) {
        const RowCost cost = costOf(target, i);
        sum.energyJ += cost.energyJ;
        sum.latencyS += cost.latencyS;
        sum.dramBytes += cost.dramBytes;
      });
      return sum;
    });
  });
}

void OpsJson::print() {
  live = liveActivations(graph);
  place.assign(graph.rows.size(), -1);
  for (auto [i, row] : enumerate(rows))
    place[row] = static_cast<int64_t>(i);
  json.array("ops", [&] {
    for (size_t row : rows)
      json.OStream::object([&] { op(row); });
    if (rows.size() < graph.rows.size())
      othersRow();
    if (report.targets.empty())
      return;
    // What no op owns, so that the energies of "ops" sum to a target's total.
    GraphRow none;
    none.count = 0;
    json.OStream::object([&] {
      sumRow(kStaticRow, "static", none, /*alive=*/0, [](const TargetReport &target) {
        RowCost cost;
        cost.energyJ = target.staticRowJ;
        return cost;
      });
    });
  });
}

void opsJson(JsonWriter &json, const Report &report, ArrayRef<size_t> rows) {
  OpsJson(json, report, rows).print();
}

} // namespace energyopt
