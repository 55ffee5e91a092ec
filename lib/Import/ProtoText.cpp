//===- ProtoText.cpp - Protobuf's text syntax -----------------------------===//
//
// Encoded with the schema of libonnx, to which the fields of later IR versions
// are added by the table below; the bytes then go the way of binary files.
//
//===----------------------------------------------------------------------===//

#include "Import/Formats.h"

#include "Import/ImportError.h"
#include "Import/ProtoView.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>
#include <onnx/onnx_pb.h>

namespace energyopt {

using google::protobuf::FieldDescriptorProto;

namespace {
struct NewField {
  const char *message, *field;
  int number;
  bool repeated;
  const char *type; // message type; nullptr: string
};
} // namespace

/// Fields that onnx.proto got in IR versions 9 and 10.
static constexpr NewField kNewFields[] = {
    {"FunctionProto", "attribute_proto", 11, true, "AttributeProto"},
    {"FunctionProto", "value_info", 12, true, "ValueInfoProto"},
    {"FunctionProto", "overload", 13, false, nullptr},
    {"FunctionProto", "metadata_props", 14, true, "StringStringEntryProto"},
    {"NodeProto", "overload", 8, false, nullptr},
    {"NodeProto", "metadata_props", 9, true, "StringStringEntryProto"},
    {"GraphProto", "metadata_props", 16, true, "StringStringEntryProto"},
    {"TensorProto", "metadata_props", 16, true, "StringStringEntryProto"},
    {"ValueInfoProto", "metadata_props", 4, true, "StringStringEntryProto"},
};

static void addField(google::protobuf::FileDescriptorProto &file, const NewField &added) {
  for (auto &message : *file.mutable_message_type()) {
    if (message.name() != added.message)
      continue;
    for (const FieldDescriptorProto &field : message.field())
      if (field.number() == added.number || field.name() == added.field)
        return; // libonnx is new enough
    FieldDescriptorProto *field = message.add_field();
    field->set_name(added.field);
    field->set_number(added.number);
    field->set_label(added.repeated ? FieldDescriptorProto::LABEL_REPEATED
                                    : FieldDescriptorProto::LABEL_OPTIONAL);
    field->set_type(added.type ? FieldDescriptorProto::TYPE_MESSAGE
                               : FieldDescriptorProto::TYPE_STRING);
    if (added.type)
      field->set_type_name("." + file.package() + "." + added.type);
  }
}

namespace {
/// The first error of a parse; the default would print them all.
class FirstError : public google::protobuf::io::ErrorCollector {
public:
  void AddError(int line, int column, const std::string &message) override {
    if (text.empty())
      text = "line " + std::to_string(line + 1) + ", column " + std::to_string(column + 1) + ": " +
             message;
  }
  void AddWarning(int, int, const std::string &) override {}
  std::string text;
};
} // namespace

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> encodeProtoText(llvm::StringRef text) {
  google::protobuf::FileDescriptorProto file;
  onnx::ModelProto::descriptor()->file()->CopyTo(&file);
  for (const NewField &field : kNewFields)
    addField(file, field);
  // It complains on stderr about names that are no UTF-8, which reports escape.
  static const bool quiet = (google::protobuf::SetLogHandler(nullptr), true);
  (void)quiet;
  google::protobuf::DescriptorPool pool;
  const auto *schema = pool.BuildFile(file);
  if (!schema)
    return importError("libonnx has a schema that cannot be extended",
                       "use the libonnx that energy-opt was built for");
  google::protobuf::DynamicMessageFactory factory(&pool);
  const auto *type = schema->FindMessageTypeByName("ModelProto");
  std::unique_ptr<google::protobuf::Message> model(factory.GetPrototype(type)->New());

  FirstError errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  // A subgraph takes three levels: node, attribute, graph.
  parser.SetRecursionLimit(4 * kMostGraphNesting);
  google::protobuf::io::ArrayInputStream input(
      text.data(),
      static_cast<int>(std::min<size_t>(text.size(), std::numeric_limits<int>::max())));
  if (!parser.Parse(&input, model.get()))
    return importError(errors.text, "the fields are those of ModelProto in onnx.proto");
  std::string bytes;
  if (!model->SerializeToString(&bytes))
    return importError("the model exceeds 2 GB", "keep its weights in external data");
  return llvm::MemoryBuffer::getMemBufferCopy(bytes);
}

} // namespace energyopt
