#!/usr/bin/env bash
# The fuzzer's own test: a read beyond the end of a packet, planted by a build flag (sfu/_rtp.pxd), must be found.
#
#   tests/fuzz/planted.sh SECONDS        run through deploy/instrumented.sh in a build with -DSFERA_PLANTED_FAULT
set -uo pipefail
python=${PYTHON:-python}
if output=$("$python" -m tests.fuzz rtp --seconds "${1:-60}" 2>&1); then
  echo "$output"
  echo 'the planted fault was not found' >&2
  exit 1
fi
if ! grep -q 'AddressSanitizer: heap-buffer-overflow' <<<"$output"; then
  echo "$output"
  echo 'something else than the planted fault was found' >&2
  exit 1
fi
echo "the planted fault was found after $(grep -o 'number_of_executed_units: [0-9]*' <<<"$output" | tail -1 | grep -o '[0-9]*$' || echo '?') executions"
rm -f crash-*
