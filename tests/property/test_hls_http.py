"""Request heads of the origin: any bytes, and what they mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hls.blocking import Wanted, directives
from hls.errors import RequestRefused
from hls.http import accepts_gzip, byte_range, parse, parse_fields

T = TypeVar("T")
TOKEN = "!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz"
names = st.text(TOKEN, min_size=1, max_size=20)
values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f").filter(
    lambda c: not 0x7F <= ord(c) <= 0x9F), max_size=40)  # fmt: skip
spaces = st.sampled_from(["", " ", "\t", "  \t "])
FIELDS_READ = {"host", "connection", "accept-encoding", "range", "if-range", "content-length", "transfer-encoding"}


def outcome(function: Callable[..., T], *args: Any) -> T | RequestRefused:
    """What it returns, or the refusal."""
    try:
        return function(*args)
    except RequestRefused as error:
        return error


def letters_of_any_case(name: str) -> st.SearchStrategy[str]:
    """The same name, written as some client writes it."""
    return st.lists(st.booleans(), min_size=len(name), max_size=len(name)).map(
        lambda big: "".join(c.upper() if up else c for c, up in zip(name, big, strict=True))
    )


@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_or_refused(data: bytes) -> None:
    for block in (data, data + b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n" + data + b"\r\n\r\n"):
        request = outcome(parse, block)
        assert not isinstance(request, RequestRefused) or 400 <= request.status < 600


@given(st.text("GETHADPOSTRC /*%?=&.:abc\r\n\tHTTP/1.01", max_size=120))
def test_nearly_a_request(text: str) -> None:
    request = outcome(parse, text.encode() + b"\r\nHost: x\r\n\r\n")
    if isinstance(request, RequestRefused):
        return
    assert request.method in {b"GET", b"HEAD", b"OPTIONS"}
    assert request.target.startswith(b"/") or request.target == b"*"
    assert not {b" ", b"\r", b"\n"} & {bytes([byte]) for byte in request.target}


@given(
    st.lists(st.tuples(names.filter(lambda n: n.lower() not in FIELDS_READ), spaces, values), max_size=10),
    letters_of_any_case("host"),
    letters_of_any_case("accept-encoding"),
    letters_of_any_case("range"),
    st.integers(0, 10),
)
def test_fields_among_others(
    others: list[tuple[str, str, str]], host: str, coding: str, ranged: str, place: int
) -> None:
    lines = [f"{name}:{space}{value}{space}" for name, space, value in others]
    lines[place:place] = [f"{host}: origin.example", f"{coding}:gzip", f"{ranged}: bytes=1-2 "]
    head = parse_fields("".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1"))
    assert head.gzip and head.range == b"bytes=1-2" and head.keep_alive and not head.plain


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_ranges_are_slices(size: int, first: int, last: int) -> None:
    body = bytes(range(256))[:size] * 2
    for text, expected in (
        (f"bytes={first}-{last}", body[first : last + 1] if first <= last else None),
        (f"bytes={first}-", body[first:]),
        (f"bytes=-{last}", body[-last:] if last else b""),
    ):
        found = outcome(byte_range, text.encode(), len(body))
        if isinstance(found, RequestRefused):
            assert found.status == 416 and found.size == len(body)
            assert expected == b""
        else:
            assert (None if found is None else body[slice(*found)]) == expected


@given(st.text(max_size=40))
def test_other_ranges_are_ignored(text: str) -> None:
    found = outcome(byte_range, text.encode(), 100)
    if isinstance(found, RequestRefused):
        assert found.status == 416
    else:
        assert found is None or 0 <= found[0] < found[1] <= 100


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("gzip", True), ("gzip, deflate, br, zstd", True), ("br;q=1.0, gzip;q=0.8, *;q=0.1", True), ("*", True),
        ("GZIP ; Q=0.5", True), ("x-gzip", True), ("", False), ("identity", False), ("br", False), ("gzip;q=0", False),
        ("gzip;q=0.000, *", False), ("*;q=0", False), ("gzip;q=2", False), ("gzipped", False),
    ],
)  # fmt: skip
def test_gzip_is_accepted(value: str, expected: bool) -> None:
    assert accepts_gzip(value.encode()) is expected


@given(st.binary(max_size=60))
def test_any_query(query: bytes) -> None:
    for text in (query, b"_HLS_msn=" + query, b"_HLS_msn=5&" + query, b"_HLS_part=" + query):
        wanted = outcome(directives, text)
        if isinstance(wanted, RequestRefused):
            assert wanted.status == 400
        else:
            assert wanted is None or wanted.msn >= 0


@given(st.integers(0, 10**9), st.integers(0, 99) | st.none(), st.lists(st.tuples(names, names), max_size=3))
def test_directives_among_other_parameters(msn: int, part: int | None, others: list[tuple[str, str]]) -> None:
    pieces = [f"{name}={value}".replace("%", "").replace("&", "") for name, value in others]
    pieces.insert(len(pieces) // 2, f"_HLS_msn={msn}")
    if part is not None:
        pieces.insert(0, f"%5FHLS_part={part}")
    assert directives("&".join(pieces).encode()) == Wanted(msn, part)
