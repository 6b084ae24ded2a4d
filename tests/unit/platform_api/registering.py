"""Steps several tests take: invitations, accounts made by them, codes of authenticators."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from typing import Any

from tests.unit.platform_api.world import ADMINISTRATOR, Answer, Page, World

CHILD_BORN = "2017-03-01"
TEENAGER_BORN = "2010-03-01"
CONSENT = {"text_version": "2026-11"}


async def school_id(world: World) -> str:
    """The demonstration school."""
    page = await world.signed_in(ADMINISTRATOR)
    found: str = (await page.call("GET", "/me")).json["memberships"][0]["school"]["id"]
    return found


async def invite(world: World, role: str, **more: Any) -> str:
    """The code of an invitation the administrator makes."""
    page = await world.signed_in(ADMINISTRATOR)
    made = await page.call("POST", f"/schools/{await school_id(world)}/invitations", {"role": role, **more})
    assert made.status == 201, made.json
    code: str = made.json["code"]
    return code


async def register(world: World, code: str, login: str, **more: Any) -> tuple[Page, Answer]:
    """A page of somebody new, and what their registration answered."""
    page = await world.page()
    body = {"code": code, "name": "Мира Новая", "login": login, "password": "password-of-mine", **more}
    return page, await page.call("POST", "/accounts", body)


async def child_and_parent(world: World, klass: str = "5А") -> tuple[Page, Page, str]:
    """A page of a child under 14 who has registered, one of their parent, and the child's id."""
    code = await invite(world, "student", class_id=await world.class_id(klass))
    child, made = await register(world, code, "mira.novaya", birth_date=CHILD_BORN)
    assert made.status == 201
    child_id: str = made.json["me"]["id"]
    parents = await invite(world, "parent", child_id=child_id)
    parent, joined = await register(world, parents, "mother.novaya", name="Майя Новая")
    assert joined.status == 201, joined.json
    return child, parent, child_id


def authenticator(secret: str, at: float) -> str:
    """What an authenticator app shows: RFC 6238 once more, by another's hand."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    (number,) = struct.unpack_from(">I", digest, digest[19] & 15)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"
