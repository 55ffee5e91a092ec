//===- parts.cpp - Where the time of an analysis goes ---------------------===//
//
// Google Benchmark: import, analysis and pricing of chains by their number of nodes,
// and what sizes are computed with. Per node if the counter `items` is linear.
//
//===----------------------------------------------------------------------===//

#include "energy-opt/Analysis.h"
#include "energy-opt/EnergyModel.h"
#include "energy-opt/OnnxDialect.h"
#include "energy-opt/OnnxImporter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"

#include <benchmark/benchmark.h>

using namespace energyopt;

/// A chain of Relus as binary ONNX.
static std::string chain(int64_t nodes) {
  auto field = [](char tag, const std::string &body) {
    std::string size;
    for (size_t rest = body.size(); rest || size.empty(); rest >>= 7)
      size += static_cast<char>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    return tag + size + body;
  };
  std::string graph;
  for (int64_t i = 0; i < nodes; ++i)
    graph += field(0x0a, field(0x0a, "v" + std::to_string(i)) +
                             field(0x12, "v" + std::to_string(i + 1)) + field(0x22, "Relu"));
  // float32[64], then the operator set 17.
  const std::string type("\x12\x0a\x0a\x08\x08\x01\x12\x04\x0a\x02\x08\x40", 12);
  graph += field(0x12, "chain") + field(0x5a, field(0x0a, "v0") + type) +
           field(0x62, field(0x0a, "v" + std::to_string(nodes)) + type);
  return std::string("\x08\x08", 2) + field(0x3a, graph) + std::string("\x42\x02\x10\x11", 4);
}

static ImportedModel importChain(mlir::MLIRContext &context, const std::string &bytes) {
  context.loadDialect<mlir::func::FuncDialect, OnnxDialect>();
  auto model = importOnnx(context, llvm::MemoryBuffer::getMemBuffer(bytes, "chain.onnx", false),
                          "chain.onnx", ImportOptions());
  return llvm::cantFail(std::move(model));
}

static void import(benchmark::State &state) {
  std::string bytes = chain(state.range(0));
  for (auto _ : state) {
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    benchmark::DoNotOptimize(importChain(context, bytes));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

static void analyse(benchmark::State &state) {
  std::string bytes = chain(state.range(0));
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  ImportedModel model = importChain(context, bytes);
  for (auto _ : state)
    benchmark::DoNotOptimize(llvm::cantFail(analyseImported(model, "chain.onnx", {})));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

static void price(benchmark::State &state) {
  std::string bytes = chain(state.range(0));
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  ImportedModel model = importChain(context, bytes);
  AnalysedModel analysed = llvm::cantFail(analyseImported(model, "chain.onnx", {}));
  Target target = llvm::cantFail(loadTarget("nvidia-a100-sxm-80gb"));
  for (auto _ : state)
    benchmark::DoNotOptimize(llvm::cantFail(estimate(analysed.graph, target, {})));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

static void targets(benchmark::State &state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(llvm::cantFail(loadTarget("nvidia-a100-sxm-80gb")));
}

/// What a convolution's size is: floor((n + 2 - 3) / 2) + 1 times channels.
static void sizes(benchmark::State &state) {
  const bool symbolic = state.range(0);
  for (auto _ : state) {
    Expr n = symbolic ? Expr::symbol("n") : Expr(224);
    Expr side = (n - 1).floorDiv(2) + 1;
    benchmark::DoNotOptimize(side * side * 64);
  }
}

BENCHMARK(import)->RangeMultiplier(10)->Range(1000, 100000)->Unit(benchmark::kMillisecond);
BENCHMARK(analyse)->RangeMultiplier(10)->Range(1000, 100000)->Unit(benchmark::kMillisecond);
BENCHMARK(price)->RangeMultiplier(10)->Range(1000, 100000)->Unit(benchmark::kMillisecond);
BENCHMARK(targets)->Unit(benchmark::kMicrosecond);
BENCHMARK(sizes)->ArgName("symbolic")->Arg(0)->Arg(1);
BENCHMARK_MAIN();
