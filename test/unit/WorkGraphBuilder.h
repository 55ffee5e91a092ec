//===- WorkGraphBuilder.h - Small graphs for tests --------------*- C++ -*-===//

#ifndef ENERGY_OPT_TEST_UNIT_WORKGRAPHBUILDER_H
#define ENERGY_OPT_TEST_UNIT_WORKGRAPHBUILDER_H

#include "energy-opt/WorkGraph.h"

namespace energyopt::test {

/// Makes rows whose operands are read and written whole. Tensors are float32
/// unless said otherwise.
class WorkGraphBuilder {
public:
  WorkGraph graph;

  int32_t tensor(int64_t elements, GraphTensor::Role role, DType type = DType::F32) {
    GraphTensor t;
    t.name = "t" + std::to_string(graph.tensors.size());
    t.role = role;
    t.dtype = type;
    t.elements = elements;
    t.bytes = elements * bitWidth(type) / 8;
    graph.tensors.push_back(t);
    return static_cast<int32_t>(graph.tensors.size()) - 1;
  }
  int32_t input(int64_t elements, DType type = DType::F32) {
    return tensor(elements, GraphTensor::Role::Input, type);
  }
  int32_t parameter(int64_t elements, DType type = DType::F32) {
    int32_t t = tensor(elements, GraphTensor::Role::Parameter, type);
    graph.model.parameterBytes += graph.tensors[t].bytes;
    return t;
  }

  /// A row that reads `reads` and writes one new tensor of `elements`.
  int32_t op(const char *name, const char *family, std::vector<int32_t> reads, int64_t elements,
             std::vector<RowWork> work = {}) {
    GraphRow row;
    row.op = name;
    row.name = std::string(name) + "_" + std::to_string(graph.rows.size());
    row.domain = "ai.onnx";
    row.family = family;
    for (int32_t t : reads)
      row.reads.push_back({t, t < 0 ? 0 : graph.tensors[t].bytes});
    for (RowWork &w : work)
      row.work.push_back(w);
    int32_t out = tensor(elements, GraphTensor::Role::Intermediate);
    graph.tensors[out].producer = static_cast<int32_t>(graph.rows.size());
    row.writes.push_back({out, graph.tensors[out].bytes});
    for (const RowWork &w : row.work) {
      bool mac = isContraction(w.cls);
      row.macs += mac ? w.count : 0;
      row.flops += (mac ? 2 : 1) * w.count;
    }
    graph.rows.push_back(row);
    return out;
  }

  /// [m,k] x [k,n]; a contraction with weights if `weights` is a parameter.
  int32_t matmul(int32_t x, int32_t y, int64_t groups, int64_t m, int64_t k, int64_t n) {
    bool weights = graph.tensors[y].role == GraphTensor::Role::Parameter;
    return op("MatMul", "matmul", {x, y}, groups * m * n,
              {{weights ? WorkClass::MatMul : WorkClass::BatchMatMul, DType::F32,
                groups * m * n * k, groups, m, n, k}});
  }
  /// 1x1 convolution over `m` positions.
  int32_t conv(int32_t x, int64_t m, int64_t k, int64_t n) {
    return op("Conv", "conv", {x, parameter(k * n)}, m * n,
              {{WorkClass::Conv, DType::F32, m * n * k, 1, m, n, k}});
  }
  /// As many results as the first operand has elements.
  int32_t elementwise(const char *name, std::vector<int32_t> reads) {
    int64_t elements = graph.tensors[reads[0]].elements;
    return op(name, "elementwise", reads, elements, {{WorkClass::Vector, DType::F32, elements}});
  }
  int32_t reduce(const char *name, int32_t x, int64_t elements) {
    return op(name, "reduce", {x}, elements,
              {{WorkClass::Vector, DType::F32, graph.tensors[x].elements}});
  }
  int32_t view(const char *name, int32_t x) {
    int32_t out = op(name, "free", {x}, graph.tensors[x].elements);
    graph.rows.back().status = WorkStatus::Free;
    graph.tensors[out].viewOf = x;
    return out;
  }
  int32_t transpose(int32_t x) {
    return op("Transpose", "movement", {x}, graph.tensors[x].elements);
  }
  void output(int32_t t) {
    graph.tensors[t].role = GraphTensor::Role::Output;
    graph.outputs.push_back({graph.tensors[t].name, t});
  }
};

} // namespace energyopt::test

#endif // ENERGY_OPT_TEST_UNIT_WORKGRAPHBUILDER_H
