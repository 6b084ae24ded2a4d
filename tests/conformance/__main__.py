"""`python -m tests.conformance URL [SECONDS] [SEGMENT_SECONDS]`: watches a live broadcast, then says of each rule
whether it was kept. URL is that of the multivariant playlist."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Awaitable, Callable

from tests.conformance import rules
from tests.conformance.client import Client
from tests.conformance.rules import Watched


async def verdicts(client: Client, watched: Watched, segment_seconds: float) -> dict[str, str]:
    """What is wrong, by rule; empty text for a rule that was kept."""
    checks: dict[str, Callable[[], Awaitable[None] | None]] = {
        "1": lambda: rules.rule_1(watched),
        "2": lambda: rules.rule_2(watched),
        "3": lambda: rules.rule_3(client, watched, segment_seconds),
        "4": lambda: rules.rule_4(client),
        "5": lambda: rules.rule_5(client),
        "7": lambda: rules.rule_7(watched),
        "8": lambda: rules.rule_8(client, watched),
        "9": lambda: rules.rule_9(client),
        "11": lambda: rules.rule_11(client, watched),
        "12": lambda: rules.rule_12(client, watched),
        "13": lambda: rules.rule_13(client),
        "14": lambda: rules.rule_14(client),
    }
    found = {}
    for number, check in checks.items():
        try:
            done = check()
            if done is not None:
                await done
            found[number] = ""
        except AssertionError as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            found[number] = f"{error} ({place.line})"
    return found


async def main(url: str, seconds: float, segment_seconds: float) -> int:
    """The command; its exit status."""
    async with Client(url) as client:
        watched = await rules.watch(client, seconds)
        found = await verdicts(client, watched, segment_seconds)
    for number, wrong in found.items():
        print(f"rule {number:>2}: {wrong or 'kept'}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    arguments = [*sys.argv[1:], *("20", "4")[max(0, len(sys.argv) - 2) :]]
    sys.exit(asyncio.run(main(arguments[0], float(arguments[1]), float(arguments[2]))))
