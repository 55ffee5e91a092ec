//===- protobuf.cpp - A model through protobuf, nothing else --------------===//
//
// protobuf FILE parses FILE with the classes that protoc makes of onnx.proto: what
// any program pays that loads a model by them.
//
//===----------------------------------------------------------------------===//

#include <onnx/onnx_pb.h>

#include <fcntl.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>

int main(int argc, char **argv) {
  int descriptor = argc == 2 ? open(argv[1], O_RDONLY) : -1;
  if (descriptor < 0)
    return 2;
  google::protobuf::io::FileInputStream file(descriptor);
  google::protobuf::io::CodedInputStream stream(&file);
  stream.SetTotalBytesLimit(INT32_MAX);
  onnx::ModelProto model;
  return model.ParseFromCodedStream(&stream) ? 0 : 1;
}
