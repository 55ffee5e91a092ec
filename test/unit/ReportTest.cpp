//===- ReportTest.cpp - The views, on reports made by hand ----------------===//
//
// The sample: two ops and a free one on two targets, with figures small enough
// to add up in one's head. Energies on `gpu`: 0.5 (Conv) + 0.25 (Relu) +
// 0 (Reshape) + 0.25 (static) = 1 J.
//
//===----------------------------------------------------------------------===//

#include "Report/JsonText.h"
#include "energy-opt/Regions.h"
#include "energy-opt/Views.h"

#include "llvm/Support/JSON.h"
#include "gtest/gtest.h"

#include <limits>

using namespace energyopt;
using namespace llvm;

namespace {

GraphTensor tensor(StringRef name, std::initializer_list<PrintedDim> dims) {
  GraphTensor t;
  t.name = name.str();
  t.dtype = DType::F32;
  t.hasRank = true;
  t.dims.assign(dims);
  return t;
}

GraphRow row(StringRef name, StringRef op, int64_t macs, int64_t flops) {
  GraphRow r;
  r.name = name.str();
  r.op = op.str();
  r.domain = "ai.onnx";
  r.macs = macs;
  r.flops = flops;
  r.bytesMin = 100;
  r.bytesMax = 300;
  return r;
}

TargetReport target(StringRef name, double scale) {
  TargetReport t;
  t.name = name.str();
  t.precision = "fp32";
  t.runtime = "compiled";
  t.energyJ = {1 * scale, 0.8 * scale, 1.5 * scale};
  t.latencyS = {0.01, 0.008, 0.015};
  t.hostJ = {0.5, 0.4, 0.6};
  t.carbonG = {2e-4, 1e-4, 3e-4};
  t.powerW = 100 * scale;
  t.facilityJ = 2;
  t.dramBytes = 250;
  t.breakdownJ = {0.5 * scale, 0.25 * scale, 0, 0.25 * scale};
  t.staticRowJ = 0.25 * scale;
  t.bound = Bound::Memory;
  t.rows = {{0.5 * scale, 0.006, 200, Bound::Compute, 0},
            {0.25 * scale, 0.004, 50, Bound::Memory, 0},
            {}};
  t.kernels.resize(1);
  t.kernels[0].rows = {0, 1};
  return t;
}

Report sample() {
  Report report;
  WorkGraph &graph = report.graph;
  graph.model.path = "net.onnx";
  graph.model.format = "onnx";
  graph.model.producer = "hand 1.0";
  graph.model.irVersion = 8;
  graph.model.nodes = 3;
  graph.model.opsets = {{"ai.onnx", 17}};
  graph.model.parameters = 25600000;
  graph.model.weightParameters = 25600000;
  graph.model.parameterBytes = 102400000;
  graph.model.dims = {{"batch", 1}};
  graph.model.assumptions = {"batch = 1, since none was given"};
  graph.tensors = {tensor("x", {1, 3, 8, 8}), tensor("y", {1, 4, 8, 8}),
                   tensor("z", {std::nullopt, 256})};
  graph.inputs = {{"x", 0}};
  graph.outputs = {{"z", 2}};
  graph.rows = {row("/conv", "Conv", 4090000000, 8180000000), row("/relu", "Relu", 0, 256),
                row("/flat", "Reshape", 0, 0)};
  graph.rows[0].work = {{WorkClass::Conv, DType::F16, 4090000000}};
  graph.rows[0].reads = {{0, 768}, {-1, 0}};
  graph.rows[0].writes = {{1, 1024}};
  graph.rows[2].status = WorkStatus::Free;
  graph.rows[2].writes = {{2, 0}};
  graph.peakActivationBytes = 2048;
  report.targets = {target("gpu", 1), target("cpu", 10)};
  summarize(report);
  return report;
}

using Printer = void (*)(ArrayRef<Report>, const ViewOptions &, raw_ostream &);
std::string render(Printer print, ArrayRef<Report> reports, const ViewOptions &options = {}) {
  std::string text;
  raw_string_ostream os(text);
  print(reports, options, os);
  return os.str();
}

json::Value parsed(StringRef text) {
  Expected<json::Value> value = json::parse(text);
  EXPECT_TRUE(bool(value)) << toString(value.takeError());
  return value ? std::move(*value) : json::Value(nullptr);
}

bool contains(StringRef text, StringRef part) { return text.contains(part); }

/// `text` with runs of spaces made one.
std::string squeezed(StringRef text) {
  std::string result;
  for (char c : text)
    if (c != ' ' || result.empty() || result.back() != ' ')
      result += c;
  return result;
}

unsigned widest(StringRef text) {
  size_t width = 0;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    width = std::max(width, line.size());
    text = rest;
  }
  return width;
}

} // namespace

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

TEST(Summarize, CountsEveryRowOnce) {
  Report report = sample();
  report.graph.rows.push_back(row("/foo", "Foo", 0, 0));
  report.graph.rows.back().status = WorkStatus::Unmodelled;
  report.graph.rows.back().reason = "no rule";
  report.graph.rows.push_back(report.graph.rows.back());
  report.graph.rows.push_back(row("/nms", "NonMaxSuppression", 0, 7));
  report.graph.rows.back().status = WorkStatus::Bounded;
  summarize(report);
  const Coverage &c = report.coverage;
  EXPECT_EQ(c.opsTotal, 6);
  EXPECT_EQ(c.modelled + c.free + c.bounded + c.unmodelled, c.opsTotal);
  EXPECT_EQ(c.free, 1);
  EXPECT_EQ(c.bounded, 1);
  ASSERT_EQ(c.unmodelledOps.size(), 1u); // two nodes of one kind
  EXPECT_EQ(c.unmodelledOps[0].count, 2);
  EXPECT_DOUBLE_EQ(c.ratio(), 1 - 2 / 6.0);
  // 8,180,000,000 + 256 + 7.
  EXPECT_EQ(report.totals.flops, 8180000263);
  EXPECT_EQ(report.totals.bytesMin, 600);
}

TEST(Summarize, HoldsSumsThatDoNotFit) {
  Report report = sample();
  report.graph.rows[1].macs = std::numeric_limits<int64_t>::max();
  summarize(report);
  EXPECT_EQ(report.totals.macs, std::numeric_limits<int64_t>::max());
  EXPECT_TRUE(report.totals.saturated);
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

TEST(JsonView, HasEveryFieldOfTheContract) {
  std::string text = render(printJson, sample());
  json::Value value = parsed(text);
  const json::Object &root = *value.getAsObject();
  EXPECT_EQ(root.getString("schema_version"), "1.0");
  auto expectKeys = [](const json::Object *object, std::initializer_list<StringRef> keys) {
    ASSERT_TRUE(object);
    for (StringRef key : keys)
      EXPECT_TRUE(object->get(key)) << key.str();
  };
  expectKeys(&root, {"schema_version", "tool", "model", "coverage", "totals", "targets", "ops",
                     "suggestions", "plans", "not_advised"});
  expectKeys(root.getObject("tool"), {"name", "version"});
  expectKeys(root.getObject("model"),
             {"path", "format", "producer", "ir_version", "opsets", "nodes", "parameters",
              "weight_parameters", "parameter_bytes", "inputs", "outputs", "dims", "assumptions"});
  expectKeys(root.getObject("coverage"),
             {"ops_total", "modelled", "free", "bounded", "unmodelled", "unmodelled_ops"});
  expectKeys(root.getObject("totals"),
             {"macs", "flops", "int_ops", "transcendentals", "bytes", "peak_activation_bytes"});
  expectKeys((*root.getArray("targets"))[0].getAsObject(),
             {"name", "precision", "runtime", "latency_s", "power_w", "dram_bytes", "energy_j",
              "breakdown_j", "host_j", "facility_j", "carbon_g", "bound", "fits_in_memory"});
  const json::Object *op = (*root.getArray("ops"))[0].getAsObject();
  expectKeys(op, {"name", "op", "domain", "dtype", "inputs", "outputs", "status", "count", "macs",
                  "flops", "int_ops", "bytes", "weight_bytes", "targets"});
  expectKeys(op->getObject("targets")->getObject("cpu"),
             {"energy_j", "latency_s", "dram_bytes", "bound", "kernel"});
}

TEST(JsonView, RowsSumToTheTarget) {
  json::Value value = parsed(render(printJson, sample()));
  for (StringRef name : {"gpu", "cpu"}) {
    double sum = 0;
    for (const json::Value &op : *value.getAsObject()->getArray("ops"))
      sum += *op.getAsObject()->getObject("targets")->getObject(name)->getNumber("energy_j");
    EXPECT_DOUBLE_EQ(sum, name == "gpu" ? 1 : 10) << name.str();
  }
}

TEST(JsonView, RunTimeSizesAndAbsentOperandsAreNull) {
  std::string text = render(printJson, sample());
  EXPECT_TRUE(contains(text, "\"inputs\": [[1, 3, 8, 8], null]"));
  EXPECT_TRUE(contains(text, "\"outputs\": [[null, 256]]"));
  // The type that the convolution computes in, not that of its tensors.
  EXPECT_TRUE(contains(text, "\"dtype\": \"float16\""));
}

TEST(JsonView, NumbersReadBackExactly) {
  Report report = sample();
  report.targets[0].powerW = 0.1 + 0.2;
  report.targets[0].facilityJ = std::numeric_limits<double>::infinity();
  std::string text = render(printJson, report);
  EXPECT_TRUE(contains(text, "\"power_w\": 0.30000000000000004,"));
  EXPECT_TRUE(contains(text, "\"facility_j\": null,"));
  EXPECT_TRUE(contains(text, "\"carbon_g\": {\n        \"value\": 2e-04,"));
}

// NOLINTBEGIN(misc-misleading-bidirectional): the names that must not mislead
TEST(JsonView, HostileNamesStayValidAndInvisibleOnesAreEscaped) {
  Report report = sample();
  report.graph.rows[0].name = "a\x1b[2J\xff\xe2\x80\xae z";
  report.graph.rows[1].name = "\xf3\xa0\x80\xa0"; // U+E0020, a tag
  report.graph.model.opsets = {{"\xc2\x9b", 1}};  // U+009B, a C1 control
  std::string text = render(printJson, report);
  for (char c : text)
    EXPECT_TRUE(c == '\n' || (c >= 0x20 && c != 0x7f) || c < 0);
  EXPECT_FALSE(contains(text, "\xe2\x80\xae"));
  EXPECT_FALSE(contains(text, "\xc2\x9b"));
  // The pair of U+E0020: 0xd800 + (0xd0020 >> 10), 0xdc00 + 0x20.
  EXPECT_TRUE(contains(text, "\\udb40\\udc20"));
  json::Value value = parsed(text);
  const json::Array &ops = *value.getAsObject()->getArray("ops");
  EXPECT_EQ(ops[0].getAsObject()->getString("name"), "a\x1b[2J\xef\xbf\xbd\xe2\x80\xae z");
}

TEST(JsonView, SeveralModelsAreOneArrayAndNdjsonOneLineEach) {
  std::vector<Report> reports{sample(), sample()};
  json::Value value = parsed(render(printJson, reports));
  ASSERT_TRUE(value.getAsArray());
  EXPECT_EQ(value.getAsArray()->size(), 2u);
  EXPECT_EQ(parsed(render(printJson, {})), json::Value(json::Array()));

  std::string lines = render(printNdjson, reports);
  EXPECT_EQ(StringRef(lines).count('\n'), 2u);
  EXPECT_EQ(parsed(StringRef(lines).split('\n').first), (*value.getAsArray())[0]);
}

//===----------------------------------------------------------------------===//
// CSV
//===----------------------------------------------------------------------===//

TEST(CsvView, OneLinePerOpAndTarget) {
  std::string text = render(printCsv, sample());
  // A header, then for each of two targets three ops and the static row.
  EXPECT_EQ(StringRef(text).count('\n'), 1 + 2 * 4u);
  unsigned commas = StringRef(text).split('\n').first.count(',');
  StringRef rest = text;
  while (!rest.empty()) {
    auto [line, next] = rest.split('\n');
    EXPECT_EQ(line.count(','), commas) << line.str();
    rest = next;
  }
  EXPECT_TRUE(contains(text, "net.onnx,gpu,fp32,compiled,/conv,Conv,ai.onnx,float16,"
                             "\"1x3x8x8 -\",1x4x8x8,modelled,,1,4090000000,8180000000,0,0,100,"
                             "300,0,0.5,0.006,200,compute,Conv+Relu\n"));
}

TEST(CsvView, NamesAreNoFormulas) {
  Report report = sample();
  report.graph.rows[0].name = "=HYPERLINK(\"http://x\")";
  report.graph.rows[1].name = "a\nb";
  std::string text = render(printCsv, report);
  EXPECT_TRUE(contains(text, ",\"'=HYPERLINK(\"\"http://x\"\")\",Conv,"));
  EXPECT_TRUE(contains(text, ",a\\nb,Relu,"));
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

TEST(TextView, SaysWhatWasAssumedBeforeTheFigures) {
  std::string text = render(printText, sample());
  size_t assumed = text.find("batch = 1, since none was given");
  size_t totals = text.find("4.09 GMAC, 8.18 GFLOP");
  ASSERT_NE(assumed, std::string::npos);
  ASSERT_NE(totals, std::string::npos);
  EXPECT_LT(assumed, totals);
  EXPECT_TRUE(contains(text, "25.6 M parameters, 102 MB"));
  EXPECT_TRUE(contains(text, "100.0 % of 3 ops: 2 modelled, 1 free"));
}

TEST(TextView, TargetsShowTheIntervalInTheUnitOfTheValue) {
  std::string text = squeezed(render(printText, sample()));
  // 1 J in 0.8 … 1.5 J; 10 J in 8 … 15 J.
  EXPECT_TRUE(contains(text, "[1] gpu 1.00 J 0.800–1.50 10.0 ms 100 W 500 mJ"));
  EXPECT_TRUE(contains(text, "[2] cpu 10.0 J 8.00–15.0 10.0 ms 1.00 kW"));
  EXPECT_TRUE(contains(text, "█ compute 50 % ▓ DRAM 25 % ▒ on-chip 0 %"));
}

TEST(TextView, OthersAndStaticCloseTheSum) {
  ViewOptions options;
  options.top = 1;
  std::string text = squeezed(render(printText, sample(), options));
  EXPECT_TRUE(contains(text, "Top 1 of 3 ops"));
  EXPECT_TRUE(contains(text, " /conv 4.09 G 200 B 500 mJ 50.0 % 50.0 %\n"));
  // 0.5 J + 0.25 J of the others + 0.25 J static = 1 J.
  EXPECT_TRUE(contains(text, " [2 others] 0 50.0 B 250 mJ 25.0 % 25.0 %\n"));
  EXPECT_TRUE(contains(text, " (static) 0 0 B 250 mJ 25.0 % 25.0 %\n"));
  EXPECT_TRUE(contains(text, " total 4.09 G 250 B 1.00 J 100.0 % 100.0 %\n"));
  EXPECT_FALSE(contains(text, "/relu"));
  // Relu and static tie, in order of name.
  EXPECT_TRUE(contains(text, "by type on [1]: Conv 50.0 %, (static) 25.0 %, "
                             "Relu 25.0 %, Reshape 0.0 %\n"));
}

TEST(TextView, FitsEightyColumnsInAscii) {
  Report report = sample();
  report.graph.rows[0].name = std::string(300, 'n');
  report.targets[0].name = "some-vendor-with-a-very-long-name-of-a-part-80gb";
  report.graph.model.assumptions.push_back(
      "a sentence of many words that goes on and on until it cannot stand on "
      "one line of a terminal with eighty columns any more");
  ViewOptions options;
  options.width = 80;
  options.unicode = false;
  std::string text = render(printText, report, options);
  EXPECT_LE(widest(text), 80u) << text;
  for (char c : text)
    EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f));
}

TEST(TextView, ColoursOnlyWhenAsked) {
  ViewOptions options;
  EXPECT_FALSE(contains(render(printText, sample(), options), "\x1b"));
  options.color = true;
  EXPECT_TRUE(contains(render(printText, sample(), options), "\x1b[1mnet"));
}

TEST(TextView, UnmodelledOpsAreShownWithTheirReason) {
  Report report = sample();
  report.graph.rows[1].op = "Foo\x1b[31m";
  report.graph.rows[1].domain = "com.acme";
  report.graph.rows[1].status = WorkStatus::Unmodelled;
  report.graph.rows[1].reason = "no rule for this op";
  summarize(report);
  std::string text = render(printText, report);
  EXPECT_TRUE(contains(text, "66.7 % of 3 ops"));
  EXPECT_TRUE(contains(text, "1 x com.acme::Foo\\x1b[31m: no rule for this op"));
}

TEST(TextView, WithoutTargetsItStillRanksOps) {
  Report report = sample();
  report.targets.clear();
  std::string text = render(printText, report);
  EXPECT_TRUE(contains(text, "Top 3 of 3 ops\n"));
  EXPECT_FALSE(contains(text, "Targets"));
}

TEST(TextView, AnEmptyGraphIsNoAccident) {
  Report report;
  summarize(report);
  EXPECT_TRUE(contains(render(printText, report), "the graph has no ops"));
}

//===----------------------------------------------------------------------===//
// Markdown, escaping, formats
//===----------------------------------------------------------------------===//

TEST(MarkdownView, NamesCannotBreakTheTable) {
  Report report = sample();
  report.graph.rows[0].name = "a|b`c\n@team <img>";
  report.graph.rows[0].op = "Conv|<b>";
  std::string text = render(printMarkdown, report);
  EXPECT_TRUE(contains(text, "| Conv\\|&lt;b&gt; | ``a\\|b`c\\n@team <img>`` |"));
  EXPECT_TRUE(contains(text, "| `gpu` (fp32, compiled) | **1.00 J** |"));
}

TEST(Printable, EscapesWhatATerminalObeysOrAReaderMisreads) {
  EXPECT_EQ(printable("/layer1/conv é"), "/layer1/conv é");
  EXPECT_EQ(printable("\x1b[31m\n\t\x7f"), "\\x1b[31m\\n\\t\\x7f");
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\u{202e}");       // right-to-left override
  EXPECT_EQ(printable("\xe2\x80\x8b"), "\\u{200b}");       // zero width
  EXPECT_EQ(printable("\xc2\x9b"), "\\u{9b}");             // C1 control
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");          // malformed
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80"); // a surrogate
  EXPECT_EQ(printable("é", /*unicode=*/false), "\\u{e9}");
}

TEST(Views, AreFoundByName) {
  EXPECT_EQ(allViews().front().name, "text");
  for (const View &view : allViews())
    EXPECT_EQ(findView(view.name), &view);
  EXPECT_EQ(findView("jsno"), nullptr);
}

TEST(Regions, AreFoundByCodeNameAndCloud) {
  for (StringRef name : {"DEU", "deu", "Germany"}) {
    Expected<Region> region = findRegion(name);
    ASSERT_TRUE(bool(region)) << toString(region.takeError());
    EXPECT_DOUBLE_EQ(region->gramsPerKwh, 380.95); // Our World in Data, 2023
  }
  Expected<Region> cloud = findRegion("aws-eu-west-1");
  ASSERT_TRUE(bool(cloud)) << toString(cloud.takeError());
  EXPECT_DOUBLE_EQ(cloud->gramsPerKwh, 278.6); // Ireland, by the EEA
  Expected<Region> none = findRegion("Germny");
  ASSERT_FALSE(bool(none));
  EXPECT_EQ(toString(none.takeError()), "unknown region 'Germny'\ndid you mean 'DEU', Germany?");
}

TEST(Regions, TableIsSortedAndPlausible) {
  std::string previous;
  unsigned count = 0;
  visitRegions([&](const Region &region) {
    EXPECT_LT(previous, region.code.str());
    previous = region.code.str();
    EXPECT_GT(region.gramsPerKwh, 0) << previous;
    EXPECT_LT(region.gramsPerKwh, 1400) << previous; // old coal and gas
    EXPECT_FALSE(region.name.empty()) << previous;
    ++count;
  });
  EXPECT_GT(count, 300u);
}

TEST(TextView, LongPathsLoseWhatTheyRepeat) {
  Report report = sample();
  report.graph.rows[0].name = "/model/features/features.1/features.1.0/mlp/mlp.3/MatMul";
  ViewOptions options;
  options.width = 96;
  EXPECT_TRUE(contains(render(printText, report, options), " /model/…features.1.0/…mlp.3/MatMul "));
}

/// Characters are escaped whole wherever the text is cut into pieces: U+202E
/// (3 bytes, turns text around) and U+E0041 (4 bytes, an invisible tag) are,
/// e with acute (2 bytes) stays.
TEST(VisibleStream, CharactersAcrossPieces) {
  StringRef text = "a\xe2\x80\xae\xc3\xa9\xf3\xa0\x81\x81z";
  for (size_t cut = 0; cut <= text.size(); ++cut)
    for (size_t next = cut; next <= text.size(); ++next) {
      std::string out;
      raw_string_ostream os(out);
      {
        VisibleStream visible(os);
        visible << text.take_front(cut);
        visible.flush();
        visible << text.slice(cut, next);
        visible.flush();
        visible << text.drop_front(next);
      }
      EXPECT_EQ(os.str(), "a\\u202e\xc3\xa9\\udb40\\udc41z") << cut << " " << next;
    }
}
// NOLINTEND(misc-misleading-bidirectional)
