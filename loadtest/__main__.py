"""`python -m loadtest NAME [--json]`: runs one load. With --json, standard output is exactly one JSON object."""

from __future__ import annotations

import importlib
import sys

NAMES = ("soak",)


def main(arguments: list[str]) -> int:
    """Finds the load and runs it; its exit status."""
    if not arguments or arguments[0] not in NAMES:
        print(f"usage: python -m loadtest NAME [--json]\nloads: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    status: int = importlib.import_module(f"loadtest.{arguments[0]}").main(arguments[1:])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
