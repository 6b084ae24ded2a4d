#!/usr/bin/env bash
# All tests, in two processes at once: browsers mostly wait for time to pass, the rest mostly computes. What the browsers'
# process says is printed when both have ended. Other projects' servers have a target of their own (make test-rivals).
#
#   tests/run.sh            PYTHON is the interpreter
set -uo pipefail
python=${PYTHON:-.venv/bin/python}
said=$(mktemp)
"$python" -m pytest -o cache_dir=.pytest_cache/browser tests/browser >"$said" 2>&1 &
browsers=$!
trap 'kill "$browsers" 2>/dev/null; rm -f "$said"' EXIT
"$python" -m pytest --ignore tests/browser --ignore tests/network --ignore tests/rivals
rest=$?
wait "$browsers"
code=$?
cat "$said"
exit $((rest > code ? rest : code))
