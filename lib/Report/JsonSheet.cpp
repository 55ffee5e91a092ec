//===- JsonSheet.cpp - The numbers of a target, for programs --------------===//

#include "JsonSheet.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

void quantityJson(JsonWriter &json, StringRef key, const Quantity &quantity) {
  json.object(key, [&] {
    json.number("value", quantity.value);
    json.number("low", quantity.low);
    json.number("high", quantity.high);
    json.text("kind", name(quantity.kind));
    json.text("source", quantity.source);
  });
}

static void numbers(JsonWriter &json, StringRef key, ArrayRef<NamedQuantity> numbers) {
  json.object(key, [&] {
    for (const NamedQuantity &number : numbers)
      quantityJson(json, number.path, number.quantity);
  });
}

void sheetsJson(JsonWriter &json, ArrayRef<TargetReport> targets, ArrayRef<TargetSheet> sheets) {
  json.object("sheets", [&] {
    for (const TargetSheet &sheet : sheets) {
      if (none_of(targets, [&](const TargetReport &target) { return target.name == sheet.name; }))
        continue;
      json.object(sheet.name, [&] {
        json.text("title", sheet.title);
        json.text("class", sheet.cls);
        json.text("hash", sheet.hash);
        numbers(json, "quantities", sheet.numbers);
        json.text("constants_hash", sheet.constantsHash);
        numbers(json, "constants", sheet.constants);
      });
    }
  });
}

} // namespace energyopt
