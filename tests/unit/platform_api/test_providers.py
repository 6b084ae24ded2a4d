"""Signing in by VK ID, Gosuslugi and OpenID Connect, over real sockets, with everything that can be wrong."""

from __future__ import annotations

import asyncio
import base64
import json
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from joserfc.jwk import OctKey, RSAKey

from platform_api.config import ApiConfig, ConfigError
from platform_api.sign_in.config import SignInConfig
from platform_api.sign_in.gost import OpensslSigner
from platform_api.sign_in.provider import Unavailable
from platform_api.sign_in.registry import Providers as Registry
from platform_api.sign_in.states import safe_path
from platform_api.sign_in.vk import read_birthday
from tests.unit.platform_api.providers import Gost, Keys, Lie, Providers
from tests.unit.platform_api.registering import CHILD_BORN, authenticator, invite
from tests.unit.platform_api.world import ADMINISTRATOR, TEACHER_5_7, Answer, Clock, Page, World, listen, new_world

ALL = ["vk", "gosuslugi", "school"]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Everybody's keys."""
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest_asyncio.fixture
async def places(keys: Keys) -> AsyncIterator[Providers]:
    """The providers, listening."""
    async with AsyncExitStack() as stack:
        clock = Clock()
        made = Providers(lambda: clock.now().timestamp(), keys)
        made.base = await listen(stack, made.app)
        yield made


@pytest_asyncio.fixture
async def world(tmp_path: Path, seeded: Path, places: Providers) -> AsyncIterator[World]:
    """A platform that knows them. On SQLite: what differs between the databases is tested by `test_on_both`."""
    async with knowing(tmp_path, seeded, places) as running:
        yield running


@asynccontextmanager
async def knowing(tmp_path: Path, template: Any, places: Providers) -> AsyncIterator[World]:
    """A platform that knows the providers."""
    sign_in = msgspec.convert({"providers": places.configuration()}, SignInConfig)
    async with new_world(tmp_path / "world", template, sign_in=sign_in) as running:
        places.now = lambda: running.clock.now().timestamp()
        yield running


async def go(page: Page, place: str, **query: str) -> str:
    """Send the page to a provider; the address it is sent back to."""
    away = await page.call("GET", f"/sign-in/{place}?" + urllib.parse.urlencode(query))
    assert away.status == 303, away.json
    async with page.session.get(away.headers["Location"], allow_redirects=False) as response:
        assert response.status == 302, await response.text()
        return response.headers["Location"]


async def come(page: Page, address: str) -> Answer:
    """Come back by such an address."""
    assert address.startswith(page.base)
    return await page.call("GET", address.removeprefix(page.base))


async def through(page: Page, place: str, **query: str) -> str:
    """Go there and back; the page one ends at."""
    answer = await come(page, await go(page, place, **query))
    assert answer.status == 303
    return str(answer.headers["Location"])


async def link(world: World, place: str, login: str = TEACHER_5_7) -> Page:
    """A signed-in person links their account there."""
    page = await world.signed_in(login)
    assert await through(page, place, link="true", return_to="/profile") == "/profile"
    return page


@pytest.mark.parametrize("place", ALL)
async def test_a_linked_account_signs_in(world: World, places: Providers, place: str) -> None:
    owner = await link(world, place)
    listed = (await owner.call("GET", "/me/identities")).json["items"]
    assert [(each["provider"], each["name"], each["used_at"]) for each in listed] == [(place, "Вера Берестова", None)]
    page = await world.page()
    assert await through(page, place, return_to="/classes") == "/classes"
    assert (await page.call("GET", "/me")).json["login"] == TEACHER_5_7
    here = (await page.call("GET", "/me/sessions")).json["items"]
    assert place in {each["method"] for each in here if each["current"]}
    assert (await owner.call("GET", "/me/identities")).json["items"][0]["used_at"] is not None
    assert (await owner.call("DELETE", f"/me/identities/{listed[0]['id']}")).status == 204
    assert "arrival=unknown" in await through(await world.page(), place), "linked no more"


async def test_the_page_is_told_where_one_can_sign_in(world: World) -> None:
    listed = (await (await world.page()).call("GET", "/sign-in/providers")).json["items"]
    assert [(each["id"], each["kind"], each["name"]) for each in listed] == [
        ("vk", "vk", "VK ID"),
        ("gosuslugi", "esia", "Госуслуги"),
        ("school", "oidc", "Школьный вход"),
    ]
    assert (await (await world.page()).call("GET", "/sign-in/other")).status == 404
    assert (await (await world.page()).call("GET", "/sign-in/other/callback")).status == 404


@pytest.mark.parametrize("place", ALL)
async def test_who_is_not_linked_is_nobody_until_they_say_who_they_are(world: World, place: str) -> None:
    page = await world.page()
    assert (await page.call("GET", "/sign-in/arrival")).json["code"] == "no_arrival"
    target = await through(page, place, return_to="/x")
    assert target == "/sign-in?arrival=unknown&return_to=%2Fx"
    assert (await page.call("GET", "/me")).status == 401
    arrival = (await page.call("GET", "/sign-in/arrival")).json
    assert (arrival["provider"], arrival["name"], arrival["outcome"]) == (place, "Вера Берестова", "unknown")
    assert arrival["birth_date"] == "1988-04-03"
    assert (await (await world.page()).call("GET", "/sign-in/arrival")).status == 409, "in another browser nobody came"

    assert (await page.sign_in(TEACHER_5_7)).status == 200
    linked = await page.call("POST", "/me/identities")
    assert [each["provider"] for each in linked.json["items"]] == [place]
    assert (await page.call("POST", "/me/identities")).json["code"] == "no_arrival", "once"
    assert await through(await world.page(), place) == "/"


async def test_registering_by_an_invitation_and_an_account_elsewhere(world: World) -> None:
    page = await world.page()
    await through(page, "vk")
    code = await invite(world, "teacher")
    made = await page.call("POST", "/accounts", {"code": code, "name": "Вера Новая", "arrival": True})
    assert (made.status, made.json["active"]) == (201, True)
    assert made.json["me"]["has_password"] is False
    assert made.json["me"]["login"] == ""
    only = (await page.call("GET", "/me/identities")).json["items"][0]["id"]
    refused = await page.call("DELETE", f"/me/identities/{only}")
    assert (refused.status, refused.json["code"]) == (409, "last_way_in")
    assert (await page.call("PUT", "/me/password", {"password": "long-enough-now"})).status == 422, "needs a login"
    first = await page.call("PUT", "/me/password", {"password": "long-enough-now", "login": "vera.novaya"})
    assert first.status == 204
    assert (await page.call("DELETE", f"/me/identities/{only}")).status == 204
    assert (await (await world.page()).sign_in("vera.novaya", "long-enough-now")).status == 200


async def test_a_child_from_elsewhere_waits_for_a_parent_too(world: World) -> None:
    page = await world.page()
    await through(page, "vk")
    code = await invite(world, "student", class_id=await world.class_id("5А"))
    body = {"code": code, "name": "Мира Новая", "arrival": True, "birth_date": CHILD_BORN}
    made = await page.call("POST", "/accounts", body)
    assert (made.status, made.json["active"]) == (201, False)
    assert await through(await world.page(), "vk") == "/sign-in?problem=account_inactive"


@pytest.mark.parametrize("place", ALL)
async def test_an_account_is_linked_with_one_person(world: World, place: str) -> None:
    await link(world, place)
    other = await world.signed_in(ADMINISTRATOR)
    assert await through(other, place, link="true") == "/sign-in?problem=identity_in_use"
    assert (await other.call("GET", "/me/identities")).json["items"] == []


async def test_a_person_has_one_account_of_a_place(world: World, places: Providers) -> None:
    page = await link(world, "vk")
    assert await through(page, "vk", link="true") == "/", "the same again is no error"
    places.person["id"] = "777"
    assert await through(page, "vk", link="true") == "/sign-in?problem=identity_in_use"


async def test_equal_names_and_birth_dates_link_nobody(world: World, places: Providers) -> None:
    await link(world, "vk")
    places.person["id"] = "31337"
    page = await world.page()
    assert "arrival=unknown" in await through(page, "vk")
    assert (await page.call("GET", "/me")).status == 401


async def test_linking_needs_the_person_who_began_it(world: World) -> None:
    stranger = await world.page()
    assert (await stranger.call("GET", "/sign-in/vk?link=true")).json["code"] == "not_signed_in"
    page = await world.signed_in(TEACHER_5_7)
    foreign = await page.call("GET", "/sign-in/vk?link=true", headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status, foreign.json["code"]) == (403, "cross_site")
    address = await go(page, "vk", link="true")
    assert (await page.sign_in(ADMINISTRATOR)).status == 200
    answer = await come(page, address)
    assert answer.headers["Location"] == "/sign-in?problem=not_signed_in"
    assert (await page.call("GET", "/me/identities")).json["items"] == []


@pytest.mark.parametrize("place", ALL)
async def test_a_state_belongs_to_its_browser(world: World, places: Providers, place: str) -> None:
    await link(world, place)
    page, other = await world.page(), await world.page()
    address = await go(page, place)
    problem = "/sign-in?problem=sign_in_state_invalid"
    assert (await come(other, address)).headers["Location"] == problem, "no cookie"
    await go(other, place)
    assert (await come(other, address)).headers["Location"] == problem, "another browser's cookie"
    made_up = address.replace(urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["state"][0], "x" * 36)
    assert (await come(page, made_up)).headers["Location"] == problem
    assert (await come(page, address)).headers["Location"] == "/", "the foreign tries did not spoil it"
    assert (await come(page, address)).headers["Location"] == problem, "once"


async def test_a_state_belongs_to_its_provider_and_time(world: World) -> None:
    page = await world.page()
    address = await go(page, "vk")
    mixed = address.replace("/sign-in/vk/", "/sign-in/school/")
    assert (await come(page, mixed)).headers["Location"] == "/sign-in?problem=sign_in_state_invalid"
    world.clock.advance(11 * 60)
    assert (await come(page, address)).headers["Location"] == "/sign-in?problem=sign_in_state_invalid"


@pytest.mark.parametrize("place", ALL)
@pytest.mark.parametrize("query", ["error=access_denied&state=x", "state=x", "", "code=&state=x"])
async def test_a_provider_that_says_no(world: World, place: str, query: str) -> None:
    page = await world.page()
    await go(page, place)
    answer = await page.call("GET", f"/sign-in/{place}/callback?{query}")
    assert answer.headers["Location"] == "/sign-in?problem=provider_refused"


@pytest.mark.parametrize("place", ALL)
async def test_a_replayed_code_is_refused(world: World, place: str) -> None:
    """Somebody else's code, seen and used a second time under a state of one's own."""
    await link(world, place)
    victim, thief = await world.page(), await world.page()
    seen = urllib.parse.parse_qs(urllib.parse.urlsplit(await go(victim, place)).query)
    address = urllib.parse.urlsplit(await go(thief, place))
    mine = urllib.parse.parse_qs(address.query)
    stolen = {**mine, "code": seen["code"], **({"device_id": seen["device_id"]} if place == "vk" else {})}
    forged = address._replace(query=urllib.parse.urlencode(stolen, doseq=True)).geturl()
    # PKCE refuses it at VK and OpenID Connect; ESIA has none, and there our signature covers the state it came with.
    if place != "gosuslugi":
        assert (await come(thief, forged)).headers["Location"] == "/sign-in?problem=provider_refused"
        assert (await thief.call("GET", "/me")).status == 401
        return
    assert (await come(thief, forged)).headers["Location"] == "/"
    again = await world.page()
    second = urllib.parse.urlsplit(await go(again, place))
    theirs = {**urllib.parse.parse_qs(second.query), "code": seen["code"]}
    replayed = second._replace(query=urllib.parse.urlencode(theirs, doseq=True)).geturl()
    assert (await come(again, replayed)).headers["Location"] == "/sign-in?problem=provider_refused"


async def test_vk_gets_its_device_id_back(world: World, places: Providers) -> None:
    await link(world, "vk")
    page = await world.page()
    address = urllib.parse.urlsplit(await go(page, "vk"))
    query = urllib.parse.parse_qs(address.query)
    wrong = address._replace(query=urllib.parse.urlencode({**query, "device_id": ["other"]}, doseq=True)).geturl()
    assert (await come(page, wrong)).headers["Location"] == "/sign-in?problem=provider_refused"
    address = urllib.parse.urlsplit(await go(page, "vk"))
    query = urllib.parse.parse_qs(address.query)
    del query["device_id"]
    before = len(places.calls)
    without = address._replace(query=urllib.parse.urlencode(query, doseq=True)).geturl()
    assert (await come(page, without)).headers["Location"] == "/sign-in?problem=provider_refused"
    assert len(places.calls) == before, "without it nobody is asked"


async def test_a_wrong_verifier_is_refused(world: World) -> None:
    await link(world, "school")
    for place in ("vk", "school"):
        page = await world.page()
        address = await go(page, place)
        async with world.parts.db.write() as conn:
            await conn.exec_driver_sql(
                "UPDATE sign_in_states SET verifier = 'another-verifier-than-the-one-sent-before'"
            )
        assert (await come(page, address)).headers["Location"] == "/sign-in?problem=provider_refused"


def _break_signature(token: str) -> str:
    head, _, last = token.rpartition(".")
    return f"{head}.{'A' if last[0] != 'A' else 'B'}{last[1:]}"


def _raise_subject(token: str) -> str:
    header, _, rest = token.partition(".")
    body, _, signature = rest.partition(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["sub" if "sub" in claims else "urn:esia:sbj_id"] = 1
    return f"{header}.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.{signature}"


def _unsigned(token: str) -> str:
    body = token.split(".")[1]
    return f"{base64.urlsafe_b64encode(json.dumps({'alg': 'none'}).encode()).decode().rstrip('=')}.{body}."


OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})
LONG_AGO, IN_AN_HOUR = 1_000_000_000, 4_000_000_000
OIDC_LIES = {
    "another issuer": Lie(claims={"iss": "https://evil.example"}),
    "another audience": Lie(claims={"aud": "somebody-else"}),
    "audiences without azp": Lie(claims={"aud": ["sfera-test", "somebody-else"]}),
    "another azp": Lie(claims={"azp": "somebody-else"}),
    "expired": Lie(claims={"exp": LONG_AGO}),
    "not yet": Lie(claims={"iat": IN_AN_HOUR, "exp": IN_AN_HOUR + 60}),
    "another nonce": Lie(claims={"nonce": "of another sign-in"}),
    "no nonce": Lie(drop=("nonce",)),
    "no subject": Lie(drop=("sub",)),
    "empty subject": Lie(claims={"sub": ""}),
    "no expiry": Lie(drop=("exp",)),
    "another key": Lie(key=OTHER_KEY),
    "a shared secret": Lie(key=OctKey.import_key("s3cret+&%s3cret+&%s3cret+&%s3cret+&%"), algorithm="HS256"),
    "broken signature": Lie(tamper=_break_signature),
    "changed claims": Lie(tamper=_raise_subject),
    "no signature": Lie(tamper=_unsigned),
    "no token": Lie(tamper=lambda _: "x"),
    "not JSON": Lie(body=b"<html>"),
    "refused": Lie(status=400),
}
VK_LIES = {
    "another state": Lie(state="of another sign-in"),
    "another person": Lie(user_id="31337"),
    "not JSON": Lie(body=b"<html>"),
    "refused": Lie(status=403),
}
ESIA_LIES = {
    "another state": Lie(state="of another sign-in"),
    "another issuer": Lie(claims={"iss": "http://evil.example/"}),
    "another audience": Lie(claims={"client_id": "SOMEBODY_ELSE"}),
    "another audience, ours beside": Lie(claims={"client_id": "SOMEBODY_ELSE", "aud": "sfera-test"}),
    "expired": Lie(claims={"exp": LONG_AGO}),
    "not yet": Lie(claims={"nbf": IN_AN_HOUR, "exp": IN_AN_HOUR + 60}),
    "a subject that is a path": Lie(claims={"urn:esia:sbj_id": "../../admin"}),
    "another algorithm": Lie(algorithm="RS256"),
    "another key": Lie(),
    "broken signature": Lie(tamper=_break_signature),
    "changed claims": Lie(tamper=_raise_subject),
    "no signature": Lie(tamper=_unsigned),
    "no token": Lie(tamper=lambda _: "x"),
    "too many parts": Lie(tamper=lambda token: f"{token}.x"),
    "not base64": Lie(tamper=lambda token: f"{token}~"),
    "not JSON": Lie(body=b"<html>"),
    "refused": Lie(status=403),
}


@pytest.mark.parametrize(("place", "lies"), [("school", OIDC_LIES), ("vk", VK_LIES), ("gosuslugi", ESIA_LIES)])
async def test_what_a_provider_says_is_checked(
    world: World, places: Providers, place: str, lies: dict[str, Lie]
) -> None:
    await link(world, place)
    for how, lie in lies.items():
        page = await world.page()
        address = await go(page, place)
        places.lie = lie if how != "another key" or place == "school" else Lie(key=places.evil_key)
        assert (await come(page, address)).headers["Location"] == "/sign-in?problem=provider_refused", how
        assert (await page.call("GET", "/me")).status == 401, how
        assert (await page.call("GET", "/sign-in/arrival")).status == 409, f"{how}: nobody has come"
        places.lie = Lie()
        world.clock.advance(31)
        assert await through(page, place) == "/", f"{how}: the honest provider is believed"


async def test_on_both(tmp_path: Path, template: Any, places: Providers) -> None:
    """What these tests do with a database, once on each."""
    async with knowing(tmp_path, template, places) as world:
        await link(world, "vk")
        assert await through(await world.page(), "vk") == "/"
        places.person["id"] = "2"
        page = await world.page()
        assert "arrival=unknown" in await through(page, "vk")
        body = {"code": await invite(world, "teacher"), "name": "Вера Новая", "arrival": True}
        assert (await page.call("POST", "/accounts", body)).status == 201
        mine = (await page.call("GET", "/me/identities")).json["items"]
        assert (await page.call("DELETE", f"/me/identities/{mine[0]['id']}")).status == 409


@pytest.mark.parametrize("place", ALL)
@pytest.mark.parametrize(
    "lie", [Lie(status=500), Lie(status=302), Lie(body=b"x" * 300_000)], ids=["500", "302", "long"]
)
async def test_a_provider_that_is_ill(world: World, places: Providers, place: str, lie: Lie) -> None:
    page = await world.page()
    address = await go(page, place)
    places.lie = lie
    assert (await come(page, address)).headers["Location"] == "/sign-in?problem=provider_unavailable"


async def test_a_provider_that_is_not_there(tmp_path: Path, seeded: Path, places: Providers) -> None:
    gone: list[dict[str, Any]] = [
        {**each, "host" if each["kind"] != "oidc" else "issuer": "http://127.0.0.1:1"}
        for each in places.configuration()
    ]
    gone[1] = {**gone[1], "openssl": "/no/such/openssl"}
    sign_in = msgspec.convert({"providers": gone}, SignInConfig)
    async with new_world(tmp_path / "world", seeded, sign_in=sign_in) as world:
        page = await world.page()
        for place in ("gosuslugi", "school"):
            answer = await page.call("GET", f"/sign-in/{place}")
            assert (answer.status, answer.json["code"]) == (503, "provider_unavailable")
            assert "Retry-After" in answer.headers
        away = await page.call("GET", "/sign-in/vk")
        state = urllib.parse.parse_qs(urllib.parse.urlsplit(away.headers["Location"]).query)["state"][0]
        back = await page.call("GET", f"/sign-in/vk/callback?code=c&device_id=d&state={state}")
        assert back.headers["Location"] == "/sign-in?problem=provider_unavailable"


async def test_an_app_catches_the_redirect_itself(world: World) -> None:
    await link(world, "vk")
    page = await world.page()
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(await go(page, "vk")).query)
    body = {name: query[name][0] for name in ("code", "state", "device_id")}
    came = await page.call("POST", "/sign-in/vk/callback", body)
    assert (came.status, came.json) == (200, {"outcome": "signed_in", "return_to": "/"})
    assert (await page.call("GET", "/me")).json["login"] == TEACHER_5_7
    again = await page.call("POST", "/sign-in/vk/callback", body)
    assert (again.status, again.json["code"]) == (403, "sign_in_state_invalid")


async def test_the_second_step_holds_for_accounts_elsewhere(world: World) -> None:
    owner = await link(world, "vk", ADMINISTRATOR)
    invitation = await invite(world, "teacher")
    secret = (await owner.call("POST", "/me/totp")).json["secret"]
    code = authenticator(secret, world.clock.now().timestamp())
    assert (await owner.call("PUT", "/me/totp", {"code": code})).status == 200
    page = await world.page()
    assert await through(page, "vk", return_to="/x") == "/sign-in?arrival=code_needed&return_to=%2Fx"
    assert (await page.call("GET", "/me")).status == 401
    arrival = (await page.call("GET", "/sign-in/arrival")).json
    assert (arrival["outcome"], arrival["name"]) == ("code_needed", "")
    body = {"code": invitation, "name": "Вера Новая", "arrival": True}
    assert (await page.call("POST", "/accounts", body)).json["code"] == "identity_in_use"
    assert (await page.call("POST", "/sign-in/arrival", {"code": code})).json["code"] == "wrong_code"
    world.clock.advance(30)
    fresh = authenticator(secret, world.clock.now().timestamp())
    elsewhere = await world.page()
    assert (await elsewhere.call("POST", "/sign-in/arrival", {"code": fresh})).json["code"] == "no_arrival"
    done = await page.call("POST", "/sign-in/arrival", {"code": fresh})
    assert (done.status, done.json["login"]) == (200, ADMINISTRATOR)
    assert (await page.call("GET", "/me")).status == 200


async def test_keys_may_be_changed(world: World, places: Providers) -> None:
    await link(world, "school")
    places.oidc_key = RSAKey.generate_key(2048, {"kid": "two"})
    world.clock.advance(31)
    assert await through(await world.page(), "school") == "/"
    fetched = places.calls.count("keys")
    places.lie = Lie(key=OTHER_KEY)
    for _ in range(3):
        assert await through(await world.page(), "school") == "/sign-in?problem=provider_refused"
    assert places.calls.count("keys") <= fetched + 1, "bad tokens do not make us fetch keys again and again"
    assert places.calls.count("discovery") == 1


async def test_signatures_are_openssls_and_may_be_reversed(tmp_path: Path, keys: Keys) -> None:
    gost: Gost = keys.gost
    (key, public), (_, other) = keys.ours, keys.esia
    plain = OpensslSigner(str(key), str(public))
    turned = OpensslSigner(str(key), str(public), own_reversed=True, token_reversed=True)
    data = "запрос".encode() * 1000
    signature, reversed_signature = await asyncio.gather(plain.sign(data), turned.sign(data))
    assert len(signature) == len(reversed_signature) == 64
    assert gost.holds(public, data, signature)
    assert not gost.holds(public, data, reversed_signature)
    assert gost.holds(public, data, reversed_signature[::-1])
    assert await plain.verify(data, signature)
    assert await turned.verify(data, reversed_signature)
    assert not await plain.verify(data, reversed_signature)
    assert not await plain.verify(data + b"x", signature)
    assert not await plain.verify(data, signature[:63])
    assert not await OpensslSigner(str(key), str(other)).verify(data, signature)
    with pytest.raises(Unavailable):
        await OpensslSigner(str(tmp_path / "none.pem"), str(public)).sign(data)


async def test_a_signer_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "openssl"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr("platform_api.sign_in.gost.SECONDS", 0.2)
    with pytest.raises(Unavailable, match="too long"):
        await OpensslSigner("key", "public", openssl=str(slow)).sign(b"x")


def test_providers_of_the_same_id_are_refused() -> None:
    for ids in (["vk", "vk"], ["providers"], ["arrival"]):
        providers = [{"kind": "vk", "id": each, "client_id": "x"} for each in ids]
        config = msgspec.convert({"providers": providers}, SignInConfig)
        with pytest.raises(ConfigError, match=r"api\.sign_in\.providers"):
            Registry(config, lambda: pytest.fail("no clock is needed"), lambda: 0.0)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"sign_in": {"providers": [{"kind": "vk", "client_id": "x", "hostt": "y"}]}}, ApiConfig)


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("/classes/1?tab=people#x", "/classes/1?tab=people#x"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("/api/v1/me", "/"),
        ("", "/"),
    ],
)
def test_one_goes_back_to_our_own_pages_only(asked: str, kept: str) -> None:
    assert safe_path(asked) == kept


@pytest.mark.parametrize(
    ("text", "day"), [("03.04.1988", "1988-04-03"), ("3.4", None), ("", None), ("31.02.2000", None)]
)
def test_birthdays_as_they_come(text: str, day: str | None) -> None:
    found = read_birthday(text)
    assert (None if found is None else found.isoformat()) == day


async def test_somebody_who_was_deactivated_does_not_come_in_by_another_door(world: World) -> None:
    await link(world, "vk")
    async with world.parts.db.write() as conn:
        await conn.exec_driver_sql(f"UPDATE people SET deactivated_at = 1 WHERE login = '{TEACHER_5_7}'")
    page = await world.page()
    assert await through(page, "vk") == "/sign-in?problem=wrong_credentials"
    assert (await page.call("GET", "/me")).status == 401
