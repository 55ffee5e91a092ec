//===- FuseGelu.cpp - Activations out of their parts ----------------------===//
//
//   Gelu       x * (1 + erf(x / sqrt(2))) * 0.5
//   its tanh   x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) * 0.5
//   HardSwish  x * hardsigmoid(x, 1/6, 1/2),  x * clip(x + 3, 0, 6) / 6
//   Swish      x * sigmoid(x)
//   Mish       x * tanh(softplus(x))
//
// All are products, whose factors come in any order.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Editor.h"

#include <cmath>

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

namespace {

/// Constants are written with few digits.
constexpr double kTolerance = 1e-4;

/// A product: numbers multiplied out, and what else takes part.
struct Product {
  double number = 1;
  llvm::SmallVector<Value> factors;
};

class ActivationFinder {
public:
  explicit ActivationFinder(Editor &editor) : editor(editor) {}

  bool tryGelu(Operation *anchor) {
    bool erf = isNamed(anchor, "Erf"), tanh = isNamed(anchor, "Tanh");
    if (!erf && !tanh)
      return false;
    start(anchor);
    Operation *add = onlyUser(anchor, "Add");
    if (!add || !(editor.facts.isScalar(add->getOperand(0), 1) ||
                  editor.facts.isScalar(add->getOperand(1), 1)))
      return false;
    inside.push_back(add);
    Value x = erf ? erfArgument(anchor) : tanhArgument(anchor);
    return x && endsAt(add, x, 0.5) && replaceGelu(x, tanh);
  }

  bool tryOther(Operation *anchor) {
    start(anchor);
    if (isNamed(anchor, "HardSigmoid"))
      return tryHardSigmoid(anchor);
    if (isNamed(anchor, "Clip"))
      return tryClip(anchor);
    if (isNamed(anchor, "Sigmoid") && endsAt(anchor, anchor->getOperand(0), 1))
      return replaceSwish(anchor->getOperand(0));
    Operation *softplus =
        isNamed(anchor, "Tanh") ? editor.maker(anchor->getOperand(0), "Softplus", anchor) : nullptr;
    if (!softplus || opsetOf(anchor) < 18)
      return false;
    inside.push_back(softplus);
    Value x = softplus->getOperand(0);
    return endsAt(anchor, x, 1) && fits(x) && replace("", "Mish", x, {});
  }

private:
  void start(Operation *anchor) {
    inside.assign({anchor});
    last = nullptr;
  }

  Operation *onlyUser(Operation *op, StringRef name) const {
    Operation *user = op->getNumResults() == 1 && op->hasOneUse() ? *op->user_begin() : nullptr;
    bool fits = user && isNamed(user, name) && user->getBlock() == op->getBlock();
    return fits && opsetOf(op) >= 7 ? user : nullptr;
  }

  /// Multiplies out what makes `value`, down to operands of `leaves`; the nodes
  /// that do it are added to `inside`.
  void multiply(Value value, llvm::ArrayRef<Value> leaves, Operation *user, Product &product,
                bool divide = false) {
    if (auto number = editor.facts.scalar(value)) {
      product.number = divide ? product.number / *number : product.number * *number;
      return;
    }
    Operation *mul = editor.maker(value, "Mul", user), *div = editor.maker(value, "Div", user);
    bool expands = !llvm::is_contained(leaves, value) && !divide && inside.size() < kMost &&
                   (mul || (div && editor.facts.scalar(div->getOperand(1))));
    if (!expands) {
      product.factors.push_back(divide ? Value() : value);
      return;
    }
    Operation *op = mul ? mul : div;
    inside.push_back(op);
    multiply(op->getOperand(0), leaves, user, product);
    multiply(op->getOperand(1), leaves, user, product, /*divide=*/op == div);
  }

  static bool isAbout(double number, double expected) {
    return std::abs(number - expected) <= kTolerance * expected;
  }

  /// x of erf(x / sqrt(2)).
  Value erfArgument(Operation *erf) {
    Product product;
    Operation *inner = erf->getOperand(0).getDefiningOp();
    if (!inner || !(isNamed(inner, "Mul") || isNamed(inner, "Div")))
      return {};
    // x may be a product itself: only the outermost node is the scaling.
    llvm::SmallVector<Value> leaves(inner->getOperands());
    multiply(erf->getOperand(0), leaves, erf, product);
    bool fits = product.factors.size() == 1 && isAbout(product.number, std::sqrt(0.5));
    return fits ? product.factors[0] : Value();
  }

  /// 0.044715 x^power; null if `value` is something else.
  bool isCubic(Value value, Value x, int64_t power, Operation *user) {
    Product product;
    llvm::SmallVector<Value> leaves{x};
    size_t before = inside.size();
    multiply(value, leaves, user, product);
    int64_t found = 0;
    for (Value factor : product.factors) {
      Operation *pow = editor.maker(factor, "Pow", user);
      if (factor == x) {
        ++found;
      } else if (pow && pow->getOperand(0) == x && editor.facts.scalar(pow->getOperand(1))) {
        found += static_cast<int64_t>(*editor.facts.scalar(pow->getOperand(1)));
        inside.push_back(pow);
      } else {
        found = kMost;
      }
    }
    bool fits = found == power && isAbout(product.number, 0.044715);
    if (!fits)
      inside.resize(before);
    return fits;
  }

  /// x of tanh(sqrt(2 / pi) * (x + 0.044715 x^3)), or with x before the bracket.
  Value tanhArgument(Operation *tanh) {
    Product product;
    multiply(tanh->getOperand(0), {}, tanh, product);
    if (!isAbout(product.number, std::sqrt(2 / M_PI)) || product.factors.empty() ||
        product.factors.size() > 2)
      return {};
    for (Value factor : product.factors) {
      Operation *sum = factor ? editor.maker(factor, "Add", tanh) : nullptr;
      if (!sum)
        continue;
      for (unsigned i : {0, 1}) {
        Value first = sum->getOperand(i), second = sum->getOperand(1 - i);
        bool before = product.factors.size() == 2;
        Value x = before ? product.factors[factor == product.factors[0] ? 1 : 0] : first;
        if ((before && !editor.facts.isScalar(first, 1)) || !x ||
            !isCubic(second, x, before ? 2 : 3, tanh))
          continue;
        inside.push_back(sum);
        return x;
      }
    }
    return {};
  }

  /// Whether the product that `core` takes part in is number * x * core; it ends
  /// in `last` then.
  bool endsAt(Operation *core, Value x, double number) {
    llvm::SmallVector<Operation *, 3> candidates;
    for (Operation *at = core; candidates.size() < 3;) {
      Operation *next = onlyUser(at, "Mul");
      if (!next)
        next = onlyUser(at, "Div");
      if (!next)
        break;
      candidates.push_back(at = next);
    }
    llvm::SmallVector<Value> leaves{x, core->getResult(0)};
    for (Operation *candidate : llvm::reverse(candidates)) {
      size_t before = inside.size();
      Product product;
      multiply(candidate->getResult(0), leaves, candidate, product);
      bool fits = isAbout(product.number, number) && product.factors.size() == 2 &&
                  llvm::is_contained(product.factors, x) &&
                  llvm::is_contained(product.factors, core->getResult(0));
      if (fits) {
        last = candidate;
        return true;
      }
      inside.resize(before);
    }
    return false;
  }

  /// Nothing else reads the parts, and the constants broadcast nothing.
  bool fits(Value x) {
    llvm::erase(inside, last);
    return editor.isClosed(inside, last) && editor.facts.sameType(x, last->getResult(0)) &&
           editor.facts.dtype(x) == DType::F32;
  }

  bool replace(StringRef domain, StringRef name, Value x,
               llvm::ArrayRef<mlir::NamedAttribute> attributes) {
    if (!domain.empty())
      requireDomain(*editor.rewrite.model.module, domain, 1);
    editor.replaceByNode(last, domain, name, x, attributes);
    return true;
  }

  bool replaceGelu(Value x, bool tanh) {
    if (!fits(x))
      return false;
    if (opsetOf(last) < 20)
      return replace("com.microsoft", tanh ? "FastGelu" : "Gelu", x, {});
    mlir::Builder b(last->getContext());
    return replace("", "Gelu", x,
                   b.getNamedAttr("approximate", b.getStringAttr(tanh ? "tanh" : "none")));
  }

  bool replaceSwish(Value x) {
    if (!fits(x) || opsetOf(last) < 24)
      return false;
    return replace("", "Swish", x, {});
  }

  bool tryHardSigmoid(Operation *anchor) {
    Value x = anchor->getOperand(0);
    return opsetOf(anchor) >= 14 && isAbout(floatAttr(anchor, "alpha", 0.2f), 1.0 / 6) &&
           isAbout(floatAttr(anchor, "beta", 0.5f), 0.5) && endsAt(anchor, x, 1) && fits(x) &&
           replace("", "HardSwish", x, {});
  }

  bool tryClip(Operation *anchor) {
    Operation *add = editor.maker(anchor->getOperand(0), "Add", anchor);
    if (opsetOf(anchor) < 14 || !add || anchor->getNumOperands() != 3 ||
        !editor.facts.isScalar(anchor->getOperand(1), 0) ||
        !editor.facts.isScalar(anchor->getOperand(2), 6))
      return false;
    unsigned three = editor.facts.isScalar(add->getOperand(0), 3) ? 0 : 1;
    Value x = add->getOperand(1 - three);
    inside.push_back(add);
    return editor.facts.isScalar(add->getOperand(three), 3) && endsAt(anchor, x, 1.0 / 6) &&
           fits(x) && replace("", "HardSwish", x, {});
  }

  static constexpr size_t kMost = 16;
  Editor &editor;
  llvm::SmallVector<Operation *> inside;
  Operation *last = nullptr;
};

} // namespace

void energyopt::fuseGelu(Rewrite &rewrite) {
  Editor editor(rewrite);
  ActivationFinder finder(editor);
  editor.forEachNode([&](Operation *op) { return finder.tryGelu(op); });
}

void energyopt::fuseActivations(Rewrite &rewrite) {
  Editor editor(rewrite);
  ActivationFinder finder(editor);
  editor.forEachNode([&](Operation *op) { return finder.tryOther(op); });
}
