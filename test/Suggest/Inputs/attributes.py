"""attributes.py MODEL: the attributes of the model's only node, one a line."""

import sys

import onnx
import onnx.numpy_helper

for attribute in sorted(onnx.load(sys.argv[1]).graph.node[0].attribute, key=lambda a: a.name):
    value = onnx.helper.get_attribute_value(attribute)
    if isinstance(value, onnx.TensorProto):
        value = onnx.numpy_helper.to_array(value).tolist()
    print(attribute.name, value)
