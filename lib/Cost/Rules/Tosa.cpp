//===- Tosa.cpp - The tosa dialect ----------------------------------------===//

#include "Cost/Families/Tosa.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/ControlFlow.h"
#include "Cost/Families/Declared.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kSpec = "TOSA 0.80 specification";

constexpr OpRule kRules[] = {
    {"tosa.abs", 1, elementwise(1), kSpec},
    {"tosa.add", 1, elementwise(1), kSpec},
    {"tosa.apply_scale", 1, elementwise(4), kSpec},
    {"tosa.argmax", 1, tosaReduce(false), kSpec},
    {"tosa.arithmetic_right_shift", 1, elementwise(1), kSpec},
    {"tosa.avg_pool2d", 1, tosaPool(true), kSpec},
    {"tosa.bitwise_and", 1, elementwise(1), kSpec},
    {"tosa.bitwise_not", 1, elementwise(1), kSpec},
    {"tosa.bitwise_or", 1, elementwise(1), kSpec},
    {"tosa.bitwise_xor", 1, elementwise(1), kSpec},
    {"tosa.cast", 1, elementwise(1), kSpec},
    {"tosa.ceil", 1, elementwise(1), kSpec},
    {"tosa.clamp", 1, elementwise(2), kSpec},
    {"tosa.clz", 1, elementwise(1), kSpec},
    {"tosa.concat", 1, moved(), kSpec},
    {"tosa.cond_if", 1, controlFlow(), kSpec},
    {"tosa.conv2d", 1, tosaConv(TosaConv::Conv), kSpec},
    {"tosa.conv3d", 1, tosaConv(TosaConv::Conv), kSpec},
    {"tosa.cos", 1, elementwise(0, 1), kSpec},
    {"tosa.depthwise_conv2d", 1, tosaConv(TosaConv::Depthwise), kSpec},
    {"tosa.equal", 1, compare(), kSpec},
    {"tosa.erf", 1, elementwise(0, 1), kSpec},
    {"tosa.exp", 1, elementwise(0, 1), kSpec},
    {"tosa.fft2d", 1, tosaFft(false), kSpec},
    {"tosa.floor", 1, elementwise(1), kSpec},
    {"tosa.fully_connected", 1, tosaMatMul(true), kSpec},
    {"tosa.gather", 1, moved(Taken::AsMuchAsResult), kSpec},
    {"tosa.greater", 1, compare(), kSpec},
    {"tosa.greater_equal", 1, compare(), kSpec},
    {"tosa.identity", 1, metadata(), kSpec},
    {"tosa.int_div", 1, elementwise(1), kSpec},
    {"tosa.log", 1, elementwise(0, 1), kSpec},
    {"tosa.logical_and", 1, elementwise(1), kSpec},
    {"tosa.logical_left_shift", 1, elementwise(1), kSpec},
    {"tosa.logical_not", 1, elementwise(1), kSpec},
    {"tosa.logical_or", 1, elementwise(1), kSpec},
    {"tosa.logical_right_shift", 1, elementwise(1), kSpec},
    {"tosa.logical_xor", 1, elementwise(1), kSpec},
    {"tosa.matmul", 1, tosaMatMul(false), kSpec},
    {"tosa.max_pool2d", 1, tosaPool(false), kSpec},
    {"tosa.maximum", 1, elementwise(1), kSpec},
    {"tosa.minimum", 1, elementwise(1), kSpec},
    {"tosa.mul", 1, elementwise(1), kSpec},
    {"tosa.negate", 1, elementwise(1), kSpec},
    {"tosa.pad", 1, moved(), kSpec},
    {"tosa.pow", 1, pow(), kSpec},
    {"tosa.reciprocal", 1, elementwise(1), kSpec},
    {"tosa.reduce_all", 1, tosaReduce(), kSpec},
    {"tosa.reduce_any", 1, tosaReduce(), kSpec},
    {"tosa.reduce_max", 1, tosaReduce(), kSpec},
    {"tosa.reduce_min", 1, tosaReduce(), kSpec},
    {"tosa.reduce_prod", 1, tosaReduce(), kSpec},
    {"tosa.reduce_sum", 1, tosaReduce(), kSpec},
    {"tosa.rescale", 1, elementwise(kRequantizeOps), kSpec},
    {"tosa.reshape", 1, metadata(), kSpec},
    {"tosa.resize", 1, tosaResize(), kSpec},
    {"tosa.reverse", 1, moved(), kSpec},
    {"tosa.rfft2d", 1, tosaFft(true), kSpec},
    {"tosa.rsqrt", 1, elementwise(2), kSpec},
    {"tosa.scatter", 1, moved(), kSpec},
    {"tosa.select", 1, elementwise(1, 0, ElementType::Select), kSpec},
    {"tosa.sigmoid", 1, elementwise(3, 1), kSpec},
    {"tosa.sin", 1, elementwise(0, 1), kSpec},
    {"tosa.slice", 1, moved(Taken::AsMuchAsResult), kSpec},
    {"tosa.sub", 1, elementwise(1), kSpec},
    {"tosa.table", 1, elementwise(1), kSpec},
    {"tosa.tanh", 1, elementwise(0, 1), kSpec},
    {"tosa.tile", 1, moved(Taken::AsMuchAsResult), kSpec},
    {"tosa.transpose", 1, moved(), kSpec},
    {"tosa.transpose_conv2d", 1, tosaConv(TosaConv::Transposed), kSpec},
    {"tosa.variable", 1, metadata(), kSpec},
    {"tosa.variable.read", 1, metadata(), kSpec},
    {"tosa.variable.write", 1, moved(), kSpec},
    {"tosa.while_loop", 1, controlFlow(), kSpec},
};
static_assert(wellFormed(kRules), "rows out of order, repeated or without a source");

} // namespace

llvm::ArrayRef<OpRule> energyopt::tosaRules() { return kRules; }
