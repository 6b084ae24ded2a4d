"""How a broadcast is encoded, and how long it waits for what comes late."""

from __future__ import annotations

from msgspec import Struct


class MediaSettings(Struct, frozen=True, kw_only=True):
    """The same for a broadcast's whole life; on a restart they may be others."""

    height: int = 720
    """Lines of the canvas, 144 to 1080; it is 16:9."""
    fps: int = 25
    """Pictures a second that leave, whatever comes: 5 to 30."""
    kbps: int = 2500
    """Kilobits a second of video at most; quiet pictures take far less."""
    audio_kbps: int = 128
    """Kilobits a second of audio (stereo)."""
    encoder_threads: int = 1
    """Threads of x264, 1 to 4."""
    patience: float = 0.2
    """Seconds after its capture at which a sound or a picture is taken as not coming any more. It grows by itself, up
    to 0.5 s, while much comes later."""

    @property
    def width(self) -> int:
        """Columns of the canvas."""
        return (self.height * 16 // 9 + 1) // 2 * 2
