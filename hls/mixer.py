"""Voices into one AAC-LC stream on a timeline without a hole. No I/O; the caller says up to where."""

from __future__ import annotations

from collections import Counter

import av
import numpy as np

from hls.frames import CLOCK, AudioConfig
from hls.voice import CHANNELS, RATE, Samples, Voice

BLOCK = 1024
"""Samples mixed at a time: those of an AAC frame."""
KNEE = 0.8
"""Loudness from which peaks are bent instead of clipped; 1 is full scale."""
_LAYOUT = "stereo"


class Mixer:
    """The sound of one broadcast. Samples are numbered from its beginning.

    Args:
        kbps: kilobits a second.
        counts: see `Voice`.
    """

    def __init__(self, kbps: int, counts: Counter[str]) -> None:
        self.mixed = 0
        """The first sample that has not been mixed yet."""
        self._counts = counts
        self._voices: list[Voice] = []
        encoder = av.CodecContext.create("aac", "w")
        assert isinstance(encoder, av.AudioCodecContext)
        encoder.sample_rate, encoder.layout, encoder.format = RATE, _LAYOUT, "fltp"
        encoder.bit_rate = kbps * 1000
        encoder.flags |= av.codec.context.Flags.global_header
        # A third of the CPU of the other one; at these rates nobody hears which it was.
        encoder.options = {"aac_coder": "fast"}
        encoder.open()
        self._encoder = encoder
        self._silence = np.zeros((CHANNELS, BLOCK), np.float32)

    @property
    def config(self) -> AudioConfig:
        """How it is encoded."""
        return AudioConfig(CHANNELS, bytes(self._encoder.extradata or b""), RATE)

    def speakers(self, count: int) -> None:
        """There are so many voices from now on, and what the old ones had to say has been laid down."""
        self._voices = [Voice(self._counts) for _ in range(count)]

    def push(self, voice: int, payload: bytes, sample: int, timestamp: int, lost: int) -> None:
        """Takes an Opus packet of a voice that was captured at `sample`; see `Voice.push`."""
        if sample < self.mixed - RATE:
            self._counts["sound_late"] += 1
            return
        self._voices[voice].push(payload, sample, timestamp, lost, self.mixed)

    def advance(self, until: int) -> list[tuple[int, bytes]]:
        """Mixes whole blocks that end at `until` or before. AAC frames with the sample each begins at: always 1024
        apart, the first one 1024 before the beginning (what the encoder needs ahead)."""
        frames = []
        while self.mixed + BLOCK <= until:
            frame = av.AudioFrame.from_ndarray(self._mix(), format="fltp", layout=_LAYOUT)
            frame.sample_rate, frame.pts = RATE, self.mixed
            self.mixed += BLOCK
            frames += [(packet.pts or 0, bytes(packet)) for packet in self._encoder.encode(frame)]
        return frames

    def skip_to(self, sample: int) -> None:
        """What is before this sample is left out, as after a long standstill."""
        self.mixed = max(self.mixed, sample // BLOCK * BLOCK)
        self.speakers(len(self._voices))

    def _mix(self) -> Samples:
        taken = [voice.take(self.mixed, BLOCK) for voice in self._voices]
        heard = [samples for samples in taken if samples is not None]
        if not heard:
            return self._silence
        total = sum(heard[1:], heard[0])
        return np.ascontiguousarray(limited(total).T)


def limited(samples: Samples) -> Samples:
    """Within full scale, peaks bent softly."""
    loud = np.abs(samples)
    if loud.max(initial=0.0) <= KNEE:
        return samples
    bent = KNEE + (1.0 - KNEE) * np.tanh((loud - KNEE) / (1.0 - KNEE))
    return np.where(loud <= KNEE, samples, np.sign(samples) * bent).astype(np.float32)


def media_time(sample: int) -> int:
    """A sample's time in 1/90000 s. Exact for multiples of 8, hence for every AAC frame."""
    return sample * CLOCK // RATE
