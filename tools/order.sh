#!/usr/bin/env bash
# Usage: tools/order.sh
#
# Writes tools/energy-opt/startup.order: the functions that a small report calls.
# The linker puts them next to each other, so that a start reads few pages of the
# 20 MB of code. Names that are gone do no harm; run it again when a start has
# slowed down. Needs valgrind and a build.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=$PWD/build/release/bin/energy-opt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for model in chain detector; do
  /usr/bin/python3 test/bench/models.py "$model" 12 "$work/$model.onnx"
done
# First what every report calls, then what suggestions add.
runs=0
for arguments in "chain.onnx --checks=-*" "detector.onnx --checks=-*" chain.onnx detector.onnx; do
  runs=$((runs + 1))
  # shellcheck disable=SC2086
  (cd "$work" && valgrind --tool=callgrind --demangle=no --callgrind-out-file="$runs.calls" \
    "$tool" $arguments >/dev/null 2>&1)
done
# Of all functions that were called, those of the tool itself.
nm --defined-only --format=just-symbols "$tool" | sort -u >"$work/own"
sed -nE "s/^c?fn=\([0-9]+\) ([^']*).*/\1/p" "$work"/?.calls |
  awk '!seen[$0]++' | grep -Fxf "$work/own" >"$work/order"
mv "$work/order" tools/energy-opt/startup.order
echo "$(wc -l <tools/energy-opt/startup.order) functions" >&2
