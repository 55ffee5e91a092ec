//===- TextModule.h - The part of the importer that reads text --*- C++ -*-===//
//
// Text is read with libonnx and libprotobuf, which are shared libraries: to
// load and relocate them takes longer than to analyze a small model. They stand
// behind a module of their own, which is opened when a text is to be read.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_IMPORT_TEXTMODULE_H
#define ENERGY_OPT_LIB_IMPORT_TEXTMODULE_H

#include <cstddef>
#include <cstdint>

extern "C" {
/// Calls `done` once, with the bytes of a ModelProto or with an error's text.
/// The two sides may have C++ libraries of their own: only C goes across.
using EnergyOptTextDone = void (*)(void *result, const char *bytes, size_t size, bool good);
using EnergyOptEncodeText = void(uint8_t format, const char *text, size_t size, void *result,
                                 EnergyOptTextDone done);
__attribute__((visibility("default"))) EnergyOptEncodeText energyOptEncodeText;
}

#endif // ENERGY_OPT_LIB_IMPORT_TEXTMODULE_H
