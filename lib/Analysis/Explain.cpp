//===- Explain.cpp - How one row is priced --------------------------------===//

#include "Estimate.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace energyopt;

namespace {

class Explainer {
public:
  explicit Explainer(const Pricing &pricing) : p(pricing), os(text) {}

  std::vector<std::string> run(int32_t row) {
    int32_t k = p.plan.of[row];
    if (k < 0) {
      line("no kernel: " + whyNone(row));
      return std::move(lines);
    }
    const Kernel &kernel = p.plan.kernels[k];
    line("kernel " + std::to_string(k) + ": " + kernelName(p.index.graph, kernel.rows));
    line(std::string("  because ") + kernel.why + " (" + p.runtime.name + ")");
    explainTime(p.loads.kernels[k]);
    explainPlaces(k);
    explainEnergy(p.loads.kernels[k]);
    explainDevice();
    listCoefficients();
    return std::move(lines);
  }

private:
  void line(std::string value) { lines.push_back(std::move(value)); }
  /// Ends a line written to `os`.
  void flush() {
    lines.push_back(text);
    text.clear();
  }

  std::string whyNone(int32_t row) const {
    const GraphRow &graphRow = p.index.graph.rows[row];
    if (graphRow.status == WorkStatus::Free)
      return "metadata only, nothing runs";
    if (graphRow.constant)
      return "computed once, when the model is loaded";
    if (graphRow.count == 0)
      return "on a branch that is not taken";
    if (graphRow.fromSizes && !p.runtime.runsShapeOps)
      return "shape arithmetic: " + std::string(p.runtime.name) + " knows the sizes beforehand";
    return "becomes part of its neighbours under " + std::string(p.runtime.name);
  }

  void explainTime(const KernelLoad &load) {
    const Coefficients &c = p.coefficients;
    for (const LoadItem &item : load.items) {
      const Rate &rate = c.rate(item.cls, item.precision);
      double used = utilization(c, rate, item);
      const char *units = rate.matrix ? "matrix" : "vector";
      os << llvm::format("  TM1 %s: %.4g operations / (%.4g/s in %s on %s units * u %.3f) = %.4g s",
                         p.index.graph.rows[item.row].op.c_str(), item.operations,
                         rate.operationsPerS, name(rate.ran).data(), units, used,
                         rate.operationsPerS > 0 ? item.operations / (rate.operationsPerS * used)
                                                 : 0.0);
      flush();
    }
    KernelLoad once = load;
    once.executions = 1;
    KernelFigures f = priceKernel(c, once);
    const Bytes &b = load.bytes;
    os << llvm::format("  TM6 memory: %.4g B activations / %.4g B/s + %.4g B weights / %.4g B/s",
                       b.activation, c.activationBandwidth, b.weight, c.weightBandwidth);
    if (f.onchipBytes > 0)
      os << llvm::format(" + on chip %.4g B / %.4g B/s + %.4g B weights / %.4g B/s",
                         b.cachedActivation, c.cacheBandwidth, b.cachedWeight, c.pinnedBandwidth);
    os << llvm::format(" = %.4g s", f.memoryS);
    flush();
    os << llvm::format("  TM2 kernel: (%.4g^%.3g + %.4g^%.3g)^(1/%.3g) = %.4g s, run %.0f times",
                       f.computeS, c.overlap, f.memoryS, c.overlap, c.overlap, f.busyS,
                       load.executions);
    flush();
  }

  /// KN6: each tensor that crosses the kernel's border, and why it goes there.
  void explainPlaces(int32_t k) {
    double once = 0;
    const std::vector<Transfer> &all = p.loads.transfers;
    auto first = llvm::partition_point(all, [&](const Transfer &t) { return t.kernel < k; });
    for (; first != all.end() && first->kernel == k; ++first) {
      const GraphTensor &tensor = p.index.graph.tensors[first->root];
      os << "  KN6 " << (first->write ? "writes " : "reads ") << tensor.name
         << llvm::format(", %.4g B: ", first->bytes) << reason(first->place);
      flush();
      once += first->bytes;
    }
    const Bytes &b = p.loads.kernels[k].bytes;
    double tiles = b.activation + b.weight + b.cachedActivation + b.cachedWeight - once;
    if (all.empty() || tiles <= 1e-6 * once)
      return;
    os << llvm::format("  KN8 tiles: %.4g B more, through %.4g B on chip", tiles,
                       p.coefficients.room.bytes);
    flush();
  }

  void explainEnergy(const KernelLoad &load) {
    KernelFigures f = priceKernel(p.coefficients, load);
    os << llvm::format("  EN1 dynamic: compute %.4g J + DRAM %.4g J + on-chip %.4g J; "
                       "EN3 constant %.4g W * %.4g s = %.4g J",
                       f.computeJ, f.dramJ, f.onchipJ, p.coefficients.constantW, f.busyS,
                       p.coefficients.constantW * f.busyS);
    flush();
  }

  void explainDevice() {
    const Coefficients &c = p.coefficients;
    Figures total = evaluate(c, p.loads.kernels);
    os << llvm::format("  TM7 graph: %.4g s busy, %.0f launches of %.3g us %s = %.4g s",
                       total.busyS, total.launches, (c.asynchronous ? c.issueS : c.perOpS) * 1e6,
                       c.asynchronous ? "in a queue" : "each", total.uncappedS);
    flush();
    os << llvm::format("  EN5 power: %.4g W + %.4g J / %.4g s = %.4g W, limit %.4g W: time x %.4g, "
                       "kernel energy x %.4g",
                       c.constantW, total.dynamicJ, total.uncappedS, total.demandW, c.limitW,
                       total.timeScale, total.energyScale);
    flush();
  }

  void listCoefficients() {
    line("  coefficients of " + p.target.name + " (" + p.target.hash + "):");
    auto print = [&](llvm::StringRef path, const Quantity &number) {
      os << "    " << path << " = " << llvm::format("%.4g", number.value);
      if (number.low != number.high)
        os << llvm::format(" [%.4g, %.4g]", number.low, number.high);
      os << " (" << name(number.kind) << ": " << number.source << ')';
      flush();
    };
    visitQuantities(p.target, print);
    std::string cls = name(p.target.cls).str() + ".";
    line("  constants of class " + name(p.target.cls).str() + " (" + p.constants.hash + "):");
    visitQuantities(p.constants, [&](llvm::StringRef path, const Quantity &number) {
      if (path.starts_with(cls))
        print(path, number);
    });
  }

  const Pricing &p;
  std::vector<std::string> lines;
  std::string text;
  llvm::raw_string_ostream os;
};

} // namespace

std::vector<std::string> energyopt::explainRow(const WorkGraph &graph, int32_t row,
                                               const Target &target, const EnergyOptions &options) {
  GraphIndices indices(graph);
  auto pricing = preparePricing(indices, target, options);
  if (!pricing)
    return {llvm::toString(pricing.takeError())};
  if (row < 0 || static_cast<size_t>(row) >= graph.rows.size())
    return {"no such row"};
  return Explainer(**pricing).run(row);
}
