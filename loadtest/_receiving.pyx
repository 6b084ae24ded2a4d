"""What arrives on a line: every packet counted by its header, some of them opened.

Headers and header extensions are in the clear (RFC 3711 section 3.1), so counting, feedback and NACK need no
decryption. An opened packet tells more: which stream of ours it once was and when that left, hence the time the other
side took, from kernel to kernel; and whether each byte is as it was sent.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

from loadtest._bytes cimport extend16, read16, read32, read64
from loadtest._checks cimport check_receive
from loadtest._libsrtp cimport libsrtp
from loadtest._lines cimport (
    ARRIVALS, BUCKETS, CONTROL, GAPS, HEAD, READS, TRAILER, WINDOW, WORDS, place, sink,
)
from loadtest._net cimport (
    CMSG_DATA, CMSG_FIRSTHDR, CMSG_NXTHDR, IPPROTO_UDP, MSG_DONTWAIT, SO_RXQ_OVFL, SO_TIMESTAMPNS, SOL_SOCKET, UDP_GRO,
    cmsghdr, msghdr, recvmmsg, timespec,
)
from loadtest._places cimport find_place
from loadtest._reports cimport feedback_send, rtcp_receive

cdef extern from *:
    int __builtin_clzll(unsigned long long value) noexcept nogil

cdef enum:
    MOST_READS = 4               # batches read from one socket before the others have their turn
    FIRST_NACK = 10000000        # ns that a packet may be out of order
    LEAP = 2000000               # us
    TICK = 250000                # ns, the unit of transport-wide feedback

# --- sequence numbers ----------------------------------------------------------------------------------------------

cdef inline bint mark_seen(sink *k, uint64_t n) noexcept nogil:
    """False when it was seen before."""
    cdef uint64_t bit = <uint64_t>1 << (n & 63)
    cdef uint64_t *word = &k.bits[(n // 64) % WORDS]
    if word[0] & bit:
        return False
    word[0] |= bit
    return True


cdef void start(sink *k, uint64_t n, int64_t wall) noexcept nogil:
    k.started = True
    k.first = k.highest = n
    k.base = n - 1
    k.first_wall = wall
    memset(k.bits, 0, sizeof(k.bits))
    mark_seen(k, n)


cdef void miss(engine *e, sink *k, uint64_t n) noexcept nogil:
    """The numbers between the newest one and `n` were passed over."""
    cdef line *on = k.on
    cdef uint64_t i = k.highest + 1
    while i < n and i - k.highest < WINDOW:
        k.bits[(i // 64) % WORDS] &= ~(<uint64_t>1 << (i & 63))
        if k.asks and on.gap_count < GAPS:
            on.gaps[on.gap_count].of = k
            on.gaps[on.gap_count].number = i
            on.gaps[on.gap_count].due = e.now + FIRST_NACK
            on.gaps[on.gap_count].tries = 0
            on.gap_count += 1
        i += 1


cdef void close_gap(line *on, sink *k, uint64_t n) noexcept nogil:
    cdef int32_t i
    for i in range(on.gap_count):
        if on.gaps[i].of == k and on.gaps[i].number == n:
            on.gap_count -= 1
            on.gaps[i] = on.gaps[on.gap_count]
            return


cdef bint place_number(engine *e, sink *k, uint16_t sequence, int64_t wall, uint64_t *number) noexcept nogil:
    """Extends the number and counts it; false for a duplicate and what is too old to tell."""
    cdef uint64_t n
    if not k.started:
        # above 2^32, so that numbers before the first one stay positive
        number[0] = (<uint64_t>1 << 32) | sequence
        start(k, number[0], wall)
        k.ever += 1
        k.count.packets += 1
        return True
    n = extend16(sequence, k.highest)
    number[0] = n
    if n > k.highest:
        if n > k.highest + 1:
            miss(e, k, n)
        k.highest = n
        k.bits[(n // 64) % WORDS] |= <uint64_t>1 << (n & 63)
    elif k.highest - n >= WINDOW or not mark_seen(k, n):
        k.count.duplicates += 1
        return False
    else:
        k.count.reordered += 1
        close_gap(k.on, k, n)
    k.ever += 1
    if n > k.base:
        k.count.packets += 1
    return True

# --- what is inside ------------------------------------------------------------------------------------------------

cdef inline int bucket_of(int64_t ns) noexcept nogil:
    cdef int power
    if ns < 32:
        return <int>(ns if ns > 0 else 0)
    power = 63 - __builtin_clzll(<unsigned long long>ns)
    return (power - 4) * 32 + <int>((ns >> (power - 5)) & 31)


cdef void read_mark(engine *e, sink *k, const uint8_t *payload, size_t size, int64_t wall, bint timed) noexcept nogil:
    cdef const uint8_t *at
    cdef int32_t number
    cdef int bucket
    k.count.opened += 1
    if size < HEAD + TRAILER or read32(payload + size - TRAILER) != e.mark:
        k.count.foreign += 1
        return
    at = payload + size - TRAILER
    number = <int32_t>read32(at + 4)
    if memcmp(payload + HEAD, e.noise + HEAD, size - TRAILER - HEAD) != 0 or number < 0 or number >= e.source_count:
        k.count.corrupt += 1
        return
    if number != k.from_source:
        k.from_source = number
        k.from_source_wall = wall
    if timed:
        bucket = bucket_of(wall - <int64_t>read64(at + 16))
        e.latency[k.video][bucket if bucket < BUCKETS else BUCKETS - 1] += 1


cdef bint begins_key(const uint8_t *p, size_t size) noexcept nogil:
    """Whether a VP8 keyframe begins with this payload (RFC 7741 sections 4.2 and 4.3)."""
    cdef size_t at = 1
    if size < 2 or (p[0] & 0x17) != 0x10:
        return False
    if p[0] & 0x80:
        at = 2
        if p[1] & 0x80:
            if at >= size:
                return False
            at += 2 if p[at] & 0x80 else 1
        at += (p[1] & 0x40 != 0) + (p[1] & 0x30 != 0)
    return at < size and not p[at] & 1


cdef void follow_key(sink *k, const uint8_t *payload, size_t size, uint64_t n, bint marker, int64_t wall) noexcept nogil:
    if begins_key(payload, size):
        k.in_key = True
        k.next_in_key = n
    if not k.in_key:
        return
    if n != k.next_in_key:
        k.in_key = False
        return
    k.next_in_key = n + 1
    if marker:
        k.in_key = False
        k.count.keyframes += 1
        if k.first_frame_wall == 0:
            k.first_frame_wall = wall


cdef bint payload_of(uint8_t *data, int size, uint8_t **payload, size_t *length) noexcept nogil:
    """Behind the header and without padding (RFC 3550 section 5.1); false when it is not whole, or empty."""
    cdef int at = 12 + 4 * (data[0] & 0x0F)
    if data[0] & 0x10:
        if at + 4 > size:
            return False
        at += 4 + 4 * read16(data + at + 2)
    if data[0] & 0x20 and size > at:
        size -= data[size - 1]
    if at >= size:
        return False
    payload[0] = data + at
    length[0] = <size_t>(size - at)
    return True


cdef void open_media(engine *e, line *on, sink *k, uint8_t *data, size_t size, uint64_t n, int64_t wall) noexcept nogil:
    cdef uint8_t *payload = NULL
    cdef size_t length = 0
    cdef int total = <int>size
    if libsrtp().unprotect(on.inbound, data, &total) != 0:
        on.count.unreadable += 1
        return
    if not payload_of(data, total, &payload, &length):
        return
    read_mark(e, k, payload, length, wall, True)
    if k.video:
        follow_key(k, payload, length, n, data[1] >> 7, wall)


cdef void open_repair(engine *e, line *on, sink *k, uint8_t *data, size_t size, int64_t wall) noexcept nogil:
    """RFC 4588: the original sequence number stands before the payload. Probes carry nothing but padding."""
    cdef uint8_t *payload = NULL
    cdef size_t length = 0
    cdef int total = <int>size
    cdef uint64_t n = 0
    if libsrtp().unprotect(on.inbound, data, &total) != 0:
        on.count.unreadable += 1
        return
    if not k.started or not payload_of(data, total, &payload, &length) or length < 2:
        return
    n = extend16(read16(payload), k.highest)
    if n > k.highest or k.highest - n >= WINDOW or not mark_seen(k, n):
        return                                             # sent again to fill the line, not to fill a gap
    close_gap(on, k, n)
    k.ever += 1
    if n > k.base:
        k.count.packets += 1
        k.count.recovered += 1
    if on.opened:
        read_mark(e, k, payload + 2, length - 2, wall, False)

# --- headers -------------------------------------------------------------------------------------------------------

cdef void note_arrival(engine *e, line *on, uint16_t number, uint32_t ssrc, int64_t wall) noexcept nogil:
    cdef uint64_t n
    if not on.heard_transport_cc:
        on.heard_transport_cc = True
        on.feedback_from = on.feedback_to = (<uint64_t>1 << 32) | number
    n = extend16(number, on.feedback_to)
    if n < on.feedback_from:
        return                                             # told as lost already
    if n >= on.feedback_from + ARRIVALS // 2:
        feedback_send(e, on)
        if n >= on.feedback_from + ARRIVALS // 2:          # a leap: begin anew from there
            memset(on.arrivals, 0, ARRIVALS * sizeof(int64_t))
            on.feedback_from = on.feedback_to = n
    on.arrivals[n & (ARRIVALS - 1)] = wall // TICK
    on.feedback_ssrc = ssrc
    if n >= on.feedback_to:
        on.feedback_to = n + 1


cdef inline void read_transport_cc(engine *e, line *on, const uint8_t *data, size_t size, int64_t wall) noexcept nogil:
    """Finds the transport-wide number among the extensions, in the one-byte or two-byte form (RFC 8285)."""
    cdef size_t at = 12 + 4 * (data[0] & 0x0F), end
    cdef uint8_t id, length
    cdef bint short_form
    if at + 4 > size:
        return
    short_form = read16(data + at) == 0xBEDE
    end = at + 4 + 4 * <size_t>read16(data + at + 2)
    at += 4
    if end > size or not (short_form or (read16(data + at - 4) & 0xFFF0) == 0x1000):
        return
    while at + 2 <= end:
        if data[at] == 0:
            at += 1
            continue
        id = data[at] >> 4 if short_form else data[at]
        length = (data[at] & 0x0F) + 1 if short_form else data[at + 1]
        at += 1 if short_form else 2
        if id == on.transport_cc and length >= 2 and at + 2 <= end:
            note_arrival(e, on, read16(data + at), read32(data + 8), wall)
            return
        at += length


cdef void note_jitter(sink *k, uint32_t timestamp, int64_t wall) noexcept nogil:
    """RFC 3550 section 6.4.1, in ns."""
    cdef int64_t unit = 1000000 // 90 if k.video else 1000000 // 48
    cdef int64_t transit = wall - <int64_t>timestamp * unit
    cdef int64_t d = transit - k.transit
    k.transit = transit
    d = -d if d < 0 else d
    if d < LEAP * <int64_t>1000:                           # else the timestamp has wrapped, or it is another source
        k.jitter += (d - k.jitter) // 16


cdef void receive_rtp(engine *e, line *on, uint8_t *data, size_t size, int64_t wall) noexcept nogil:
    cdef place *p
    cdef sink *k
    cdef uint64_t n = 0
    if size < 12 or data[0] >> 6 != 2:
        on.count.unexpected += 1
        return
    on.count.rtp += 1
    if on.transport_cc and data[0] & 0x10:
        read_transport_cc(e, on, data, size, wall)
    p = find_place(on, read32(data + 8))
    if p is NULL:
        on.count.unexpected += 1
        return
    k = p.to
    k.count.bytes += size
    if p.repair:
        open_repair(e, on, k, data, size, wall)
        return
    e.last_rtp = e.now
    if not place_number(e, k, read16(data + 2), wall, &n):
        return
    note_jitter(k, read32(data + 4), wall)
    if on.opened:
        open_media(e, on, k, data, size, n, wall)


cdef void receive_datagram(engine *e, line *on, uint8_t *data, size_t size, int64_t wall) noexcept nogil:
    cdef uint8_t first = data[0] if size else 0
    on.count.datagrams += 1
    on.count.bytes += size
    if first < 4:
        check_receive(e, on, data, size)
    elif first < 128 or first > 191 or size < 8:
        return                                             # DTLS: a goodbye, or the last flight again
    elif 192 <= data[1] <= 223:
        rtcp_receive(e, on, data, size, wall)
    else:
        receive_rtp(e, on, data, size, wall)


cdef uint32_t read_control(line *on, msghdr *header, uint32_t size, int64_t *wall) noexcept nogil:
    """The kernel's timestamp, how often it had no room, and the size of a segment."""
    cdef cmsghdr *control = CMSG_FIRSTHDR(header)
    cdef timespec stamp
    cdef uint32_t drops
    cdef int segment = 0
    while control is not NULL:
        if control.cmsg_level == IPPROTO_UDP and control.cmsg_type == UDP_GRO:
            memcpy(&segment, CMSG_DATA(control), sizeof(int))
        elif control.cmsg_level == SOL_SOCKET and control.cmsg_type == SO_TIMESTAMPNS:
            memcpy(&stamp, CMSG_DATA(control), sizeof(stamp))
            wall[0] = stamp.tv_sec * 1000000000 + stamp.tv_nsec
        elif control.cmsg_level == SOL_SOCKET and control.cmsg_type == SO_RXQ_OVFL:
            memcpy(&drops, CMSG_DATA(control), sizeof(drops))
            on.count.own_drops += drops - on.kernel_drops
            on.kernel_drops = drops
        control = CMSG_NXTHDR(header, control)
    return <uint32_t>segment if segment > 0 else size


cdef void receive_message(engine *e, line *on, int i) noexcept nogil:
    cdef uint8_t *data = <uint8_t *>e.in_parts[i].iov_base
    cdef uint32_t left = e.in_messages[i].msg_len, length
    cdef int64_t wall = e.now + e.wall_offset
    cdef uint32_t segment = read_control(on, &e.in_messages[i].msg_hdr, left, &wall)
    while left > 0:
        length = segment if left > segment else left
        receive_datagram(e, on, data, length, wall)
        data += length
        left -= length


cdef bint receive(engine *e, line *on) noexcept nogil:
    cdef int i, n = 0, _batch
    for _batch in range(MOST_READS):
        for i in range(READS):
            e.in_messages[i].msg_hdr.msg_controllen = CONTROL
        n = recvmmsg(on.fd, e.in_messages, READS, MSG_DONTWAIT, NULL)
        for i in range(n):
            receive_message(e, on, i)
        if n < READS:
            return _batch or n > 0
    return True
