"""attributes.py MODEL: the attributes of the model's only node, one a line."""

import sys

import onnx

for attribute in sorted(onnx.load(sys.argv[1]).graph.node[0].attribute, key=lambda a: a.name):
    print(attribute.name, onnx.helper.get_attribute_value(attribute))
