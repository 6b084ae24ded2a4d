"""What a line sends: frames when they are due, and packets again that a NACK asks for.

Payloads are noise that the receiving side knows, so that it can compare every byte, with VP8's descriptor (RFC 7741) or
an Opus TOC before it and a mark behind it: which engine, which stream, its serial number, and the wall clock just before
the packet was handed to the kernel. The mark stands at the end because servers may rewrite the descriptor, even to
another length, but never what follows it.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint64_t
from libc.string cimport memcpy

from loadtest._bytes cimport write16, write32, write64
from loadtest._libsrtp cimport libsrtp
from loadtest._lines cimport (
    BATCH, HISTORY, MTU, ROOM, TRAILER, kept, spec,
)
from loadtest._net cimport CLOCK_MONOTONIC, MSG_DONTWAIT, clock_ns, sendmmsg

cdef enum:
    RTP_HEADER = 12
    LATE = 5000000                # ns: a frame that left so much later than it was due is late
    HOPELESS = 200000000          # ns: later than this, the schedule moves instead of catching up in a burst
    VOICE_TOC = 0xFC              # CELT, 20 ms, stereo, one frame (RFC 6716 section 3.1)
    VIDEO_CLOCK = 90000
    VOICE_CLOCK = 48000


cdef uint32_t rtp_time(const source *s, int64_t at) noexcept nogil:
    cdef int64_t clock = VIDEO_CLOCK if s.video else VOICE_CLOCK
    # whole seconds apart, so that nothing overflows
    return s.timestamp + <uint32_t>((at // 1000000000) * clock + (at % 1000000000) * clock // 1000000000)


cdef size_t extension(uint8_t *out, size_t at, uint8_t id, const uint8_t *value, size_t size) noexcept nogil:
    """One element in the one-byte form (RFC 8285 section 4.2), if it has an id and a value."""
    if id == 0 or size == 0:
        return at
    out[at] = <uint8_t>(id << 4 | (size - 1))
    memcpy(out + at + 1, value, size)
    return at + 1 + size


cdef size_t write_extensions(source *s, uint8_t *out, bint repair) noexcept nogil:
    """The whole extension block, behind the fixed header; its size, 0: there is none."""
    cdef uint8_t value[2]
    cdef size_t at = 4
    if s.id_transport_cc:
        write16(value, s.on.transport_next)
        s.on.transport_next += 1
        at = extension(out, at, s.id_transport_cc, value, 2)
    if not s.video:
        value[0] = s.level | (0x80 if s.level < 100 else 0)
        at = extension(out, at, s.id_level, value, 1)
    if repair or not s.identified:         # a repair stream's SSRC is in no report: only its names tell whose it is
        at = extension(out, at, s.id_mid, s.mid, s.mid_size)
        at = extension(out, at, s.id_rrid if repair else s.id_rid, s.rid, s.rid_size)
    if at == 4:
        return 0
    while at & 3:
        out[at] = 0
        at += 1
    write16(out, 0xBEDE)
    write16(out + 2, <uint16_t>(at // 4 - 1))
    return at


cdef size_t write_header(source *s, uint8_t *out, bint repair, bint marker, uint32_t timestamp) noexcept nogil:
    """Header and extensions of the stream's next packet, or of its repair stream's; their size."""
    cdef size_t size = write_extensions(s, out + RTP_HEADER, repair)
    out[0] = 0x90 if size else 0x80
    out[1] = (s.rtx_payload_type if repair else s.payload_type) | (0x80 if marker else 0)
    if repair:
        write16(out + 2, s.rtx_sequence)
        s.rtx_sequence += 1
    else:
        write16(out + 2, s.sequence)
        s.sequence += 1
    write32(out + 4, timestamp)
    write32(out + 8, s.rtx_ssrc if repair else s.ssrc)
    return RTP_HEADER + size


cdef void write_payload(engine *e, source *s, uint8_t *out, size_t size, bint first, bint key, int64_t wall) noexcept nogil:
    cdef size_t mark = size - TRAILER
    memcpy(out, e.noise, mark)
    if s.video:
        out[0] = 0x90 if first else 0x80                   # extended; start of partition 0
        out[1] = 0xE0                                      # picture id, TL0PICIDX, TID
        write16(out + 2, 0x8000 | s.picture)
        out[4] = <uint8_t>s.picture
        out[5] = 0
        if first:
            # RFC 6386 section 9.1: frame tag; a keyframe's start code and size (640x360) behind it
            out[6] = 0x10 if key else 0x11
            memcpy(out + 7, b"\x02\x00\x9d\x01\x2a\x80\x02\x68\x01", 9)
    else:
        out[0] = VOICE_TOC
    write32(out + mark, e.mark)
    write32(out + mark + 4, <uint32_t>s.number)
    write64(out + mark + 8, s.serial)
    write64(out + mark + 16, <uint64_t>wall)
    s.serial += 1


cdef void remember(source *s, const uint8_t *packet, size_t size, size_t payload_at, uint16_t sequence) noexcept nogil:
    cdef kept *to
    if s.history is NULL or size > MTU:
        return
    to = &s.history[sequence & (HISTORY - 1)]
    to.sequence = sequence
    to.size = <uint16_t>size
    to.payload_at = <uint16_t>payload_at
    memcpy(to.bytes, packet, size)


cdef void flush(engine *e, source *s, int count) noexcept nogil:
    cdef int sent = 0, n
    while sent < count:
        n = sendmmsg(s.on.fd, &e.out_messages[sent], count - sent, MSG_DONTWAIT)
        if n <= 0:
            s.count.refused += <uint64_t>(count - sent)
            return
        sent += n


cdef void send_frame(engine *e, source *s, const spec *frame, int64_t due) noexcept nogil:
    cdef int count = (frame.size + s.packet_size - 1) // s.packet_size
    cdef int i, ready = 0, size
    cdef int smaller = count - frame.size % count          # the last ones are a byte longer, as libwebrtc splits
    cdef bint key = s.video and (s.want_key or frame.key)
    cdef uint8_t *out
    cdef size_t header
    cdef int total
    cdef uint32_t timestamp = rtp_time(s, due)
    cdef int64_t wall = e.now + e.wall_offset
    s.want_key = False
    for i in range(count):
        size = frame.size // count + (0 if i < smaller else 1)
        out = e.out_bytes + ready * ROOM
        header = write_header(s, out, False, s.video and i == count - 1, timestamp)
        write_payload(e, s, out + header, <size_t>size, i == 0, key, wall)
        remember(s, out, header + <size_t>size, header, <uint16_t>(s.sequence - 1))
        total = <int>header + size
        if libsrtp().protect(s.on.outbound, out, &total) != 0:
            s.count.refused += 1
            continue
        e.out_parts[ready].iov_len = <size_t>total
        ready += 1
        if ready == BATCH:
            flush(e, s, ready)
            ready = 0
    flush(e, s, ready)
    s.picture = (s.picture + 1) & 0x7FFF
    s.count.frames += 1
    s.count.keyframes += key
    s.count.packets += <uint64_t>count
    s.count.bytes += <uint64_t>frame.size
    s.all_packets += <uint64_t>count
    s.all_bytes += <uint64_t>frame.size


cdef void send_next(engine *e, source *s) noexcept nogil:
    cdef spec *frame = &s.frames[s.next_frame]
    cdef int64_t due = e.due[s.number], late = e.now - due
    if late > HOPELESS:
        due = e.now
    if s.sending:
        send_frame(e, s, frame, due)
        e.count.frames += 1
        e.count.late += late > LATE
        if late > e.count.latest:
            e.count.latest = late
    s.next_frame += 1
    if s.next_frame == s.frame_count:
        s.next_frame = 0
    e.due[s.number] = due + frame.ns


cdef int64_t send_due(engine *e) noexcept nogil:
    cdef int64_t next = e.now + 1000000000
    cdef int32_t i
    if e.paused:
        return next
    for i in range(e.source_count):
        while e.due[i] <= e.now:
            send_next(e, e.sources[i])
            e.now = clock_ns(CLOCK_MONOTONIC)              # the next frame says when it leaves itself
        if e.due[i] < next:
            next = e.due[i]
    return next


cdef void send_again(engine *e, source *s, uint16_t sequence) noexcept nogil:
    cdef kept *old
    cdef uint8_t *out = e.out_bytes
    cdef size_t header, size
    cdef int total
    s.count.nacked += 1
    if s.history is NULL or s.rtx_ssrc == 0:
        return
    old = &s.history[sequence & (HISTORY - 1)]
    if old.size == 0 or old.sequence != sequence:
        return
    header = write_header(s, out, True, old.bytes[1] >> 7, 0)
    memcpy(out + 4, old.bytes + 4, 4)                      # the timestamp stays
    write16(out + header, sequence)                        # RFC 4588 section 4
    size = old.size - old.payload_at
    memcpy(out + header + 2, old.bytes + old.payload_at, size)
    total = <int>(header + 2 + size)
    if libsrtp().protect(s.on.outbound, out, &total) != 0:
        return
    e.out_parts[0].iov_len = <size_t>total
    flush(e, s, 1)
    s.count.resent += 1
