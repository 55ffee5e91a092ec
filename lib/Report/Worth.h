//===- Worth.h - What a saving has to be to be told -------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_REPORT_WORTH_H
#define ENERGY_OPT_LIB_REPORT_WORTH_H

namespace energyopt {

/// A change is worth a line if it saves this share of a target's energy.
constexpr double kLeastShare = 0.005;

} // namespace energyopt

#endif // ENERGY_OPT_LIB_REPORT_WORTH_H
