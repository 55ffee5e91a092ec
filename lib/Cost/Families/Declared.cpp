//===- Declared.cpp - Ops whose results the IR declares -------------------===//

#include "Cost/Families/Declared.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Elementwise.h"

using namespace energyopt;
using llvm::Error;

Error energyopt::asDeclared(OpView &, const RuleParams &) { return Error::success(); }

static Work metadataWork(const OpView &, const RuleParams &) { return Work::free(); }

const Family energyopt::metadataFamily = {"view", "D0: no arithmetic, no bytes", asDeclared,
                                          metadataWork, /*withoutResults=*/true};

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

static Work movedWork(const OpView &op, const RuleParams &params) {
  if (op.inputs.empty() || op.outputs.empty())
    return Work::free();
  Work work = wholeTensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  if (static_cast<Taken>(params.a) == Taken::AsMuchAsResult)
    work.readBytes[0] = Expr::min(work.readBytes[0], work.writeBytes[0]);
  if (params.b)
    addElementwise(work, op.outputs[0].dtype, op.outputs[0].elements(), params.b);
  return work;
}

const Family energyopt::movedFamily = {"movement", "D1: bytes read and written; no arithmetic",
                                       asDeclared, movedWork, /*withoutResults=*/true};

static Work storedWork(const OpView &op, const RuleParams &params) {
  unsigned value = params.a < 0 ? op.numInputs() + params.a : params.a, into = params.b;
  if (!op.has(value) || !op.ranked(value))
    return unknownShape(op);
  Expr bytes = *op.in(value).bytes();
  Work work;
  // The rest are indices: whole, but for the memory written to.
  for (unsigned i = 0; i < op.numInputs(); ++i)
    work.readBytes.push_back(i == into ? Expr(0) : op.in(i).bytes().value_or(Expr(0)));
  work.writeBytes.assign(op.outputs.size(), bytes);
  if (op.outputs.empty()) {
    work.writeBytes.assign(op.numInputs(), Expr(0));
    if (into < op.numInputs())
      work.writeBytes[into] = bytes;
  }
  if (params.c)
    addElementwise(work, op.in(value).dtype, op.in(value).elements(), params.c);
  return work;
}

const Family energyopt::storedFamily = {"movement", "D11: bytes written = bytes of the value",
                                        asDeclared, storedWork, /*withoutResults=*/true};

static Work filledWork(const OpView &op, const RuleParams &params) {
  Work work;
  for (const ValueInfo *input : op.inputs)
    work.readBytes.push_back(input->bytes().value_or(Expr(0)));
  for (const ValueInfo &output : op.outputs) {
    auto bytes = output.bytes();
    if (!bytes)
      return unknownShape(op);
    work.writeBytes.push_back(*bytes);
  }
  if (params.a < 0)
    return work;
  unsigned into = params.a;
  if (!op.has(into) || !op.ranked(into))
    return unknownShape(op);
  work.readBytes[into] = 0;
  work.writeBytes.append(op.numInputs(), Expr(0));
  work.writeBytes[op.outputs.size() + into] = *op.in(into).bytes();
  return work;
}

const Family energyopt::filledFamily = {"generate",
                                        "D9: bytes written; nothing is read but scalars",
                                        asDeclared, filledWork, /*withoutResults=*/true};

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

static Work foldedWork(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  addElementwise(work, op.in(0).dtype, op.in(0).elements(), params.a);
  return work;
}

const Family energyopt::foldedFamily = {"reduce", "M12: operations per input element", asDeclared,
                                        foldedWork};

static Work outerProductWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0) || !op.ranked(1))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  if (!op.has(2)) {
    addElementwise(work, op.in(0).dtype, op.outputs[0].elements(), 1);
    return work;
  }
  addMatMul(op, work, op.in(0).dtype, op.in(0).isParameter || op.in(1).isParameter,
            {1, op.in(0).elements(), op.in(1).elements(), 1});
  return work;
}

const Family energyopt::outerProductFamily = {"matmul", "M2 with k = 1", asDeclared,
                                              outerProductWork};

void energyopt::addBody(Work &work, const Work &body, const Expr &times) {
  for (const WorkItem &item : body.items) {
    ContractionDims dims = item.dims;
    if (isContraction(item.cls))
      dims.groups *= times;
    work.add(item.cls, item.dtype, item.count * times, dims);
  }
}

static Work appliedWork(const OpView &op, const RuleParams &params) {
  if (!op.body)
    return Work::unmodelled("its region is missing");
  if (op.body->status == WorkStatus::Unmodelled)
    return *op.body;
  Applied per = static_cast<Applied>(params.a);
  if (per == Applied::Once)
    return *op.body;
  bool perInput = per == Applied::PerInput;
  if (perInput ? !op.ranked(0) : op.outputs.empty() || !op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  addBody(work, *op.body, perInput ? op.in(0).elements() : op.outputs[0].elements());
  return work;
}

const Family energyopt::appliedFamily = {"elementwise", "C2: the region's work for each element",
                                         asDeclared, appliedWork, /*withoutResults=*/true};
