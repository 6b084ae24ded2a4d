"""Snapshot + events = fresh snapshot, for every kind of change and every role.

Everybody reads once all that their pages show, and from then on only what events name (`REREAD`, which is what
docs/api.md tells writers of clients). Then every change that the role table allows to anybody is made, one after
another, in any order; after each one, what everybody holds must be what they would read anew.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.engines import Distributed
from tests.unit.platform_api.community import Community, _open_session, build, session_of
from tests.unit.platform_api.test_permissions import Case, cases, play
from tests.unit.platform_api.world import World, new_world

MINE = ("/me", "/schools", "/classes", "/classes?archived=true", "/broadcasts", "/chats", "/me/children",
        "/me/requests", "/me/guide", "/me/files", "/me/sessions", "/me/identities", "/me/consents",
        "/me/erasure")  # fmt: skip
OF_SCHOOL = ("", "/years", "/members", "/invitations", "/requests", "/consents", "/card", "/files", "/feed")

REREAD: dict[str, tuple[str, ...]] = {
    "school": ("/me", "/schools", "/classes", "/broadcasts", "/me/requests", "/me/children", "/chats"),
    "year": ("/classes", "/schools"),
    "class": ("/me", "/classes", "/schools/{school}", "/broadcasts", "/me/requests", "/me/children", "/chats"),
    "lesson": ("/classes", "/broadcasts"),
    "broadcast": ("/broadcasts",),
    "stream_key": (),
    "membership": ("/classes", "/schools", "/me/children", "/chats"),
    "person": ("/classes", "/schools", "/me/children", "/broadcasts", "/me/requests", "/chats"),
    "invitation": ("/schools/{school}/invitations",),
    "request": ("/schools/{school}/requests",),
    "import": (),
    "consent": ("/schools/{school}",),
    "erasure": ("/schools/{school}",),
    "file": ("/schools/{school}/files", "/schools/{school}/feed"),
    "folder": ("/schools/{school}/files",),
    "article": ("/schools/{school}/feed",),
    "album": ("/schools/{school}/feed",),
    "comment": (),
    "chat": ("/chats",),
    "message": ("/chats",),
}
"""What an entry about others makes stale, by what changed: these addresses and all below them."""
COMPARED = 0.25
"""How often somebody is compared after a change. What they missed before is still seen then."""
SWEEPING = "DELETE /(session|me/sessions|schools/.*/members|memberships)|/archive$|erasure$"
OF_ONESELF = {"membership", "parent_link", "person"}
"""An entry of these about oneself: read everything anew."""


@dataclass
class Reader:
    """Somebody's page: what it holds, and up to where it has heard."""

    name: str
    person_id: str
    session: aiohttp.ClientSession
    base: str
    cursor: str = ""
    held: dict[str, Any] = field(default_factory=dict)
    read_now: set[str] = field(default_factory=set)
    """What it has read since the newest change: reading that once more would show the same."""
    compared: int = 0
    """Changes that had been made when it was last compared."""

    async def get(self, path: str) -> Any:
        async with self.session.get(f"{self.base}/api/v1{path}") as response:
            assert response.status < 500, path
            body = await response.json()
            return (response.status, _stable(path, body), response.headers.get("ETag"))

    async def fresh(self) -> dict[str, Any]:
        """All that their pages show."""
        found: dict[str, Any] = {}

        async def read(path: str) -> Any:
            found[path] = self.held[path] if path in self.read_now else await self.get(path)
            return found[path][1]

        for path in MINE:
            await read(path)
        for school in found["/schools"][1].get("items", []):
            for part in OF_SCHOOL:
                await read(f"/schools/{school['id']}{part}")
        for classes in ("/classes", "/classes?archived=true"):
            for one in found[classes][1].get("classes", []):
                await read(f"/classes/{one['id']}")
        return found

    async def begin(self) -> None:
        """The cursor first, then the things: what happens in between is told."""
        self.cursor = (await self.get("/events"))[1]["cursor"]
        self.held = await self.fresh()

    async def hear(self) -> list[dict[str, Any]] | None:
        """Take what happened and read again what it names; None when the session is over."""
        self.read_now.clear()
        heard: list[dict[str, Any]] = []
        while True:
            status, answer, _ = await self.get(f"/events?after={self.cursor}")
            if status == 401:
                return None
            assert status == 200, answer
            self.cursor = answer["cursor"]
            if not answer["items"]:
                break
            heard += answer["items"]
        if any(self._all_anew(event) for event in heard):
            self.held = await self.fresh()
            self.read_now |= self.held.keys()
            return heard
        for path in list(self.held):
            if any(_stale(event, path) for event in heard):
                self.held[path] = await self.get(path)
                self.read_now.add(path)
        await self._follow_lists()
        return heard

    async def compare(self, done: list[str]) -> list[str]:
        """What they hold and would read otherwise now."""
        fresh = await self.fresh()
        wrong = [
            f"{self.name} holds an old {path} after {done[self.compared :]}:\n"
            f"    {_difference(self.held.get(path), fresh.get(path))}"
            for path in sorted(fresh.keys() | self.held.keys())
            if fresh.get(path) != self.held.get(path)
        ]
        self.held, self.compared = fresh, len(done)
        return wrong

    async def _follow_lists(self) -> None:
        """Open what a list shows for the first time; let go of what it shows no more."""
        listed = {
            f"/classes/{one['id']}"
            for path in ("/classes", "/classes?archived=true")
            for one in self.held[path][1].get("classes", [])
        }
        for path in [path for path in self.held if re.fullmatch(r"/classes/[^/?]+", path)]:
            if path not in listed:
                del self.held[path]
        for path in listed - self.held.keys():
            self.held[path] = await self.get(path)
            self.read_now.add(path)

    def _all_anew(self, event: dict[str, Any]) -> bool:
        return event.get("person") == self.person_id and event["kind"].partition(".")[0] in OF_ONESELF


def _stale(event: dict[str, Any], path: str) -> bool:
    thing = event["kind"].partition(".")[0]
    prefixes = [prefix.format(school=event.get("school", "-")) for prefix in REREAD.get(thing, ())]
    if "person" in event:
        prefixes.append("/me")
    return any(path == prefix or path.startswith((prefix + "/", prefix + "?")) for prefix in prefixes)


def _stable(path: str, body: Any) -> Any:
    """Without what changes by itself, or with every look."""
    if path == "/me/sessions":
        return [one["id"] for one in body.get("items", body.get("sessions", []))]
    if path.startswith("/schools/") and path.endswith("/files"):
        body = {**body, "storage": None}  # of the whole school, whose classes one does not all see
    return _without_likes(body)


def _without_likes(value: Any) -> Any:
    """Likes make no entry: they are as of when they were read."""
    if isinstance(value, list):
        return [_without_likes(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _without_likes(inner) for key, inner in value.items() if key not in ("likes", "liked")}
    return value


READERS = (
    "administrator",
    "teacher",
    "student",
    "parent",
    "outsider",
    "mentor own",
    "mother own",
    "newcomer own",
    "mate class",
    "other administrator",
)


@pytest.mark.slow
async def test_snapshot_and_events_are_a_fresh_snapshot(tmp_path: Path, template: Path | Distributed) -> None:
    # Anything anywhere; where nobody is there to look into a failure, always the same.
    seed = 20261124 if os.environ.get("CI") else random.randrange(10**9)
    dice = random.Random(seed)
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(
            new_world(tmp_path / "w", template, person_calls_per_minute=0, address_calls_per_minute=0)
        )
        community = await build(world)
        for place in ("own", "class", "school"):
            on_air = {"state": "live", "tap": None, "port": 40000}
            world.hls.broadcasts[community.things[place]["broadcast_id"]] = on_air
        readers = [await _reader(stack, world, community, name) for name in READERS]
        changes = _changes(community, dice, 25 if isinstance(template, Distributed) else 70)
        made: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        wrong: list[str] = []
        done: list[str] = []
        for case in changes:
            async with session_of(community.tokens.get(case.who)) as session:
                status, content = await play(world, session, case)
            assert status < 500, (str(case), content)
            if status >= 400:
                continue
            made[f"{case.method} {case.path.split('/')[1]}"] += 1
            done.append(f"{case.who} {case.method} {case.path}")
            for reader in list(readers):
                heard = await reader.hear()
                if heard is None:
                    readers.remove(reader)
                    continue
                kinds.update(event["kind"] for event in heard)
                if dice.random() < COMPARED:
                    wrong += await reader.compare(done)
        for reader in readers:
            wrong += await reader.compare(done)
        print(f"seed {seed}: {sum(made.values())} changes, {sum(kinds.values())} entries heard: {dict(kinds)}")
        assert not wrong, f"seed {seed}, {len(wrong)}:\n" + "\n".join(line[:1500] for line in wrong[:20])
        assert sum(made.values()) > (5 if isinstance(template, Distributed) else 15)


async def _reader(stack: AsyncExitStack, world: World, community: Community, name: str) -> Reader:
    person_id = community.people[name]
    async with world.parts.db.write() as conn:
        token = await _open_session(conn, world, person_id)
    session = await stack.enter_async_context(session_of(token))
    reader = Reader(name, person_id, session, world.base)
    await reader.begin()
    return reader


def _changes(community: Community, dice: random.Random, number: int) -> list[Case]:
    """Changes that the role table allows, each kind of them at least once where there is room, in any order."""
    allowed = [case for case in cases(community) if case.method != "GET" and case.expected < 300]
    dice.shuffle(allowed)
    first: dict[str, Case] = {}
    for case in allowed:
        first.setdefault(f"{case.method} {re.sub(r'/[^/]{16,}', '/-', case.path)} {case.place}", case)
    chosen = list(first.values())[:number]
    chosen += [case for case in allowed if case not in chosen][: number - len(chosen)]
    dice.shuffle(chosen)
    # What ends sessions, years and memberships leaves little to change: late, most times.
    return sorted(
        chosen, key=lambda case: bool(re.search(SWEEPING, f"{case.method} {case.path}")) and dice.random() < 0.9
    )


def _difference(held: Any, fresh: Any) -> str:
    """What differs, as far as it goes down."""
    if isinstance(held, dict) and isinstance(fresh, dict):
        return "; ".join(
            f"{key}: {_difference(held.get(key), fresh.get(key))}"
            for key in sorted(held.keys() | fresh.keys())
            if held.get(key) != fresh.get(key)
        )
    if isinstance(held, (list, tuple)) and isinstance(fresh, (list, tuple)) and len(held) == len(fresh):
        return "; ".join(_difference(one, other) for one, other in zip(held, fresh, strict=True) if one != other)
    return f"{held!r:.400} -> {fresh!r:.400}"
