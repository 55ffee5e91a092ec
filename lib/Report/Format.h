//===- Format.h - Numbers and names as people read them ---------*- C++ -*-===//
//
// What the views share below the level of a report: units, escaping, and the
// few facts about a row that every format prints.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_REPORT_FORMAT_H
#define ENERGY_OPT_REPORT_FORMAT_H

#include "energy-opt/Report.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace energyopt {

/// Adds without wrapping; a sum that does not fit is held at the maximum.
void addTo(int64_t &sum, int64_t value, bool &saturated);

/// A power of 1000 and its SI prefix.
struct Scale {
  double factor = 1;
  const char *prefix = "";
};
/// The scale at which `value` has one to three digits before the point.
Scale scaleOf(double value, bool unicode);
/// Three significant digits: "0.0512", "0.800", "8.20", "81.2", "812", "8120".
std::string digits(double value);
/// "812 mJ"; three significant digits. "n/a" for what is not a number.
std::string si(double value, llvm::StringRef unit, bool unicode);
/// The same for a count, exact below 1000: "176", "4.09 G".
std::string siCount(int64_t value, llvm::StringRef unit, bool unicode);
/// "12 nodes", "25.6 M parameters", "1 node".
std::string countOf(int64_t count, llvm::StringRef noun, bool unicode);
/// "590–1100": low and high in the scale of the value that stands beside it.
std::string range(const Interval &interval, bool unicode);
/// "12.3 %"; of nothing, a dash.
std::string percent(double part, double whole, bool unicode, int decimals = 1);
/// Now in UTC by strftime's `format`. SOURCE_DATE_EPOCH (seconds) says
/// otherwise, so that a run can be repeated.
std::string utcNow(const char *format);
/// The shortest decimal that reads back as `value`; "null" if not finite.
std::string exactNumber(double value);

/// Whether a reader sees a character as what it is: not if it is a control,
/// invisible, or changes the order of others.
bool isVisible(uint32_t character);
/// Columns of printable text in a terminal.
unsigned columnsOf(llvm::StringRef text);
/// `text` cut to `width` columns, in the middle, since names differ at both
/// ends.
std::string fit(llvm::StringRef text, unsigned width, bool unicode);

/// `bullet`, then `text` in words, broken at `width`; later lines go under the
/// text of the first, `hang` columns further in.
void paragraph(llvm::raw_ostream &os, llvm::StringRef bullet, llvm::StringRef text, unsigned width,
               unsigned hang = 0);

llvm::StringRef name(WorkStatus status);
/// The type that a row computes in: that of its largest work, else of its
/// first output or input.
DType computeType(const GraphRow &row, const WorkGraph &graph);
/// The kernel that a row runs in; null if it needs none.
const KernelCost *kernelOf(const TargetReport &target, size_t row);
/// Name of the row that no op owns: the device's constant power while it
/// waits. With it the rows sum to the target's energy.
constexpr llvm::StringLiteral kStaticRow = "(static)";
/// Name of the row that sums those that a document leaves out.
constexpr llvm::StringLiteral kOthersRow = "(others)";

/// "com.acme::Foo"; ops of ai.onnx by their bare name.
std::string qualifiedOp(llvm::StringRef op, llvm::StringRef domain);
/// Shape as JSON: "[1, 3, null]", "null" without a rank or a tensor.
std::string shapeJson(const GraphTensor *tensor);
/// Shape in one cell: "1x3x?"; "scalar", "?" without a rank, "-" without a
/// tensor.
std::string shapeText(const GraphTensor *tensor);
/// The tensor behind an operand; null if the operand is absent.
const GraphTensor *tensorOf(const WorkGraph &graph, int32_t tensor);

/// "ai.onnx 17, com.microsoft 1"
std::string opsetsText(const ModelSummary &model);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_FORMAT_H
