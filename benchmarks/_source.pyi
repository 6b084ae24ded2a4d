"""What Python sees of `_source.pyx`."""

import socket

from benchmarks._aead import Aead

class Source:
    """Cameras that send VP8 frames, or microphones that send voices, over SRTP, paced by what arrives at the sinks."""

    copies: int

    def __init__(
        self,
        aead: Aead,
        frames: list[list[bytes]],
        payload_type: int,
        extension_id: int,
        copies: int,
        level_id: int = 0,
    ) -> None:
        """`frames`: the payloads of each frame of a pattern that is sent over and over. `extension_id`: of the
        transport-wide sequence number; `level_id`: of the audio level, 0 for a camera. `copies`: sinks each packet goes
        to. Raises `ValueError` for a pattern that is empty or too long."""
    def add_camera(self, socket: socket.socket, key: bytes, salt: bytes, ssrc: int, first: int) -> None:
        """`socket` is connected to where the frames go; `key` and `salt` are SRTP session keys (not master keys)."""
    def go(self, window: int, *, keyframes: bool = False) -> None:
        """Sends from now on, `window` frames under way at once; every frame a keyframe, or none."""
    def pause(self) -> None:
        """Sends no more frames."""
    def counts(self) -> dict[str, int]:
        """`frames` sent, `packets` that must arrive for them, `lost` given up on, frames `refused` by the kernel,
        RTCP `heard`."""
