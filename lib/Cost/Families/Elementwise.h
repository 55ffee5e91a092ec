//===- Elementwise.h - One result per element -------------------*- C++ -*-===//
//
// Arithmetic, logic, comparisons and activations: a fixed number of operations
// for each element of the broadcast output.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_ELEMENTWISE_H
#define ENERGY_OPT_LIB_COST_FAMILIES_ELEMENTWISE_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family elementwiseFamily;
extern const Family compareFamily;
extern const Family variadicFamily;
extern const Family powFamily;
extern const Family geluFamily;
extern const Family clipFamily;
extern const Family preluFamily;
extern const Family dropoutFamily;
extern const Family scanFamily;

/// Element type of the result, and of the arithmetic.
enum class ElementType : int16_t {
  Same,   // both are input 0's
  Select, // both are input 1's (Where)
  Float32 // Same, and no other type is allowed
};

/// M7: `ops` plain operations and `transcendentals` for each output element,
/// and `once` operations on the op's attributes.
constexpr FamilyUse elementwise(int ops, int transcendentals = 0,
                                ElementType type = ElementType::Same, int once = 0) {
  return {&elementwiseFamily,
          {static_cast<int16_t>(ops), static_cast<int16_t>(transcendentals),
           static_cast<int16_t>(type), static_cast<int16_t>(once)}};
}
/// M7: `ops` comparisons of input 0's type with a bool result each; `logical`
/// boolean operations join them.
constexpr FamilyUse compare(int ops = 1, int logical = 0) {
  return {&compareFamily, {static_cast<int16_t>(ops), static_cast<int16_t>(logical)}};
}
/// M7: inputs - 1 + `finish` operations for each output element.
constexpr FamilyUse variadic(int finish = 0) {
  return {&variadicFamily, {static_cast<int16_t>(finish)}};
}
constexpr FamilyUse pow() { return {&powFamily, {}}; }
enum class GeluForm : int16_t { Erf, Tanh, ByAttribute };
/// `before`: operations per element ahead of it (a bias).
constexpr FamilyUse gelu(GeluForm form = GeluForm::ByAttribute, int before = 0) {
  return {&geluFamily, {static_cast<int16_t>(form), static_cast<int16_t>(before)}};
}
constexpr FamilyUse clip() { return {&clipFamily, {}}; }
constexpr FamilyUse prelu() { return {&preluFamily, {}}; }
constexpr FamilyUse dropout() { return {&dropoutFamily, {}}; }
/// CumSum, CumProd: one operation for each element.
constexpr FamilyUse cumulative() { return {&scanFamily, {}}; }

/// Adds `ops` and `transcendentals` for each of `count` elements. Integers
/// have no transcendentals: they count as plain operations.
void addElementwise(Work &work, DType type, const Expr &count, int64_t ops,
                    int64_t transcendentals = 0);

/// Operations of x^exponent by element: multiplications for small integer
/// exponents, as runtimes do, else a transcendental.
struct PowCost {
  int64_t ops, transcendentals;
};
PowCost powCost(std::optional<double> exponent);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_ELEMENTWISE_H
