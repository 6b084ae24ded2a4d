"""docs/api.md names every refusal and every call there is."""

from __future__ import annotations

import re
from pathlib import Path

from platform_api.errors import all_codes
from tests.unit.platform_api.world import World

DOCUMENT = (Path(__file__).parents[3] / "docs" / "api.md").read_text()


def test_every_code_is_documented() -> None:
    table = DOCUMENT.split("## Refusals")[1].split("## Tickets")[0]
    assert set(all_codes()) == set(re.findall(r"`([a-z_]+)`(?=[,|( ])", table.split("|---|---|")[1]))


async def test_every_call_is_documented(world: World) -> None:
    served = {
        f"{route.method} {re.sub('{[a-z_]+}', '{id}', route.resource.canonical.removeprefix('/api/v1'))}"
        for route in world.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/v1") and route.method != "HEAD"
    }
    table = DOCUMENT.split("\n## Calls")[1].split("- **Who**")[0]
    assert served == set(re.findall(r"\| `((?:GET|POST|DELETE|PUT|PATCH|OPTIONS) /[^`]*)`", table))
