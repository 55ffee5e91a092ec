//===- CsvFootprint.cpp - Serving and sweeps, for spreadsheets ------------===//

#include "CsvText.h"
#include "Format.h"

#include "energy-opt/Serving.h"
#include "energy-opt/Sweep.h"

using namespace llvm;

namespace energyopt {

/// Numbers with a comma in front of each.
static void numbers(raw_ostream &os, std::initializer_list<double> values) {
  for (double value : values)
    os << ',' << exactNumber(value);
}

void servingCsv(ArrayRef<Report> reports, raw_ostream &os) {
  os << "model,target,precision,runtime,prompt,generate,batch,cached,"
        "prefill_energy_j,prefill_energy_low_j,prefill_energy_high_j,prefill_latency_s,"
        "decode_energy_j,decode_energy_low_j,decode_energy_high_j,decode_latency_s,"
        "energy_per_request_j,energy_per_token_j,energy_per_prompt_token_j,"
        "time_to_first_token_s,time_per_token_s,tokens_per_s,cache_bytes,fits_in_memory\n";
  for (const Report &report : reports) {
    const ServingReport &s = *report.serving;
    for (const ServingOnTarget &t : s.targets) {
      os << csvCell(report.graph.model.path) << ',' << csvCell(t.name) << ','
         << csvCell(t.precision) << ',' << csvCell(t.runtime) << ',' << s.load.prompt << ','
         << s.load.generate << ',' << s.load.batch << ',' << (s.cached ? "true" : "false");
      for (const PhaseCost *phase : {&t.prefill, &t.decode})
        numbers(os, {phase->energyJ.value, phase->energyJ.low, phase->energyJ.high,
                     phase->latencyS.value});
      numbers(os, {s.requestJ(t), s.joulePerToken(t), s.joulePerPromptToken(t),
                   t.prefill.latencyS.value, s.secondsPerToken(t), s.tokensPerSecond(t)});
      os << ',' << t.cacheBytes << ',' << (t.fits ? "true" : "false") << '\n';
    }
  }
}

/// "sequence=128 past=512"
static std::string dimsCell(ArrayRef<NamedDim> dims) {
  std::string text;
  for (const NamedDim &dim : dims)
    text += (text.empty() ? "" : " ") + dim.symbol + "=" + std::to_string(dim.value);
  return text.empty() ? "" : csvCell(text);
}

void sweepCsv(ArrayRef<Report> reports, raw_ostream &os) {
  os << "model,target,precision,runtime,other_dims,dim,size,samples,energy_j,energy_low_j,"
        "energy_high_j,energy_per_sample_j,latency_s,latency_low_s,latency_high_s,power_w,host_j,"
        "carbon_g,bound,fits_in_memory,mark\n";
  for (const Report &report : reports) {
    const SweepReport &sweep = *report.sweep;
    for (const SweepSeries &s : sweep.series) {
      for (auto [i, p] : enumerate(s.points)) {
        os << csvCell(report.graph.model.path) << ',' << csvCell(s.target) << ','
           << csvCell(s.precision) << ',' << csvCell(s.runtime) << ',' << dimsCell(s.dims) << ','
           << csvCell(sweep.axis) << ',' << (sweep.axis.empty() ? "" : std::to_string(p.size))
           << ',' << p.samples;
        numbers(os,
                {p.energyJ.value, p.energyJ.low, p.energyJ.high, p.joulePerSample(),
                 p.latencyS.value, p.latencyS.low, p.latencyS.high, p.powerW, p.hostJ, p.carbonG});
        os << ',' << name(p.bound) << ',' << (p.fits ? "true" : "false") << ','
           << (s.knee == i   ? (s.best == i ? "knee least" : "knee")
               : s.best == i ? "least"
                             : "")
           << '\n';
      }
    }
  }
}

} // namespace energyopt
