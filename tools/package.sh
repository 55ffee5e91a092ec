#!/usr/bin/env bash
# Usage: tools/package.sh [FOLDER]
#
# Makes Debian packages of the commit that is checked out, and leaves them in
# FOLDER (build/packages): the tool, the Python module, and what compilers build
# on. The same commit gives the same bytes.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root/build/packages}
umask 022 # permissions are part of a package
mkdir -p "$out"
out=$(cd "$out" && pwd)

"$root/tools/build.sh" packages
changed=$(git -C "$root" status --porcelain 2>/dev/null || true)
[ -z "$changed" ] || echo "$0: the packages hold changes that are not committed" >&2

rm -f "$out"/*energy-opt*.deb
cpack --config "$root/build/package/CPackConfig.cmake" -B "$out" >&2
rm -r "$out/_CPack_Packages"
ls "$out"/*.deb
