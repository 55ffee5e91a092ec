"""Three 1x1 convolutions, 1 -> 64 -> 64 -> 1 channels of 256 x 256, as ONNX text."""


def numbers(count):
    return ", ".join(str(1 + i * 7 % 13) for i in range(count))


print(f"""<ir_version: 8, opset_import: ["" : 17]>
wide (float[N, 1, 256, 256] x) => (float[N, 1, 256, 256] y)
<float[64, 1, 1, 1] w1 = {{{numbers(64)}}}, float[64, 64, 1, 1] w2 = {{{numbers(4096)}}}, float[1, 64, 1, 1] w3 = {{{numbers(64)}}}> {{
  a = Conv(x, w1)
  b = Conv(a, w2)
  y = Conv(b, w3)
}}""")
