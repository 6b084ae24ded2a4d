"""Drains many UDP sockets in one native thread that never takes the GIL.

Only the first bytes of a datagram are copied out of the kernel (MSG_TRUNC still tells its true size), so that draining costs
little and the sender is what saturates. The thread looks at its sockets in turn and never waits on them: a waiting receiver would
have to be woken by the sender, in the sender's time, as no receiver on another machine would. Every `sample_every` packets of a
sink, one whole packet is kept for whoever checks it. The same thread drives the source of packets, if there is one: it knows
first when room for the next frame has come.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from loadtest._net cimport (
    CLOCK_MONOTONIC, CMSG_DATA, CMSG_FIRSTHDR, IPPROTO_UDP, MSG_DONTWAIT, MSG_TRUNC, UDP_GRO, clock_ns, cmsghdr, iovec,
    mmsghdr, nanosleep, recvmmsg, timespec,
)

cdef enum:
    IDLE_TURNS = 2000             # turns over all sockets without a packet, after which the thread naps between turns
    CONTROL = 64


cdef class Sinks:
    def __cinit__(self, sockets: list, sample_every: int = 8192, source: Source = None) -> None:
        """`sockets` are bound UDP sockets, not connected to anything else; the sink's number is its place in the list."""
        if not 0 < sample_every < 30000:
            raise ValueError("a gap of half the sequence numbers would lose the rollover counter")
        cdef int i
        self.count = len(sockets)
        self.sockets = list(sockets)
        self.sample_every = sample_every
        self.source = source
        self.sinks = <sink_state *>calloc(self.count, sizeof(sink_state))
        self.ring = <sample_slot *>calloc(SAMPLES, sizeof(sample_slot))
        self.space = <uint8_t *>calloc(1, LARGEST + DRAIN * HEAD)
        if self.sinks == NULL or self.ring == NULL or self.space == NULL:
            raise MemoryError
        for i in range(self.count):
            self.sinks[i].fd = sockets[i].fileno()

    def __dealloc__(self) -> None:
        free(self.sinks)
        free(self.ring)
        free(self.space)

    def run(self) -> None:
        """Drains until `stop`; for a thread of its own, without the GIL."""
        with nogil:
            self.loop()

    def stop(self) -> None:
        """Ends `run` within some milliseconds."""
        self.stopping = True

    @property
    def packets(self) -> int:
        return self.totals.packets

    def counts(self) -> dict[str, int]:
        """RTP `packets`, the `messages` they came in, `rtcp` datagrams, samples `skipped`: since the start."""
        return {
            "packets": self.totals.packets,
            "messages": self.totals.messages,
            "rtcp": self.totals.rtcp,
            "skipped": self.totals.skipped,
        }

    def packets_of(self, number: int) -> int:
        """RTP packets one sink has had."""
        if not 0 <= number < self.count:
            raise IndexError(number)
        return self.sinks[number].packets

    def samples(self) -> list[tuple[int, bytes]]:
        """Takes what was kept since the last call: (sink, packet), in the order of arrival."""
        cdef sample_slot *slot
        cdef list out = []
        while self.taken < self.written:
            slot = &self.ring[self.taken % SAMPLES]
            out.append((slot.sink, <bytes>slot.data[:slot.size]))
            self.taken += 1
        return out

    cdef void loop(self) noexcept nogil:
        cdef timespec nap
        cdef uint64_t before
        cdef int idle = 0
        cdef int i
        nap.tv_sec = 0
        nap.tv_nsec = 200000
        while not self.stopping:
            before = self.totals.messages
            for i in range(self.count):
                self.drain(i)
            if self.source is not None:
                self.source.turn(self.totals.packets, clock_ns(CLOCK_MONOTONIC))
            idle = idle + 1 if self.totals.messages == before else 0
            if idle > IDLE_TURNS:
                nanosleep(&nap, NULL)

    cdef void drain(self, uint32_t number) noexcept nogil:
        cdef sink_state *sink = &self.sinks[number]
        cdef mmsghdr messages[DRAIN]
        cdef iovec parts[DRAIN]
        cdef uint8_t control[DRAIN][CONTROL]
        cdef cmsghdr *head
        cdef uint8_t *data
        cdef uint32_t segment, size
        cdef int i, n
        cdef bint sampling
        while True:
            sampling = sink.packets >= sink.next_sample
            for i in range(DRAIN):
                parts[i].iov_base = self.space + LARGEST + i * HEAD
                parts[i].iov_len = HEAD
                memset(&messages[i], 0, sizeof(mmsghdr))
                messages[i].msg_hdr.msg_iov = &parts[i]
                messages[i].msg_hdr.msg_iovlen = 1
                messages[i].msg_hdr.msg_control = control[i]
                messages[i].msg_hdr.msg_controllen = CONTROL
            if sampling:
                parts[0].iov_base = self.space
                parts[0].iov_len = LARGEST
            n = recvmmsg(sink.fd, messages, DRAIN, MSG_DONTWAIT | MSG_TRUNC, NULL)
            if n <= 0:
                return
            for i in range(n):
                data = <uint8_t *>parts[i].iov_base
                size = messages[i].msg_len
                if size >= 2 and 192 <= data[1] <= 223:
                    self.totals.rtcp += 1
                    if size <= HEAD:
                        self.keep(number, data, size)
                    continue
                segment = size
                head = CMSG_FIRSTHDR(&messages[i].msg_hdr)
                if head != NULL and head.cmsg_level == IPPROTO_UDP and head.cmsg_type == UDP_GRO:
                    segment = (<int *>CMSG_DATA(head))[0]
                if sampling and i == 0:
                    self.keep(number, data, segment if segment < size else size)
                    sink.next_sample = sink.packets + self.sample_every
                if segment > 0:
                    sink.packets += (size + segment - 1) // segment
                    self.totals.packets += (size + segment - 1) // segment
                self.totals.messages += 1
            if n < DRAIN:
                return

    cdef void keep(self, uint32_t number, const uint8_t *data, uint32_t size) noexcept nogil:
        cdef sample_slot *slot
        if size > SAMPLE_SIZE or self.written - self.taken >= SAMPLES:
            self.totals.skipped += 1
            return
        slot = &self.ring[self.written % SAMPLES]
        slot.sink = number
        slot.size = size
        memcpy(slot.data, data, size)
        self.written += 1
