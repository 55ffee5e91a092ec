"""Checks the multiply-accumulates of a training step of GPT-2 (on stdin)."""

import json
import sys

report = json.load(sys.stdin)
macs = report["totals"]["macs"]
layers, width, hidden, heads, vocabulary, sequence = 12, 768, 3072, 12, 50257, 1024

# Chowdhery et al. 2022, appendix B: 6N + 12 L H Q T operations per token, with N
# without the embeddings' lookups; N: matrices that multiply, tied output table too.
matrices = layers * (4 * width * width + 2 * width * hidden) + width * vocabulary
palm = sequence * (6 * matrices + 12 * layers * width * sequence)
assert 2 * macs == palm, (2 * macs, palm)

# Hoffmann et al. 2022, appendix F, forward operations; backward is twice that. It
# counts the lookup as a product (2 s V d) and softmax (3 h s s): without those two,
# the same.
forward = layers * (
    2 * 3 * sequence * width * width  # keys, queries, values
    + 2 * sequence * sequence * width  # scores
    + 2 * sequence * sequence * width  # values weighed
    + 2 * sequence * width * width  # output
    + 2 * sequence * (width * hidden + hidden * width)
)
forward += 2 * sequence * width * vocabulary
assert 2 * macs == 3 * forward, (2 * macs, 3 * forward)

# What the rules of thumb give, with the lookup and the softmax, and without attention.
chinchilla = 3 * (forward + 2 * sequence * vocabulary * width + layers * 3 * heads * sequence * sequence)
parameters = report["model"]["weight_parameters"]
print(f"training / (6 N) per token: {2 * macs / sequence / (6 * parameters):.3f};"
      f" of Chinchilla's: {2 * macs / chinchilla:.3f}")
