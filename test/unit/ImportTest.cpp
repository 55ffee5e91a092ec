//===- ImportTest.cpp - What the importer makes of models -----------------===//

#include "ImportHelper.h"

#include "energy-opt/OnnxDialect.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

using namespace energyopt;
using namespace mlir;

namespace {

class Import : public ImportTest {
protected:
  /// First op of that name in the module, null if there is none.
  Operation *find(llvm::StringRef name) {
    Operation *found = nullptr;
    model->module->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!found && op->getName().getStringRef() == name)
        found = op;
    });
    return found;
  }
  /// The op without its location.
  std::string text(llvm::StringRef name) {
    Operation *op = find(name);
    if (!op)
      return "absent";
    std::string out;
    llvm::raw_string_ostream os(out);
    op->print(os, OpPrintingFlags().useLocalScope());
    return out;
  }
  std::vector<std::string> order() {
    std::vector<std::string> names;
    for (Operation &op : model->module->lookupSymbol<func::FuncOp>("main").getOps())
      names.push_back(locatedNodeName(&op).str());
    return names;
  }
};

TEST_F(Import, OnnxText) {
  importText(R"(
    # A comment in front.
    <ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>
    agraph (float[N, 128] X, float[128, 10] W) => (float[N, C] Y) {
      T = MatMul(X, W)
      Y = com.microsoft.FusedGelu<alpha = 0.5, axes = [1, 2]>(T)
    })");
  EXPECT_EQ(model->format, "onnxtxt");
  EXPECT_EQ(text("onnx.MatMul"),
            "%0 = \"onnx.MatMul\"(%arg0, %arg1) : (tensor<?x128xf32, [\"N\", \"\"]>, "
            "tensor<128x10xf32>) -> !onnx.value");
  EXPECT_EQ(text("onnx.com.microsoft.FusedGelu"),
            "%1 = \"onnx.com.microsoft.FusedGelu\"(%0) {alpha = 5.000000e-01 : f32, "
            "axes = "
            "array<i64: 1, 2>} : (!onnx.value) -> tensor<?x?xf32, [\"N\", \"C\"]>");
  auto opsets = (*model->module)->getAttrOfType<DictionaryAttr>("onnx.opsets");
  EXPECT_EQ(opsets.getAs<IntegerAttr>("ai.onnx").getInt(), 17);
  EXPECT_EQ(opsets.getAs<IntegerAttr>("com.microsoft").getInt(), 1);
}

/// The three formats of one model give one module.
TEST_F(Import, FormatsAgree) {
  std::string proto = R"(
    ir_version: 8
    opset_import { version: 17 }
    graph { name: "g"
      node { op_type: "Relu" input: "x" output: "y" name: "r" }
      input { name: "x" type { tensor_type { elem_type: 1 shape { dim { dim_param: "N" } } } } }
      output { name: "y" type { tensor_type { elem_type: 1 shape { dim { dim_param: "N" } } } } }
    })";
  importText(proto);
  EXPECT_EQ(model->format, "textproto");
  std::string fromText = print();
  std::string bytes = model->weights->modelBytes().str();
  importText(bytes);
  EXPECT_EQ(model->format, "onnx");
  EXPECT_EQ(print(), fromText);
}

TEST_F(Import, NamesAreInLocations) {
  importGraph(R"(
    node { op_type: "Split" name: "s" input: "x" output: "s" output: "" output: "c" }
    input { name: "x" }
    output { name: "s" })");
  Operation *split = find("onnx.Split");
  EXPECT_EQ(locatedNodeName(split), "s");
  EXPECT_EQ(locatedValueName(split->getResult(0)), "s"); // also the node's name
  EXPECT_EQ(locatedValueName(split->getResult(1)), "");
  EXPECT_EQ(locatedValueName(split->getResult(2)), "c");
  EXPECT_TRUE(isa<NoneType>(split->getResult(1).getType()));
  EXPECT_EQ(locatedValueName(split->getOperand(0)), "x");
  EXPECT_TRUE(split->getAttrs().empty());
}

/// All the module says survives its text form, names too.
TEST_F(Import, TextRoundTrip) {
  importGraph(R"(
    node { op_type: "Split" name: "s" input: "x" output: "s" output: "" output: "c" doc_string: "d" }
    node { op_type: "Opaque" domain: "my" input: "s" input: "" output: "t" output: "" output: "" }
    input { name: "x" type { sequence_type { elem_type { tensor_type { elem_type: 16
              shape { dim { dim_param: "n" } dim { } dim { dim_value: 3 } } } } } } }
    input { name: "m" type { map_type { key_type: 8 value_type { tensor_type { elem_type: 1 } } } } }
    input { name: "o" type { optional_type { elem_type { tensor_type { elem_type: 8 shape { } } } } } }
    input { name: "p" type { sparse_tensor_type { elem_type: 23 shape { dim { dim_value: 2 } } } } }
    input { name: "q" type { opaque_type { domain: "a\"b" name: "c" } } }
    output { name: "s" })");
  EXPECT_TRUE(succeeded(verify(*model->module)));
  std::string first = print();
  for (const char *type :
       {"!onnx.seq<tensor<?x?x3xbf16, [\"n\", \"\", \"\"]>>",
        "!onnx.map<!onnx.string, tensor<*xf32>>", "!onnx.optional<tensor<!onnx.string>>",
        "!onnx.sparse<tensor<2x!onnx.f4e2m1>>", "!onnx.opaque<\"a\\22b\", \"c\">"})
    EXPECT_NE(first.find(type), std::string::npos) << type << "\n" << first;
  auto again = parseSourceString<ModuleOp>(first, &context);
  ASSERT_TRUE(again);
  EXPECT_EQ(print(*again), first);
  for (Operation &op : again->lookupSymbol<func::FuncOp>("main").getOps())
    if (op.getName().getStringRef() == "onnx.Split") {
      EXPECT_EQ(locatedNodeName(&op), "s");
      EXPECT_EQ(locatedValueName(op.getResult(2)), "c");
      EXPECT_EQ(verbatimFields(&op).size(), 2u);
    }
}

TEST_F(Import, AbsentOperands) {
  importGraph(R"(
    node { op_type: "Clip" input: "x" input: "" input: "m" output: "y" }
    node { op_type: "Clip" input: "y" input: "" input: "m" output: "z" }
    input { name: "x" } input { name: "m" } output { name: "z" })");
  EXPECT_EQ(find("onnx.Clip")->getOperand(1).getDefiningOp(), find("onnx.none"));
  EXPECT_TRUE(isa<NoneType>(find("onnx.none")->getResult(0).getType()));
}

/// A raw payload lies 4 bytes before the end of this file; nothing copies it.
TEST_F(Import, InitializersReferToTheFile) {
  importGraph(R"(
    node { op_type: "Add" input: "x" input: "w" output: "y" }
    input { name: "x" } output { name: "y" }
    initializer { name: "w" dims: 2 dims: 3 data_type: 22 raw_data: "\x21\x43\x65" })");
  EXPECT_EQ(find("onnx.initializer")->getResult(0).getType(),
            RankedTensorType::get({2, 3}, IntegerType::get(&context, 4)));
  EXPECT_EQ(locatedValueName(find("onnx.initializer")->getResult(0)), "w");
  auto offset = find("onnx.initializer")->getAttrOfType<IntegerAttr>("offset").getInt();
  auto length = find("onnx.initializer")->getAttrOfType<IntegerAttr>("length").getInt();
  // Six 4-bit elements are three bytes.
  EXPECT_EQ(model->weights->modelBytes().substr(offset, length), "\x21\x43\x65");
}

/// IR versions before 4 list initializers as inputs; they are no arguments.
TEST_F(Import, InputsWithDefaults) {
  importGraph(R"(
    node { op_type: "Add" input: "x" input: "w" output: "y" }
    input { name: "w" } input { name: "x" } output { name: "y" }
    initializer { name: "w" dims: 1 data_type: 1 float_data: 2 })");
  auto main = model->module->lookupSymbol<func::FuncOp>("main");
  ASSERT_EQ(main.getNumArguments(), 1u);
  EXPECT_EQ(main.getArgAttrOfType<StringAttr>(0, "onnx.name").getValue(), "x");
  EXPECT_EQ(find("onnx.initializer")->getAttrOfType<IntegerAttr>("graph_input").getInt(), 0);
  EXPECT_EQ(find("onnx.initializer")->getAttrOfType<StringAttr>("encoding").getValue(), "packed");
}

TEST_F(Import, SortsStably) {
  // d needs c, which stands behind it; a, b and e keep their places.
  importGraph(R"(
    node { op_type: "Relu" name: "a" input: "x" output: "va" }
    node { op_type: "Relu" name: "d" input: "vc" output: "vd" }
    node { op_type: "Relu" name: "b" input: "x" output: "vb" }
    node { op_type: "Relu" name: "c" input: "va" output: "vc" }
    node { op_type: "Relu" name: "e" input: "x" output: "ve" }
    input { name: "x" } output { name: "vd" })");
  EXPECT_EQ(order(), (std::vector<std::string>{"a", "b", "c", "d", "e", "g"}));
  EXPECT_EQ(model->notes,
            std::vector<std::string>{"the nodes are not in topological order; they were sorted"});
}

/// What a subgraph captures is a use of its node: at any depth.
TEST_F(Import, SortsByCaptures) {
  importGraph(R"(
    node { op_type: "If" name: "if" input: "c" output: "y"
      attribute { name: "then_branch" type: GRAPH g { name: "t"
        node { op_type: "If" input: "c" output: "i" attribute { name: "then_branch" type: GRAPH g {
          node { op_type: "Neg" input: "late" output: "n" } output { name: "n" } } } }
        output { name: "i" } } } }
    node { op_type: "Relu" name: "producer" input: "x" output: "late" }
    input { name: "x" } input { name: "c" } output { name: "y" })");
  EXPECT_EQ(order(), (std::vector<std::string>{"producer", "if", "g"}));
}

TEST_F(Import, SubgraphsAreRegions) {
  importGraph(R"(
    node { op_type: "Loop" input: "n" input: "" input: "x" output: "y"
      attribute { name: "body" type: GRAPH g { name: "b"
        node { op_type: "Add" input: "s" input: "x" output: "t" }
        input { name: "i" } input { name: "c" } input { name: "s" }
        output { name: "c" } output { name: "t" } } } }
    input { name: "n" } input { name: "x" } output { name: "y" })");
  EXPECT_EQ(text("onnx.Loop"),
            "%1 = \"onnx.Loop\"(%arg0, %0, %arg1) ({\n"
            "^bb0(%arg2: !onnx.value, %arg3: !onnx.value, %arg4: !onnx.value):\n"
            "  %2 = \"onnx.Add\"(%arg4, %arg1) : (!onnx.value, !onnx.value) -> "
            "!onnx.value\n"
            "  \"onnx.yield\"(%arg3, %2) {onnx.names = [\"c\", \"t\"]} : "
            "(!onnx.value, !onnx.value) "
            "-> ()\n"
            "}) {onnx.regions = [\"body\"]} : (!onnx.value, none, !onnx.value) -> "
            "!onnx.value");
}

/// An initializer of a subgraph stands in it; it may shadow an outer name.
TEST_F(Import, SubgraphsHaveInitializers) {
  importGraph(R"(
    node { op_type: "If" input: "k" output: "y"
      attribute { name: "then_branch" type: GRAPH g { output { name: "k" }
        initializer { name: "k" dims: 1 data_type: 1 float_data: 1 } } }
      attribute { name: "branches" type: GRAPHS graphs { output { name: "k" } }
                                                graphs { output { name: "k" } } } }
    input { name: "k" } output { name: "y" })");
  EXPECT_EQ(find("onnx.initializer")->getParentOp(), find("onnx.If"));
  EXPECT_EQ(find("onnx.yield")->getOperand(0).getDefiningOp(), find("onnx.initializer"));
  std::string regions;
  llvm::raw_string_ostream(regions) << find("onnx.If")->getAttr("onnx.regions");
  EXPECT_EQ(regions, "[\"then_branch\", \"branches[0]\", \"branches[1]\"]");
}

TEST_F(Import, Functions) {
  importText(R"(
    ir_version: 13
    opset_import { version: 17 } opset_import { domain: "my" version: 1 }
    functions { name: "F" domain: "my" overload: "o" input: "a" output: "b" attribute: "alpha"
      attribute_proto { name: "beta" type: FLOAT f: 2 }
      opset_import { version: 18 }
      value_info { name: "a" type { tensor_type { elem_type: 10 } } }
      node { op_type: "LeakyRelu" input: "a" output: "b"
             attribute { name: "alpha" type: FLOAT ref_attr_name: "beta" } } }
    graph { name: "g"
      node { op_type: "F" domain: "my" overload: "o" input: "x" output: "y" }
      node { op_type: "F" domain: "my" input: "y" output: "z" }
      input { name: "x" } output { name: "z" } })");
  auto function = model->module->lookupSymbol<func::FuncOp>("my::F:o");
  ASSERT_TRUE(function);
  EXPECT_TRUE(function.isPrivate());
  EXPECT_EQ(function.getArgumentTypes()[0], UnrankedTensorType::get(Float16Type::get(&context)));
  EXPECT_EQ(find("onnx.my.F")->getAttrOfType<FlatSymbolRefAttr>("onnx.callee").getValue(),
            "my::F:o");
  EXPECT_EQ(text("onnx.LeakyRelu"),
            "%0 = \"onnx.LeakyRelu\"(%arg0) {onnx.attr_ref.alpha = \"beta\", "
            "onnx.attr_type.alpha = "
            "1 : i64} : (tensor<*xf16>) -> !onnx.value");
  std::string signature;
  llvm::raw_string_ostream(signature)
      << function->getAttr("onnx.function") << function->getAttr("onnx.attribute_defaults");
  EXPECT_EQ(signature, "{attributes = [\"alpha\"], domain = \"my\", name = "
                       "\"F\", overload = \"o\"}{beta = 2.000000e+00 : f32}");
  // Without the overload it is an op like any other.
  EXPECT_FALSE(find("onnx.my.F")->getNextNode()->hasAttr("onnx.callee"));
}

TEST_F(Import, AttributeKinds) {
  importGraph(R"(
    node { op_type: "A" output: "y"
      attribute { name: "i" type: INT i: -3 }        attribute { name: "zero" type: INT }
      attribute { name: "f" type: FLOAT f: 0.5 }     attribute { name: "s" type: STRING s: "t\n" }
      attribute { name: "is" type: INTS ints: 1 ints: -1 }
      attribute { name: "fs" type: FLOATS floats: 1.5 }
      attribute { name: "ss" type: STRINGS strings: "a" strings: "" }
      attribute { name: "tp" type: TYPE_PROTO tp { tensor_type { elem_type: 7 shape { } } } }
      attribute { name: "t" type: TENSOR t { name: "v" dims: 2 data_type: 7 int64_data: 1 int64_data: -1 } }
      attribute { name: "old" ints: 7 }              attribute { name: "onnx.callee" type: INT i: 1 } }
    output { name: "y" })");
  std::string printed = text("onnx.A");
  for (const char *part :
       {"i = -3 : i64", "zero = 0 : i64", "f = 5.000000e-01 : f32", "s = \"t\\0A\"",
        "is = array<i64: 1, -1>", "fs = array<f32: 1.500000e+00>", "ss = [\"a\", \"\"]",
        "tp = tensor<i64>", "name = \"v\"", "source = 0 : i64, type = tensor<2xi64>",
        "old = array<i64: 7>", "onnx.attr.onnx.callee = 1 : i64"})
    EXPECT_NE(printed.find(part), std::string::npos) << part << "\n" << printed;
}

/// Offset and length of every field that no one interprets, tag included.
TEST_F(Import, KeepsUnknownFields) {
  // ModelProto { ir_version = 8; opset_import { version = 17 }; graph {…}; 999:
  // "xyz" }
  importGraph("node { op_type: \"A\" output: \"y\" doc_string: \"why\" "
              "metadata_props { key: \"k\" "
              "value: \"v\" } } output { name: \"y\" doc_string: \"z\" } "
              "quantization_annotation { "
              "tensor_name: \"y\" } value_info { name: \"gone\" }");
  llvm::StringRef file = model->weights->modelBytes();
  auto kept = [&](llvm::ArrayRef<int64_t> pairs) {
    std::vector<std::string> fields;
    for (size_t i = 0; i + 1 < pairs.size(); i += 2)
      fields.push_back(file.substr(pairs[i], pairs[i + 1]).str());
    return fields;
  };
  auto main = model->module->lookupSymbol<func::FuncOp>("main");
  EXPECT_EQ(kept(verbatimFields(find("onnx.A"))),
            (std::vector<std::string>{"\x32\x03why", "\x4a\x06\x0a\x01k\x12\x01v"}));
  EXPECT_EQ(kept(main->getAttrOfType<DenseI64ArrayAttr>("onnx.verbatim")),
            (std::vector<std::string>{"\x72\x03\x0a\x01y", "\x6a\x06\x0a\x04gone"}));
  EXPECT_EQ(kept(main.getResultAttrOfType<DenseI64ArrayAttr>(0, "onnx.verbatim")),
            std::vector<std::string>{"\x1a\x01z"});
  // The type of a port if it has denotations: ValueInfoProto.type, field 2.
  importGraph("output { name: \"x\" } input { name: \"x\" type { denotation: \"IMAGE\" "
              "} } input { name: \"z\" type { tensor_type { elem_type: 1 } } }");
  file = model->weights->modelBytes();
  main = model->module->lookupSymbol<func::FuncOp>("main");
  EXPECT_EQ(kept(main.getArgAttrOfType<DenseI64ArrayAttr>(0, "onnx.verbatim")),
            std::vector<std::string>{"\x12\x07\x32\x05IMAGE"});
  EXPECT_FALSE(main.getArgAttr(1, "onnx.verbatim"));
  // The model itself: field 999, length-delimited.
  importText(file.str() + "\xba\x3e\x03xyz");
  file = model->weights->modelBytes();
  EXPECT_EQ(kept((*model->module)->getAttrOfType<DenseI64ArrayAttr>("onnx.verbatim")),
            std::vector<std::string>{"\xba\x3e\x03xyz"});
}

TEST_F(Import, ModelMetadata) {
  importText(
      R"(ir_version: 14 producer_name: "p" producer_version: "1" domain: "d" model_version: 3
    doc_string: "about" opset_import { version: 17 }
    metadata_props { key: "license" value: "MIT" } metadata_props { key: "license" value: "" }
    graph { node { op_type: "A" output: "y" } output { name: "y" } })");
  std::string printed;
  llvm::raw_string_ostream(printed) << (*model->module)->getAttrDictionary();
  EXPECT_EQ(printed, "{onnx.doc = \"about\", onnx.domain = \"d\", onnx.ir_version = 14 : i64, "
                     "onnx.metadata = [[\"license\", \"MIT\"], [\"license\", \"\"]], "
                     "onnx.model_version = 3 : i64, onnx.opsets = {ai.onnx = 17 : i64}, "
                     "onnx.producer = \"p\", onnx.producer_version = \"1\"}");
  EXPECT_EQ(model->notes,
            std::vector<std::string>{"IR version 14 is newer than 13, the newest that is known"});
}

/// Ops of ai.onnx must not be taken for the importer's own.
TEST_F(Import, ReservedNames) {
  importGraph(
      R"(node { op_type: "none" output: "y" } node { op_type: "a.b" output: "z" }
                 output { name: "y" })");
  EXPECT_TRUE(find("onnx.ai.onnx.none"));
  EXPECT_FALSE(find("onnx.none"));
  EXPECT_EQ(find("onnx.a.b")->getAttrOfType<StringAttr>("onnx.domain").getValue(), "");
}

TEST_F(Import, AssumesOpsets) {
  importText(R"(ir_version: 7 opset_import { domain: "ai.onnx.ml" version: 2 }
    graph { node { op_type: "Relu" input: "x" output: "y" }
            node { op_type: "F" domain: "my" input: "y" output: "z" }
            input { name: "x" } output { name: "z" } })");
  // IR version 7 came with opsets 12 to 14.
  EXPECT_EQ(model->notes, (std::vector<std::string>{"the model does not import the operator "
                                                    "set 'ai.onnx'; version 14 is assumed",
                                                    "the model does not import the operator "
                                                    "set 'my'; version 1 is assumed"}));
}

TEST_F(Import, NotesOpsetsFromTheFuture) {
  importText(R"(ir_version: 9 opset_import { version: 300 }
    graph { node { op_type: "Relu" input: "x" output: "y" }
            input { name: "x" } output { name: "y" } })");
  EXPECT_EQ(model->notes, std::vector<std::string>{
                              "the model imports version 300 of ai.onnx, which is newer than "
                              "28, the newest that is known; its ops are read as of that"});
}

TEST_F(Import, StrippedWeightsAndUnknownDims) {
  importGraph(R"(
    node { op_type: "Add" input: "x" input: "w" output: "y" }
    input { name: "x" type { tensor_type { elem_type: 1 shape { dim { dim_value: -1 } dim { dim_value: 0 } } } } }
    output { name: "y" }
    initializer { name: "w" dims: 5 data_type: 1 })");
  EXPECT_EQ(find("onnx.Add")->getOperand(0).getType(),
            RankedTensorType::get({ShapedType::kDynamic, 0}, Float32Type::get(&context)));
  EXPECT_EQ(find("onnx.initializer")->getAttrOfType<StringAttr>("encoding").getValue(), "none");
  EXPECT_EQ(model->notes,
            std::vector<std::string>{"1 tensors have no data: their values are unknown"});
}

TEST_F(Import, SparseInitializers) {
  importGraph(R"(
    node { op_type: "Relu" input: "w" output: "y" } output { name: "y" }
    sparse_initializer { dims: 3 dims: 4
      values { name: "w" dims: 2 data_type: 1 float_data: 1 float_data: 2 }
      indices { dims: 2 data_type: 7 int64_data: 3 int64_data: 11 } })");
  Operation *op = find("onnx.initializer");
  EXPECT_EQ(op->getResult(0).getType(), RankedTensorType::get({3, 4}, Float32Type::get(&context)));
  EXPECT_EQ(op->getAttrOfType<StringAttr>("encoding").getValue(), "sparse");
  EXPECT_EQ(op->getAttrOfType<DictionaryAttr>("indices").getAs<TypeAttr>("type").getValue(),
            RankedTensorType::get({2}, IntegerType::get(&context, 64)));
}

} // namespace
