//===- CalibratedYaml.h - Writing what a calibration found ------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_CALIBRATE_CALIBRATEDYAML_H
#define ENERGY_OPT_LIB_CALIBRATE_CALIBRATEDYAML_H

#include "Calibrate/Calibrate.h"

namespace energyopt {

/// A target file: extends `target`, with its factors and the class's constants.
std::string calibratedTargetYaml(const Target &target, const Constants &prior,
                                 const Calibration &calibration, const CalibrationOptions &options);
/// A constants file with the fitted numbers only. `prior`: where the fit began.
std::string calibratedConstantsYaml(const Constants &prior, const Calibration &calibration,
                                    const CalibrationOptions &options);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_CALIBRATE_CALIBRATEDYAML_H
