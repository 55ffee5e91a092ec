//===- ImportErrorTest.cpp - Every way a model file can be wrong ----------===//

#include "ImportHelper.h"

using namespace energyopt;

namespace {

using ImportError = ImportTest;

std::string bytesOf(std::initializer_list<int> bytes) { return {bytes.begin(), bytes.end()}; }

TEST_F(ImportError, NotAModel) {
  EXPECT_EQ(errorOf(""), "the file is empty");
  EXPECT_EQ(errorOf(" \n# nothing\n"), "the file has nothing but white space and comments");
  EXPECT_EQ(errorOf(std::string("PK\x03\x04\0\0", 6)),
            "this is no ONNX model but a zip archive (a PyTorch or Keras file?)");
  EXPECT_EQ(errorOf("\x80\x02}q"), "this is no ONNX model but a Python pickle (a PyTorch file?)");
  EXPECT_EQ(errorOf("\x89HDF\r\n\x1a\n"), "this is no ONNX model but an HDF5 file (Keras?)");
  EXPECT_EQ(errorOf(std::string("\x1c\0\0\0TFL3", 8)), "this is no ONNX model but a TFLite model");
  EXPECT_EQ(errorOf("\x1f\x8b\x08"), "this is no ONNX model but gzip-compressed");
  EXPECT_EQ(errorOf("{\"a\": 1}"), "this is no ONNX model but JSON");
  EXPECT_EQ(errorOf("version https://git-lfs.github.com/spec/v1\n"),
            "this is no ONNX model but a Git LFS pointer");
  EXPECT_EQ(errorOf("<!DOCTYPE html>"), "this is no ONNX model but a web page");
  EXPECT_EQ(errorOf("hello there"), "this text is neither ONNX text nor protobuf text");
}

TEST_F(ImportError, Garbage) {
  // Tag 0 is not valid; tag 0x0c has wire type 4, the end of a group.
  EXPECT_EQ(errorOf(bytesOf({0x00, 0x01})),
            "byte 0: a field of ModelProto has an invalid field tag");
  EXPECT_EQ(errorOf(bytesOf({0x08, 0x08, 0x0c})),
            "byte 2: a field of ModelProto has an invalid wire type");
  EXPECT_EQ(errorOf(bytesOf({0x08, 0x80})), "byte 0: a field of ModelProto ends inside a number");
  EXPECT_EQ(errorOf(bytesOf({0x08, 0x08, 0x3a, 0x80})),
            "byte 2: a field of ModelProto ends inside a length");
  // TensorProto { dims: 1, data_type: 1 }: its field 2 is producer_name's
  // number.
  EXPECT_EQ(errorOf(bytesOf({0x08, 0x01, 0x10, 0x01})),
            "byte 2: a field of ModelProto has the wrong wire type");
  EXPECT_EQ(errorOf(bytesOf({0x08, 0x08})),
            "the file has no graph: it is not an ONNX model, or an empty one");
  EXPECT_EQ(errorOf("ir_version: 8"),
            "the file has no graph: it is not an ONNX model, or an empty one");
}

/// Cut anywhere, a file is refused or is a shorter model; it never crashes.
TEST_F(ImportError, TruncatedAnywhere) {
  importGraph(R"(
    node { op_type: "If" input: "x" output: "y" attribute { name: "b" type: GRAPH g {
      node { op_type: "Neg" input: "w" output: "n" } output { name: "n" } } } }
    input { name: "x" } output { name: "y" }
    initializer { name: "w" dims: 2 data_type: 1 raw_data: "12345678" })");
  std::string bytes = model->weights->modelBytes().str();
  // The graph and opset_import (4 bytes with its tag) are the only fields
  // behind the two bytes of ir_version.
  size_t graphEnd = bytes.size() - 4;
  for (size_t size = 1; size < bytes.size(); ++size) {
    std::string error = errorOf(llvm::StringRef(bytes).take_front(size));
    bool inGraph = size > 2 && size < graphEnd;
    EXPECT_TRUE(!inGraph || llvm::StringRef(error).starts_with("byte 2: a field of ModelProto"))
        << error;
    EXPECT_NE(error, "") << size;
  }
  EXPECT_EQ(errorOf(llvm::StringRef(bytes).take_front(graphEnd)),
            "the model imports no operator set (opset_import)");
}

TEST_F(ImportError, Models) {
  EXPECT_EQ(errorOf("graph { output { name: \"y\" } }"), "the model has no ir_version");
  EXPECT_EQ(errorOf("ir_version: 8 graph { output { name: \"y\" } }"),
            "the model imports no operator set (opset_import)");
  EXPECT_EQ(errorOf("ir_version: 8 opset_import { version: 17 } graph { name: \"g\" }"),
            "the graph is empty: it has neither nodes nor outputs");
  EXPECT_EQ(errorOf("ir_version: 8 opset_import { version: 0 } graph { node { "
                    "op_type: \"A\" } }"),
            "the model: imports version 0 of domain 'ai.onnx'");
  EXPECT_EQ(errorOf("ir_version: 8 opset_import { version: 7 } opset_import { "
                    "domain: \"ai.onnx\" "
                    "version: 8 } graph { node { op_type: \"A\" } }"),
            "the model: imports versions 7 and 8 of domain 'ai.onnx'");
  // ModelProto.graph twice.
  std::string graph = bytesOf({0x08, 0x08, 0x3a, 0x00, 0x3a, 0x00});
  EXPECT_EQ(errorOf(graph), "the model has two graphs");
}

TEST_F(ImportError, Nodes) {
  EXPECT_EQ(graphError("node { name: \"n\" output: \"y\" }"), "node 'n': has no op type");
  EXPECT_EQ(graphError("node { output: \"y\" }"), "node '#1': has no op type");
  EXPECT_EQ(graphError("node { name: \"n\" op_type: \"A\" input: \"u\" }"),
            "node 'n': input 'u' is not defined");
  EXPECT_EQ(graphError("node { op_type: \"A\" input: \"u\\nv\" }"),
            "node '#1 (A)': input 'u\\x0av' is not defined");
  EXPECT_EQ(graphError("node { op_type: \"A\" output: \"y\" } output { name: \"z\" }"),
            "graph 'g': output 'z' is not defined");
  EXPECT_EQ(graphError("node { op_type: \"A\" attribute { type: INT i: 1 } }"),
            "node '#1 (A)': has an attribute without a name");
  EXPECT_EQ(graphError("node { op_type: \"A\" attribute { name: \"a\" type: "
                       "INT } attribute { name: "
                       "\"a\" type: INT i: 2 } }"),
            "node '#1 (A)': has the attribute 'a' twice");
  EXPECT_EQ(graphError("node { op_type: \"A\" attribute { name: \"a\" } }"),
            "node '#1 (A)': attribute 'a': has no value of a known type");
  EXPECT_EQ(graphError("node { op_type: \"A\" attribute { name: \"a\" type: TENSOR } }"),
            "node '#1 (A)': attribute 'a': has no value");
}

TEST_F(ImportError, Definitions) {
  EXPECT_EQ(graphError("node { name: \"n\" op_type: \"A\" output: \"y\" output: \"y\" }"),
            "node 'n': defines 'y', which has a definition already");
  EXPECT_EQ(graphError("node { op_type: \"A\" output: \"x\" } input { name: \"x\" }"),
            "node '#1 (A)': defines 'x', which has a definition already");
  EXPECT_EQ(graphError("input { name: \"x\" } input { name: \"x\" } output { name: \"x\" }"),
            "graph 'g': defines 'x', which has a definition already");
  EXPECT_EQ(graphError("output { name: \"w\" } initializer { name: \"w\" data_type: "
                       "1 float_data: 1 }"
                       "initializer { name: \"w\" data_type: 1 float_data: 1 }"),
            "graph 'g': defines 'w', which has a definition already");
  EXPECT_EQ(graphError("output { name: \"w\" } initializer { data_type: 1 float_data: 1 }"),
            "graph 'g': has an initializer without a name");
  EXPECT_EQ(graphError("output { name: \"w\" } input { }"),
            "graph 'g': has an input without a name");
  EXPECT_EQ(graphError("node { name: \"n\" op_type: \"A\" output: \"y\" }"
                       "node { name: \"n\" op_type: \"A\" output: \"z\" }"),
            "graph 'g': two nodes are named 'n'");
}

TEST_F(ImportError, Cycles) {
  EXPECT_EQ(graphError("node { name: \"n\" op_type: \"A\" input: \"y\" output: \"y\" }"),
            "node 'n': depends on its own output (the graph has a cycle)");
  // c hangs on the cycle of a and b but is not on it.
  std::string error = graphError(R"(node { name: "c" op_type: "A" input: "vb" output: "vc" }
                                    node { name: "a" op_type: "A" input: "vb" output: "va" }
                                    node { name: "b" op_type: "A" input: "va" output: "vb" })");
  EXPECT_TRUE(error == "node 'a': depends on its own output (the graph has a cycle)" ||
              error == "node 'b': depends on its own output (the graph has a cycle)")
      << error;
  // Through what a subgraph captures.
  EXPECT_EQ(graphError(R"(node { name: "if" op_type: "If" input: "x" output: "y"
                            attribute { name: "b" type: GRAPH g { output { name: "y" } } } }
                          input { name: "x" })"),
            "node 'if': depends on its own output (the graph has a cycle)");
}

TEST_F(ImportError, Types) {
  auto typed = [&](llvm::StringRef type) {
    return graphError(("node { op_type: \"A\" input: \"x\" output: \"y\" } "
                       "input { name: \"x\" type { " +
                       type + " } } output { name: \"y\" }")
                          .str());
  };
  EXPECT_EQ(typed("tensor_type { elem_type: 1 shape { dim { dim_value: -7 } } }"),
            "value 'x': its type has the negative dimension -7");
  EXPECT_EQ(typed("tensor_type { elem_type: 27 }"),
            "value 'x': element type 27 is not one of ONNX's (1 to 26)");
  EXPECT_EQ(typed("map_type { key_type: 99 }"),
            "value 'x': element type 99 is not one of ONNX's (1 to 26)");
  std::string dims, deep, end;
  for (int i = 0; i < 1025; ++i)
    dims += "dim { } ";
  EXPECT_EQ(typed("tensor_type { elem_type: 1 shape { " + dims + " } }"),
            "value 'x': its type has more than 1024 dimensions");
  for (int i = 0; i < 33; ++i) {
    deep += "sequence_type { elem_type { ";
    end += "} }";
  }
  EXPECT_EQ(typed(deep + end), "value 'x': its type nests deeper than 32 levels");
}

TEST_F(ImportError, Tensors) {
  auto tensor = [&](llvm::StringRef fields) {
    return graphError(("node { op_type: \"A\" input: \"w\" output: \"y\" } "
                       "output { name: \"y\" } "
                       "initializer { name: \"w\" " +
                       fields + " }")
                          .str());
  };
  EXPECT_EQ(tensor("dims: -1 data_type: 1 raw_data: \"1234\""),
            "initializer 'w': has the negative dim -1");
  EXPECT_EQ(tensor("dims: 4294967296 dims: 4294967296 data_type: 1 raw_data: \"1234\""),
            "initializer 'w': has dims whose product overflows");
  EXPECT_EQ(tensor("dims: 1 data_type: 0 raw_data: \"1234\""),
            "initializer 'w': element type 0 is not one of ONNX's (1 to 26)");
  EXPECT_EQ(tensor("dims: 1 data_type: 300 raw_data: \"1234\""),
            "initializer 'w': element type 300 is not one of ONNX's (1 to 26)");
  EXPECT_EQ(tensor("dims: 2 data_type: 1 raw_data: \"1234\""),
            "initializer 'w': has 4 bytes of data where its dims ask for 8");
  EXPECT_EQ(tensor("dims: 1 data_type: 1 raw_data: \"12345678\""),
            "initializer 'w': has 8 bytes of data where its dims ask for 4");
  EXPECT_EQ(tensor("dims: 2 data_type: 1 float_data: 1"),
            "initializer 'w': has 1 values of data where its dims ask for 2");
  EXPECT_EQ(tensor("dims: 1 data_type: 7 int64_data: 1 int64_data: 300"),
            "initializer 'w': has 2 values of data where its dims ask for 1");
  EXPECT_EQ(tensor("dims: 0 data_type: 1 float_data: 1"),
            "initializer 'w': has 1 values of data where its dims ask for none");
  // Five 4-bit elements are three bytes, each in an int32.
  EXPECT_EQ(tensor("dims: 5 data_type: 21 int32_data: 1 int32_data: 2"),
            "initializer 'w': has 2 values of data where its dims ask for 3");
  EXPECT_EQ(tensor("dims: 2 data_type: 14 float_data: 1 float_data: 2"),
            "initializer 'w': has 2 values of data where its dims ask for 4");
  EXPECT_EQ(tensor("dims: 1 data_type: 1 int64_data: 1"),
            "initializer 'w': has its values in a field that float32 does not use");
  EXPECT_EQ(tensor("dims: 1 data_type: 1 float_data: 1 raw_data: \"1234\""),
            "initializer 'w': has data of two kinds");
  EXPECT_EQ(tensor("dims: 1 data_type: 8 raw_data: \"1\""),
            "initializer 'w': keeps strings as raw data, which ONNX does not allow");
  EXPECT_EQ(tensor("dims: 1 data_type: 1 float_data: 1 segment { begin: 0 end: 1 }"),
            "initializer 'w': is a segment of a tensor, which no runtime reads");
  EXPECT_EQ(graphError("node { name: \"n\" op_type: \"A\" output: \"y\" attribute { "
                       "name: \"t\" type: "
                       "TENSOR t { dims: 3 data_type: 1 float_data: 1 } } }"),
            "node 'n': attribute 't': has 1 values of data where its dims ask for 3");
}

TEST_F(ImportError, Functions) {
  auto error = [&](llvm::StringRef functions) {
    return errorOf(
        (functions + withModel("node { op_type: \"F\" domain: \"my\" input: \"x\" output: "
                               "\"y\" } input { name: \"x\" } output { name: \"y\" }"))
            .str());
  };
  const char *f = "functions { name: \"F\" domain: \"my\" input: \"a\" output: "
                  "\"b\" opset_import { "
                  "version: 17 } ";
  EXPECT_EQ(error(std::string(f) + "node { op_type: \"F\" domain: \"my\" "
                                   "input: \"a\" output: \"b\" } } "),
            "function 'my::F': calls itself, at least through others");
  EXPECT_EQ(error(std::string(f) + "node { op_type: \"If\" input: \"a\" output: \"b\" attribute "
                                   "{ name: \"t\" type: GRAPH "
                                   "g { node { op_type: \"F\" domain: \"my\" input: \"a\" "
                                   "output: \"c\" } output { name: "
                                   "\"c\" } } } } } "),
            "function 'my::F': calls itself, at least through others");
  std::string indirect = error(std::string(f) + "node { op_type: \"G\" domain: \"my\" input: "
                                                "\"a\" output: \"b\" } } functions { "
                                                "name: \"G\" domain: \"my\" input: \"a\" output: "
                                                "\"b\" node { op_type: \"F\" "
                                                "domain: \"my\" input: \"a\" output: \"b\" } } ");
  EXPECT_TRUE(llvm::StringRef(indirect).ends_with("calls itself, at least through others"))
      << indirect;
  EXPECT_EQ(error(std::string(f) + "} " + f + "} "), "function 'my::F': is defined twice");
  EXPECT_EQ(error("functions { domain: \"my\" } "), "the model has a function without a name");
  EXPECT_EQ(error(std::string(f) + "} "), "graph 'F': output 'b' is not defined");
  EXPECT_EQ(error("functions { name: \"F\" domain: \"my\" output: \"b\" } "),
            "node '#1 (F)': has 1 inputs and 1 outputs, but function 'my::F' has "
            "0 and 1");

  // 130 functions, each calling the next twice: not recursive, but 2^130 calls.
  std::string chain;
  for (int i = 0; i < 130; ++i) {
    std::string call = "op_type: \"F" + std::to_string(i + 1) + "\" domain: \"my\" input: ";
    chain += "functions { name: \"F" + (i ? std::to_string(i) : "") +
             "\" domain: \"my\" input: \"a\" output: \"b\" opset_import { "
             "version: 17 } node { " +
             call + "\"a\" output: \"c\" } node { " + call + "\"c\" output: \"b\" } } ";
  }
  EXPECT_EQ(error(chain), "function 'my::F128': calls nest deeper than 128 levels");
}

/// GraphProtos inside each other, as bytes: 10,000 levels, hence no recursion
/// without a limit anywhere on the way.
TEST_F(ImportError, DeepNesting) {
  auto field = [](int number, const std::string &bytes) {
    std::string out(1, static_cast<char>(number << 3 | 2));
    for (size_t size = bytes.size();; size >>= 7) {
      out += static_cast<char>((size & 0x7f) | (size > 0x7f ? 0x80 : 0));
      if (size <= 0x7f)
        break;
    }
    return out + bytes;
  };
  std::string graph;
  for (int i = 0; i < 10000; ++i)
    graph = field(1, field(4, "If") + field(5, field(1, "b") + field(6, graph)));
  EXPECT_EQ(errorOf(bytesOf({0x08, 0x08}) + field(7, graph)),
            "subgraphs nest deeper than 64 levels");

  std::string brackets(100000, '(');
  EXPECT_EQ(errorOf("<ir_version: 8>\ng " + brackets),
            "line 2: brackets nest deeper than 128 levels");
  std::string braces;
  for (int i = 0; i < 100000; ++i)
    braces += "node { attribute { g { ";
  EXPECT_NE(errorOf("graph { " + braces), "");
}

/// 2^24 fields are more than any model's, and fewer than would take memory out
/// of proportion to the file: here the producer's name, 2 bytes each.
TEST_F(ImportError, TooManyFields) {
  std::string bytes;
  for (size_t i = 0; i < (size_t(1) << 24) + 1; ++i)
    bytes.append("\x12\0", 2);
  EXPECT_EQ(errorOf(bytes), "the model has more than 16777216 fields");
}

TEST_F(ImportError, Text) {
  EXPECT_EQ(errorOf("<ir_version: 8, opset_import: [\"\" : 17]>\ng (float[N] "
                    "x) =>\n(float[N] y) { y = "
                    "Relu(x }"),
            "line 3: Expected character ) not found.");
  EXPECT_EQ(errorOf("<ir_version: 99999999999999999999>"),
            "line 1: a number does not fit its type (stoll)");
  EXPECT_EQ(errorOf("<ir_version: 8, producer_name: \"x>"), "line 1: a string does not end");
  EXPECT_EQ(errorOf("ir_version: 8\ngraph { nodes { } }"),
            "line 2, column 15: Message type \"onnx.GraphProto\" has no field "
            "named \"nodes\".");
}

} // namespace
