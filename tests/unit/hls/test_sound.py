"""Voices on the timeline and in the mix."""

from __future__ import annotations

from collections import Counter

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hls.mixer import BLOCK, KNEE, Mixer, limited, media_time
from hls.voice import KEPT, RATE, Voice, stretched
from tests.unit.hls.talk import Microphone


def packets(count: int, tone: float = 500.0) -> list[bytes]:
    microphone = Microphone(0.0, tone=tone, always=True)
    return [data[12:] for data in microphone.step(count * 0.02 + 0.001)]


def taken(voice: Voice, seconds: float, begin: int = 0) -> NDArray[np.float32]:
    out = []
    for block in range(begin, begin + round(seconds * RATE / BLOCK)):
        samples = voice.take(block * BLOCK, BLOCK)
        out.append(samples if samples is not None else np.zeros((BLOCK, 2), np.float32))
    return np.concatenate(out)


def rms(samples: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(samples**2)))


def test_packets_are_laid_down_where_they_were_captured() -> None:
    voice = Voice(Counter())
    for number, payload in enumerate(packets(50)):
        voice.push(payload, 48_000 + number * 960, number * 960, 0, 0)
    sound = taken(voice, 3)
    assert rms(sound[:47_500]) < 0.001
    assert rms(sound[49_000:95_000]) > 0.15
    assert rms(sound[97_000:]) < 0.001


def test_a_loss_is_filled_in_softly() -> None:
    counts: Counter[str] = Counter()
    voice = Voice(counts)
    for number, payload in enumerate(packets(50)):
        if number not in {20, 21}:
            voice.push(payload, number * 960, number * 960, 2 if number == 22 else 0, 0)
    sound = taken(voice, 1)[:, 0]
    assert counts == {"concealed": 1}
    assert rms(sound[20 * 960 : 20 * 960 + 480]) > 0.05
    assert rms(sound[22 * 960 - 240 : 22 * 960]) < 0.05
    # No click: no step larger than those of the tone itself, by much.
    assert np.abs(np.diff(sound[:47_000])).max() < 4 * np.abs(np.diff(sound[:9600])).max() + 0.05


def test_what_comes_a_little_off_is_stretched_not_cut() -> None:
    counts: Counter[str] = Counter()
    voice = Voice(counts)
    for number, payload in enumerate(packets(100)):
        voice.push(payload, number * 960 + (0 if number < 20 else 600), number * 960, 0, 0)
    assert voice.end == pytest.approx(100 * 960 + 600, abs=110)
    assert not counts
    sound = taken(voice, 2)[:, 0]
    assert np.abs(np.diff(sound[960:])).max() < 0.05


def test_pauses_are_silence_and_what_was_mixed_is_not_overwritten() -> None:
    counts: Counter[str] = Counter()
    voice = Voice(counts)
    some = packets(10)
    for number, payload in enumerate(some):
        voice.push(payload, number * 960, number * 960, 0, 0)
    voice.push(some[5], 30_000, 30_000, 0, 0)
    voice.push(some[6], 31_200, 31_200, 0, 30_720)
    sound = taken(voice, 0.75)
    assert rms(sound[10 * 960 : 29_900]) < 0.001
    assert rms(sound[30_000:30_900]) > 0.05
    late = Voice(counts)
    late.push(some[5], 0, 0, 0, 48_000)
    assert counts["sound_late"] == 1
    assert late.take(48_000, BLOCK) is None


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 9), st.integers(-200_000, 300_000), st.integers(-1, 5)), min_size=1, max_size=30
    )
)
def test_no_order_of_packets_breaks_a_voice(steps: list[tuple[int, int, int]]) -> None:
    some = PACKETS
    voice = Voice(Counter())
    mixed = 0
    at = 48_000
    for which, off, lost in steps:
        at = max(0, at + off)
        voice.push(some[which] if which else b"\xff\xff", at, at if lost else 0, lost, mixed)
        samples = voice.take(mixed, BLOCK)
        assert samples is None or samples.shape == (BLOCK, 2)
        mixed += BLOCK
    rest = taken(voice, KEPT / RATE + 1, mixed // BLOCK)
    assert np.abs(rest).max() <= 1.1
    assert not voice._ring.any()


PACKETS = packets(10)


@given(off=st.integers(-100_000, 100_000), size=st.sampled_from([120, 480, 960, 2880]))
def test_stretching_is_bounded(off: int, size: int) -> None:
    block = np.ones((size, 2), np.float32)
    made = stretched(block, off)
    assert abs(len(made) - size) <= max(1, 12 * size // 960)
    assert made.min() == made.max() == 1.0


def test_peaks_are_bent_below_full_scale() -> None:
    ramp = np.linspace(-3, 3, 1000, dtype=np.float32)[:, None].repeat(2, axis=1)
    out = limited(ramp)
    assert np.abs(out).max() <= 1.0
    assert (np.diff(out[:, 0]) >= 0).all()
    quiet = np.abs(ramp) <= KNEE
    assert (out[quiet] == ramp[quiet]).all()


def test_the_mix_has_no_hole_and_is_aac_that_others_decode() -> None:
    mixer = Mixer(96, Counter())
    mixer.speakers(3)
    frames: list[tuple[int, bytes]] = []
    for number, payload in enumerate(packets(150)):
        if not 40 <= number < 90:
            mixer.push(1, payload, number * 960, number * 960, 0)
        frames += mixer.advance(number * 960 - 4800)
    assert [sample for sample, _ in frames] == [(number - 1) * BLOCK for number in range(len(frames))]
    assert media_time(BLOCK) * len(frames) == media_time(BLOCK * len(frames))
    assert sum(len(data) for _, data in frames) * 8 / (len(frames) * BLOCK / RATE) < 110_000
    decoder = av.CodecContext.create("aac", "r")
    assert isinstance(decoder, av.AudioCodecContext)
    decoder.extradata = mixer.config.extradata
    heard = [frame.to_ndarray() for _, data in frames for frame in decoder.decode(av.Packet(data))]
    sound = np.concatenate(heard, axis=1).astype(np.float32)
    assert sound.shape[0] == 2
    assert rms(sound[:, 20_000:38_000]) > 0.15
    assert rms(sound[:, 45_000:85_000]) < 0.01
    assert rms(sound[:, 95_000:130_000]) > 0.15
