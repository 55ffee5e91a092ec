//===- Target.h - Devices and model constants as sourced data ---*- C++ -*-===//
//
// What is known of a device, and the constants that a whole class of devices
// shares. Both come from YAML: built-in files are embedded at build time, a
// user's file goes through the same parser. Every number carries its range,
// its source and how it came to be; a number without a source is an error.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TARGET_H
#define ENERGY_OPT_TARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace energyopt {

/// How a number came to be, from the best to the weakest.
enum class SourceKind : uint8_t { Measured, Published, Derived, Assumed };
llvm::StringRef name(SourceKind kind);

/// A number with its 90 % range and its origin. Its unit is part of the key
/// that it stands under ("bandwidth_gb_per_s").
struct Quantity {
  double value = 0, low = 0, high = 0;
  SourceKind kind = SourceKind::Assumed;
  std::string source;

  /// Whether the sheet gives it.
  explicit operator bool() const { return !source.empty(); }
  double valueOr(double fallback) const { return source.empty() ? fallback : value; }
};

/// Number formats that units compute in, in the order of falling back: a
/// format that a target lacks runs as the next one that it has.
enum class Precision : uint8_t { Int4, Int8, Fp8, Fp16, Bf16, Tf32, Fp32, Fp64 };
constexpr unsigned kNumPrecisions = 8;
llvm::StringRef name(Precision precision);
std::optional<Precision> parsePrecision(llvm::StringRef name);
/// Bits of a stored element.
unsigned storageBits(Precision precision);

/// Sets of constants: which equations a device is priced with.
enum class DeviceClass : uint8_t { Gpu, Systolic, Cpu, EdgeCpu, EdgeGpu, EdgeNpu, Mcu };
constexpr unsigned kNumDeviceClasses = 7;
llvm::StringRef name(DeviceClass cls);

/// How an execution unit works; decides the utilization law.
enum class UnitKind : uint8_t { TensorCore, Systolic, Amx, FixedNpu, Simt, Simd, Scalar };

/// What surrounds the device: a share of a server, a PC, the rest of a board.
enum class HostKind : uint8_t { None, Board, Pc, Server };

/// One kind of execution unit.
struct ExecutionUnit {
  UnitKind kind = UnitKind::Simt;
  Quantity count;    // SMs, cores, arrays
  Quantity clockMhz; // sustained, all units busy
  /// Dense peak per number format, 1e12 operations/s; a MAC is 2 operations.
  std::array<Quantity, kNumPrecisions> peakTeraOps;
  /// Energy of one operation with its operand path; absent: by process node.
  std::array<Quantity, kNumPrecisions> picojoulePerOp;
  /// Systolic arrays: rows (reduction) and columns (outputs).
  Quantity arrayRows, arrayColumns;
  /// Speed-up by structured sparsity; never applied by itself.
  Quantity sparseFactor;

  bool exists() const;
};

/// One level of memory.
struct MemoryLevel {
  std::string technology; // "HBM2e"; the key of the constants' path energy
  Quantity capacityMb;    // 1e6 bytes
  Quantity bandwidthGbPerS;
  /// Share of the bandwidth that streaming reaches; absent: of the class.
  Quantity efficiency;
  /// Energy of the whole path, not of the memory device alone.
  Quantity picojoulePerBit;
  /// Share of the capacity that a graph can use.
  Quantity usableFraction;
  Quantity staticW;
  /// Parameters up to this size stay here between runs.
  Quantity weightsMb;

  bool exists() const { return bool(capacityMb) || bool(bandwidthGbPerS); }
};

struct Link {
  Quantity bandwidthGbPerS, efficiency, latencyUs, picojoulePerBit;
};

/// What joins devices beyond their own links.
struct Network {
  Quantity bandwidthGbPerS, efficiency, latencyUs, devicesPerNode;
};

struct Constants;

struct Target {
  std::string name, title;
  DeviceClass cls = DeviceClass::Gpu;
  std::vector<std::string> aliases;
  /// Default of --runtime.
  std::string runtime;
  Quantity processNodeNm;

  ExecutionUnit matrix, vector, helper; // helper: e.g. Jetson's DLAs
  MemoryLevel dram, llc, scratchpad, flash;

  /// Time of the host per kernel; absent: of the class and runtime.
  Quantity perOpUs, issueUs, trainingIssueUs;

  Quantity idleW;                 // bare idle
  Quantity awakeW;                // clocks up, context made, nothing running
  Quantity activeW;               // TDP; of an edge device, what its unit draws when busy
  Quantity constantW;             // drawn throughout a run; absent: by the class
  Quantity capMinW;               // lowest --power-limit
  Quantity supplyV, runCurrentMa; // MCU: at the full clock, from flash

  HostKind host = HostKind::None;
  Quantity hostW, hostPerW; // constant W per device; W per W of the device
  Link link;                // to devices of the same node
  Network network;          // to other nodes
  Quantity embodiedKg, lifetimeH;

  /// Factors that `calibrate` found for this very device.
  Quantity timeFactor, energyFactor, sigmaTime, sigmaEnergy;

  /// Constants of this target's own file; null: the built-in ones.
  std::shared_ptr<const Constants> constants;

  /// Hash of the text (and of what it extends), for reproducible reports.
  std::string hash;
};

/// Constants of a runtime on a class of devices.
struct RuntimeConstants {
  Quantity perOpUs;         // added per kernel, synchronous
  Quantity issueUs;         // per kernel of an asynchronous queue
  Quantity trainingIssueUs; // the same for forward, backward and update
};

/// Constants that all devices of a class share; labels are those of
/// docs/energy-model.md.
struct ClassConstants {
  Quantity etaConvMatrix, etaConvVector, etaGemmMatrix, etaGemmVector;
  Quantity etaBatchMatrix, etaBatchVector, etaGroupedMatrix, etaGroupedVector;
  Quantity etaDepthwise, etaDepthwiseTraining, depthwiseMacPerCycle, depthwiseWidth, narrowExponent;
  Quantity etaVector, transcendentalOps;
  Quantity accumulateCycles;
  Quantity etaMemory, cacheSpeedup, cacheFraction, overlapExponent, queueExponent;
  Quantity idleFactor, activeFraction, dynamicFraction;
  Quantity picojouleFp16, nodeExponent, factorInt8, factorFp8, factorFp32, factorTf32;
  Quantity picojouleVector, cachedEnergyFraction, onchipPicojoulePerBit;
  Quantity capLinear, capQuadratic, capSharpness;
  Quantity sigmaTime, sigmaEnergy;                     // on devices left out of the fit
  Quantity sheetSigmaTime, sheetSigmaEnergy;           // by ranges, of their widest sheet
  Quantity calibratedSigmaTime, calibratedSigmaEnergy; // on devices that were in it
  std::map<std::string, RuntimeConstants> runtimes;
};

/// What is outside the device.
struct HostConstants {
  Quantity perDeviceW, deviceExponent; // W * n^exponent, shared by n devices
  Quantity perW;                       // W per W of the device
  Quantity perIdleW;                   // W per W of the device's idle_w
};

struct Constants {
  std::array<ClassConstants, kNumDeviceClasses> classes;
  std::array<HostConstants, 4> hosts; // by HostKind
  /// pJ/bit of the path to a memory technology.
  std::map<std::string, Quantity> picojoulePerBit;
  Quantity sigmaUnknownRuntime, sigmaUnknownHost;
  Quantity carbonIntensity, pue; // gCO2e/kWh; ratio, of server hosts
  /// Of targets whose sheet does not say.
  Link link;
  Network network;
  /// Targets whose measurements the fit of these constants has seen.
  std::vector<std::string> calibrated;
  std::string hash;

  const ClassConstants &of(DeviceClass cls) const { return classes[unsigned(cls)]; }
  const HostConstants &of(HostKind kind) const { return hosts[unsigned(kind)]; }
};

/// What is published or assumed of the constants, before any fit.
llvm::Expected<const Constants &> builtinPriors();
/// The built-in constants: the priors with what was fitted in place; parsed
/// once.
llvm::Expected<const Constants &> builtinConstants();
/// Constants from YAML text; keys that are absent keep the value of `base`.
llvm::Expected<Constants> parseConstants(llvm::StringRef text, llvm::StringRef path,
                                         const Constants *base = nullptr);

/// A built-in target by name or alias, or a YAML file by path (anything with a
/// '/' or that ends in .yaml). The message of an error lists near names.
llvm::Expected<Target> loadTarget(llvm::StringRef nameOrPath);
/// A target from YAML text; `path` is its name in messages.
llvm::Expected<Target> parseTarget(llvm::StringRef text, llvm::StringRef path);

struct TargetEntry {
  llvm::StringRef name, title, cls;
  llvm::StringRef aliases; // separated by spaces
};
/// All built-in targets, sorted by name; costs no parsing.
llvm::ArrayRef<TargetEntry> builtinTargets();

/// Calls `visit` with the path ("dram.bandwidth_gb_per_s") of every number
/// that is given, in the order of the schema.
using QuantityVisitor = llvm::function_ref<void(llvm::StringRef path, const Quantity &)>;
void visitQuantities(const Target &target, QuantityVisitor visit);
void visitQuantities(const Constants &constants, QuantityVisitor visit);
/// The number under a path of visitQuantities; null if there is no such key.
Quantity *findQuantity(Target &target, llvm::StringRef path);
Quantity *findQuantity(Constants &constants, llvm::StringRef path);

/// The sheet as text: every number with its range, kind and source.
std::string describe(const Target &target);

} // namespace energyopt

#endif // ENERGY_OPT_TARGET_H
