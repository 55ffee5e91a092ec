//===- Load.cpp - What a kernel asks of the hardware ----------------------===//

#include "Load.h"

#include "energy-opt/Live.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace energyopt;

Precision energyopt::precisionOf(DType type) {
  switch (type) {
  case DType::F64:
  case DType::C128:
    return Precision::Fp64;
  case DType::F16:
    return Precision::Fp16;
  case DType::BF16:
    return Precision::Bf16;
  case DType::I8:
  case DType::U8:
  case DType::I16:
  case DType::U16:
    return Precision::Int8;
  case DType::F8E4M3FN:
  case DType::F8E4M3FNUZ:
  case DType::F8E5M2:
  case DType::F8E5M2FNUZ:
  case DType::F8E8M0:
    return Precision::Fp8;
  case DType::I4:
  case DType::U4:
  case DType::I2:
  case DType::U2:
  case DType::F4E2M1:
    return Precision::Int4;
  default:
    return Precision::Fp32;
  }
}

namespace {

class LoadMeter {
public:
  LoadMeter(const GraphIndex &index, const KernelPlan &plan, std::optional<Precision> precision,
            Traffic traffic)
      : index(index), graph(index.graph), plan(plan), precision(precision), traffic(traffic) {}

  Loads run() {
    loads.kernels.resize(plan.kernels.size());
    loads.rows.resize(graph.rows.size());
    loads.transfers.reserve(index.numUses());
    readers.assign(graph.tensors.size(), -1);
    items.reserve(graph.rows.size());
    std::vector<size_t> ends; // of the kernels' items
    ends.reserve(plan.kernels.size());
    for (size_t k = 0; k < plan.kernels.size(); ++k) {
      measure(static_cast<int32_t>(k));
      ends.push_back(items.size());
    }
    handOutItems(ends);
    if (traffic != Traffic::Typical)
      replaceTraffic();
    for (const GraphTensor &tensor : graph.tensors)
      if (tensor.role == GraphTensor::Role::Parameter && tensor.viewOf < 0)
        loads.parameterBytes += tensor.bytes * scale(tensor.dtype);
    loads.activationScale = activationScale();
    loads.peakActivationBytes = peakBytes();
    if (graph.step)
      for (int32_t trained : graph.step->trained)
        loads.trainedBytes += sizeOf(trained);
    return std::move(loads);
  }

private:
  double scale(DType type) const {
    if (!precision || !isFloat(type))
      return 1;
    return static_cast<double>(storageBits(*precision)) / bitWidth(type);
  }

  /// Of a training step, whose peak is that of what the backward pass needs, scaled
  /// as a whole.
  double peakBytes() const {
    if (!precision)
      return graph.peakActivationBytes;
    if (graph.step)
      return graph.peakActivationBytes * loads.activationScale;
    return peakActivations(graph, storageBits(*precision));
  }

  /// What training keeps is counted in the graph's own formats; what dominates it
  /// are float activations of one format.
  double activationScale() const {
    for (const GraphTensor &tensor : graph.tensors)
      if (tensor.role != GraphTensor::Role::Parameter && isFloat(tensor.dtype))
        return scale(tensor.dtype);
    return 1;
  }

  void handOutItems(llvm::ArrayRef<size_t> ends) {
    loads.items = std::make_shared<const std::vector<LoadItem>>(std::move(items));
    size_t begin = 0;
    for (auto [load, end] : llvm::zip(loads.kernels, ends)) {
      load.items = llvm::ArrayRef(*loads.items).slice(begin, end - begin);
      begin = end;
    }
  }

  void measure(int32_t k) {
    KernelLoad &load = loads.kernels[k];
    load.executions = graph.rows[plan.kernels[k].rows.front()].count;
    size_t first = loads.transfers.size();
    for (int32_t row : plan.kernels[k].rows) {
      addWork(row);
      for (const TensorUse &read : graph.rows[row].reads)
        addRead(k, row, read);
      for (const TensorUse &write : graph.rows[row].writes)
        addWrite(k, row, write);
    }
    for (size_t i = first; i < loads.transfers.size(); ++i) {
      const Transfer &t = loads.transfers[i];
      for (Bytes *sum : {&load.bytes, &loads.rows[t.row]})
        (t.weight ? sum->weight : sum->activation) += t.bytes;
    }
  }

  /// KN5: the model's own bounds in place of what crosses the kernels' borders.
  void replaceTraffic() {
    for (size_t k = 0; k < plan.kernels.size(); ++k) {
      KernelLoad &load = loads.kernels[k];
      load.bytes = {};
      for (int32_t row : plan.kernels[k].rows) {
        Bytes &own = loads.rows[row];
        own = boundOf(graph.rows[row]);
        load.bytes.activation += own.activation;
        load.bytes.weight += own.weight;
      }
    }
    loads.transfers.clear();
  }

  /// Rows count over all their executions, in the graph's own formats.
  Bytes boundOf(const GraphRow &row) const {
    if (row.count == 0)
      return {};
    int32_t made = row.writes.empty() ? -1 : row.writes.front().tensor;
    DType type = made < 0 ? DType::F32 : graph.tensors[made].dtype;
    double each = scale(type) / row.count;
    double all = traffic == Traffic::Max ? row.bytesMax : row.bytesMin;
    double weights = std::min<double>(row.weightBytes, all);
    return {(all - weights) * each, weights * each};
  }

  void addWork(int32_t row) {
    for (const RowWork &work : graph.rows[row].work) {
      if (work.count == 0)
        continue;
      Precision format = precision && isFloat(work.dtype) ? *precision : precisionOf(work.dtype);
      double operations = static_cast<double>(work.count) * (isContraction(work.cls) ? 2 : 1);
      items.push_back({row, work.cls, format, operations, double(work.groups), double(work.m),
                       double(work.n), double(work.k)});
    }
  }

  /// A tensor is read once per kernel, by whoever reads most of it.
  void addRead(int32_t k, int32_t row, const TensorUse &read) {
    int32_t root = index.root(read.tensor);
    if (root < 0)
      return;
    int32_t producer = index.producer(root);
    if (producer >= 0 && plan.of[producer] == k)
      return;
    double bytes = bytesOfUse(read, root) + updateBytes(read, graph.rows[row].count);
    int32_t known = readers[root];
    if (known >= 0 && loads.transfers[known].kernel == k) {
      Transfer &other = loads.transfers[known];
      if (bytes > other.bytes) {
        other.row = row;
        other.bytes = bytes;
      }
    } else if (bytes > 0) {
      readers[root] = static_cast<int32_t>(loads.transfers.size());
      bool weight = index.isWeight(root);
      loads.transfers.push_back({k, row, root, bytes, sizeOf(root), /*write=*/false, weight,
                                 weight ? Place::Parameter : Place::NoRoom});
    }
  }

  /// TR3, of one execution. States are fp32, and so are master copies of
  /// parameters that are stored in fewer bits.
  double updateBytes(const TensorUse &read, int64_t executions) const {
    if (!read.updated || !graph.step || executions < 1)
      return 0;
    constexpr double kMaster = 4;
    const UpdateRule &rule = updateRule(graph.step->options.optimizer);
    const GraphTensor &tensor = graph.tensors[read.tensor];
    double width = bitWidth(tensor.dtype) / 8.0 * scale(tensor.dtype);
    double weight = width * (rule.weightReads + rule.weightWrites);
    if (width < kMaster) // and the copy to compute with is written
      weight = kMaster * (rule.weightReads + rule.weightWrites) + width;
    return read.updated * (width * rule.gradientReads + weight + kMaster * rule.stateTransfers) /
           executions;
  }

  void addWrite(int32_t k, int32_t row, const TensorUse &write) {
    int32_t root = index.root(write.tensor);
    if (root < 0 || !leaves(root, k))
      return;
    loads.transfers.push_back({k, row, root, bytesOfUse(write, write.tensor), sizeOf(root),
                               /*write=*/true, /*weight=*/false, Place::NoRoom});
  }

  double sizeOf(int32_t root) const {
    const GraphTensor &tensor = graph.tensors[root];
    return static_cast<double>(tensor.bytes) * scale(tensor.dtype);
  }

  bool leaves(int32_t root, int32_t k) const {
    if (index.isGraphOutput(root))
      return true;
    for (int32_t user : index.consumers(root))
      if (plan.of[user] != k)
        return true;
    // What nobody reads was asked for all the same, unless it was asked for by
    // a row that never runs.
    return index.consumers(root).empty();
  }

  /// A use through a view or a folded op moves the bytes of what is stored.
  double bytesOfUse(const TensorUse &use, int32_t root) const {
    const GraphTensor &seen = graph.tensors[use.tensor], &stored = graph.tensors[root];
    double width = bitWidth(seen.dtype)
                       ? static_cast<double>(bitWidth(stored.dtype)) / bitWidth(seen.dtype)
                       : 1;
    if (bitWidth(stored.dtype) == 0)
      width = 1;
    // Of what is repeated on the way, the original is read.
    if (seen.elements > stored.elements)
      width *= static_cast<double>(stored.elements) / static_cast<double>(seen.elements);
    return static_cast<double>(use.bytes) * width * scale(stored.dtype);
  }

  const GraphIndex &index;
  const WorkGraph &graph;
  const KernelPlan &plan;
  std::optional<Precision> precision;
  Traffic traffic;
  Loads loads;
  std::vector<LoadItem> items;  // of the kernels so far
  std::vector<int32_t> readers; // the last transfer that reads a root
};

} // namespace

Loads energyopt::measureLoads(const GraphIndex &index, const KernelPlan &plan,
                              std::optional<Precision> precision, Traffic traffic) {
  return LoadMeter(index, plan, precision, traffic).run();
}
