"""A packet worker without its thread: what a fuzzer says is given to it as if it had come from the network.

There are two publishers (VP8 in three layers with rids, H264, VP9 and AV1 with SSRCs, two microphones) and two receivers, all
on plain transports, so that nothing has to be encrypted for a mutation to get through. Time is the fuzzer's too, and what the
receivers' lines carry.

The input is a row of steps: a byte that says what happens and to whom, two bytes of size, and as many bytes. Every datagram
stands in memory of exactly its size, so that the sanitizer sees a read beyond it.
"""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from sfu._aimd cimport AIMD_LEAST_BPS, AIMD_MOST_BPS
from sfu._allocator cimport divide_lines
from sfu._commands cimport carry_out
from sfu._datagrams cimport datagrams
from sfu._fanout cimport fan_out_all
from sfu._fastpath cimport Worker
from sfu._dependency cimport dependency, dependency_place, dependency_read, dependency_structure
from sfu._estimator cimport (
    START_BPS,
    estimator,
    estimator_begins,
    estimator_create,
    estimator_due,
    estimator_feedback,
    estimator_free,
    estimator_known,
    estimator_remb,
    estimator_report,
    estimator_tick,
)
from sfu._feedback cimport feedback_fast, feedback_slow
from sfu._history cimport sent_log, sent_note
from sfu._rooms cimport room_hear
from sfu._rtcp cimport rtcp_item, rtcp_next
from sfu._rtp cimport av1_parse, descriptor, extension_ids, h264_parse, rtp_header, rtp_parse, vp8_parse, write16, write32
from sfu._sockets cimport MAX_PACKET
from sfu._state cimport local_address, room, transport
from sfu._stun cimport sockaddr_storage
from sfu._vp9 cimport vp9_parse
from sfu._worker cimport worker

cdef extern from "netinet/in.h" nogil:
    const int AF_INET
    const uint32_t INADDR_LOOPBACK
    cdef struct in_addr:
        unsigned int s_addr
    cdef struct sockaddr_in:
        unsigned short sin_family
        unsigned short sin_port
        in_addr sin_addr
    unsigned short htons(unsigned short value)
    unsigned int htonl(unsigned int value)

cdef enum:
    PORT = 40001                 # of the first path; the others follow
    PATHS = 4
    STRANGERS = 2                # addresses that belong to nobody
    STEP_DATAGRAM = 0
    STEP_RTP = 1
    STEP_RTCP = 2
    STEP_TIME = 3
    STEP_FEED = 4
    STEP_ALLOW = 5
    STEP_ASK = 6
    STEP_LINE = 7
    STEPS = 8
    TRACKS = 10                  # kinds of packets a step may claim to be
    VIDEOS = 4

# What a step of RTP claims to be: one of these, then the step's own bytes behind the fixed header.
SSRCS = (1000, 1001, 1002, 2000, 3000, 3001, 2001, 4000, 5000, 6000)
PAYLOAD_TYPES = (96, 97, 102, 103, 111, 111, 103, 96, 98, 104)
EXTENSIONS = {"mid": 1, "rid": 2, "rrid": 3, "transport_cc": 5, "audio_level": 10, "orientation": 11, "dependency": 12}


class Lie(Exception):
    """The worker would have sent something it must not."""


cdef class House:
    cdef Worker held
    cdef worker *w
    cdef int room
    cdef list paths
    cdef list uptracks
    cdef list slots
    cdef uint16_t sequence[TRACKS]
    cdef set own_ssrcs
    cdef readonly uint64_t sent

    def __init__(self) -> None:
        """The worker, with nobody there."""
        self.held = Worker("127.0.0.1", 0)
        self.w = self.held.w

    def begin(self) -> None:
        """One room with its people in it."""
        cdef int i
        w = self.held
        self.w.now_us = 1000000
        memset(self.sequence, 0, sizeof(self.sequence))
        the_room = self.room = w.add_room()
        paths = self.paths = [
            w.add_transport(1 + i, f"user{i}", "p" * 24, direction="send" if i < 2 else "receive") for i in range(PATHS)
        ]
        for i, path in enumerate(paths):
            w.set_plain(path, "127.0.0.1", PORT + i)
        common = {"mid": "", "clock_rate": 90000, "extensions": EXTENSIONS, "allowed": True}
        self.uptracks = [
            w.add_uptrack(paths[0], the_room, kind="video", codec="VP8", payload_type=96, rtx_payload_type=97,
                          encodings=[("r0", 0, 0), ("r1", 0, 0), ("r2", 0, 0)], **{**common, "mid": "0"}),
            w.add_uptrack(paths[1], the_room, kind="video", codec="H264", payload_type=102, rtx_payload_type=103,
                          encodings=[("", 2000, 2001)], **{**common, "mid": "0"}),
            w.add_uptrack(paths[1], the_room, kind="video", codec="VP9", payload_type=98, rtx_payload_type=99,
                          encodings=[("", 5000, 5001)], **{**common, "mid": "2"}),
            w.add_uptrack(paths[1], the_room, kind="video", codec="AV1", payload_type=104, rtx_payload_type=105,
                          encodings=[("", 6000, 6001)], **{**common, "mid": "3"}),
            w.add_uptrack(paths[0], the_room, kind="audio", codec="opus", payload_type=111, rtx_payload_type=-1,
                          encodings=[("", 3000, 0)], **{**common, "mid": "1", "clock_rate": 48000}),
            w.add_uptrack(paths[1], the_room, kind="audio", codec="opus", payload_type=111, rtx_payload_type=-1,
                          encodings=[("", 3001, 0)], **{**common, "mid": "1", "clock_rate": 48000}),
        ]
        self.slots, self.own_ssrcs = [], set()
        for number, path in enumerate(paths[2:]):
            for place, kind in enumerate(("audio", "audio", "video", "video", "video")):
                ssrc = 50000 + 100 * number + 10 * place
                self.own_ssrcs |= {ssrc, ssrc + 1}
                slot = w.add_slot(path, the_room, kind=kind, ssrc=ssrc, rtx_ssrc=ssrc + 1 if kind == "video" else 0, cname="fuzz")
                if kind == "video":
                    self.slots.append(slot)
        for number, slot in enumerate(self.slots):
            w.feed(slot, self.uptracks[number % VIDEOS], number % 3)
        carry_out(self.w)

    def end(self) -> None:
        """Everybody leaves; the next input begins with a new room in the same worker."""
        for path in self.paths:
            self.held.remove_transport(path)
        self.held.remove_room(self.room)
        carry_out(self.w)
        while self.held.poll():
            pass

    def close(self) -> None:
        """Frees everything, which tells the sanitizer what was lost."""
        self.held.stop()

    def play(self, data: bytes) -> None:
        """All steps of one input. Raises `Lie`."""
        cdef const uint8_t *at = data
        cdef size_t left = len(data), size
        while left >= 3:
            size = min(<size_t>((at[1] << 8 | at[2]) % 1600), left - 3)
            self.step(at[0] % STEPS, at[0] // STEPS, at + 3, size)
            at += 3 + size
            left -= 3 + size
            self.look()
        self.held.poll()

    cdef void step(self, int what, int whom, const uint8_t *data, size_t size):
        if what == STEP_DATAGRAM:
            self.receive(whom % (PATHS + STRANGERS), data, size)
        elif what == STEP_RTP:
            self.rtp(whom % TRACKS, data, size)
        elif what == STEP_RTCP:
            self.rtcp(whom % PATHS, data, size)
        elif what == STEP_TIME:
            self.pass_time(<int64_t>size * 1000)
        elif what == STEP_FEED:
            slot, track = self.slots[whom % len(self.slots)], self.uptracks[size % VIDEOS]
            self.held.feed(slot, track, <int>(whom % 3), rank=whom % 5, keeps_size=size & 4)
        elif what == STEP_ALLOW:
            self.held.set_allowed(self.uptracks[whom % len(self.uptracks)], bool(size & 1))
        elif what == STEP_LINE:
            (<transport *>self.w.receivers.items[whom % 2]).estimate_bps = <int64_t>size * 1000
            divide_lines(self.w)
        else:
            self.held.request_keyframe(self.uptracks[whom % VIDEOS])
        carry_out(self.w)

    cdef void rtp(self, int which, const uint8_t *data, size_t size):
        """A fixed header that fits a track, the next sequence number (or one that the first byte moves), then the others."""
        cdef uint8_t packet[1700]
        cdef uint8_t moved
        if size == 0:
            return
        moved = data[0]
        self.sequence[which] = <uint16_t>(self.sequence[which] + (1 if moved < 200 else moved - 225))
        packet[0] = 0x90 if moved & 1 else 0x80
        packet[1] = <uint8_t>(PAYLOAD_TYPES[which] | (0x80 if moved & 2 else 0))
        write16(packet + 2, self.sequence[which])
        write32(packet + 4, <uint32_t>(self.sequence[which] * 3000))
        write32(packet + 8, SSRCS[which])
        memcpy(packet + 12, data + 1, size - 1)
        self.receive(0 if which in (0, 1, 2, 4) else 1, packet, 11 + size)

    cdef void rtcp(self, int path, const uint8_t *data, size_t size):
        """A compound whose first header is right."""
        cdef uint8_t packet[1700]
        cdef size_t whole = (size + 3) // 4 * 4
        if size < 4:
            return
        memset(packet, 0, sizeof(packet))
        memcpy(packet, data, size)
        packet[0] = 0x80 | (data[0] & 0x1F)
        packet[1] = <uint8_t>(200 + data[1] % 8)
        if data[1] < 200:
            write16(packet + 2, <uint16_t>(whole // 4 - 1))
        self.receive(path, packet, whole)

    cdef void receive(self, int path, const uint8_t *data, size_t size):
        cdef sockaddr_storage source
        cdef sockaddr_in *v4 = <sockaddr_in *>&source
        cdef local_address local
        cdef uint8_t *exact = <uint8_t *>malloc(size if size else 1)
        memset(&source, 0, sizeof(source))
        memset(&local, 0, sizeof(local))
        v4.sin_family = AF_INET
        v4.sin_port = htons(<unsigned short>(PORT + path))
        v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
        memcpy(exact, data, size)
        self.w.now_us += 100
        datagrams(self.w, &source, sizeof(sockaddr_in), &local, exact, size, size)
        fan_out_all(self.w)
        free(exact)

    cdef void pass_time(self, int64_t us):
        cdef int i
        self.w.now_us += us
        for i in range(self.w.active_rooms.count):
            room_hear(self.w, <room *>self.w.active_rooms.items[i], False)
        feedback_fast(self.w)
        feedback_slow(self.w)
        divide_lines(self.w)

    cdef int look(self) except -1:
        """What would have been sent, and is not."""
        cdef int i
        cdef size_t at, size, segment
        cdef uint8_t *data
        for i in range(self.w.outgoing.used):
            data = <uint8_t *>self.w.outgoing.vectors[i].iov_base
            size = self.w.outgoing.vectors[i].iov_len
            segment = self.w.outgoing.segment[i]
            at = 0
            while at < size:
                self.look_at(data + at, min(segment, size - at))
                at += segment
        self.w.outgoing.used = 0
        self.w.outgoing.filled = 0
        return 0

    cdef int look_at(self, const uint8_t *data, size_t size) except -1:
        cdef uint32_t ssrc
        self.sent += 1
        if not 8 <= size <= MAX_PACKET or data[0] >> 6 != 2:
            raise Lie(f"{size} bytes that begin with {data[0]:#x}")
        if 192 <= data[1] <= 223:
            if size % 4:
                raise Lie(f"RTCP of {size} bytes")
            return 0
        ssrc = <uint32_t>data[8] << 24 | <uint32_t>data[9] << 16 | <uint32_t>data[10] << 8 | data[11]
        if size < 12 or ssrc not in self.own_ssrcs:
            raise Lie(f"RTP of SSRC {ssrc}")
        return 0


def read_packet(const uint8_t[::1] data) -> int:
    """One RTP packet and its payload as each codec's, all read in memory of exactly their size. The sum of what was read,
    which keeps the compiler from leaving a read out."""
    cdef uint64_t total = 0
    cdef extension_ids ids
    cdef rtp_header header
    cdef descriptor found
    cdef size_t size = <size_t>data.shape[0]
    cdef uint8_t *exact = <uint8_t *>malloc(size + 1)
    ids.mid, ids.rid, ids.rrid, ids.transport_cc, ids.audio_level, ids.orientation, ids.dependency = 1, 2, 3, 5, 10, 11, 12
    exact += 1                             # malloc's own alignment would hide what is read before the packet
    if size:
        memcpy(exact, &data[0], size)
    if rtp_parse(exact, size, &ids, &header):
        if header.payload_at + header.payload_size > size:
            raise Lie(f"a payload of {header.payload_size} at {header.payload_at} in {size} bytes")
        if header.mid is not NULL and header.mid + header.mid_size > exact + size:
            raise Lie(f"a mid of {header.mid_size} bytes beyond the packet")
        total += header.transport_cc + header.audio_level + header.orientation
    free(exact - 1)
    exact = <uint8_t *>malloc(size if size else 1)
    if size:
        memcpy(exact, &data[0], size)
    if vp8_parse(exact, size, &found) and not 0 <= found.tl0_at < size:
        raise Lie(f"TL0PICIDX at {found.tl0_at} of {size} bytes")
    total += found.tl0 + found.picture_id + found.keyframe
    if vp9_parse(exact, size, &found) and not 0 <= found.tl0_at < size:
        raise Lie(f"TL0PICIDX at {found.tl0_at} of {size} bytes")
    total += found.tl0 + found.picture_id + found.carried
    av1_parse(exact, size, &found)
    total += found.keyframe
    h264_parse(exact, size, &found)
    free(exact)
    return total + found.keyframe


def read_dependency(const uint8_t[::1] data) -> int:
    """Dependency descriptors of one layer, each behind a byte that says its length and each in memory of exactly its size.
    The sum of what was read. Raises `Lie`."""
    cdef dependency_structure structure
    cdef dependency found
    cdef descriptor placed
    cdef size_t at = 0, left = <size_t>data.shape[0], size
    cdef bint known = False
    cdef uint64_t total = 0
    cdef uint8_t *exact
    memset(&structure, 0, sizeof(structure))
    memset(&placed, 0, sizeof(placed))
    while left > 0:
        size = min(<size_t>data[at], left - 1)
        exact = <uint8_t *>malloc(size if size else 1)
        if size:
            memcpy(exact, &data[at + 1], size)
        if dependency_read(exact, size, &structure, known, &found):
            known = known or found.has_structure
            if not 0 < structure.template_count <= 64 or not 0 < structure.target_count <= 32:
                raise Lie(f"{structure.template_count} templates, {structure.target_count} decode targets")
            if found.template_index >= structure.template_count:
                raise Lie(f"template {found.template_index} of {structure.template_count}")
            dependency_place(&found, &structure, &placed)
            if placed.place >= 12:
                raise Lie(f"layer {placed.place}")
            total += placed.carried + placed.upward
        free(exact)
        at += 1 + size
        left -= 1 + size
    return total


cdef bint hear(estimator *e, sent_log *log, const uint8_t *data, size_t size, int64_t now_us) except -1:
    """A compound, in memory of exactly its size: every item is offered as feedback. Whether all of it was."""
    cdef rtcp_item item
    cdef size_t offset = 0
    cdef bint good = True
    cdef uint8_t *exact = <uint8_t *>malloc(size if size else 1)
    if size:
        memcpy(exact, data, size)
    while rtcp_next(exact, size, &offset, &item) == 1:
        good = estimator_feedback(e, log, &item, now_us) and good
    free(exact)
    return good


def read_line(const uint8_t[::1] data) -> int:
    """What a receiver says of its line, to an estimator with its history: steps of a byte that says what happens, two of
    size, and as many bytes. How many compounds were nothing but feedback. Raises `Lie`."""
    cdef estimator e
    cdef sent_log log
    cdef size_t at = 0, left = <size_t>data.shape[0], size, n
    cdef const uint8_t *p
    cdef int64_t now_us = 1000000, packet_size, due
    cdef int what, good = 0
    memset(&log, 0, sizeof(log))
    if not estimator_create(&e, &log, left % 2 == 1):
        raise MemoryError
    try:
        while left >= 3:
            p = &data[at]
            what = p[0] % 6
            size = <size_t>p[1] << 8 | p[2]
            at += 3
            left -= 3
            if what == 0:                  # so many packets leave, a millisecond apart
                for n in range(size % 256):
                    now_us += 1000
                    sent_note(&log, now_us, 40 + (p[0] * n) % 1200)
            elif what == 1:
                now_us += <int64_t>size * 1000
            elif what == 2:
                size = min(size, left)
                good += hear(&e, &log, p + 3, size, now_us)
                at += size
                left -= size
            elif what == 3:
                estimator_report(&e, p[1], p[2], <int64_t>p[0] * 1000, now_us)
            elif what == 4:
                estimator_remb(&e, <int64_t>size << (p[0] % 32), now_us)
            else:
                estimator_tick(&e, &log, <int64_t>size * 1000, now_us)
                due = estimator_due(&e, &log, &packet_size, now_us)
                if due < 0 or (due > 0 and not 1 <= packet_size <= 255):
                    raise Lie(f"{due} bytes of padding are due, {packet_size} in a packet")
            if not estimator_known(&e, now_us) and estimator_begins(&e, &log, now_us) not in (0, START_BPS):
                raise Lie("a line begins with something else")
            if e.bps and not AIMD_LEAST_BPS <= e.bps <= AIMD_MOST_BPS:
                raise Lie(f"an estimate of {e.bps}")
    finally:
        estimator_free(&e, &log)
    return good
