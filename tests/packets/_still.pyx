"""A packet worker whose thread never began: datagrams, commands and time are given to it, and what it would send is taken.

For tests that script thousands of packets: nothing waits, nothing races, and time is the test's. Transports are plain ones.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from sfu._allocator cimport divide_lines
from sfu._choice cimport slot_choose
from sfu._commands cimport carry_out
from sfu._congestion cimport congestion_probe
from sfu._datagrams cimport datagrams
from sfu._fanout cimport fan_out_all
from sfu._fastpath cimport Worker
from sfu._feedback cimport feedback_fast, feedback_slow
from sfu._pacer cimport send_held
from sfu._rooms cimport room_hear
from sfu._state cimport downtrack, local_address, room, transport, uptrack
from sfu._stun cimport sockaddr_storage
from sfu._worker cimport worker

cdef extern from "netinet/in.h" nogil:
    const int AF_INET
    const unsigned int INADDR_LOOPBACK
    cdef struct in_addr:
        unsigned int s_addr
    cdef struct sockaddr_in:
        unsigned short sin_family
        unsigned short sin_port
        in_addr sin_addr
    unsigned short htons(unsigned short value)
    unsigned int htonl(unsigned int value)

cdef enum:
    FAST_US = 10000
    SLOW_US = 100000


cdef class Still:
    """The worker, `worker` as Python holds it, at a time of its own."""

    cdef readonly Worker worker
    cdef worker *w
    cdef list found

    def __init__(self, **options) -> None:
        self.worker = Worker("127.0.0.1", 0, **options)
        self.w = self.worker.w
        self.w.now_us = 1000000
        self.found = []

    @property
    def now_us(self) -> int:
        return self.w.now_us

    def close(self) -> None:
        self.worker.stop()

    def run(self) -> None:
        carry_out(self.w)
        if self.w.divide:
            divide_lines(self.w)

    def receive(self, int port, bytes datagram) -> None:
        self.receive_together([(port, datagram)])
        self.collect()

    def receive_together(self, list them) -> None:
        for port, datagram in them:
            self.read(port, datagram)
        fan_out_all(self.w)
        if self.w.divide:
            divide_lines(self.w)

    cdef read(self, int port, bytes datagram):
        cdef sockaddr_storage source
        cdef sockaddr_in *v4 = <sockaddr_in *>&source
        cdef local_address local
        cdef const uint8_t *data = datagram
        cdef size_t size = len(datagram)
        cdef uint8_t *own = <uint8_t *>malloc(size if size else 1)
        memset(&source, 0, sizeof(source))
        memset(&local, 0, sizeof(local))
        v4.sin_family = AF_INET
        v4.sin_port = htons(<unsigned short>port)
        v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
        memcpy(own, data, size)
        datagrams(self.w, &source, sizeof(sockaddr_in), &local, own, size, size)
        free(own)

    def messages(self) -> list[int]:
        return [self.w.outgoing.segments[i] for i in range(self.w.outgoing.used)]

    def pass_time(self, int64_t us) -> None:
        cdef int64_t end = self.w.now_us + us, step
        cdef int i
        while self.w.now_us < end:
            step = min(self.w.now_us + FAST_US, end)
            if self.w.next_probe_us:
                step = min(step, max(self.w.next_probe_us, self.w.now_us))
            if self.w.next_held_us:
                step = min(step, max(self.w.next_held_us, self.w.now_us))
            self.w.now_us = step
            if self.w.next_probe_us and self.w.now_us >= self.w.next_probe_us:
                congestion_probe(self.w)
            if self.w.next_held_us and self.w.now_us >= self.w.next_held_us:
                send_held(self.w)
            feedback_fast(self.w)
            divide_lines(self.w)
            if self.w.now_us >= self.w.next_slow_us:
                self.w.next_slow_us = self.w.now_us + SLOW_US
                for i in range(self.w.active_rooms.count):
                    room_hear(self.w, <room *>self.w.active_rooms.items[i], False)
                feedback_slow(self.w)
            self.collect()

    def estimate(self, int transport_handle, int64_t bps) -> None:
        self.w.transports[transport_handle].estimate_bps = bps

    def line(self, int transport_handle) -> tuple[int, int]:
        cdef transport *t = self.w.transports[transport_handle]
        return t.wanted_bps, t.allocated_bps

    def grant(self, int slot, int layer, int target) -> None:
        cdef downtrack *d = self.w.slots[slot]
        d.undecided = False
        d.granted_layer = layer
        d.granted_target = <uint8_t>target
        slot_choose(self.w, d)

    def granted(self, int slot) -> tuple[int, int]:
        cdef downtrack *d = self.w.slots[slot]
        return d.granted_layer, d.granted_target

    def rates(self, int uptrack_handle, int layer) -> list[float]:
        cdef uptrack *track = self.w.uptracks[uptrack_handle]
        return [rate for rate in track.layers[layer].rates]

    def sent(self) -> list[tuple[int, bytes]]:
        self.collect()
        found, self.found = self.found, []
        return found

    cdef collect(self):
        """What waits to be sent: later the worker would send it by itself."""
        cdef int32_t i, k
        cdef size_t at, size, length
        cdef uint8_t *data
        cdef sockaddr_in *to
        for i in range(self.w.outgoing.used):
            to = <sockaddr_in *>&self.w.outgoing.to[i].remote
            for k in range(self.w.outgoing.parts[i]):
                data = <uint8_t *>self.w.outgoing.vectors[i][k].iov_base
                size = self.w.outgoing.vectors[i][k].iov_len
                at = 0
                while at < size:
                    length = min(<size_t>self.w.outgoing.segment[i], size - at)
                    self.found.append((htons(to.sin_port), (<char *>data)[at:at + length]))
                    at += length
        self.w.outgoing.used = 0
        self.w.outgoing.filled = 0
        self.w.outgoing.serial += 1
