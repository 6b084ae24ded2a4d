"""The rules of an LL-HLS origin (RFC 8216bis 6.2 and Apple's authoring specification 14), one function a number.

Each takes a `Watched`, what a player saw of a live broadcast, or a `Client` to ask with, and raises `AssertionError`.
They hold for any origin; what only ours promises has its own tests.
"""

from __future__ import annotations

import asyncio
import gzip
import math
import time
from dataclasses import dataclass
from itertools import pairwise

from tests.conformance.client import Client, SegmentSeen, Snapshot

ROUNDING = 0.001
"""Seconds lost by writing durations as decimals."""
JITTER = 0.6
"""Share of PART-TARGET by which an encoder on a busy machine may be late."""


@dataclass
class Watched:
    """Versions of a playlist, in the order in which they came."""

    versions: list[Snapshot]

    @property
    def part_target(self) -> float:
        """PART-TARGET."""
        return float(self.versions[0].parsed.part_inf.part_target)

    @property
    def target(self) -> int:
        """EXT-X-TARGETDURATION."""
        return int(self.versions[0].parsed.target_duration)

    @property
    def segments(self) -> dict[int, SegmentSeen]:
        """Each whole segment with its parts, as it was listed first."""
        found: dict[int, SegmentSeen] = {}
        for version in self.versions:
            for segment in version.whole:
                found.setdefault(segment.msn, segment)
        return found


async def watch(client: Client, seconds: float) -> Watched:
    """Follows the broadcast as a player does, for so long."""
    await client.open()
    return Watched(await client.follow(seconds))


def rule_1(watched: Watched) -> None:
    """Parts last at most PART-TARGET and at least 85% of it, except a segment's last; the targets never change."""
    for segment in watched.segments.values():
        for part in segment.parts:
            assert part.duration <= watched.part_target + ROUNDING, part
            if part.index != len(segment.parts) - 1:
                assert part.duration >= 0.85 * watched.part_target - ROUNDING, part
        if segment.parts:
            parts = sum(part.duration for part in segment.parts)
            assert segment.duration is not None
            assert abs(parts - segment.duration) < ROUNDING * len(segment.parts), segment
    constants = {
        (v.parsed.target_duration, v.parsed.part_inf.part_target, v.parsed.server_control.part_hold_back)
        for v in watched.versions
        if not v.ended
    }
    assert len(constants) == 1, constants


def rule_2(watched: Watched) -> None:
    """PART-HOLD-BACK and HOLD-BACK are at least three times their target."""
    control = watched.versions[0].parsed.server_control
    assert control.part_hold_back >= 3 * watched.part_target - ROUNDING
    assert control.hold_back >= 3 * watched.target - ROUNDING


async def rule_3(client: Client, watched: Watched, segment_seconds: float = 4.0) -> None:
    """Segments are as long as they should be and begin with a keyframe; media is as long as the playlist says."""
    segments = [segment for segment in watched.segments.values() if not segment.gap]
    for segment, following in pairwise(segments):
        assert segment.duration is not None
        assert round(segment.duration) <= watched.target, segment
        if following.msn == segment.msn + 1 and not following.tagged:
            assert abs(segment.duration - segment_seconds) < 0.26 * segment_seconds, segment
    for segment in watched.versions[-1].whole[-3:]:
        if segment.gap:
            continue
        if segment.parts:
            assert segment.parts[0].independent, segment
        assert segment.uri is not None and segment.duration is not None
        media = await client.media_of(segment, segment.uri)
        assert media.leading.begins_with_keyframe, segment
        assert abs(media.leading.end - media.leading.start - segment.duration) < 0.05, (media.leading, segment)
    for segment in watched.versions[-1].segments:
        for part in segment.parts:
            track = (await client.media_of(segment, part.uri)).leading
            assert abs(track.end - track.start - part.duration) < 0.05, (part, track)
            assert track.begins_with_keyframe == part.independent, part


async def rule_4(client: Client) -> None:
    """`_HLS_msn` waits for the segment, with `_HLS_part` for that part; past a segment's last is the next."""
    now = await client.playlist()
    msn, part = now.edge
    by_part, by_segment, past_last = await asyncio.gather(
        client.playlist(msn, part), client.playlist(msn), client.playlist(now.last_msn, 99)
    )
    assert has(by_part, msn, part), (msn, part, by_part.edge)
    assert by_segment.last_msn >= msn, (msn, by_segment.last_msn)
    assert has(past_last, now.last_msn + 1, 0), (now.last_msn, past_last.edge)


def has(snapshot: Snapshot, msn: int, part: int) -> bool:
    """Whether a playlist lists that part or something later."""
    return (msn, part) < snapshot.edge or snapshot.last_msn >= msn


async def rule_5(client: Client) -> None:
    """Directives out of range are refused at once; an old segment number brings the full playlist at once."""
    now = await client.playlist()
    limit = math.ceil(3 / now.parsed.part_inf.part_target) if now.parsed.part_inf.part_target < 1 else 3
    for text in (
        "_HLS_part=0",
        f"_HLS_msn={now.last_msn + 4}",
        f"_HLS_msn={now.last_msn + 1}&_HLS_part={now.edge[1] + limit + 8}",
        "_HLS_msn=abc",
        "_HLS_msn=-1",
        "_HLS_msn=1&_HLS_msn=2",
        "_HLS_msn=1&_HLS_part=x",
        f"_HLS_msn={10**30}",
    ):
        reply = await client.get(f"{client.media}?{text}")
        assert reply.status == 400, (text, reply.status)
        assert reply.age <= 1, (text, reply.headers)
    old = await client.playlist(int(now.parsed.media_sequence))
    assert old.parsed.media_sequence >= now.parsed.media_sequence
    assert old.whole, old.text
    assert old.reply.at - old.reply.asked < now.parsed.part_inf.part_target, "an old number made it wait"


async def rule_5_blocked(client: Client, msn: int, part: int) -> None:
    """What does not come within three target durations is a 503, never an unchanged playlist. For a silent source."""
    now = await client.playlist()
    reply = await client.get(f"{client.media}?_HLS_msn={msn}&_HLS_part={part}")
    assert reply.status == 503, reply.status
    waited = reply.at - reply.asked
    assert 2.5 * now.parsed.target_duration <= waited <= 4 * now.parsed.target_duration + 1, waited


async def rule_6(client: Client) -> None:
    """After EXT-X-ENDLIST every directive is ignored."""
    for text in ("_HLS_msn=0", "_HLS_msn=999999", "_HLS_part=1", "_HLS_msn=x", "_HLS_msn=1&_HLS_part=99"):
        snapshot = Snapshot(await client.get(f"{client.media}?{text}", timeout=5))
        assert snapshot.ended, text
    ended = await client.playlist()
    assert ended.ended and ended.hint is None
    assert not ended.parts


def rule_7(watched: Watched) -> None:
    """Parts come every PART-TARGET, segments within 1.5 x TARGETDURATION; a live playlist holds 3 x TARGETDURATION."""
    live = [version for version in watched.versions if not version.ended]
    assert len(live) > 2, "too little was seen"
    for before, after in pairwise(live[1:]):
        assert after.edge > before.edge, "a version without anything new"
        news = after.reply.at - before.reply.at
        assert news <= watched.part_target * (1 + JITTER) + 0.2, f"{news:.2f} s without a new part"
    segment_at = [live[1].reply.at]
    for before, after in pairwise(live):
        if after.last_msn > before.last_msn:
            segment_at.append(after.reply.at)
    for earlier, later in pairwise(segment_at):
        assert later - earlier <= 1.5 * watched.target + 0.2, f"{later - earlier:.2f} s without a new segment"
    for version in live:
        assert version.duration >= 3 * watched.target - 0.01, version.duration


async def rule_8(client: Client, watched: Watched) -> None:
    """Parts are listed for 3 x TARGETDURATION and can be had for as long again; segments as long as any playlist that
    listed them."""
    for version in watched.versions:
        behind = 0.0
        for segment in reversed(version.segments):
            if segment.parts and segment.uri is not None:
                assert behind <= 3 * watched.target + ROUNDING, f"{segment.msn} still lists its parts"
            behind += segment.length
    newest = await client.playlist()
    newest_end = sum(segment.length for segment in newest.segments)
    assert newest_end
    for version in watched.versions:
        age = time.monotonic() - version.reply.at
        if age <= 3 * watched.target:
            for part in version.parts:
                assert (await client.get(part.uri)).status == 200, part
        if age <= version.duration:
            for segment in version.whole:
                if segment.uri and not segment.gap:
                    assert (await client.get(segment.uri)).status == 200, segment


async def rule_9(client: Client) -> None:
    """One hint; the hinted part waits and then comes whole; what is neither listed nor hinted is not found."""
    now = await client.playlist()
    assert now.text.count("#EXT-X-PRELOAD-HINT:") == 1
    assert now.parsed.preload_hint.hint_type == "PART"
    hinted, after = await asyncio.gather(client.fetch_hinted(now), client.playlist(*now.edge))
    assert hinted.status == 200, hinted.status
    assert now.hint in {part.uri for part in after.parts}
    again = await client.get(str(now.hint))
    assert again.body == hinted.body
    assert int(hinted.headers["content-length"]) == len(hinted.body)
    msn, part = after.edge
    for uri in (
        f"part-{msn + 50}.0.m4s",
        f"part-{msn}.{part + 20}.m4s",
        f"seg-{msn + 50}.m4s",
        "init-999.mp4",
        "other",
    ):
        assert (await client.get(uri)).status == 404, uri


async def rule_11(client: Client, watched: Watched) -> None:
    """Renditions agree, and date all they list."""
    parsed = await client.open()
    snapshots = []
    for rendition in parsed.playlists:
        reply = await client.get(rendition.uri)
        snapshots.append(Snapshot(reply))
        assert rendition.stream_info.codecs
        assert rendition.stream_info.bandwidth >= rendition.stream_info.average_bandwidth > 0
    controls = {
        (
            s.parsed.target_duration,
            s.parsed.server_control.hold_back,
            s.parsed.server_control.part_hold_back,
            s.parsed.server_control.can_block_reload,
        )
        for s in snapshots
    }
    assert len(controls) == 1
    reports = [s.text.count("#EXT-X-RENDITION-REPORT") for s in snapshots]
    assert reports == [len(snapshots) - 1] * len(snapshots)
    for version in [*watched.versions, *snapshots]:
        dates = [line for line in version.text.splitlines() if line.startswith("#EXT-X-PROGRAM-DATE-TIME:")]
        assert len(dates) == len(version.segments)
        for segment, following in pairwise(version.segments):
            if not following.tagged and not segment.gap:
                assert segment.date is not None and following.date is not None
                assert abs(segment.date + segment.length - following.date) < 0.3, (segment, following)
    numbers: dict[int, int] = {}
    for version in watched.versions:
        for segment in version.segments:
            assert numbers.setdefault(segment.msn, segment.discontinuity) == segment.discontinuity, segment


async def rule_12(client: Client, watched: Watched) -> None:
    """Versions are whole: what was listed once stays as it was, what is listed is there, gzipped text says the same,
    and a change of encoding is a discontinuity."""
    facts: dict[str, object] = {}
    for before, after in pairwise(watched.versions):
        assert after.parsed.media_sequence >= before.parsed.media_sequence
        assert (after.parsed.discontinuity_sequence or 0) >= (before.parsed.discontinuity_sequence or 0)
    for version in watched.versions:
        for segment in version.whole:
            fact = (segment.msn, segment.duration, segment.date, segment.gap, segment.map)
            assert facts.setdefault(str(segment.uri), fact) == fact
        for part in version.parts:
            assert facts.setdefault(part.uri, part) == part
        for segment, following in pairwise(version.segments):
            if segment.map != following.map and not segment.gap and not following.gap:
                assert following.discontinuity > segment.discontinuity, following
    newest = await client.playlist()
    for segment in newest.segments:
        for part in segment.parts:
            assert (await client.get(part.uri)).status == 200, part
        if segment.uri and not segment.gap:
            assert (await client.get(segment.uri)).status == 200, segment
    plain, zipped = await asyncio.gather(client.get(client.media), client.get(client.media, Accept_Encoding="gzip"))
    assert zipped.headers.get("content-encoding") == "gzip"
    assert "accept-encoding" in zipped.headers["vary"].lower()
    unzipped = gzip.decompress(zipped.body)
    assert unzipped.startswith(b"#EXTM3U") and abs(len(unzipped) - len(plain.body)) < 400
    assert "content-encoding" not in plain.headers


async def rule_13(client: Client) -> None:
    """How long each may be kept, and that a viewer's token changes nothing."""
    now = await client.playlist()
    assert 0 <= now.reply.age <= 1, now.reply.headers
    blocked = await client.playlist(*now.edge)
    assert blocked.reply.age == 6 * now.parsed.target_duration
    for uri in (now.whole[-1].uri, now.parts[-1].uri, now.whole[-1].map):
        reply = await client.get(str(uri))
        assert reply.age >= 3600 and "immutable" in reply.headers["cache-control"], (uri, reply.headers)
    assert 0 <= (await client.get("nothing-here.m4s")).age <= 1
    msn, part = blocked.edge
    one, other = await asyncio.gather(
        client.get(f"{client.media}?_HLS_msn={msn}&_HLS_part={part}&token=one"),
        client.get(f"{client.media}?token=two&_HLS_msn={msn}&_HLS_part={part}"),
    )
    assert one.status == other.status == 200
    assert one.body == other.body


async def rule_14(client: Client) -> None:
    """Every page may read everything."""
    now = await client.playlist()
    for uri in (client.master, client.media, now.parts[-1].uri, now.whole[-1].uri, now.whole[-1].map, "nothing-here"):
        for method in ("GET", "HEAD", "OPTIONS"):
            reply = await client.get(
                str(uri), method=method, Origin="https://school.example", Access_Control_Request_Method="GET"
            )
            assert reply.headers.get("access-control-allow-origin") == "*", (method, uri)
            if method != "GET":
                assert not reply.body
    preflight = await client.get(client.media, method="OPTIONS", Access_Control_Request_Headers="range")
    assert preflight.status in {200, 204}
    assert "range" in preflight.headers["access-control-allow-headers"].lower()


async def rule_14_ranges(client: Client) -> None:
    """Byte ranges of a recording's segments."""
    await client.open()
    recording = await client.playlist()
    assert recording.ended
    segment = recording.whole[0]
    whole = await client.get(str(segment.uri))
    size = len(whole.body)
    for text, expected in (
        ("bytes=0-99", whole.body[:100]),
        (f"bytes={size - 10}-", whole.body[-10:]),
        ("bytes=-7", whole.body[-7:]),
        (f"bytes=5-{size * 2}", whole.body[5:]),
    ):
        reply = await client.get(str(segment.uri), Range=text)
        assert reply.status == 206 and reply.body == expected, text
        assert reply.headers["content-range"].endswith(f"/{size}")
    assert (await client.get(str(segment.uri), Range=f"bytes={size}-")).status == 416
