#!/usr/bin/env bash
# Usage: tools/build.sh tool|tests|packages
#
# Installs what a Debian 12 machine lacks, configures the preset `release` and
# builds the command line tool, or all of it with the tests; or the preset
# `package`. run.sh, test.sh and package.sh start here. Progress goes to stderr, so that a report on stdout stays clean.
set -euo pipefail
what=${1:-tool}
cd "$(dirname "$0")/.."

packages=(cmake g++ ninja-build lld-19 libmlir-19-dev mlir-19-tools llvm-19-dev
  libprotobuf-dev protobuf-compiler libonnx-dev libfmt-dev libeigen3-dev
  libzstd-dev zlib1g-dev libncurses-dev libjs-chart.js node-d3)
[ "$what" = tests ] && packages+=(libgtest-dev llvm-19-tools python3 python3-onnx
  chromium chromium-driver pybind11-dev libpython3-dev git dpkg-dev
  clang-format-19 parallel mkdocs mkdocs-material)
[ "$what" = packages ] && packages+=(dpkg-dev file git python3 pybind11-dev libpython3-dev)

missing() {
  local package
  for package; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      echo "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null; then
    sudo DEBIAN_FRONTEND=noninteractive "$@"
  else
    echo "$0: needs root to run: $*" >&2
    return 1
  fi
}

if ! command -v apt-get >/dev/null; then
  echo "$0: no apt-get here; the build needs what Debian 12 calls: ${packages[*]}" >&2
else
  mapfile -t todo < <(missing "${packages[@]}")
  if [ ${#todo[@]} -gt 0 ]; then
    echo "installing: ${todo[*]}" >&2
    as_root apt-get -qq update >/dev/null
    as_root apt-get -qq install -y --no-install-recommends "${todo[@]}" >/dev/null
  fi
fi

if [ "$what" = packages ]; then
  cmake --preset package >&2
  cmake --build --preset package >&2
  exit
fi
# Building the tool leaves an existing configuration as it is.
if [ "$what" = tests ]; then
  cmake --preset release -DENERGY_OPT_TESTS=ON >&2
  cmake --build --preset release >&2
elif [ -x build/release/bin/energy-opt ]; then
  cmake --build --preset release --target energy-opt -- --quiet >&2
else
  [ -f build/release/build.ninja ] || cmake --preset release -DENERGY_OPT_TESTS=OFF >&2
  cmake --build --preset release --target energy-opt >&2
fi
