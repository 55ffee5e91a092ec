//===- Schema.cpp - The keys of target and constants files ----------------===//

#include "Schema.h"

using namespace energyopt;

namespace {

constexpr Field<ExecutionUnit> kUnit[] = {
    {"count", &ExecutionUnit::count, "SMs, cores or arrays"},
    {"clock_mhz", &ExecutionUnit::clockMhz, "clock with all of them busy"},
    {"array_rows", &ExecutionUnit::arrayRows, "systolic: reduction dimension of one array"},
    {"array_columns", &ExecutionUnit::arrayColumns, "systolic: output dimension of one array"},
    {"sparse_factor", &ExecutionUnit::sparseFactor, "speed-up by structured sparsity; not applied"},
};
constexpr Field<MemoryLevel> kMemory[] = {
    {"capacity_mb", &MemoryLevel::capacityMb, "size, 1e6 bytes"},
    {"bandwidth_gb_per_s", &MemoryLevel::bandwidthGbPerS, "peak rate, 1e9 bytes/s"},
    {"efficiency", &MemoryLevel::efficiency, "share of the peak rate that streaming reaches"},
    {"picojoule_per_bit", &MemoryLevel::picojoulePerBit, "energy of the whole path"},
    {"usable_fraction", &MemoryLevel::usableFraction, "share of the size that a graph can use"},
    {"weights_mb", &MemoryLevel::weightsMb, "parameters that stay here between runs, 1e6 bytes"},
    {"static_w", &MemoryLevel::staticW, "refresh and leakage, part of constant_w"},
};
constexpr Field<Target> kDispatch[] = {
    {"per_op_us", &Target::perOpUs, "time added per kernel by a synchronous runtime"},
    {"issue_us", &Target::issueUs, "time to issue a kernel to an asynchronous queue"},
    {"training_issue_us", &Target::trainingIssueUs, "the same for a whole training step"},
};
constexpr Field<Target> kPower[] = {
    {"idle_w", &Target::idleW, "device at rest; of a board: the whole board"},
    {"awake_w", &Target::awakeW, "clocks up, context made, nothing running"},
    {"active_w", &Target::activeW, "board power limit (TDP); edge: what the busy unit adds"},
    {"constant_w", &Target::constantW, "drawn throughout a run, whatever runs"},
    {"cap_min_w", &Target::capMinW, "lowest power limit that can be set"},
    {"supply_v", &Target::supplyV, "MCU: supply voltage"},
    {"run_current_ma", &Target::runCurrentMa, "MCU: current of a busy loop at the full clock"},
};
constexpr Field<Target> kHost[] = {
    {"per_device_w", &Target::hostW, "host power per device"},
    {"per_w", &Target::hostPerW, "host watts per watt of the device: power supply and fans"},
};
constexpr Field<Link> kLink[] = {
    {"bandwidth_gb_per_s", &Link::bandwidthGbPerS, "to devices of the same node, both directions"},
    {"efficiency", &Link::efficiency, "share that collectives reach"},
    {"latency_us", &Link::latencyUs, "of one message"},
    {"picojoule_per_bit", &Link::picojoulePerBit, "energy of the link"},
};
constexpr Field<Network> kNetwork[] = {
    {"bandwidth_gb_per_s", &Network::bandwidthGbPerS, "to other nodes per device, both directions"},
    {"efficiency", &Network::efficiency, "share that collectives reach"},
    {"latency_us", &Network::latencyUs, "of one message"},
    {"devices_per_node", &Network::devicesPerNode, "that `link` joins"},
};
constexpr Field<Target> kEmbodied[] = {
    {"kg_co2e", &Target::embodiedKg, "emissions of making the device"},
    {"lifetime_h", &Target::lifetimeH, "hours they are spread over"},
};
constexpr Field<Target> kCalibration[] = {
    {"time_factor", &Target::timeFactor, "measured over modelled time"},
    {"energy_factor", &Target::energyFactor, "measured over modelled energy"},
    {"sigma_time", &Target::sigmaTime, "log-normal sigma of what remains, time"},
    {"sigma_energy", &Target::sigmaEnergy, "log-normal sigma of what remains, energy"},
};
constexpr Field<ClassConstants> kClass[] = {
    {"eta_conv_matrix", &ClassConstants::etaConvMatrix, "dense convolution on matrix units"},
    {"eta_conv_vector", &ClassConstants::etaConvVector, "dense convolution on vector units"},
    {"eta_gemm_matrix", &ClassConstants::etaGemmMatrix, "matmul with weights, matrix units"},
    {"eta_gemm_vector", &ClassConstants::etaGemmVector, "matmul with weights, vector units"},
    {"eta_batch_matrix", &ClassConstants::etaBatchMatrix, "attention products, matrix units"},
    {"eta_batch_vector", &ClassConstants::etaBatchVector, "attention products, vector units"},
    {"eta_grouped_matrix", &ClassConstants::etaGroupedMatrix, "grouped convolution, matrix units"},
    {"eta_grouped_vector", &ClassConstants::etaGroupedVector, "grouped convolution, vector units"},
    {"eta_depthwise", &ClassConstants::etaDepthwise, "depthwise convolution, of the vector peak"},
    {"eta_depthwise_training", &ClassConstants::etaDepthwiseTraining,
     "the same over forward and backward, in eager frameworks"},
    {"depthwise_mac_per_cycle", &ClassConstants::depthwiseMacPerCycle,
     "depthwise convolution, per core and cycle; replaces eta_depthwise"},
    {"depthwise_width", &ClassConstants::depthwiseWidth,
     "x of depthwise rate ~ (32 / bits)^x; of 0 to 1"},
    {"narrow_exponent", &ClassConstants::narrowExponent,
     "y of the rate of narrow formats, peak32 * (peak / peak32)^y; of 0 to 1"},
    {"eta_vector", &ClassConstants::etaVector, "element-wise work, of the vector peak"},
    {"transcendental_ops", &ClassConstants::transcendentalOps, "vector operations per exp, erf, …"},
    {"accumulate_cycles", &ClassConstants::accumulateCycles,
     "one step of a product's sum, loads included"},
    {"eta_memory", &ClassConstants::etaMemory, "share of the DRAM bandwidth"},
    {"cache_speedup", &ClassConstants::cacheSpeedup, "last-level cache over DRAM bandwidth"},
    {"cache_fraction", &ClassConstants::cacheFraction, "share of the cache that keeps a tensor"},
    {"overlap_exponent", &ClassConstants::overlapExponent, "p of compute and memory; 1: a sum"},
    {"queue_exponent", &ClassConstants::queueExponent, "q of device and issue time"},
    {"idle_factor", &ClassConstants::idleFactor, "of idle_w, drawn throughout a run"},
    {"active_fraction", &ClassConstants::activeFraction, "f0, of active_w, drawn throughout a run"},
    {"dynamic_fraction", &ClassConstants::dynamicFraction,
     "of active_w, drawn in proportion to the use of the peak"},
    {"picojoule_fp16", &ClassConstants::picojouleFp16, "per fp16 matrix operation at 7 nm"},
    {"node_exponent", &ClassConstants::nodeExponent, "energy per operation ~ node^this"},
    {"factor_int8", &ClassConstants::factorInt8, "energy of int8 over fp16 matrix operations"},
    {"factor_fp8", &ClassConstants::factorFp8, "energy of fp8 over fp16 matrix operations"},
    {"factor_tf32", &ClassConstants::factorTf32, "energy of tf32 over fp16 matrix operations"},
    {"factor_fp32", &ClassConstants::factorFp32, "energy of fp32 on vector units over fp16 matrix"},
    {"picojoule_vector", &ClassConstants::picojouleVector, "per element-wise operation at 7 nm"},
    {"cached_energy_fraction", &ClassConstants::cachedEnergyFraction,
     "energy of a bit served by the cache over one from DRAM"},
    {"onchip_picojoule_per_bit", &ClassConstants::onchipPicojoulePerBit,
     "path to the last-level cache, where the target has no own figure"},
    {"cap_linear", &ClassConstants::capLinear, "ga of the slow-down under a power cap"},
    {"cap_quadratic", &ClassConstants::capQuadratic, "ga2 of the slow-down under a power cap"},
    {"cap_sharpness", &ClassConstants::capSharpness,
     "k of the soft limit; infinity: power follows demand up to the limit"},
    {"sigma_time", &ClassConstants::sigmaTime, "log-normal sigma on devices left out, time"},
    {"sigma_energy", &ClassConstants::sigmaEnergy, "log-normal sigma on devices left out, energy"},
    {"sheet_sigma_time", &ClassConstants::sheetSigmaTime,
     "sigma by the ranges of the widest sheet among those devices, time"},
    {"sheet_sigma_energy", &ClassConstants::sheetSigmaEnergy,
     "sigma by the ranges of the widest sheet among those devices, energy"},
    {"calibrated_sigma_time", &ClassConstants::calibratedSigmaTime,
     "log-normal sigma on rows left out, of devices in the fit, time"},
    {"calibrated_sigma_energy", &ClassConstants::calibratedSigmaEnergy,
     "log-normal sigma on rows left out, of devices in the fit, energy"},
};
constexpr Field<RuntimeConstants> kRuntime[] = {
    {"per_op_us", &RuntimeConstants::perOpUs, "time added per kernel"},
    {"issue_us", &RuntimeConstants::issueUs, "time to issue a kernel to the queue"},
    {"training_issue_us", &RuntimeConstants::trainingIssueUs, "the same for a whole training step"},
};
constexpr Field<HostConstants> kHostConstants[] = {
    {"per_device_w", &HostConstants::perDeviceW, "host power with one device"},
    {"device_exponent", &HostConstants::deviceExponent, "host power of n devices ~ n^this"},
    {"per_w", &HostConstants::perW, "host watts per watt of the device"},
    {"per_idle_w", &HostConstants::perIdleW, "host watts per watt of idle_w"},
};
constexpr Field<Constants> kUncertainty[] = {
    {"sigma_unknown_runtime", &Constants::sigmaUnknownRuntime, "added if --runtime is not given"},
    {"sigma_unknown_host", &Constants::sigmaUnknownHost, "of the host's power"},
};
constexpr Field<Constants> kSite[] = {
    {"carbon_intensity_g_per_kwh", &Constants::carbonIntensity, "default of --carbon-intensity"},
    {"pue", &Constants::pue, "default of --pue for devices in servers"},
};
constexpr Part<ExecutionUnit> kUnits[] = {
    {"matrix", &Target::matrix}, {"vector", &Target::vector}, {"helper", &Target::helper}};
constexpr Part<MemoryLevel> kMemories[] = {{"dram", &Target::dram},
                                           {"llc", &Target::llc},
                                           {"scratchpad", &Target::scratchpad},
                                           {"flash", &Target::flash}};

} // namespace

namespace energyopt {
Fields<ExecutionUnit> unitFields() { return kUnit; }
Fields<MemoryLevel> memoryFields() { return kMemory; }
Fields<Target> dispatchFields() { return kDispatch; }
Fields<Target> powerFields() { return kPower; }
Fields<Target> hostFields() { return kHost; }
Fields<Link> linkFields() { return kLink; }
Fields<Network> networkFields() { return kNetwork; }
Fields<Target> embodiedFields() { return kEmbodied; }
Fields<Target> calibrationFields() { return kCalibration; }
Fields<ClassConstants> classFields() { return kClass; }
Fields<RuntimeConstants> runtimeFields() { return kRuntime; }
Fields<HostConstants> hostConstantFields() { return kHostConstants; }
Fields<Constants> uncertaintyFields() { return kUncertainty; }
Fields<Constants> siteFields() { return kSite; }
llvm::ArrayRef<Part<ExecutionUnit>> unitParts() { return kUnits; }
llvm::ArrayRef<Part<MemoryLevel>> memoryParts() { return kMemories; }
llvm::ArrayRef<Group> targetGroups() {
  static const Group groups[] = {{"dispatch", kDispatch},
                                 {"power", kPower},
                                 {"host", kHost},
                                 {"embodied", kEmbodied},
                                 {"calibration", kCalibration}};
  return groups;
}

llvm::StringRef name(UnitKind kind) {
  static constexpr const char *names[] = {"tensor-core", "systolic", "amx",   "fixed-npu",
                                          "simt",        "simd",     "scalar"};
  return names[unsigned(kind)];
}
llvm::StringRef name(HostKind kind) {
  static constexpr const char *names[] = {"none", "board", "pc", "server"};
  return names[unsigned(kind)];
}
llvm::StringRef name(DeviceClass cls) {
  static constexpr const char *names[] = {"gpu",      "systolic", "cpu", "edge-cpu",
                                          "edge-gpu", "edge-npu", "mcu"};
  return names[unsigned(cls)];
}
llvm::StringRef name(SourceKind kind) {
  static constexpr const char *names[] = {"measured", "published", "derived", "assumed"};
  return names[unsigned(kind)];
}
llvm::StringRef name(Precision precision) {
  static constexpr const char *names[] = {"int4", "int8", "fp8",  "fp16",
                                          "bf16", "tf32", "fp32", "fp64"};
  return names[unsigned(precision)];
}
std::optional<Precision> parsePrecision(llvm::StringRef text) {
  for (unsigned i = 0; i < kNumPrecisions; ++i)
    if (name(Precision(i)) == text)
      return Precision(i);
  return std::nullopt;
}
unsigned storageBits(Precision precision) {
  static constexpr unsigned bits[] = {4, 8, 8, 16, 16, 32, 32, 64};
  return bits[unsigned(precision)];
}
bool ExecutionUnit::exists() const {
  for (const Quantity &peak : peakTeraOps)
    if (peak)
      return true;
  return false;
}
} // namespace energyopt
