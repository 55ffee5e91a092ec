#!/usr/bin/env bash
# Usage: tools/run.sh [MODEL [options]]
#
# Builds energy-opt, after installing what it needs, and runs it on MODEL, by
# default on a bundled ResNet-18. Any command line of energy-opt will do.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
"$root/tools/build.sh" tool

case ${1:-} in
'' | -?*) set -- "$root/test/models/resnet18.onnxtxt" "$@" ;;
esac
exec "$root/build/release/bin/energy-opt" "$@"
