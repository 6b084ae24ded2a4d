"""The speed-of-light side of the forwarding benchmark: `_limit.Limit` with its sinks."""

from __future__ import annotations

import socket
import threading
import time

from benchmarks._aead import Aead
from benchmarks._limit import Limit
from benchmarks.keys import new_master, session_keys
from benchmarks.shape import Run, Shape
from benchmarks.sinks import Drain, Receiver, pin, receiver_socket

BATCH = 16
FRAMES_UNDER_WAY = 64
FIRST_SEQUENCE = 1000


class LimitSide:
    """Sends to its own sinks with one crypto backend, in a thread pinned to `cpu`."""

    def __init__(self, backend: str, shape: Shape, *, cpu: int, sinks_cpu: int) -> None:
        self.crypto = backend
        self._shape = shape
        self._cpu = cpu
        frames = shape.frames()
        receivers = [
            Receiver(receiver_socket(gro=shape.gro), new_master(cm=shape.cm), 0x10000 + i) for i in range(shape.sinks)
        ]
        self._drain = Drain(receivers, frames, cpu=sinks_cpu, video=not shape.voice)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
        self._limit = Limit(Aead(backend), self._socket, self._drain.sinks, frames, BATCH, shape.rooms, shape.cm)
        self._limit.receivers(
            [("127.0.0.1", r.port, *session_keys(r.master), r.ssrc, FIRST_SEQUENCE) for r in receivers],
        )
        self._drain.start()

    def run(self, seconds: float) -> Run:
        """One stretch at saturation; what arrives is checked meanwhile. Raises `Mismatch`."""
        sinks = self._drain.sinks
        before = sinks.counts()
        results: list[tuple[int, int]] = []
        failures: list[Exception] = []

        def send() -> None:
            pin(self._cpu)
            try:
                results.append(self._limit.run(seconds, FRAMES_UNDER_WAY * self._shape.copies * self._shape.rooms))
            except Exception as error:
                failures.append(error)

        thread = threading.Thread(target=send, name="limit")
        started = time.monotonic()
        thread.start()
        while thread.is_alive():
            thread.join(0.05)
            self._drain.check_samples()
        elapsed = time.monotonic() - started
        if failures:
            raise failures[0]
        packets, cpu_ns = results[0]
        self._drain.settle(before["packets"] + packets)
        after = sinks.counts()
        return Run(
            ns_per_packet=cpu_ns / packets,
            packets=packets,
            seconds=elapsed,
            busy=cpu_ns / 1e9 / elapsed,
            gso_run=self._shape.mean_frame,
            delivered=(after["packets"] - before["packets"]) / packets,
        )

    @property
    def checked(self) -> int:
        """Packets opened by libsrtp and found right."""
        return self._drain.checked

    def close(self) -> None:
        """Ends the sinks."""
        self._drain.close()
        self._socket.close()
