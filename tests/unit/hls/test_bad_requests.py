"""What viewers may not do, each beside one who watches and notices nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hls.channel import Channel
from hls.origin import Limits, Origin
from tests.unit.hls.viewer import BROADCAST, HOST, MEDIA, Viewer, events, on_air, until, viewer

LIMITS = Limits(max_connections=8, max_request_bytes=2048, header_seconds=1, idle_seconds=60, drain_seconds=2)


@pytest_asyncio.fixture
async def origin() -> AsyncIterator[Origin]:
    """An origin with a broadcast, and limits that are soon reached."""
    made = Origin(LIMITS)
    await made.start("127.0.0.1", 0)
    on_air(made)
    yield made
    await made.close()


def publish(origin: Origin, msn: int) -> None:
    """The broadcast goes on."""
    channel = origin.channels[BROADCAST]
    assert isinstance(channel, Channel)
    channel.publish(events(range(msn, msn + 1)))


@pytest_asyncio.fixture
async def watching(origin: Origin) -> AsyncIterator[Viewer]:
    """Somebody who watches; at the end the origin still answers as it should."""
    async with viewer(origin) as one:
        answer = await one.get(MEDIA)
        assert answer.status == 200
        yield one
    async with viewer(origin) as another:
        assert (await another.get(MEDIA)).body.startswith(b"#EXTM3U")


REFUSED = [
    ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "not_http"),
    ("\x00\x00\x00\x00", 400, "not_http"),
    ("SSH-2.0-OpenSSH_9.2\r\n\r\n", 400, "request_line"),
    ("GET /\r\n\r\n", 400, "request_line"),
    ("GET / HTTP/1.1\nHost: x\n\n", 400, "request_line"),
    (f"GET  {MEDIA} HTTP/1.1\r\n{HOST}\r\n", 400, "request_line"),
    (f"GET {MEDIA} HTTP/2.0\r\n{HOST}\r\n", 505, "version"),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "version"),
    (f"BREW {MEDIA} HTTP/1.1\r\n{HOST}\r\n", 501, "method_unknown"),
    (f"POST {MEDIA} HTTP/1.1\r\n{HOST}Content-Length: 3\r\n\r\nabc", 405, "method"),
    (f"CONNECT origin.example:443 HTTP/1.1\r\n{HOST}\r\n", 405, "method"),
    (f"GET * HTTP/1.1\r\n{HOST}\r\n", 400, "target"),
    (f"GET live/x HTTP/1.1\r\n{HOST}\r\n", 400, "target"),
    (f"GET {MEDIA} HTTP/1.1\r\n\r\n", 400, "host"),
    (f"GET {MEDIA} HTTP/1.1\r\n{HOST}{HOST}\r\n", 400, "field_twice_host"),
    (f"GET {MEDIA} HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "host"),
    (f"GET {MEDIA} HTTP/1.1\r\n{HOST}Folded: a\r\n b\r\n\r\n", 400, "fields"),
    (f"GET {MEDIA} HTTP/1.1\r\n{HOST}Space : a\r\n\r\n", 400, "fields"),
    (f"GET {MEDIA} HTTP/1.1\r\n{HOST}Null: a\x00b\r\n\r\n", 400, "fields"),
    (f"GET {MEDIA} HTTP/1.1\r\n{HOST}Content-Length: 5\r\n\r\nhello", 413, "body"),
    (f"GET {MEDIA} HTTP/1.1\r\n{HOST}Content-Length: +0\r\n\r\n", 400, "content_length"),
    (f"GET {MEDIA} HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501, "transfer_encoding"),
    (
        f"GET {MEDIA} HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        400,
        "transfer_encoding",
    ),
    (f"GET {MEDIA} HTTP/1.1\r\n{HOST}" + "X: y\r\n" * 100 + "\r\n", 431, "fields_many"),
    (f"GET {MEDIA} HTTP/1.1\r\n{HOST}X: {'y' * 4000}\r\n\r\n", 431, "head_long"),
    (f"GET /{'x' * 5000} HTTP/1.1\r\n{HOST}\r\n", 414, "target_long"),
    ("x" * 5000, 414, "target_long"),
]


@pytest.mark.parametrize(
    ("text", "status", "cause"), REFUSED, ids=[f"{s}-{c}-{i}" for i, (_, s, c) in enumerate(REFUSED)]
)
async def test_refused_and_closed(origin: Origin, watching: Viewer, text: str, status: int, cause: str) -> None:
    async with viewer(origin) as bad:
        bad.say(text)
        answer = await bad.answer()
        assert (answer.status, answer.cause) == (status, cause)
        assert answer.fields["Connection"] == "close"
        assert await bad.ended() == b""
    assert origin.counts.refused[status, cause] == 1
    assert (await watching.get(MEDIA)).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/live",
        "/live/",
        f"/live/{BROADCAST}",
        f"/live/{BROADCAST}/",
        f"/live/{BROADCAST}/../{BROADCAST}/video.m3u8",
        f"/live/{BROADCAST}/..%2f..%2fetc%2fpasswd",
        "/live/../../../../etc/passwd",
        "/live/..%2f..%2f..%2fetc/passwd",
        f"//live/{BROADCAST}/video.m3u8",
        f"/live//{BROADCAST}/video.m3u8",
        f"/live/{BROADCAST}/video.m3u8/",
        f"/live/{BROADCAST}/VIDEO.M3U8",
        f"/live/{BROADCAST}/recording.jsonl",
        f"/live/{BROADCAST}/seg-00.m4s",
        f"/live/{BROADCAST}/seg-99.m4s",
        f"/live/{BROADCAST}/part-0.9.m4s",
        f"/live/{BROADCAST}\\video.m3u8",
        "/live/other/video.m3u8",
        f"/live/{BROADCAST}/%00",
        f"/live/{BROADCAST}/\x7e\x7e",
    ],
)
async def test_nothing_there(origin: Origin, watching: Viewer, path: str) -> None:
    answer = await watching.get(path)
    assert (answer.status, answer.cause) == (404, "not_found")
    assert answer.fields["Cache-Control"] == "max-age=1"
    assert answer.fields["Access-Control-Allow-Origin"] == "*"
    assert (await watching.get(MEDIA)).status == 200, "the connection stays"


@pytest.mark.parametrize(
    "query",
    [
        "_HLS_part=0",
        "_HLS_msn=6",
        "_HLS_msn=99999999999999999999",
        "_HLS_msn=-1",
        "_HLS_msn=1.5",
        "_HLS_msn=",
        "_HLS_msn=0x4",
        "_HLS_msn=4&_HLS_msn=4",
        "_HLS_msn=4&_HLS_part=3",
        "_HLS_msn=4&_HLS_part=999",
        "_HLS_msn=5&_HLS_part=0",
        "_HLS_msn=4&_HLS_part=",
        "%5fHLS_msn=99",
        "_HLS_msn=%39%39",
    ],
)
async def test_directives_out_of_range(watching: Viewer, query: str) -> None:
    answer = await watching.get(f"{MEDIA}?{query}")
    assert answer.status == 400
    assert answer.fields["Cache-Control"] == "max-age=1"
    assert (await watching.get(MEDIA)).status == 200


async def test_slow_heads_are_given_up(origin: Origin, watching: Viewer) -> None:
    async with viewer(origin) as silent, viewer(origin) as slow:
        slow.say("GET ")
        for letter in MEDIA * 100:
            slow.say(letter)
            await asyncio.sleep(0.1)
            if origin.counts.refused[408, "head_slow"]:
                break
        answer = await slow.answer()
        assert (answer.status, answer.cause) == (408, "head_slow")
        assert await silent.ended() == b"", "who says nothing at all is sent away as well"
    assert (await watching.get(MEDIA)).status == 200


async def test_too_many_connections_are_told_so(origin: Origin, watching: Viewer) -> None:
    others = [Viewer(*await asyncio.open_connection("127.0.0.1", origin.port)) for _ in range(7)]
    for other in others:
        assert (await other.get(MEDIA)).status == 200
    more = [Viewer(*await asyncio.open_connection("127.0.0.1", origin.port)) for _ in range(20)]
    answer = await more[0].answer()
    assert (answer.status, answer.cause) == (503, "connections")
    assert answer.fields["Retry-After"] == "1"
    assert await more[0].ended() == b""
    # So many are not even told.
    assert await more[-1].ended() == b""
    for other in [watching, *others]:
        assert (await other.get(MEDIA)).status == 200
    for one in [*others, *more]:
        await one.close()
    await until(lambda: origin.counts.connections <= 1)


async def test_who_does_not_read_is_closed_and_holds_up_nobody(origin: Origin, watching: Viewer) -> None:
    origin.channels.clear()
    origin.lines.clear()
    on_air(origin, size=4 << 20)
    part = f"/live/{BROADCAST}/part-3.0.m4s"
    async with viewer(origin) as deaf:
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
        for _ in range(100):
            deaf.ask(part)
        async with asyncio.timeout(20):
            while not origin.counts.slow_closed:
                assert (await watching.get(MEDIA)).status == 200
                await asyncio.sleep(0.05)
    # What it asked for ahead was not even looked at.
    assert origin.counts.part < 5
    assert (await watching.get(part)).status == 200


async def test_requests_sent_ahead_are_answered_in_order(origin: Origin) -> None:
    names = ["part-0.0.m4s", "nothing", "seg-1.m4s", "part-2.3.m4s", "init-0.mp4"] * 5
    async with viewer(origin) as eager:
        eager.say("".join(f"GET /live/{BROADCAST}/{name} HTTP/1.1\r\n{HOST}\r\n" for name in names))
        bodies = [(await eager.answer()).body for _ in names]
    expected = [bytes([0, 0]) * 500, b"404 not_found\n", b"".join(bytes([1, i]) * 500 for i in range(4)),
                bytes([2, 3]) * 500, b"init" * 100]  # fmt: skip
    assert bodies == expected * 5


async def test_requests_behind_one_that_waits_come_after_it(origin: Origin) -> None:
    async with viewer(origin) as eager:
        eager.ask(f"/live/{BROADCAST}/part-4.0.m4s")
        eager.ask(f"/live/{BROADCAST}/part-0.1.m4s")
        await until(lambda: origin.counts.waiting)
        publish(origin, 4)
        assert (await eager.answer()).body[:2] == bytes([4, 0])
        assert (await eager.answer()).body[:2] == bytes([0, 1])


async def test_a_flood_behind_one_that_waits_is_not_kept(origin: Origin, watching: Viewer) -> None:
    async with viewer(origin) as flooding:
        flooding.ask(f"/live/{BROADCAST}/part-4.0.m4s")
        flooding.say(f"GET {MEDIA} HTTP/1.1\r\n{HOST}\r\n".encode() * 200_000)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await flooding.writer.drain()
        publish(origin, 4)
        assert (await flooding.answer()).body[:2] == bytes([4, 0])
        assert (await flooding.answer()).body.startswith(b"#EXTM3U")
        assert (await watching.get(MEDIA)).status == 200


async def test_gone_while_waiting(origin: Origin, watching: Viewer) -> None:
    for gently in (True, False):
        async with viewer(origin) as one:
            one.ask(f"{MEDIA}?_HLS_msn=4&_HLS_part=0")
            await until(lambda: origin.counts.waiting == 1)
            if gently:
                one.writer.write_eof()
            else:
                await one.close()
            await until(lambda: not origin.counts.waiting)
    publish(origin, 4)
    assert b"seg-4.m4s" in (await watching.get(MEDIA)).body


async def test_head_and_options(origin: Origin, watching: Viewer) -> None:
    got = await watching.get(MEDIA)
    head = await watching.get(MEDIA, method="HEAD")
    assert head.status == 200 and head.body == b""
    assert head.fields["Content-Length"] == str(len(got.body))
    preflight = await watching.get(MEDIA, "Origin: https://a\r\nAccess-Control-Request-Headers: range\r\n", "OPTIONS")
    assert preflight.status == 204
    assert "range" in preflight.fields["Access-Control-Allow-Headers"].lower()
    assert (await watching.get("*", method="OPTIONS")).status == 204
    waiting = watching.get(f"/live/{BROADCAST}/part-4.0.m4s", method="HEAD")
    asked = asyncio.ensure_future(waiting)
    await until(lambda: origin.counts.waiting)
    publish(origin, 4)
    assert (await asked).fields["Content-Length"] == "1000"
    assert (await watching.get(MEDIA)).status == 200


async def test_old_http_gets_one_answer(origin: Origin) -> None:
    for text in (f"GET {MEDIA} HTTP/1.0\r\n\r\n", f"GET {MEDIA} HTTP/1.1\r\n{HOST}Connection: Close\r\n\r\n"):
        async with viewer(origin) as old:
            old.say(text)
            answer = await old.answer()
            assert answer.status == 200 and answer.fields["Connection"] == "close"
            assert await old.ended() == b""


async def test_absolute_target_and_heads_in_pieces(origin: Origin) -> None:
    async with viewer(origin) as proxy:
        assert (await proxy.get(f"http://origin.example{MEDIA}")).body.startswith(b"#EXTM3U")
        for piece in ("\r\n\r\nGET ", MEDIA, " HTTP/1.1\r", "\nHost: x", "\r\n", "\r", "\n"):
            proxy.say(piece)
            await asyncio.sleep(0.01)
        assert (await proxy.answer()).body.startswith(b"#EXTM3U")


async def test_one_address_takes_no_more_than_its_share() -> None:
    origin = Origin(Limits(max_connections_per_address=2))
    await origin.start("127.0.0.1", 0)
    on_air(origin)
    async with viewer(origin) as first:
        async with viewer(origin) as second:
            assert [(await one.get(MEDIA)).status for one in (first, second)] == [200, 200]
            async with viewer(origin) as third:
                assert await third.ended() == b""
            assert origin.counts.refused[429, "connections_from_address"] == 1
            assert (await second.get(MEDIA)).status == 200, "the others notice nothing"
        await until(lambda: origin.counts.connections == 1)
        async with viewer(origin) as again:
            assert (await again.get(MEDIA)).status == 200
    await origin.close()


async def test_a_cache_of_ours_is_not_counted_by_address() -> None:
    origin = Origin(Limits(max_connections_per_address=1, proxies=("127.0.0.1",)))
    await origin.start("127.0.0.1", 0)
    on_air(origin)
    async with viewer(origin) as first, viewer(origin) as second:
        assert [(await one.get(MEDIA)).status for one in (first, second)] == [200, 200]
    await origin.close()


async def test_idle_connections_end() -> None:
    origin = Origin(Limits(idle_seconds=1))
    await origin.start("127.0.0.1", 0)
    on_air(origin)
    async with viewer(origin) as idle:
        assert (await idle.get(MEDIA)).status == 200
        assert await idle.ended() == b""
    await origin.close()
