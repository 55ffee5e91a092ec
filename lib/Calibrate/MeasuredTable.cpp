//===- MeasuredTable.cpp - Measured energies as a table -------------------===//

#include "Calibrate/MeasuredTable.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/Twine.h"

#include <cmath>

using namespace energyopt;
using llvm::StringRef;

/// Takes one record off `rest` (RFC 4180: quoted fields may hold commas, line
/// ends and doubled quotes). False at the end of the text.
static bool takeRecord(StringRef &rest, std::vector<std::string> &fields, unsigned &line) {
  fields.clear();
  if (rest.empty())
    return false;
  std::string field;
  bool quoted = false;
  while (!rest.empty()) {
    char c = rest.front();
    rest = rest.drop_front();
    line += c == '\n';
    if (quoted) {
      if (c != '"')
        field += c;
      else if (rest.consume_front("\""))
        field += '"';
      else
        quoted = false;
    } else if (c == '"' && field.empty()) {
      quoted = true;
    } else if (c == ',') {
      fields.push_back(std::move(field));
      field.clear();
    } else if (c == '\n') {
      break;
    } else if (c != '\r') {
      field += c;
    }
  }
  fields.push_back(std::move(field));
  return true;
}

namespace {
/// One record with named columns, and where it stands for errors.
class Record {
public:
  Record(const llvm::StringMap<unsigned> &columns, const std::vector<std::string> &fields,
         StringRef path, unsigned line)
      : columns(columns), fields(fields), path(path), line(line) {}

  StringRef text(StringRef column) const {
    auto it = columns.find(column);
    return it == columns.end() || it->second >= fields.size() ? StringRef()
                                                              : StringRef(fields[it->second]);
  }
  llvm::Error error(StringRef column, const llvm::Twine &expected) const {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   path + ":" + llvm::Twine(line) + ": " + column + " is '" +
                                       text(column) + "', expected " + expected);
  }
  /// A positive number; nullopt if the field is empty.
  llvm::Expected<std::optional<double>> positive(StringRef column) const {
    double value;
    if (text(column).empty())
      return std::nullopt;
    if (text(column).getAsDouble(value) || !(value > 0) || !std::isfinite(value))
      return error(column, "a positive number");
    return value;
  }

private:
  const llvm::StringMap<unsigned> &columns;
  const std::vector<std::string> &fields;
  StringRef path;
  unsigned line;
};
} // namespace

/// "batch=2;seq=512"
static llvm::Error parseDims(const Record &record, MeasuredCell &cell) {
  llvm::SmallVector<StringRef, 4> parts;
  record.text("dims").split(parts, ';', -1, /*KeepEmpty=*/false);
  for (StringRef part : parts) {
    auto [name, value] = part.split('=');
    int64_t number;
    if (value.getAsInteger(10, number) || number < 0)
      return record.error("dims", "name=number pairs separated by ';'");
    cell.dims.emplace_back(name.trim().str(), number);
  }
  return llvm::Error::success();
}

static llvm::Error parseKinds(const Record &record, MeasuredCell &cell) {
  StringRef precision = record.text("precision");
  if (!precision.empty() && precision != "as-is") {
    cell.precision = parsePrecision(precision);
    if (!cell.precision)
      return record.error("precision", "fp32, fp16, bf16, int8, … or as-is");
  }
  StringRef mode = record.text("mode");
  if (mode == "training")
    cell.mode = Mode::Training;
  else if (!mode.empty() && mode != "inference")
    return record.error("mode", "inference or training");
  auto boundary = llvm::StringSwitch<std::optional<Boundary>>(record.text("boundary"))
                      .Cases("", "device", Boundary::Device)
                      .Case("board", Boundary::Board)
                      .Case("pc", Boundary::Pc)
                      .Case("server", Boundary::Server)
                      .Case("time-only", Boundary::TimeOnly)
                      .Default(std::nullopt);
  if (!boundary)
    return record.error("boundary", "device, board, pc, server or time-only");
  cell.boundary = *boundary;
  return llvm::Error::success();
}

static llvm::Expected<MeasuredCell> parseCell(const Record &record) {
  MeasuredCell cell;
  cell.id = record.text("cell_id").str();
  cell.target = record.text("target").str();
  cell.graphFile = record.text("graph_file").str();
  cell.runtime = record.text("runtime").str();
  if (cell.target.empty())
    return record.error("target", "a target's name");
  if (cell.graphFile.empty())
    return record.error("graph_file", "a model's file name");
  llvm::SmallVector<StringRef, 2> aliases;
  record.text("target_aliases").split(aliases, ' ', -1, /*KeepEmpty=*/false);
  cell.aliases.assign(aliases.begin(), aliases.end());
  if (llvm::Error error = parseDims(record, cell))
    return std::move(error);
  if (llvm::Error error = parseKinds(record, cell))
    return std::move(error);
  for (auto [column, field] : {std::make_pair("energy_j", &cell.energyJ),
                               std::make_pair("seconds_per_sample", &cell.secondsS),
                               std::make_pair("power_limit_w", &cell.powerLimitW)}) {
    auto value = record.positive(column);
    if (!value)
      return value.takeError();
    *field = *value;
  }
  for (auto [column, field] :
       {std::make_pair("batch", &cell.batch), std::make_pair("n_devices", &cell.devices)}) {
    auto value = record.positive(column);
    if (!value)
      return value.takeError();
    constexpr double kMost = 1e15;
    double count = value->value_or(1);
    if (count < 1 || count > kMost)
      return record.error(column, "a count from 1 on");
    *field = static_cast<int64_t>(count);
  }
  if (!cell.energyJ && !cell.secondsS)
    return record.error("energy_j", "a measured energy or seconds_per_sample");
  return cell;
}

llvm::Expected<std::vector<MeasuredCell>> energyopt::parseMeasuredTable(StringRef text,
                                                                        StringRef path) {
  unsigned line = 1;
  std::vector<std::string> fields;
  llvm::StringMap<unsigned> columns;
  if (takeRecord(text, fields, line))
    for (unsigned i = 0; i < fields.size(); ++i)
      columns[fields[i]] = i;
  for (const char *needed : {"target", "graph_file"})
    if (!columns.count(needed))
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     path + ":1: no column '" + needed +
                                         "'\nthe columns are described in docs/calibration.md");
  std::vector<MeasuredCell> cells;
  for (unsigned start = line; takeRecord(text, fields, line); start = line) {
    if (fields.size() == 1 && fields[0].empty())
      continue;
    Record record(columns, fields, path, start);
    if (record.text("strict") == "false")
      continue;
    auto cell = parseCell(record);
    if (!cell)
      return cell.takeError();
    cells.push_back(std::move(*cell));
  }
  if (cells.empty())
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   path + ": no measurement to calibrate with");
  return cells;
}
