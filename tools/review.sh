#!/usr/bin/env bash
# Usage: review.sh BASE OUT MODEL...
#
# Reviews models of a working tree against those of the folder BASE (another
# checkout of the same repository), and leaves in the folder OUT
#   comment.md     the verdicts, and what changed by more than the threshold;
#                  empty if there is nothing to say
#   verdicts.xml   JUnit, for the CI server's list of tests
#   verdicts.sarif for code scanning
#   report.html    a page to look at
# Exit code of `energy-opt check`: 1 when a budget is exceeded.
#
# ENERGY_OPT names the tool, ENERGY_OPT_THRESHOLD the least change worth a word
# (1%).
set -euo pipefail
[ $# -ge 3 ] || { echo "usage: review.sh BASE OUT MODEL..." >&2; exit 2; }
base=$1 out=$2
shift 2
tool=${ENERGY_OPT:-energy-opt}
threshold=${ENERGY_OPT_THRESHOLD:-1%}
mkdir -p "$out"

# All formats say the same; the code of one is that of all.
code=0
"$tool" check "$@" --base="$base" --format=markdown -o "$out/verdicts.md" || code=$?
[ "$code" -le 1 ] || exit "$code"
"$tool" check "$@" --base="$base" --format=junit -o "$out/verdicts.xml" || true
"$tool" check "$@" --base="$base" --format=sarif -o "$out/verdicts.sarif" || true
"$tool" "$@" --format=html -o "$out/report.html"

: >"$out/diffs.md"
for model; do
  if [ -f "$base/$model" ]; then
    "$tool" diff "$base/$model" "$model" --format=markdown --threshold="$threshold" >>"$out/diffs.md"
  else
    printf '### Energy of `%s`\n\nA new model.\n' "$model" >>"$out/diffs.md"
  fi
done

# Nothing failed and nothing changed: no comment.
: >"$out/comment.md"
if [ "$code" != 0 ] || [ -s "$out/diffs.md" ]; then
  cat "$out/verdicts.md" <(echo) "$out/diffs.md" >"$out/comment.md"
fi
rm "$out/verdicts.md" "$out/diffs.md"
exit "$code"
