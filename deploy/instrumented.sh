#!/usr/bin/env bash
# Builds the native modules with instrumentation, in a copy of the sources, and runs a command in that copy.
#
#   deploy/instrumented.sh FOLDER COMMAND...
#
# CC and NATIVE_CFLAGS say how; PYTHON is the interpreter. The copy is brought up to date each time: what has not changed is not built
# again. The checkout's own modules are left alone.
set -euo pipefail
folder=${1:?folder}
shift
python=$(realpath -s "${PYTHON:-.venv/bin/python}")
mkdir -p "$folder"
tar --create --exclude='*.so' --exclude='*.c' --exclude=__pycache__ --exclude=node_modules \
  sfera sfu signalling hls platform_api loadtest benchmarks tests setup.py pyproject.toml README.md LICENSE NOTICE |
  tar --extract --directory "$folder"
cd "$folder"
"$python" setup.py --quiet build_ext --inplace
exec "$@"
