"""One voice: Opus packets decoded and laid down at the times at which they were captured. No I/O.

Samples are numbered from the broadcast's beginning. Each packet is laid right behind the one before, as long as that is
about where it belongs; by how much it is off is made up by stretching a few samples a packet, which nobody hears. So
a clock that drifts, or a sender report that corrects an earlier guess, never makes a click.
"""

from __future__ import annotations

from collections import Counter

import av
import numpy as np
from av.packet import Packet
from numpy.typing import NDArray

RATE = 48_000
"""Samples a second."""
CHANNELS = 2
KEPT = 4 * RATE
"""Samples of the ring: how far ahead of the mixer a voice can be."""
RESYNC = RATE // 10
"""Samples a packet may be off until it is laid down where it belongs, with a gap or a cut."""
TOLERATED = RATE // 500
"""Samples off that are left alone."""
STRETCH = 12
"""Samples made up in a packet of 960 at most."""
CONCEALED = 3 * 960
"""Samples a loss is filled in at most; what is longer is silence."""
FADE = 120
"""Samples of a fade where sound begins or breaks off."""

Samples = NDArray[np.float32]
_FADE_OUT = np.linspace(1.0, 0.0, FADE, dtype=np.float32)[:, None]


class Voice:
    """One audio slot.

    Args:
        counts: takes `opus_broken`, `concealed`, `resynced` and `sound_late`.
    """

    def __init__(self, counts: Counter[str]) -> None:
        self._counts = counts
        self._ring: Samples = np.zeros((KEPT, CHANNELS), np.float32)
        self._decoder = _decoder()
        self._end: int | None = None
        self._next_timestamp: int | None = None
        self._last: Samples = np.zeros((0, CHANNELS), np.float32)

    @property
    def end(self) -> int | None:
        """The sample behind the last one that is laid down."""
        return self._end

    def push(self, payload: bytes, sample: int, timestamp: int, lost: int, mixed: int) -> None:
        """Takes a packet that was captured at `sample`. `timestamp`: what its publisher calls that. `lost`: packets
        missing before it. `mixed`: the first sample that has not been mixed yet."""
        block = self._decode(payload)
        if block is None:
            return
        follows = timestamp == self._next_timestamp
        self._next_timestamp = (timestamp + len(block)) & 0xFFFFFFFF
        if self._end is None or abs(sample - self._end) > RESYNC:
            self._begin(block, sample, mixed)
        elif follows or sample <= self._end:
            block = stretched(block, sample - self._end)
        elif lost > 0 and sample - self._end <= CONCEALED:
            self._conceal(sample - self._end, mixed)
            _fade_in(block)
        else:
            # The publisher sends nothing while it is silent.
            self._begin(block, sample, mixed)
        self._lay(block, mixed)
        self._last = block

    def take(self, first: int, count: int) -> Samples | None:
        """These samples, which will not be asked for again; None for silence."""
        if self._end is None or self._end <= first:
            return None
        at = first % KEPT
        if at + count <= KEPT:
            out = self._ring[at : at + count].copy()
            self._ring[at : at + count] = 0.0
            return out
        head = KEPT - at
        out = np.concatenate([self._ring[at:], self._ring[: count - head]])
        self._ring[at:] = 0.0
        self._ring[: count - head] = 0.0
        return out

    def _decode(self, payload: bytes) -> Samples | None:
        try:
            frames = self._decoder.decode(Packet(payload))
        except av.FFmpegError:
            self._counts["opus_broken"] += 1
            return None
        blocks = [frame.to_ndarray().reshape(-1, CHANNELS) for frame in frames]
        if not blocks:
            return None
        joined = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
        return joined.astype(np.float32) / np.float32(32768.0)

    def _begin(self, block: Samples, sample: int, mixed: int) -> None:
        """There is a hole in front of this block, or what was laid down is not to be followed."""
        if self._end is not None:
            self._counts["resynced"] += 1
            if sample < self._end:
                self._erase(max(sample, mixed), self._end)
            self._fade_out(min(self._end, sample), mixed)
        self._end = sample
        _fade_in(block)

    def _conceal(self, missing: int, mixed: int) -> None:
        """Fills a loss with what was heard last, dying away."""
        assert self._end is not None
        self._counts["concealed"] += 1
        if not len(self._last):
            self._end += missing
            return
        again = np.resize(np.concatenate([self._last[::-1], self._last]), (missing, CHANNELS))
        self._lay(again * np.linspace(1.0, 0.0, missing, dtype=np.float32)[:, None], mixed)

    def _lay(self, block: Samples, mixed: int) -> None:
        """Puts a block at the end, leaving out what the mixer has passed already."""
        assert self._end is not None
        first, last = self._end, self._end + len(block)
        self._end = last
        if first < mixed:
            self._counts["sound_late"] += 1
            block = block[mixed - first :]
            first = min(mixed, last)
        if last > mixed + KEPT:
            self._counts["sound_early"] += 1
            return
        at = first % KEPT
        head = min(len(block), KEPT - at)
        self._ring[at : at + head] = block[:head]
        self._ring[: len(block) - head] = block[head:]

    def _erase(self, first: int, last: int) -> None:
        for begin, end in _spans(first, last):
            self._ring[begin:end] = 0.0

    def _fade_out(self, end: int, mixed: int) -> None:
        """What breaks off here does so softly."""
        if end - FADE < mixed:
            return
        done = 0
        for begin, stop in _spans(end - FADE, end):
            self._ring[begin:stop] *= _FADE_OUT[done : done + stop - begin]
            done += stop - begin


def _fade_in(block: Samples) -> None:
    ramp = min(FADE, len(block))
    block[:ramp] *= np.linspace(0.0, 1.0, ramp, dtype=np.float32)[:, None]


def _spans(first: int, last: int) -> list[tuple[int, int]]:
    """Where these samples are in the ring: one piece, two, or none."""
    if last <= first:
        return []
    count = min(last - first, KEPT)
    at = first % KEPT
    if at + count <= KEPT:
        return [(at, at + count)]
    return [(at, KEPT), (0, at + count - KEPT)]


def stretched(block: Samples, off: int) -> Samples:
    """A block made a little longer (`off` > 0) or shorter, towards where it belongs."""
    if abs(off) <= TOLERATED or len(block) < 2 * STRETCH:
        return block
    most = max(1, STRETCH * len(block) // 960)
    count = len(block) + max(-most, min(most, off))
    at = np.linspace(0.0, len(block) - 1.0, count)
    before = np.arange(len(block))
    return np.stack([np.interp(at, before, block[:, c]) for c in range(CHANNELS)], axis=1).astype(np.float32)


def _decoder() -> av.AudioCodecContext:
    decoder = av.CodecContext.create("libopus", "r")
    assert isinstance(decoder, av.AudioCodecContext)
    decoder.sample_rate, decoder.layout, decoder.format = RATE, "stereo", "s16"
    return decoder
