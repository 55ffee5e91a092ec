//===- CsvView.cpp - One line per op and target, for spreadsheets ---------===//
//
// RFC 4180, with a header whose names are those of the JSON report, units
// included. Names come from the model, and a spreadsheet runs a cell that
// starts like a formula: such a cell gets an apostrophe in front.
//
//===----------------------------------------------------------------------===//

#include "CsvText.h"
#include "Format.h"

#include "energy-opt/Views.h"

using namespace llvm;

namespace energyopt {

std::string csvCell(StringRef text) {
  std::string safe = printable(text);
  if (!safe.empty() && StringRef("=+-@\t\r|%").contains(safe.front()))
    safe.insert(safe.begin(), '\'');
  if (StringRef(safe).find_first_of(",\"; ") == StringRef::npos)
    return safe;
  std::string result = "\"";
  for (char c : safe) {
    if (c == '"')
      result += '"';
    result += c;
  }
  return result + '"';
}

static std::string shapes(ArrayRef<TensorUse> uses, const WorkGraph &graph) {
  std::string text;
  for (const TensorUse &use : uses)
    text += (text.empty() ? "" : " ") + shapeText(tensorOf(graph, use.tensor));
  // One absent operand alone would look like a formula's sign.
  return text == "-" ? "" : text;
}

/// The columns that do not depend on a target.
static std::string opColumns(const GraphRow &row, const WorkGraph &graph) {
  std::string text;
  raw_string_ostream os(text);
  os << csvCell(row.name) << ',' << csvCell(row.op) << ',' << csvCell(row.domain) << ','
     << name(computeType(row, graph)) << ',' << csvCell(shapes(row.reads, graph)) << ','
     << csvCell(shapes(row.writes, graph)) << ',' << name(row.status) << ',' << csvCell(row.reason)
     << ',' << row.count << ',' << row.macs << ',' << row.flops << ',' << row.intOps << ','
     << row.transcendentals << ',' << row.bytesMin << ',' << row.bytesMax << ',' << row.weightBytes;
  return os.str();
}

static void printTarget(const TargetReport &target, const WorkGraph &graph,
                        ArrayRef<std::string> ops, StringRef model, raw_ostream &os) {
  std::string lead = (model + "," + csvCell(target.name) + "," + csvCell(target.precision) + "," +
                      csvCell(target.runtime))
                         .str();
  for (size_t i = 0; i < ops.size(); ++i) {
    RowCost cost = i < target.rows.size() ? target.rows[i] : RowCost();
    const KernelCost *kernel = kernelOf(target, i);
    os << lead << ',' << ops[i] << ',' << exactNumber(cost.energyJ) << ','
       << exactNumber(cost.latencyS) << ',' << exactNumber(cost.dramBytes) << ','
       << name(cost.bound) << ',' << (kernel ? csvCell(kernelName(graph, kernel->rows)) : "")
       << '\n';
  }
  os << lead << ',' << kStaticRow << ',' << kStaticRow << ",,,,,static,,0,0,0,0,0,0,0,0,"
     << exactNumber(target.staticRowJ) << ",0,0," << name(Bound::Overhead) << ",\n";
}

void printCsv(ArrayRef<Report> reports, const ViewOptions &, raw_ostream &os) {
  // The options that ask for them hold for all models.
  if (!reports.empty() && reports.front().sweep)
    return sweepCsv(reports, os);
  if (!reports.empty() && reports.front().serving)
    return servingCsv(reports, os);
  os << "model,target,precision,runtime,name,op,domain,dtype,inputs,outputs,"
        "status,reason,count,macs,flops,int_ops,transcendentals,bytes_min,"
        "bytes_max,weight_bytes,energy_j,latency_s,dram_bytes,bound,kernel\n";
  for (const Report &report : reports) {
    const WorkGraph &graph = report.graph;
    std::string model = csvCell(graph.model.path);
    std::vector<std::string> ops;
    for (const GraphRow &row : graph.rows)
      ops.push_back(opColumns(row, graph));
    for (const TargetReport &target : report.targets)
      printTarget(target, graph, ops, model, os);
    if (report.targets.empty())
      for (const std::string &op : ops)
        os << model << ",,,," << op << ",,,,,\n";
  }
}

} // namespace energyopt
