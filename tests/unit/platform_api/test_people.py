"""Passwords, the slowing down of guesses, logins, addresses."""

from __future__ import annotations

import argon2
import pytest
from aiohttp.test_utils import make_mocked_request

from platform_api.config import ConfigError
from platform_api.errors import Busy
from platform_api.people import passwords as passwords_module
from platform_api.people.passwords import Passwords
from platform_api.people.rules import fold_login, new_token, token_hash
from platform_api.people.throttle import FORGET_AFTER, FREE_TRIES, LONGEST_WAIT, Throttle
from platform_api.proxies import address_of, is_secure, networks
from platform_api.schools.rules import Member, class_order, name_order


async def test_hashes_are_argon2id_of_the_costs_we_state(
    costs: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, real in costs.items():
        monkeypatch.setattr(passwords_module, name, real)
    passwords = Passwords()
    stored = await passwords.hash("Пароль-1")
    parameters = argon2.extract_parameters(stored)
    assert parameters.type is argon2.Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19 * 1024, 2, 1)
    assert stored != await passwords.hash("Пароль-1"), "each has a salt of its own"
    assert await passwords.verify(stored, "Пароль-1")
    assert not await passwords.verify(stored, "пароль-1")
    assert not await passwords.verify(None, "no person has this password"), "nobody signs in as nobody"
    assert not await passwords.verify("not a hash", "x")
    assert not passwords.outdated(stored)
    assert passwords.outdated(argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))
    passwords.close()


async def test_composed_and_separate_letters_are_one_password() -> None:
    passwords = Passwords()
    stored = await passwords.hash("\u0439\u043e\u0434")
    assert await passwords.verify(stored, "\u0438\u0306\u043e\u0434")
    passwords.close()


async def test_too_many_sign_ins_at_once_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords_module, "MAX_WAITING", 0)
    passwords = Passwords()
    with pytest.raises(Busy) as refused:
        await passwords.verify(None, "x")
    assert refused.value.response().headers["Retry-After"] == "2"
    passwords.close()


def test_the_eleventh_waits_and_each_further_one_longer() -> None:
    throttle = Throttle()
    now = 0.0
    for _ in range(FREE_TRIES):
        assert throttle.begin("vera", "192.0.2.1", now) == 0.0
    waits = []
    for _ in range(7):
        wait = throttle.begin("vera", "192.0.2.1", now)
        assert throttle.begin("vera", "192.0.2.1", now + wait / 2) == pytest.approx(wait / 2), (
            "asking does not prolong it"
        )
        now += wait
        assert throttle.begin("vera", "192.0.2.1", now) == 0.0
        waits.append(wait)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
    assert throttle.begin("vera", "192.0.2.2", now) == 0.0, "another address"
    assert throttle.begin("nina", "192.0.2.1", now) == 0.0, "another login"


def test_a_right_password_and_time_clear_the_count() -> None:
    throttle = Throttle()
    for _ in range(FREE_TRIES):
        throttle.begin("vera", "192.0.2.1", 0.0)
    throttle.succeeded("vera", "192.0.2.1")
    assert [throttle.begin("vera", "192.0.2.1", 0.0) for _ in range(FREE_TRIES)] == [0.0] * FREE_TRIES
    assert throttle.begin("vera", "192.0.2.1", 0.0) > 0.0
    assert throttle.begin("vera", "192.0.2.1", FORGET_AFTER) == 0.0
    assert len(throttle) == 1


def test_a_try_that_was_not_looked_at_does_not_count() -> None:
    throttle = Throttle()
    for _ in range(3 * FREE_TRIES):
        assert throttle.begin("vera", "192.0.2.1", 0.0) == 0.0
        throttle.withdrawn("vera", "192.0.2.1")


def test_memory_is_bounded() -> None:
    throttle = Throttle(max_entries=100)
    for number in range(1000):
        throttle.begin(f"login-{number}", "192.0.2.1", float(number))
    assert len(throttle) == 100


def test_one_line_is_one_address() -> None:
    throttle = Throttle()
    for number in range(FREE_TRIES):
        throttle.begin("vera", f"2001:db8:1:2::{number:x}", 0.0)
    assert throttle.begin("vera", "2001:db8:1:2:ffff::1", 0.0) > 0.0
    assert throttle.begin("vera", "2001:db8:1:3::1", 0.0) == 0.0
    for number in range(FREE_TRIES):
        throttle.begin("vera", "::ffff:192.0.2.1" if number % 2 else "192.0.2.1", 0.0)
    assert throttle.begin("vera", "192.0.2.1", 0.0) > 0.0


def test_logins_and_tokens() -> None:
    assert fold_login("  Vera.BERESTOVA\t") == "vera.berestova"
    assert fold_login("ＶＥＲＡ") == "vera"
    assert new_token() != new_token()
    assert len(token_hash("\udcff" + new_token())) == 32


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "10.0.0.1", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "not an address", "not an address"),
    ],
)
def test_only_believed_proxies_say_where_a_request_comes_from(peer: str, forwarded: str, seen: str) -> None:
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"} if forwarded else {}
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=peer)
    proxies = networks("trusted_proxies", ["10.0.0.0/8"])
    assert address_of(request, proxies) == seen
    assert is_secure(request, proxies, "") == (bool(forwarded) and peer.startswith("10."))


def test_a_network_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match=r"api\.trusted_proxies: .*10\.0\.0\.300"):
        networks("trusted_proxies", ["10.0.0.300/8"])


def test_order_of_classes_and_names() -> None:
    assert sorted(["10А", "Кружок", "5Б", "9В", "5А"], key=class_order) == ["5А", "5Б", "9В", "10А", "Кружок"]
    assert sorted(["Жуков", "Ёлкин", "Яшин", "Егоров"], key=name_order) == ["Егоров", "Ёлкин", "Жуков", "Яшин"]
    assert Member("1", "x", "student") != Member("1", "x", "teacher")
