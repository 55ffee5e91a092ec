//===- Views.cpp - The list of formats ------------------------------------===//

#include "energy-opt/Views.h"

using namespace llvm;

namespace energyopt {

static constexpr View kViews[] = {
    {"text", "a screen to read", printText},
    {"json", "everything, for programs (docs/json.md)", printJson},
    {"html", "a page for a browser, complete in one file (docs/html.md)", printHtml},
    {"csv", "one line per op and target", printCsv},
    {"markdown", "for a review comment", printMarkdown},
    {"ndjson", "the JSON report of each model on a line of its own", printNdjson},
    {"sarif", "suggestions for code scanning, SARIF 2.1.0", printSarif},
    {"cyclonedx", "a bill of materials with energy, CycloneDX 1.6", printCycloneDx},
    {"spdx", "the AI profile's energy, SPDX 3.0", printSpdx},
    {"model-card", "a section of a model card, Markdown", printModelCard},
};

ArrayRef<View> allViews() { return kViews; }

const View *findView(StringRef name) {
  for (const View &view : kViews)
    if (view.name == name)
      return &view;
  return nullptr;
}

StringRef toolVersion() { return ENERGY_OPT_VERSION; }

} // namespace energyopt
