"""`python -m benchmarks NAME [--json]`: runs one benchmark. With --json, standard output is exactly one JSON object."""

from __future__ import annotations

import importlib
import sys

NAMES = ("estimator", "flood", "forwarding", "messages", "origin", "platform")


def main(arguments: list[str]) -> int:
    """Finds the benchmark and runs it; its exit status."""
    if not arguments or arguments[0] not in NAMES:
        print(f"usage: python -m benchmarks NAME [--json]\nbenchmarks: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    status: int = importlib.import_module(f"benchmarks.{arguments[0]}").main(arguments[1:])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
