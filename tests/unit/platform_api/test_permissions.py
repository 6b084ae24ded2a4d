"""The role table over real HTTP sessions: every role, every route, own, other class, other school, gone.

What is expected stands in tests/data/permissions.toml, written from the design and not from the code; this file only
plays it. A route without a row there fails.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.unit.platform_api.community import PLACES, PNG, WHO, Community, build, session_of, undone
from tests.unit.platform_api.uploading import metadata
from tests.unit.platform_api.world import World, new_world

TABLE = tomllib.loads((Path(__file__).parents[2] / "data" / "permissions.toml").read_text())
STATUS = {"1": 401, "3": 403, "4": 404, "9": 409}
RAW = {
    "image/png": PNG,
    "text/csv": "ФИО\nЯна Новая\n".encode(),
    "application/offset+octet-stream": b"abc",
}
ALLOWED_CODES = {403: {"forbidden"}, 404: {"not_found"}, 401: {"not_signed_in"}}


@dataclass(frozen=True)
class Case:
    """One call by one person."""

    who: str
    place: str
    method: str
    path: str
    query: str
    body: Any
    raw: str
    upload: dict[str, str] | None
    """Metadata of a tus upload."""
    code: str
    """The refusal of the call's own that is waited for."""
    expected: int

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.path} ({self.place}) -> {self.expected}"


def cases(community: Community) -> Iterator[Case]:
    """Every cell of the table as a call."""
    for row in TABLE["route"]:
        method, path = row["call"].split(" ")
        for place in PLACES:
            if place not in row:
                continue
            cells = row[place].split()
            assert len(cells) == len(WHO), (row["call"], place)
            for who, cell in zip(WHO, cells, strict=True):
                things = things_for(community, row, place, who)
                yield Case(
                    who=who,
                    place=place,
                    method=method,
                    path=fill(path, things),
                    query=fill(row.get("query", ""), things),
                    body=fill(row.get("body"), things),
                    raw=row.get("raw", ""),
                    upload=fill(row.get("upload"), things),
                    code=row.get("code", ""),
                    expected=row.get("ok", 200) if cell == "+" else STATUS.get(cell) or int(cell),
                )


def things_for(community: Community, row: dict[str, Any], place: str, who: str) -> dict[str, str]:
    """What the names in braces stand for."""
    things = dict(community.things[place])
    if place != "gone":
        things.update(community.own.get(who, {}))
    else:
        things["me"] = things["my_login"] = "gone"
    for name in (
        "me",
        "my_login",
        "consent_id",
        "identity_id",
        "session_id",
        "provider",
        "my_file_id",
        "my_upload_id",
        "my_number",
        "my_comment_id",
    ):
        things.setdefault(name, "nobody")
    other = {"own": "class", "class": "own"}.get(place, place)
    things["another_class"] = community.things[other]["class_id"]
    things.update({name: things[of] for name, of in row.get("things", {}).items()})
    if "link" in row:
        things["link"] = community.link(who, things["file_id"], row["link"])
    if "{others_link}" in row.get("query", ""):
        things["others_link"] = community.link("second administrator", things["file_id"], "content")
    return things


def fill(value: Any, things: dict[str, str]) -> Any:
    """The value with the names in braces replaced."""
    if isinstance(value, str):
        return re.sub(r"{([a-z_]+)}", lambda match: things[match[1]], value)
    if isinstance(value, dict):
        return {key: fill(inner, things) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, things) for inner in value]
    return value


async def test_every_role_at_every_route(tmp_path: Path, seeded: Path) -> None:
    """One world, one session a person; what a call changes is undone, so that every case finds the same world."""
    settings = {"person_calls_per_minute": 0, "address_calls_per_minute": 0}
    async with new_world(tmp_path / "world", seeded, **settings) as world:
        community = await build(world)
        sessions = {who: session_of(community.tokens.get(who)) for who in WHO}
        wrong, counts = [], Counter[str]()
        try:
            async with undone(world):
                for case in cases(community):
                    status, content = await play(world, sessions[case.who], case)
                    counts[case.place] += 1
                    if status != case.expected or not code_fits(case, status, content):
                        wrong.append(f"{case}: {status} {content[:200]!r}")
        finally:
            for session in sessions.values():
                await session.close()
    print(f"\n{sum(counts.values())} cases of the role table: {dict(counts)}")
    assert not wrong, "\n".join([f"{len(wrong)} cells are not as the table says", *wrong])
    assert sum(counts.values()) > 1000


async def play(world: World, session: Any, case: Case) -> tuple[int, bytes]:
    """Make the call; its status and body."""
    headers = {"X-Sfera": "1", "If-Match": "*", "Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    if case.upload is not None:
        headers |= {"Upload-Length": "3", "Upload-Metadata": metadata(**case.upload)}
    data: bytes | None = None
    if case.raw:
        data, headers["Content-Type"] = RAW[case.raw], case.raw
    elif case.body is not None:
        data, headers["Content-Type"] = json.dumps(case.body).encode(), "application/json"
    address = f"{world.base}/api/v1{case.path}" + (f"?{case.query}" if case.query else "")
    async with session.request(case.method, address, data=data, headers=headers, allow_redirects=False) as response:
        return response.status, await response.read()


def code_fits(case: Case, status: int, content: bytes) -> bool:
    """Whether a refusal says no more than its status: all things one does not see are refused in the same words."""
    if status < 400:
        return True
    code = json.loads(content)["code"]
    return code == case.code or code in ALLOWED_CODES.get(status, {code} if not case.code else set())


async def test_no_route_is_without_a_row(world: World) -> None:
    served = {
        f"{route.method} {re.sub('{[a-z_]+}', '{}', route.resource.canonical.removeprefix('/api/v1'))}"
        for route in world.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/v1/") and route.method != "HEAD"
    }
    rows = {re.sub("{[a-z_]+}", "{}", row["call"]) for row in TABLE["route"]}
    assert served - rows == set(), "routes without a row in tests/data/permissions.toml"
    assert rows - served == set(), "rows without a route"


def test_the_law_is_played() -> None:
    """Every row of the design's table is tried by some route, or says what it waits for."""
    law = {row["action"]: row for row in TABLE["law"]}
    assert len(law) == 21
    played = {row["law"] for row in TABLE["route"] if "law" in row}
    assert played <= law.keys()
    assert {action for action, row in law.items() if "later" not in row} == played
    for row in TABLE["route"]:
        assert row.keys() & {"law", "rule"}, row["call"]
        assert "{" not in row["call"] or "gone" in row, row["call"]
