"""Ties a node to asyncio: worker events by their eventfd, timers by a steady tick."""

from __future__ import annotations

import asyncio
import time

from sfu.lag import Lag
from sfu.link import WorkerLink
from sfu.node import Node

TICK_SECONDS = 0.1
"""How often timers are looked at while somebody shakes hands; handshakes repeat from 200 ms on."""

REST_SECONDS = 0.25
"""And while nobody does."""

BATCH = 256
"""Worker events taken in one turn of the loop, so that sockets are served in between."""


class Reactor:
    """Runs one node on the running loop, from `start` to `stop`."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._lag = Lag()
        self._due = time.monotonic()

    def start(self) -> None:
        """Start the workers' threads and listen to them."""
        self._due = time.monotonic()
        for link in self._node.links:
            link.worker.start()
            self._loop.add_reader(link.worker.event_fd, self._take, link)
        self._tick()

    def stop(self) -> None:
        """Stop listening, end the workers' threads and close their sockets."""
        if self._timer is not None:
            self._timer.cancel()
        for link in self._node.links:
            self._loop.remove_reader(link.worker.event_fd)
            link.worker.stop()

    def _take(self, link: WorkerLink) -> None:
        self._node.dispatch(link, link.worker.poll(BATCH), time.monotonic())

    def _tick(self) -> None:
        now = time.monotonic()
        self._lag.note(self._due, now)
        self._node.metrics.loop_lag.set(self._lag.worst)
        wait = TICK_SECONDS if any(link.handshaking for link in self._node.links) else REST_SECONDS
        self._due = now + wait
        self._timer = self._loop.call_later(wait, self._tick)
        for link in self._node.links:
            self._take(link)  # what nobody is woken for: estimates of lines
        self._node.handle_timer(now)
