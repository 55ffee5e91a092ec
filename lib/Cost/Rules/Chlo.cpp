//===- Chlo.cpp - The chlo dialect, and helpers of test files -------------===//
//
// Special functions count the steps of the expansions that XLA gives them
// (Lanczos for the gamma functions, Chebyshev and rational polynomials).
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Declared.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Xla.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kSpec = "CHLO dialect of StableHLO";
constexpr const char *kExpansion = "CHLO dialect, its expansion to StableHLO";
constexpr const char *kTest = "checks of IREE's and StableHLO's test files, no part of a model";
constexpr const char *kUtil = "IREE util dialect";

constexpr OpRule kRules[] = {
    {"check.expect_all_true", 1, metadata(), kTest},
    {"check.expect_almost_eq", 1, metadata(), kTest},
    {"check.expect_almost_eq_const", 1, metadata(), kTest},
    {"check.expect_close", 1, metadata(), kTest},
    {"check.expect_eq", 1, metadata(), kTest},
    {"check.expect_eq_const", 1, metadata(), kTest},
    {"check.expect_false", 1, metadata(), kTest},
    {"check.expect_serialized_eq", 1, metadata(), kTest},
    {"check.expect_true", 1, metadata(), kTest},
    {"chlo._asin_acos_kernel", 1, elementwise(8, 2), kExpansion},
    {"chlo.acos", 1, elementwise(0, 1), kSpec},
    {"chlo.acosh", 1, elementwise(0, 1), kSpec},
    {"chlo.asin", 1, elementwise(0, 1), kSpec},
    {"chlo.asinh", 1, elementwise(0, 1), kSpec},
    {"chlo.atan", 1, elementwise(0, 1), kSpec},
    {"chlo.atanh", 1, elementwise(0, 1), kSpec},
    {"chlo.bessel_i1e", 1, elementwise(90), kExpansion},
    {"chlo.broadcast_add", 1, elementwise(1), kSpec},
    {"chlo.broadcast_and", 1, elementwise(1), kSpec},
    {"chlo.broadcast_atan2", 1, elementwise(0, 1), kSpec},
    {"chlo.broadcast_compare", 1, compare(), kSpec},
    {"chlo.broadcast_complex", 1, moved(), kSpec},
    {"chlo.broadcast_divide", 1, elementwise(1), kSpec},
    {"chlo.broadcast_maximum", 1, elementwise(1), kSpec},
    {"chlo.broadcast_minimum", 1, elementwise(1), kSpec},
    {"chlo.broadcast_multiply", 1, elementwise(1), kSpec},
    {"chlo.broadcast_next_after", 1, elementwise(12), kExpansion},
    {"chlo.broadcast_or", 1, elementwise(1), kSpec},
    {"chlo.broadcast_polygamma", 1, elementwise(110, 4), kExpansion},
    {"chlo.broadcast_power", 1, pow(), kSpec},
    {"chlo.broadcast_remainder", 1, elementwise(1), kSpec},
    {"chlo.broadcast_select", 1, elementwise(1, 0, ElementType::Select), kSpec},
    {"chlo.broadcast_shift_left", 1, elementwise(1), kSpec},
    {"chlo.broadcast_shift_right_arithmetic", 1, elementwise(1), kSpec},
    {"chlo.broadcast_shift_right_logical", 1, elementwise(1), kSpec},
    {"chlo.broadcast_subtract", 1, elementwise(1), kSpec},
    {"chlo.broadcast_xor", 1, elementwise(1), kSpec},
    {"chlo.broadcast_zeta", 1, elementwise(70, 11), kExpansion},
    {"chlo.conj", 1, elementwise(1), kSpec},
    {"chlo.constant_like", 1, filled(), kSpec},
    {"chlo.cosh", 1, elementwise(0, 1), kSpec},
    {"chlo.digamma", 1, elementwise(40, 3), kExpansion},
    {"chlo.dynamic_reshape", 1, metadata(), kSpec},
    {"chlo.erf", 1, elementwise(0, 1), kSpec},
    {"chlo.erf_inv", 1, elementwise(22, 1), kExpansion},
    {"chlo.erfc", 1, elementwise(0, 1), kSpec},
    {"chlo.is_inf", 1, compare(2), kSpec},
    {"chlo.is_neg_inf", 1, compare(), kSpec},
    {"chlo.is_pos_inf", 1, compare(), kSpec},
    {"chlo.lgamma", 1, elementwise(40, 4), kExpansion},
    {"chlo.minimum_broadcast_shapes", 1, metadata(), kSpec},
    {"chlo.mulhi", 1, elementwise(1), kSpec},
    {"chlo.next_after", 1, elementwise(12), kExpansion},
    {"chlo.polygamma", 1, elementwise(110, 4), kExpansion},
    {"chlo.ragged_dot", 1, dotGeneral(), kSpec},
    {"chlo.rank_specialization_cluster", 1, applied(Applied::Once), kSpec},
    {"chlo.reshape_dynamic", 1, metadata(), kSpec},
    {"chlo.scan", 1, xlaScan(), kSpec},
    {"chlo.sinh", 1, elementwise(0, 1), kSpec},
    {"chlo.square", 1, elementwise(1), kSpec},
    {"chlo.tan", 1, elementwise(0, 1), kSpec},
    {"chlo.top_k", 1, xlaTopK(), kSpec},
    {"chlo.zeta", 1, elementwise(70, 11), kExpansion},
    {"hlo_test_broadcast.numpy_broadcast", 1, moved(Taken::AsMuchAsResult), kTest},
    {"hlo_test_infer.get_return_type_components", 1, metadata(), kTest},
    {"hlo_test_infer.get_return_types", 1, metadata(), kTest},
    {"hlo_test_infer.reify_return_type_shapes", 1, metadata(), kTest},
    {"hlo_test_infer.return_types", 1, metadata(), kTest},
    {"interpreter.print", 1, metadata(), kTest},
    {"interpreter.probe", 1, metadata(), kTest},
    {"interpreter.run_parallel", 1, metadata(), kTest},
    {"util.align", 1, metadata(), kUtil},
    {"util.assume.int", 1, metadata(), kUtil},
    {"util.do_not_optimize", 1, metadata(), kUtil},
    {"util.global.address", 1, metadata(), kUtil},
    {"util.global.load.indirect", 1, metadata(), kUtil},
    {"util.global.store", 1, moved(), kUtil},
    {"util.list.create", 1, metadata(), kUtil},
    {"util.list.get", 1, metadata(), kUtil},
    {"util.list.resize", 1, metadata(), kUtil},
    {"util.list.set", 1, metadata(), kUtil},
    {"util.list.size", 1, metadata(), kUtil},
    {"util.optimization_barrier", 1, metadata(), kUtil},
};
static_assert(wellFormed(kRules), "rows out of order, repeated or without a source");

} // namespace

llvm::ArrayRef<OpRule> energyopt::chloRules() { return kRules; }
