//===- LowRank.cpp - Matrices as products of thin ones --------------------===//

#include "Suggest/Rewrites.h"

#include "Suggest/Prune/Channels.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/xxhash.h"

#include <Eigen/Dense>

#include <map>
#include <mutex>
#include <random>
#include <tuple>

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

namespace {
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// W of K rows and N columns, about left * right.
struct Factors {
  Matrix left, right;
};

/// A layer as a product by a matrix of constants, K inputs by N outputs.
struct Layer {
  Operation *op;
  mlir::RankedTensorType type; // of its weights
  Matrix weights;
};
} // namespace

//===----------------------------------------------------------------------===//
// The decomposition
//===----------------------------------------------------------------------===//

/// A bound that needs no spectrum: the r largest of numbers of sum s and sum of
/// squares q sum up to sqrt(r * q) at most.
static bool isHopeless(const Eigen::MatrixXf &gram, double rank, double energy) {
  return std::sqrt(rank * double(gram.squaredNorm())) < energy * double(gram.trace());
}

/// An orthonormal basis of about what `rank` directions hold of the columns, by
/// random projection with one power iteration (Halko et al., 2011).
static Eigen::MatrixXf rangeOf(const Matrix &a, Eigen::Index rank) {
  std::minstd_rand random(1);
  std::normal_distribution<float> normal;
  Eigen::MatrixXf sketch =
      Eigen::MatrixXf::NullaryExpr(a.cols(), rank, [&] { return normal(random); });
  auto basis = [](const Eigen::MatrixXf &y) -> Eigen::MatrixXf {
    Eigen::HouseholderQR<Eigen::MatrixXf> qr(y);
    return qr.householderQ() * Eigen::MatrixXf::Identity(y.rows(), y.cols());
  };
  Eigen::MatrixXf once = basis(a * sketch);
  return basis(a * (a.transpose() * once));
}

/// The factors of least rank that keep `energy` of the sum of squares; nullopt if
/// it takes more than `mostRank`.
static std::optional<Factors> factorize(const Matrix &a, double energy, double mostRank) {
  // With the smaller side last, its Gram matrix has the squared singular values.
  if (a.cols() > a.rows()) {
    auto transposed = factorize(a.transpose(), energy, mostRank);
    if (transposed)
      return Factors{transposed->right.transpose(), transposed->left.transpose()};
    return std::nullopt;
  }
  constexpr Eigen::Index kExact = 1024;
  Eigen::MatrixXf gram = a.transpose() * a;
  double total = gram.trace();
  if (!(total > 0) || !std::isfinite(total) || isHopeless(gram, mostRank, energy))
    return std::nullopt;
  bool sketched = a.cols() > kExact;
  Eigen::MatrixXf range, rest;
  if (sketched) {
    range = rangeOf(a, std::min<Eigen::Index>(a.cols(), Eigen::Index(mostRank) + 8));
    rest = range.transpose() * a;
    gram = rest * rest.transpose();
  }
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXf> solver(gram);
  if (solver.info() != Eigen::Success)
    return std::nullopt;
  // Ascending: the last are the largest.
  Eigen::Index rank = 0, count = gram.cols();
  for (double kept = 0; rank < count && kept < energy * total; ++rank)
    kept += solver.eigenvalues()[count - 1 - rank];
  if (double(rank) > mostRank)
    return std::nullopt;
  Eigen::MatrixXf leading = solver.eigenvectors().rightCols(rank);
  if (sketched)
    return Factors{range * leading, leading.transpose() * rest};
  return Factors{a * leading, leading.transpose()};
}

/// The same, remembered by the contents: pricing a layer on each target, and in
/// each plan, asks for it again.
static std::optional<Factors> factorizeOnce(const Matrix &a, double energy, double mostRank) {
  using Key = std::tuple<uint64_t, Eigen::Index, Eigen::Index, double, double>;
  static std::mutex guard;
  static std::map<Key, std::optional<Factors>> known;
  constexpr size_t kMostKnown = 512;
  llvm::ArrayRef<uint8_t> bytes(reinterpret_cast<const uint8_t *>(a.data()),
                                a.size() * sizeof(float));
  Key key{llvm::xxh3_64bits(bytes), a.rows(), a.cols(), energy, mostRank};
  {
    std::lock_guard<std::mutex> lock(guard);
    if (auto found = known.find(key); found != known.end())
      return found->second;
  }
  std::optional<Factors> factors = factorize(a, energy, mostRank);
  std::lock_guard<std::mutex> lock(guard);
  if (known.size() >= kMostKnown)
    known.clear();
  known[key] = factors;
  return factors;
}

//===----------------------------------------------------------------------===//
// The layers
//===----------------------------------------------------------------------===//

static std::optional<Layer> layerOf(Operation *op, WeightReader &weights) {
  bool conv = isNamed(op, "Conv"), gemm = isNamed(op, "Gemm");
  if (op->getNumOperands() < 2)
    return std::nullopt;
  Operation *constant = constantBehind(op->getOperand(1));
  std::optional<WeightRef> ref = constant ? contentsOf(constant) : std::nullopt;
  auto type = constant ? llvm::dyn_cast<mlir::RankedTensorType>(constant->getResult(0).getType())
                       : mlir::RankedTensorType();
  if (!ref || ref->dtype != DType::F32 || !type || !type.hasStaticShape() ||
      type.getNumElements() == 0 || type.getRank() < 2 ||
      (conv ? intAttr(op, "group", 1) != 1 : type.getRank() != 2))
    return std::nullopt;
  auto read = weights.floats(*ref);
  if (!read) { // absent: nothing to decompose
    llvm::consumeError(read.takeError());
    return std::nullopt;
  }
  int64_t rows = type.getDimSize(0), columns = type.getNumElements() / rows;
  Matrix stored = Eigen::Map<const Matrix>(read->data(), rows, columns);
  bool outFirst = conv || (gemm && intAttr(op, "transB", 0) != 0);
  Layer layer{op, type, {}};
  if (outFirst)
    layer.weights = stored.transpose();
  else
    layer.weights = std::move(stored);
  return layer;
}

static std::vector<uint8_t> bytesOf(const Matrix &matrix) {
  return littleEndian(llvm::ArrayRef(matrix.data(), matrix.size()));
}

/// Two nodes for one; the second is the old one, with its name and its bias.
static void replace(Layer &layer, const Factors &factors, Rewrite &rewrite) {
  Operation *op = layer.op;
  mlir::OpBuilder b(op);
  bool conv = isNamed(op, "Conv");
  int64_t rank = factors.left.cols(), outputs = factors.right.cols();
  auto type = [&](llvm::ArrayRef<int64_t> shape) {
    return mlir::RankedTensorType::get(shape, b.getF32Type());
  };
  llvm::SmallVector<int64_t> first{factors.left.rows(), rank}, second{rank, outputs};
  if (conv) {
    first.assign(layer.type.getShape().begin(), layer.type.getShape().end());
    first[0] = rank;
    second.assign(first.size(), 1);
    second[0] = outputs, second[1] = rank;
  }
  std::string name = loggedName(op), result = locatedValueName(op->getResult(0)).str() + "_thin";
  Operation *constant = constantBehind(op->getOperand(1));
  std::string weights = locatedValueName(op->getOperand(1)).str() + "_" + result;
  Matrix left = factors.left, right = factors.right;
  if (conv) {
    left = factors.left.transpose().eval();
    right = factors.right.transpose().eval();
  }
  Value thin = addWeight(b, rewrite, type(first), bytesOf(left), weights + "_1");
  Value wide = addWeight(b, rewrite, type(second), bytesOf(right), weights + "_2");
  llvm::SmallVector<mlir::NamedAttribute> attributes;
  for (mlir::NamedAttribute attribute : op->getAttrs())
    if (conv || attribute.getName() == "transA")
      attributes.push_back(attribute);
  std::string node = name + "_thin";
  Operation *before = addNode(b, "", onnxDomainAndType(op).second, {op->getOperand(0), thin},
                              undeclaredType(b.getContext()), node, result, attributes);
  op->setOperand(0, before->getResult(0));
  op->setOperand(1, wide);
  if (constant->use_empty())
    constant->erase();
  // The first has strides and padding, the second none.
  for (const char *attribute : {"auto_pad", "pads", "strides", "dilations", "transA", "transB"})
    op->removeAttr(attribute);
  if (conv)
    op->setAttr("kernel_shape",
                b.getDenseI64ArrayAttr(llvm::SmallVector<int64_t>(second.size() - 2, 1)));
  rewrite.ops.push_back(name);
  rewrite.made[name] = {node, name};
}

static void factorizeLayers(Rewrite &rewrite) {
  llvm::SmallVector<Operation *> ops;
  rewrite.model.module->walk([&](Operation *op) {
    if (isNamed(op, "Conv") || isNamed(op, "Gemm") || isNamed(op, "MatMul"))
      ops.push_back(op);
  });
  double energy = rewrite.number("energy"), share = 1 - rewrite.number("least_saving");
  for (Operation *op : ops) {
    if (op->getNumOperands() < 2 || !rewrite.mayChange(loggedName(op)))
      continue;
    std::optional<Layer> layer = layerOf(op, rewrite.weights());
    if (!layer)
      continue;
    double inputs = double(layer->weights.rows()), outputs = double(layer->weights.cols());
    double mostRank = std::floor(share * inputs * outputs / (inputs + outputs));
    if (mostRank < 1)
      continue;
    std::optional<Factors> factors = factorizeOnce(layer->weights, energy, mostRank);
    if (!factors) {
      rewrite.kept.push_back(llvm::formatv("{0}: rank {1} of {2} keeps less", loggedName(op),
                                           int64_t(mostRank), int64_t(std::min(inputs, outputs))));
      continue;
    }
    replace(*layer, *factors, rewrite);
  }
}

static constexpr CheckParameter kParameters[] = {
    {"energy", 0.95, 0.5, 1, "share of each matrix's sum of squares that stays, at least"},
    {"least_saving", 0.2, 0, 0.95, "share of a layer's work that goes, at least"},
};

static constexpr Check kChecks[] = {
    {.id = "lowrank-matmul",
     .title = "Replace matrices of low rank by products of two thin ones",
     .rationale =
         "Weights of K inputs and N outputs cost K N multiplications per row; those of rank r do "
         "with "
         "r (K + N), as two layers. A convolution becomes one of r channels and a 1x1 one. The "
         "rank is the "
         "least that keeps 95 % of the sum of squares. Trained layers seldom have so low a rank by "
         "themselves, large embeddings and projections do; what is lost is won back by "
         "fine-tuning.",
     .elsewhere =
         "torch.linalg.svd on the layer's weights, or Tensorly-Torch's FactorizedLinear and "
         "FactorizedConv.",
     .risk = Degree::High,
     .effort = Degree::Medium,
     .readsWeights = true,
     .perLayer = true,
     .parameters = kParameters,
     .apply = factorizeLayers},
};

llvm::ArrayRef<Check> energyopt::lowRankChecks() { return kChecks; }
