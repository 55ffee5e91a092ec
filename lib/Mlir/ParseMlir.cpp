//===- ParseMlir.cpp - Reading MLIR text and bytecode ---------------------===//

#include "Mlir/MlirInput.h"
#include "Mlir/TextLimits.h"
#include "energy-opt/Limits.h"
#include "energy-opt/OnnxDialect.h"
#include "energy-opt/Register.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Async/IR/Async.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Quant/QuantOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Shape/IR/Shape.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/SourceMgr.h"

#include <csignal>
#include <fstream>
#include <mutex>
#include <optional>
#include <sys/resource.h>
#include <unistd.h>

using namespace energyopt;
using llvm::StringRef;

void energyopt::registerInputDialects(mlir::DialectRegistry &registry) {
  registry.insert<mlir::affine::AffineDialect, mlir::arith::ArithDialect, mlir::async::AsyncDialect,
                  mlir::bufferization::BufferizationDialect, mlir::complex::ComplexDialect,
                  mlir::cf::ControlFlowDialect, mlir::func::FuncDialect, mlir::gpu::GPUDialect,
                  mlir::index::IndexDialect, mlir::LLVM::LLVMDialect, mlir::linalg::LinalgDialect,
                  mlir::ml_program::MLProgramDialect, mlir::math::MathDialect,
                  mlir::memref::MemRefDialect, mlir::quant::QuantizationDialect,
                  mlir::scf::SCFDialect, mlir::shape::ShapeDialect,
                  mlir::sparse_tensor::SparseTensorDialect, mlir::tensor::TensorDialect,
                  mlir::tosa::TosaDialect, mlir::ub::UBDialect, mlir::vector::VectorDialect>();
  registry.insert<OnnxDialect>();
  registerThinDialects(registry);
  registerLinalgWork(registry);
}

/// The first thing in the text that is no comment.
static StringRef firstToken(StringRef text) {
  for (;;) {
    text = text.ltrim();
    if (!text.starts_with("//"))
      return text;
    text = text.drop_front(std::min(text.find('\n'), text.size()));
  }
}

static bool isIdentifier(char c) { return llvm::isAlnum(c) || c == '_' || c == '$'; }

/// "func.func @f", "\"stablehlo.add\"(", "%0 = ", "module {", "#map = ".
static bool startsMlir(StringRef text) {
  StringRef token = firstToken(text);
  if (token.consume_front("module"))
    return token.empty() || !isIdentifier(token.front());
  if (token.consume_front("#") || token.consume_front("!") || token.consume_front("%"))
    return !token.empty() && isIdentifier(token.front());
  token.consume_front("\"");
  StringRef dialect = token.take_while(isIdentifier);
  token = token.drop_front(dialect.size());
  if (dialect.empty() || !token.consume_front("."))
    return false;
  return !token.take_while(isIdentifier).empty();
}

bool energyopt::isMlir(StringRef bytes, StringRef path) {
  if (bytes.starts_with("ML\xefR"))
    return true;
  if (path.ends_with(".mlir") || path.ends_with(".mlirbc"))
    return true;
  if (path.ends_with(".onnx") || path.ends_with(".onnxtxt") || path.ends_with(".textproto"))
    return false;
  return startsMlir(bytes.take_front(1 << 16));
}

/// How a parser ends that is left; signals end it with others.
constexpr int kFirstError = 1;

namespace {
/// Keeps the first error, with its place in the user's file, and leaves the parser
/// there and then: what MLIR 19 does after an error may free an operation that
/// others still refer to.
class FirstError {
public:
  FirstError(mlir::MLIRContext &context, int64_t firstLine)
      : handler(&context, [this, firstLine](mlir::Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error && message.empty()) {
            if (auto at = diagnostic.getLocation()->findInstanceOf<mlir::FileLineColLoc>())
              message = "line " + std::to_string(at.getLine() + firstLine - 1) + ":" +
                        std::to_string(at.getColumn()) + ": ";
            message += diagnostic.str();
          }
          llvm::CrashRecoveryContext *parser = llvm::CrashRecoveryContext::GetCurrent();
          if (parser && !message.empty())
            parser->HandleExit(kFirstError);
          return mlir::success();
        }) {}
  std::string message;

private:
  mlir::ScopedDiagnosticHandler handler;
};
} // namespace

namespace {
/// A stack for signal handlers of this thread, so that one that runs out of its own
/// is caught too.
class HandlerStack {
public:
  HandlerStack() : memory(kBytes) {
    stack_t mine = {};
    mine.ss_sp = memory.data();
    mine.ss_size = kBytes;
    set = ::sigaltstack(&mine, &before) == 0;
  }
  ~HandlerStack() {
    if (set)
      ::sigaltstack(&before, nullptr);
  }

private:
  static constexpr size_t kBytes = size_t(1) << 16;
  std::vector<char> memory;
  stack_t before = {};
  bool set = false;
};
} // namespace

namespace {
/// Bytecode says how many ops, types and values follow, and MLIR's reader makes room
/// for as many as it says. While one is read, the process gets no more memory than a
/// file of its size can need, what it maps of files apart; running out is a crash that
/// is recovered from.
class RoomForBytecode {
public:
  explicit RoomForBytecode(size_t fileBytes) : lock(oneAtATime()) {
    constexpr rlim_t kLeastBytes = rlim_t(2) << 30, kBytesPerByte = 200;
    uint64_t pages = 0;
    std::ifstream statm("/proc/self/statm"); // absent elsewhere: no limit
    for (int field = 0; field < 6; ++field)  // the sixth: of data and stacks
      statm >> pages;
    known = statm && ::getrlimit(RLIMIT_DATA, &before) == 0;
    if (!known)
      return;
    rlimit mine = before;
    mine.rlim_cur = std::min<rlim_t>(mine.rlim_cur, pages * ::sysconf(_SC_PAGESIZE) + kLeastBytes +
                                                        kBytesPerByte * fileBytes);
    ::setrlimit(RLIMIT_DATA, &mine);
  }
  ~RoomForBytecode() {
    if (known)
      ::setrlimit(RLIMIT_DATA, &before);
  }

private:
  static std::mutex &oneAtATime() {
    static std::mutex mutex;
    return mutex;
  }
  std::unique_lock<std::mutex> lock;
  rlimit before = {};
  bool known = false;
};
} // namespace

static bool enableRecovery() {
  llvm::CrashRecoveryContext::Enable();
  for (int number : {SIGSEGV, SIGBUS}) {
    struct sigaction action;
    ::sigaction(number, nullptr, &action);
    action.sa_flags |= SA_ONSTACK;
    ::sigaction(number, &action, nullptr);
  }
  return true;
}

/// How `parse` ends. MLIR 19 does not survive every text
/// ("linalg.transpose" with a list that is no permutation), and bytecode may nest
/// as deep as the stack: that is an error of one file, and the others are still
/// read. Ops that were read by then stay allocated.
enum class End : uint8_t { Reached, FirstError, Crash };

static End finish(llvm::function_ref<void()> parse) {
  static const bool enabled = enableRecovery();
  (void)enabled;
  HandlerStack stack;
  llvm::CrashRecoveryContext recovery;
  if (recovery.RunSafely(parse))
    return End::Reached;
  return recovery.RetCode == kFirstError ? End::FirstError : End::Crash;
}

/// Whether ops of bytecode, which has no brackets to count, nest deeper than text
/// may.
static bool nestsTooDeep(mlir::ModuleOp module) {
  std::vector<std::pair<mlir::Operation *, uint64_t>> todo{{module, 1}};
  while (!todo.empty()) {
    auto [op, depth] = todo.back();
    todo.pop_back();
    if (depth > limitOf(Limit::MlirNesting))
      return true;
    for (mlir::Region &region : op->getRegions())
      for (mlir::Operation &inner : region.getOps())
        if (inner.getNumRegions() > 0)
          todo.emplace_back(&inner, depth + 1);
  }
  return false;
}

llvm::Expected<ParsedModule> energyopt::parseMlir(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                                  StringRef path, int64_t firstLine) {
  ParsedModule parsed;
  parsed.format = buffer->getBuffer().starts_with("ML\xefR") ? "mlirbc" : "mlir";
  bool isText = parsed.format == "mlir";
  if (isText)
    if (llvm::Error error = checkTextLimits(buffer->getBuffer(), firstLine))
      return std::move(error);
  mlir::DialectRegistry registry;
  registerInputDialects(registry);
  parsed.context =
      std::make_unique<mlir::MLIRContext>(registry, mlir::MLIRContext::Threading::DISABLED);
  parsed.context->allowUnregisteredDialects();
  parsed.context->printOpOnDiagnostic(false);
  auto error = std::make_unique<FirstError>(*parsed.context, firstLine);
  auto sources = std::make_unique<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(
      llvm::MemoryBuffer::getMemBufferCopy(buffer->getBuffer(), path), // ends with a NUL
      llvm::SMLoc());
  std::optional<RoomForBytecode> room;
  if (!isText)
    room.emplace(buffer->getBufferSize());
  End end = finish([&] {
    parsed.module = mlir::parseSourceFile<mlir::ModuleOp>(*sources, parsed.context.get());
  });
  room.reset();
  if (parsed.module && (isText || !nestsTooDeep(*parsed.module)))
    return std::move(parsed);
  if (parsed.module)
    return tooDeep("");
  std::string text = error->message;
  if (text.empty())
    text =
        end == End::Crash ? "MLIR's parser crashes on this file" : "the module could not be read";
  if (end == End::Crash) { // in what state nobody knows
    (void)parsed.context.release();
    (void)error.release();
    (void)sources.release();
  }
  return llvm::createStringError(
      llvm::inconvertibleErrorCode(),
      text + "\nthe syntax is that of MLIR 19.1; print the op in generic form "
             "(--mlir-print-op-generic) if its dialect is newer or not known here");
}
