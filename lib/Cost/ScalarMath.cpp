//===- ScalarMath.cpp - Arithmetic on single known values -----------------===//

#include "Cost/ScalarMath.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace energyopt;
using llvm::ArrayRef;
using llvm::StringRef;

using Args = ArrayRef<Scalar>;
using Context = const ScalarContext &;

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

/// Integers up to this size are exact in a float type.
static int64_t exactIntegers(DType type) {
  switch (type) {
  case DType::F64:
    return int64_t(1) << 53;
  case DType::F32:
    return int64_t(1) << 24;
  case DType::F16:
    return 1 << 11;
  case DType::BF16:
    return 1 << 8;
  default: // 8 and 4 bits
    return 4;
  }
}

static bool fitsInteger(int64_t value, DType type) {
  unsigned bits = bitWidth(type);
  bool isUnsigned = name(type).starts_with("u");
  if (isUnsigned && value < 0)
    return false;
  if (bits == 64)
    return true;
  int64_t limit = int64_t(1) << (isUnsigned ? bits : bits - 1);
  return value < limit && (isUnsigned || value >= -limit);
}

static Scalar fitFloat(const Scalar &scalar, DType type) {
  if (auto e = scalar.asInt()) {
    auto c = e->constant();
    int64_t limit = exactIntegers(type);
    if (!c || (*c >= -limit && *c <= limit))
      return *e;
  }
  auto value = scalar.asFloat();
  if (value && type == DType::F64)
    return *value;
  if (value && type == DType::F32)
    return static_cast<double>(static_cast<float>(*value));
  return {};
}

Scalar energyopt::fitScalar(const Scalar &scalar, DType type) {
  if (auto e = scalar.asInt(); e && e->isOverflow())
    return {};
  if (isFloat(type))
    return fitFloat(scalar, type);
  if (!isInteger(type) && type != DType::Bool)
    return {};
  auto e = scalar.asInt();
  if (!e)
    return {};
  if (auto c = e->constant(); c && type != DType::Bool && !fitsInteger(*c, type))
    return {};
  return *e;
}

Scalar energyopt::castScalar(const Scalar &scalar, DType type) {
  auto e = scalar.asInt();
  auto value = scalar.asFloat();
  if (type == DType::Bool) {
    if (value)
      return *value != 0 ? 1 : 0;
    return e && e->lowerBound().value_or(0) > 0 ? Scalar(1) : Scalar();
  }
  if (isInteger(type) && !e && value && std::isfinite(*value))
    return fitScalar(std::trunc(*value), type);
  return fitScalar(scalar, type);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// Both arguments as integers if the result is one for sure.
static std::optional<std::pair<Expr, Expr>> bothInts(Args args) {
  auto a = args[0].asInt(), b = args[1].asInt();
  if (!a || !b)
    return std::nullopt;
  return std::make_pair(*a, *b);
}

static std::optional<std::pair<double, double>> bothFloats(Args args) {
  auto a = args[0].asFloat(), b = args[1].asFloat();
  if (!a || !b)
    return std::nullopt;
  return std::make_pair(*a, *b);
}

static Scalar add(Args args, Context) {
  if (auto x = bothInts(args))
    return x->first + x->second;
  if (auto x = bothFloats(args))
    return x->first + x->second;
  return {};
}

static Scalar sub(Args args, Context) {
  if (auto x = bothInts(args))
    return x->first - x->second;
  if (auto x = bothFloats(args))
    return x->first - x->second;
  return {};
}

static Scalar mul(Args args, Context) {
  if (auto x = bothInts(args))
    return x->first * x->second;
  if (auto x = bothFloats(args))
    return x->first * x->second;
  return {};
}

static bool isPositive(const Expr &e) { return e.lowerBound().value_or(0) > 0; }
static bool isNonNegative(const Expr &e) { return e.lowerBound().value_or(-1) >= 0; }

/// Division of integers that rounds towards zero.
static Scalar divideInts(const Expr &a, const Expr &b) {
  auto x = a.constant(), y = b.constant();
  if (x && y) {
    Expr magnitude = Expr::max(a, -a).floorDiv(Expr::max(b, -b));
    return (*x < 0) == (*y < 0) ? magnitude : -magnitude;
  }
  if (isNonNegative(a) && isPositive(b))
    return a.floorDiv(b);
  if (auto exact = a.exactDiv(b))
    return *exact;
  return {};
}

static Scalar div(Args args, Context context) {
  auto x = bothInts(args);
  if (context.integer)
    return x ? divideInts(x->first, x->second) : Scalar();
  if (x)
    if (auto exact = x->first.exactDiv(x->second))
      return *exact;
  if (auto f = bothFloats(args))
    return f->first / f->second;
  return {};
}

static Scalar mod(Args args, Context context) {
  auto x = bothInts(args);
  if (x && !context.fmod && (x->second.isConstant() || isPositive(x->second)))
    return x->first.mod(x->second);
  auto f = bothFloats(args);
  if (f && context.fmod && (!context.integer || f->second != 0))
    return std::fmod(f->first, f->second);
  return {};
}

static Scalar pow(Args args, Context context) {
  auto exponent = args[1].asFloat();
  auto base = args[0].asInt();
  constexpr double kMaxExponent = 8;
  if (base && exponent && *exponent >= 0 && *exponent <= kMaxExponent &&
      std::trunc(*exponent) == *exponent) {
    Expr product = 1;
    for (int i = 0; i < *exponent; ++i)
      product *= *base;
    return product;
  }
  if (auto x = bothFloats(args))
    return context.integer ? std::trunc(std::pow(x->first, x->second))
                           : std::pow(x->first, x->second);
  return {};
}

static Scalar fold(Args args, Context context, ScalarFunction function) {
  Scalar result = args[0];
  for (const Scalar &arg : args.drop_front())
    result = function({result, arg}, context);
  return result;
}

static Scalar min2(Args args, Context) {
  if (auto x = bothInts(args))
    return Expr::min(x->first, x->second);
  if (auto x = bothFloats(args))
    return std::fmin(x->first, x->second);
  return {};
}

static Scalar max2(Args args, Context) {
  if (auto x = bothInts(args))
    return Expr::max(x->first, x->second);
  if (auto x = bothFloats(args))
    return std::fmax(x->first, x->second);
  return {};
}

static Scalar sum(Args args, Context c) { return fold(args, c, add); }
static Scalar minimum(Args args, Context c) { return fold(args, c, min2); }
static Scalar maximum(Args args, Context c) { return fold(args, c, max2); }
static Scalar product(Args args, Context c) { return fold(args, c, mul); }
static Scalar mean(Args args, Context c) {
  return div({sum(args, c), Scalar(static_cast<int64_t>(args.size()))}, c);
}

/// Clip: x, min, max; the caller fills in an absent minimum.
static Scalar clip(Args args, Context c) {
  Scalar low = args.size() > 1 ? max2({args[0], args[1]}, c) : args[0];
  return args.size() > 2 ? min2({low, args[2]}, c) : low;
}

//===----------------------------------------------------------------------===//
// One argument
//===----------------------------------------------------------------------===//

static Scalar identity(Args args, Context) { return args[0]; }
static Scalar negate(Args args, Context c) { return sub({Scalar(0), args[0]}, c); }

static Scalar absolute(Args args, Context c) {
  auto e = args[0].asInt();
  return e && isNonNegative(*e) ? Scalar(*e) : max2({args[0], negate(args, c)}, c);
}

static Scalar relu(Args args, Context c) { return max2({args[0], Scalar(0)}, c); }

static Scalar sign(Args args, Context) {
  if (auto value = args[0].asFloat())
    return *value > 0 ? 1 : *value < 0 ? -1 : 0;
  auto e = args[0].asInt();
  return e && isPositive(*e) ? Scalar(1) : Scalar();
}

/// A function of the reals; an integer stays what it is if `keepsIntegers`.
template <double (*function)(double), bool keepsIntegers> static Scalar real(Args args, Context) {
  if (keepsIntegers)
    if (auto e = args[0].asInt())
      return *e;
  if (auto value = args[0].asFloat())
    return function(*value);
  return {};
}

static double reciprocalOf(double x) { return 1 / x; }
/// Round takes halves to the even neighbour.
static double roundOf(double x) { return x - std::remainder(x, 1.0); }

//===----------------------------------------------------------------------===//
// Logic
//===----------------------------------------------------------------------===//

static Scalar logicalNot(Args args, Context) {
  auto value = args[0].asFloat();
  return value ? Scalar(*value == 0 ? 1 : 0) : Scalar();
}

static Scalar logicalAnd(Args args, Context) {
  auto a = args[0].asFloat(), b = args[1].asFloat();
  if ((a && *a == 0) || (b && *b == 0))
    return 0;
  return a && b ? Scalar(1) : Scalar();
}

static Scalar logicalOr(Args args, Context) {
  auto a = args[0].asFloat(), b = args[1].asFloat();
  if ((a && *a != 0) || (b && *b != 0))
    return 1;
  return a && b ? Scalar(0) : Scalar();
}

static Scalar logicalXor(Args args, Context) {
  auto x = bothFloats(args);
  return x ? Scalar((x->first != 0) != (x->second != 0) ? 1 : 0) : Scalar();
}

/// a > b for integers that may be symbolic.
static Scalar greaterInts(const Expr &a, const Expr &b) {
  if (isPositive(a - b))
    return 1;
  return isNonNegative(b - a) ? Scalar(0) : Scalar();
}

static Scalar greater(Args args, Context) {
  if (auto x = bothInts(args))
    return greaterInts(x->first, x->second);
  auto f = bothFloats(args);
  return f ? Scalar(f->first > f->second ? 1 : 0) : Scalar();
}

static Scalar less(Args args, Context c) { return greater({args[1], args[0]}, c); }

static Scalar greaterOrEqual(Args args, Context) {
  if (auto x = bothInts(args))
    return greaterInts(x->first + 1, x->second);
  auto f = bothFloats(args);
  return f ? Scalar(f->first >= f->second ? 1 : 0) : Scalar();
}

static Scalar lessOrEqual(Args args, Context c) { return greaterOrEqual({args[1], args[0]}, c); }

static Scalar equal(Args args, Context) {
  if (auto x = bothInts(args)) {
    if (x->first == x->second)
      return 1;
    bool differ = isPositive(x->first - x->second) || isPositive(x->second - x->first);
    return differ ? Scalar(0) : Scalar();
  }
  auto f = bothFloats(args);
  return f ? Scalar(f->first == f->second ? 1 : 0) : Scalar();
}

static Scalar where(Args args, Context) {
  if (auto condition = args[0].asFloat())
    return *condition != 0 ? args[1] : args[2];
  auto x = args[1].asInt(), y = args[2].asInt();
  return x && y && *x == *y ? args[1] : Scalar();
}

template <int64_t (*function)(int64_t, int64_t)> static Scalar bits(Args args, Context) {
  auto x = bothInts(args);
  if (!x || !x->first.isConstant() || !x->second.isConstant())
    return {};
  return function(*x->first.constant(), *x->second.constant());
}

static int64_t bitAnd(int64_t a, int64_t b) { return a & b; }
static int64_t bitOr(int64_t a, int64_t b) { return a | b; }
static int64_t bitXor(int64_t a, int64_t b) { return a ^ b; }

ScalarFunction energyopt::scalarFunction(StringRef op) {
  return llvm::StringSwitch<ScalarFunction>(op)
      .Case("Add", add)
      .Case("Sub", sub)
      .Cases("Mul", "Prod", mul)
      .Case("Div", div)
      .Case("Mod", mod)
      .Case("Pow", pow)
      .Case("Sum", sum)
      .Case("Product", product)
      .Case("Mean", mean)
      .Case("Min", minimum)
      .Case("Max", maximum)
      .Case("Clip", clip)
      .Cases("Identity", "Cast", "CastLike", identity)
      .Case("Neg", negate)
      .Case("Abs", absolute)
      .Case("Relu", relu)
      .Case("Sign", sign)
      .Case("Floor", real<std::floor, true>)
      .Case("Ceil", real<std::ceil, true>)
      .Case("Round", real<roundOf, true>)
      .Case("Sqrt", real<std::sqrt, false>)
      .Case("Exp", real<std::exp, false>)
      .Case("Log", real<std::log, false>)
      .Case("Reciprocal", real<reciprocalOf, false>)
      .Case("Not", logicalNot)
      .Case("And", logicalAnd)
      .Case("Or", logicalOr)
      .Case("Xor", logicalXor)
      .Case("Greater", greater)
      .Case("Less", less)
      .Case("GreaterOrEqual", greaterOrEqual)
      .Case("LessOrEqual", lessOrEqual)
      .Case("Equal", equal)
      .Case("Where", where)
      .Case("BitwiseAnd", bits<bitAnd>)
      .Case("BitwiseOr", bits<bitOr>)
      .Case("BitwiseXor", bits<bitXor>)
      .Default(nullptr);
}
