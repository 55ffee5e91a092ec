"""product_of_last.py MODEL K R N "n1 .. nN": fails unless the model holds a K x R and an R x N
matrix of float32 in raw data, the product of which has row k = (k + 1) * (n1 .. nN)."""

import itertools
import struct
import sys

data = open(sys.argv[1], "rb").read()
k, r, n = map(int, sys.argv[2:5])
row = [float(word) for word in sys.argv[5].split()]


def payloads(count):
    """raw_data (field 9) of as many bytes."""
    tag = bytes([9 << 3 | 2, 4 * count])
    at = data.find(tag)
    while at >= 0:
        yield struct.unpack_from(f"<{count}f", data, at + 2)
        at = data.find(tag, at + 1)


def is_product(left, right):
    for i, j in itertools.product(range(k), range(n)):
        value = sum(left[i * r + p] * right[p * n + j] for p in range(r))
        if not abs(value - (i + 1) * row[j]) < 1e-3:
            return False
    return True


if not any(is_product(a, b) for a in payloads(k * r) for b in payloads(r * n)):
    sys.exit("no such factors")
