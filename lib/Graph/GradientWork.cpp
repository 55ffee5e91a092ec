//===- GradientWork.cpp - The work of ai.onnx.preview.training.Gradient ---===//
//
// The op stands for the backward pass of the graph that leads from its inputs
// xs to y, which the walk has just visited.
//
//===----------------------------------------------------------------------===//

#include "Graph/GraphBuilder.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::StringRef;

/// Rows between `y` and the tensors named in `xs`, found from y backwards.
static std::vector<int32_t> rowsBetween(const WorkGraph &graph, StringRef y,
                                        llvm::ArrayRef<StringRef> xs) {
  std::vector<bool> taken(graph.rows.size(), false);
  std::vector<int32_t> todo, rows;
  for (size_t t = graph.tensors.size(); t-- > 0;)
    if (graph.tensors[t].name == y) {
      todo.push_back(static_cast<int32_t>(t));
      break;
    }
  while (!todo.empty()) {
    const GraphTensor &tensor = graph.tensors[todo.back()];
    todo.pop_back();
    if (tensor.producer < 0 || taken[tensor.producer] || llvm::is_contained(xs, tensor.name))
      continue;
    taken[tensor.producer] = true;
    rows.push_back(tensor.producer);
    for (const TensorUse &use : graph.rows[tensor.producer].reads)
      if (use.tensor >= 0)
        todo.push_back(use.tensor);
  }
  return rows;
}

/// G1: work(Gradient) = 2 * work of the rows between xs and y: a contraction
/// needs one product per operand, an elementwise op a derivative and a product.
Work energyopt::gradientWork(const WorkGraph &graph, const OpView &op) {
  auto y = op.attr("y"), xs = op.attr("xs");
  if (!y || !xs)
    return Work::unmodelled("it names no y and xs to differentiate");
  Work work;
  for (int32_t row : rowsBetween(graph, y->s, xs->strings))
    for (const RowWork &item : graph.rows[row].work)
      work.add(item.cls, item.dtype, Expr(2) * Expr(item.count) * Expr(graph.rows[row].count),
               {Expr(item.groups), Expr(item.m), Expr(item.n), Expr(item.k)});
  for (const ValueInfo *input : op.inputs)
    work.readBytes.push_back(input->bytes().value_or(Expr(0)));
  for (const ValueInfo &output : op.outputs)
    work.writeBytes.push_back(output.bytes().value_or(Expr(0)));
  return work;
}
