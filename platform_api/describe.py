"""`python -m platform_api.describe`: the OpenAPI document on standard output, without a running process."""

from __future__ import annotations

import sys

import msgspec

from platform_api.http.openapi import describe, operations_of
from platform_api.routes import ROUTES
from platform_api.service import product_version


def main() -> None:
    """Print it."""
    document = describe(operations_of(ROUTES), product_version())
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n")


if __name__ == "__main__":
    main()
