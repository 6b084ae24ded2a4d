#!/usr/bin/env bash
# All tests. Two or three groups of them run at once, the longest first; what a group says is printed when it has ended,
# with what took it 10 s or more. Then those that nothing may run beside (marker `alone`).
#
#   tests/run.sh            PYTHON is the interpreter
set -uo pipefail
python=${PYTHON:-.venv/bin/python}
said=$(mktemp -d)
declare -A running
worst=0
trap 'kill "${!running[@]}" 2>/dev/null; rm -rf "$said"' EXIT

# start NAME ARGUMENTS...: one process of pytest, with a cache of its own
start() {
  echo "started: tests of $1"
  "$python" -m pytest -o "cache_dir=.pytest_cache/$1" --durations=10 --durations-min=10 -m 'not alone' "${@:2}" \
    >"$said/$1" 2>&1 &
  running[$!]=$1
}

# finish: waits until a group has ended, and prints what it said
finish() {
  local pid code
  wait -n -p pid "${!running[@]}"
  code=$?
  cat "$said/${running[$pid]}"
  unset "running[$pid]"
  worst=$((code > worst ? code : worst))
}

# What no group names is in the group `rest`. The shortest begin last, so that both processors are busy to the end. The first
# two groups take both processors; those behind wait more than they reckon, so that there are three at once.
wire=(tests/interop tests/rivals)
chaos=(tests/chaos)
load=(tests/unit/benchmarks tests/unit/loadtest)
lint=(tests/lint)
named=(tests/browser tests/network tests/unit/platform_api "${wire[@]}" "${chaos[@]}" "${load[@]}" "${lint[@]}")
start browser tests/browser
start platform tests/unit/platform_api
finish
start wire "${wire[@]}"
finish
start rest tests "${named[@]/#/--ignore=}"
start chaos "${chaos[@]}"
finish
start load "${load[@]}"
finish
start lint "${lint[@]}"
finish
finish
finish
"$python" -m pytest -m alone tests/browser tests/interop
alone=$?
exit $((worst > alone ? worst : alone))
