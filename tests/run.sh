#!/usr/bin/env bash
# All tests. Two processes at once: browsers mostly wait for time to pass, the rest mostly computes; what the browsers'
# process says is printed when both have ended. Then those that nothing may run beside (marker `alone`).
#
#   tests/run.sh            PYTHON is the interpreter
set -uo pipefail
python=${PYTHON:-.venv/bin/python}
said=$(mktemp)
"$python" -m pytest -o cache_dir=.pytest_cache/browser tests/browser >"$said" 2>&1 &
browsers=$!
trap 'kill "$browsers" 2>/dev/null; rm -f "$said"' EXIT
"$python" -m pytest --ignore tests/browser --ignore tests/network -m 'not alone'
rest=$?
wait "$browsers"
code=$?
cat "$said"
"$python" -m pytest -m alone tests/interop
alone=$?
worst=$((rest > code ? rest : code))
exit $((worst > alone ? worst : alone))
