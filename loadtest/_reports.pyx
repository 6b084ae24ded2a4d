"""RTCP of a line, both ways, as a browser has it: sender and receiver reports every second (RFC 3550 section 6.4),
transport-wide feedback every 100 ms (draft-holmer-rmcat-transport-wide-cc-extensions-01), NACK for what was passed over
and PLI for pictures that cannot be shown (RFC 4585)."""

from libc.stdint cimport int16_t, int32_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from loadtest._bytes cimport read16, read32, write16, write24, write32
from loadtest._checks cimport check_send
from loadtest._libsrtp cimport libsrtp
from loadtest._lines cimport ARRIVALS, MTU, ROOM, gap, place, sink, source, spread
from loadtest._net cimport MSG_DONTWAIT, send
from loadtest._places cimport find_place
from loadtest._sending cimport rtp_time, send_again

cdef enum:
    SENDER_REPORT = 200
    RECEIVER_REPORT = 201
    DESCRIPTION = 202
    TRANSPORT_FEEDBACK = 205
    PAYLOAD_FEEDBACK = 206
    NACK = 1
    TRANSPORT_WIDE = 15
    PLI = 1
    FIR = 4
    REPORT = 1000000000           # ns between reports
    FEEDBACK = 100000000          # ns between transport-wide feedback messages
    AGAIN = 50000000              # ns until a NACK is repeated
    TRIES = 10
    PLI_AGAIN = 300000000
    BLOCKS = 31

# --- what comes ----------------------------------------------------------------------------------------------------

cdef source *find_source(line *on, uint32_t ssrc) noexcept nogil:
    cdef int32_t i
    for i in range(on.send_count):
        if on.sends[i].ssrc == ssrc:
            return on.sends[i]
    return NULL


cdef void take_blocks(line *on, const uint8_t *blocks, size_t size) noexcept nogil:
    """A stream somebody reports is known there by its SSRC."""
    cdef source *s
    cdef size_t at = 0
    while at + 24 <= size:
        s = find_source(on, read32(blocks + at))
        if s is not NULL:
            s.identified = True
        at += 24


cdef void take_sender_report(line *on, const uint8_t *p, size_t size, int64_t now) noexcept nogil:
    cdef place *found
    if size < 28:
        return
    found = find_place(on, read32(p + 4))
    if found is not NULL and not found.repair:
        found.to.last_report = read32(p + 10)             # the middle of the NTP time
        found.to.last_report_at = now
    take_blocks(on, p + 28, size - 28)


cdef void take_nack(engine *e, line *on, const uint8_t *p, size_t size) noexcept nogil:
    cdef source *s = find_source(on, read32(p + 8))
    cdef size_t at = 12
    cdef uint16_t first, mask
    cdef int i
    while s is not NULL and at + 4 <= size:
        first = read16(p + at)
        mask = read16(p + at + 2)
        send_again(e, s, first)
        for i in range(16):
            if mask >> i & 1:
                send_again(e, s, <uint16_t>(first + i + 1))
        at += 4


cdef void want_key(line *on, uint32_t ssrc) noexcept nogil:
    cdef source *s = find_source(on, ssrc)
    if s is not NULL:
        s.want_key = True
        s.count.keyframe_requests += 1


cdef void take_packet(engine *e, line *on, const uint8_t *p, size_t size) noexcept nogil:
    cdef uint8_t format = p[0] & 0x1F
    cdef size_t at = 12
    if p[1] == SENDER_REPORT:
        take_sender_report(on, p, size, e.now)
    elif p[1] == RECEIVER_REPORT and size >= 8:
        take_blocks(on, p + 8, size - 8)
    elif size < 12:
        return
    elif p[1] == TRANSPORT_FEEDBACK and format == NACK:
        take_nack(e, on, p, size)
    elif p[1] == TRANSPORT_FEEDBACK and format == TRANSPORT_WIDE:
        on.count.feedback += 1
    elif p[1] == PAYLOAD_FEEDBACK and format == PLI:
        want_key(on, read32(p + 8))
    elif p[1] == PAYLOAD_FEEDBACK and format == FIR:
        while at + 8 <= size:
            want_key(on, read32(p + at))
            at += 8


cdef void rtcp_receive(engine *e, line *on, uint8_t *data, size_t size, int64_t wall) noexcept nogil:
    cdef int total = <int>size
    cdef int at = 0, length
    if libsrtp().unprotect_rtcp(on.inbound, data, &total) != 0:
        on.count.unreadable += 1
        return
    on.count.rtcp += 1
    while at + 8 <= total and data[at] >> 6 == 2:
        length = 4 * (read16(data + at + 2) + 1)
        if at + length > total:
            return
        take_packet(e, on, data + at, <size_t>length)
        at += length

# --- what leaves ---------------------------------------------------------------------------------------------------

cdef void seal_and_send(line *on, uint8_t *data, size_t size) noexcept nogil:
    cdef int total = <int>size
    if libsrtp().protect_rtcp(on.outbound, data, &total) == 0:
        send(on.fd, data, <size_t>total, MSG_DONTWAIT)


cdef size_t put_head(uint8_t *out, int count, uint8_t kind, size_t size, uint32_t ssrc) noexcept nogil:
    out[0] = <uint8_t>(0x80 | count)
    out[1] = kind
    write16(out + 2, <uint16_t>(size // 4 - 1))
    write32(out + 4, ssrc)
    return 8


cdef size_t put_block(uint8_t *out, sink *k, int64_t now) noexcept nogil:
    """RFC 3550 section 6.4.1 and appendix A.3."""
    cdef uint64_t expected = k.highest - k.first + 1
    cdef uint64_t new_expected = expected - k.reported_expected
    cdef int64_t new_lost = <int64_t>new_expected - <int64_t>(k.ever - k.reported_ever)
    cdef int64_t lost = <int64_t>expected - <int64_t>k.ever
    cdef int64_t clock = 90 if k.video else 48
    k.reported_expected = expected
    k.reported_ever = k.ever
    write32(out, k.ssrc)
    out[4] = <uint8_t>(new_lost * 255 // <int64_t>new_expected) if new_expected > 0 and new_lost > 0 else 0
    write24(out + 5, <uint32_t>(0 if lost < 0 else (0x7FFFFF if lost > 0x7FFFFF else lost)))
    write32(out + 8, <uint32_t>k.highest)
    write32(out + 12, <uint32_t>(k.jitter * clock // 1000000))
    write32(out + 16, k.last_report)
    write32(out + 20, <uint32_t>((now - k.last_report_at) * 65536 // 1000000000) if k.last_report else 0)
    return 24


cdef size_t put_blocks(engine *e, line *on, uint8_t *out, int *count) noexcept nogil:
    """Blocks of the streams that have begun, 31 at most."""
    cdef uint32_t i
    cdef size_t at = 0
    count[0] = 0
    if on.table is NULL:
        return 0
    for i in range(on.table_mask + 1):
        if on.table[i].to is not NULL and not on.table[i].repair and on.table[i].to.started and count[0] < BLOCKS:
            at += put_block(out + at, on.table[i].to, e.now)
            count[0] += 1
    return at


cdef size_t put_description(line *on, uint8_t *out, uint32_t ssrc) noexcept nogil:
    """CNAME (RFC 3550 section 6.5), ended and padded with zeros."""
    cdef size_t size = (8 + 2 + on.cname_size + 1 + 3) & ~<size_t>3
    memset(out, 0, size)
    put_head(out, 1, DESCRIPTION, size, ssrc)
    out[8] = 1
    out[9] = on.cname_size
    memcpy(out + 10, on.cname, on.cname_size)
    return size


cdef size_t put_sender_report(engine *e, source *s, uint8_t *out) noexcept nogil:
    cdef int64_t wall = e.now + e.wall_offset
    put_head(out, 0, SENDER_REPORT, 28, s.ssrc)
    write32(out + 8, <uint32_t>(wall // 1000000000 + <int64_t>2208988800))      # seconds since 1900
    write32(out + 12, <uint32_t>((<uint64_t>(wall % 1000000000) << 32) // 1000000000))
    write32(out + 16, rtp_time(s, e.now))
    write32(out + 20, <uint32_t>s.all_packets)
    write32(out + 24, <uint32_t>s.all_bytes)
    return 28


cdef void reports_send(engine *e, line *on) noexcept nogil:
    cdef uint8_t out[ROOM]
    cdef size_t at, size
    cdef int32_t i
    cdef int count = 0
    on.report_due = e.now + spread(e, REPORT)
    for i in range(on.send_count):
        if on.sends[i].all_packets and on.sends[i].sending:
            at = put_sender_report(e, on.sends[i], out)
            at += put_description(on, out + at, on.sends[i].ssrc)
            seal_and_send(on, out, at)
    size = 8 + put_blocks(e, on, out + 8, &count)
    if count:
        put_head(out, count, RECEIVER_REPORT, size, on.ssrc)
        size += put_description(on, out + size, on.ssrc)
        seal_and_send(on, out, size)


# --- transport-wide feedback ---------------------------------------------------------------------------------------

cdef inline int symbol(int64_t ticks) noexcept nogil:
    """0: not received, 1: a delta of one byte, 2: of two."""
    return 1 if 0 <= ticks <= 255 else 2


cdef void feedback_send(engine *e, line *on) noexcept nogil:
    cdef uint8_t out[ROOM]
    cdef uint8_t symbols[ARRIVALS]
    cdef int16_t deltas[ARRIVALS]
    cdef int count = <int>(on.feedback_to - on.feedback_from), i, told = 0
    cdef int64_t reference = -1, before = 0, at, ticks
    on.feedback_due = e.now + spread(e, FEEDBACK)
    if count <= 0:
        return
    for i in range(count):
        at = on.arrivals[(on.feedback_from + <uint64_t>i) & (ARRIVALS - 1)]
        on.arrivals[(on.feedback_from + <uint64_t>i) & (ARRIVALS - 1)] = 0
        symbols[i] = 0
        if at == 0:
            continue
        if reference < 0:
            reference = at >> 8                            # 64 ms are 256 ticks
            before = reference << 8
        ticks = at - before
        if ticks < -32768 or ticks > 32767:
            continue                                       # cannot be told; it counts as lost
        symbols[i] = <uint8_t>symbol(ticks)
        deltas[told] = <int16_t>ticks
        told += 1
        before = at
    if reference >= 0:
        write_feedback(on, out, symbols, count, deltas, told, reference)
    on.feedback_from = on.feedback_to


cdef size_t put_chunks(uint8_t *out, const uint8_t *symbols, int count) noexcept nogil:
    """Runs of equal symbols, and seven symbols a word where they are not."""
    cdef size_t at = 0
    cdef int i = 0, run, k
    cdef uint16_t word
    while i < count:
        run = 1
        while i + run < count and symbols[i + run] == symbols[i] and run < 0x1FFF:
            run += 1
        if run >= 7 or i + run == count:
            word = <uint16_t>(symbols[i] << 13 | run)
            i += run
        else:
            word = 0xC000
            for k in range(7):
                if i < count:
                    word |= <uint16_t>(symbols[i] << (12 - 2 * k))
                    i += 1
        write16(out + at, word)
        at += 2
    return at


cdef void write_feedback(line *on, uint8_t *out, const uint8_t *symbols, int count, const int16_t *deltas,
                         int told, int64_t reference) noexcept nogil:
    cdef size_t at = 20
    cdef int i
    write32(out + 8, on.feedback_ssrc)
    write16(out + 12, <uint16_t>on.feedback_from)
    write16(out + 14, <uint16_t>count)
    write24(out + 16, <uint32_t>(reference & 0xFFFFFF))
    out[19] = on.feedback_count
    on.feedback_count += 1
    at += put_chunks(out + at, symbols, count)
    for i in range(told):
        if 0 <= deltas[i] <= 255:
            out[at] = <uint8_t>deltas[i]
            at += 1
        else:
            write16(out + at, <uint16_t>deltas[i])
            at += 2
    while at & 3:
        out[at] = 0
        at += 1
    put_head(out, TRANSPORT_WIDE, TRANSPORT_FEEDBACK, at, on.ssrc)
    seal_and_send(on, out, at)
    on.count.feedback_sent += 1

# --- what is missed ------------------------------------------------------------------------------------------------

cdef void ask_key(engine *e, sink *k) noexcept nogil:
    cdef uint8_t out[ROOM]
    if e.now - k.asked_key < PLI_AGAIN:
        return
    k.asked_key = e.now
    k.count.plis += 1
    put_head(out, PLI, PAYLOAD_FEEDBACK, 12, k.on.ssrc)
    write32(out + 8, k.ssrc)
    seal_and_send(k.on, out, 12)


cdef void ask_again(engine *e, line *on) noexcept nogil:
    """One NACK of single numbers for each stream in turn; what was asked for too often is given up."""
    cdef uint8_t out[ROOM]
    cdef size_t size = 12
    cdef sink *k = NULL
    cdef gap *g
    cdef int32_t i = 0
    while i < on.gap_count:
        g = &on.gaps[i]
        if g.tries >= TRIES:
            if g.of.video:
                ask_key(e, g.of)
            on.gap_count -= 1
            on.gaps[i] = on.gaps[on.gap_count]
            continue
        if g.due <= e.now and (k is NULL or k == g.of) and size + 4 <= MTU - 64:
            k = g.of
            write16(out + size, <uint16_t>g.number)
            write16(out + size + 2, 0)
            size += 4
            g.tries += 1
            g.due = e.now + AGAIN
            k.count.nacks += 1
        i += 1
    if k is not NULL:
        put_head(out, NACK, TRANSPORT_FEEDBACK, size, on.ssrc)
        write32(out + 8, k.ssrc)
        seal_and_send(on, out, size)


cdef void want_first_keys(engine *e, line *on) noexcept nogil:
    """A decoder that has begun without a keyframe asks for one. Only opened lines see what there is."""
    cdef uint32_t i
    cdef sink *k
    if on.table is NULL:
        return
    for i in range(on.table_mask + 1):
        k = on.table[i].to
        if k is not NULL and k.video and k.started and k.first_frame_wall == 0 and not k.in_key and k.asked_key != 0:
            ask_key(e, k)
        elif k is not NULL and k.started and k.asked_key == 0:
            k.asked_key = e.now                            # a first chance to come by itself


cdef void line_due(engine *e, line *on) noexcept nogil:
    if e.now >= on.check_due:
        check_send(e, on)
    if e.now >= on.report_due:
        reports_send(e, on)
    if on.transport_cc and e.now >= on.feedback_due:
        feedback_send(e, on)
        if on.opened:
            want_first_keys(e, on)
    if on.gap_count:
        ask_again(e, on)
