# cython: language_level=3, cdivision=True
"""RTCP on C buffers (see `_rtcp.pxd`, the contract). Nothing here allocates, locks or does I/O.

Readers take bytes from the network: every one of them checks the size it was given before it looks. The `def` functions at the
end exist for tests and for nothing else.
"""

from cpython.buffer cimport Py_buffer, PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport int16_t
from libc.string cimport memcpy, memset

from sfu._rtp cimport read16, read32, write16, write32

cdef enum:
    HEADER = 4                    # common header
    FEEDBACK_HEADER = 12          # with sender and media SSRC
    BLOCK = 24                    # one report block
    SENDER_PART = 24              # SSRC and sender information of an SR
    FEEDBACK_START = 20           # transport-wide feedback up to its first chunk
    TICK_US = 250                 # one unit of a receive delta
    TICKS = 256                   # in one unit of the reference time (64 ms)
    RUN_MAX = 8191
    EPOCH = 65536                 # extended numbers begin one lap up, so that reordering never goes below zero


cdef inline uint32_t read24(const uint8_t *p) noexcept nogil:
    return (<uint32_t>p[0] << 16) | read16(p + 1)


cdef inline void write24(uint8_t *p, uint32_t value) noexcept nogil:
    p[0] = <uint8_t>(value >> 16)
    write16(p + 1, <uint16_t>value)


cdef inline uint64_t read64(const uint8_t *p) noexcept nogil:
    return (<uint64_t>read32(p) << 32) | read32(p + 4)


cdef inline void write64(uint8_t *p, uint64_t value) noexcept nogil:
    write32(p, <uint32_t>(value >> 32))
    write32(p + 4, <uint32_t>value)


cdef inline void _header(uint8_t *out, uint8_t count, uint8_t kind, size_t size) noexcept nogil:
    out[0] = <uint8_t>(0x80 | count)
    out[1] = kind
    write16(out + 2, <uint16_t>(size // 4 - 1))


cdef inline void _feedback(uint8_t *out, uint8_t fmt, uint8_t kind, size_t size,
                           uint32_t sender, uint32_t media) noexcept nogil:
    _header(out, fmt, kind, size)
    write32(out + 4, sender)
    write32(out + 8, media)


# Reading

cdef int rtcp_next(const uint8_t *data, size_t size, size_t *offset, rtcp_item *out) noexcept nogil:
    """RFC 3550 section 6.4.1: version, padding, count, type, length in words less one."""
    cdef size_t at = offset[0]
    cdef size_t total
    cdef uint8_t padding
    if at >= size:
        return 0
    if size - at < HEADER or data[at] >> 6 != 2:
        return -1
    total = (<size_t>read16(data + at + 2) + 1) * 4
    if total > size - at:
        return -1
    out.type = data[at + 1]
    out.count = data[at] & 0x1F
    out.body = data + at + HEADER
    out.size = total - HEADER
    if data[at] & 0x20:
        padding = data[at + total - 1]
        if padding == 0 or padding > out.size:
            return -1
        out.size -= padding
    offset[0] = at + total
    return 1


cdef bint rtcp_read_sr(const rtcp_item *item, sender_info *out) noexcept nogil:
    """RFC 3550 section 6.4.1."""
    if item.type != RTCP_SR or item.size < SENDER_PART:
        return False
    out.ssrc = read32(item.body)
    out.ntp = read64(item.body + 4)
    out.rtp = read32(item.body + 12)
    out.packets = read32(item.body + 16)
    out.octets = read32(item.body + 20)
    return True


cdef bint rtcp_read_block(const rtcp_item *item, unsigned int index, report_block *out) noexcept nogil:
    """RFC 3550 sections 6.4.1 and 6.4.2."""
    cdef size_t start
    cdef uint32_t lost
    cdef const uint8_t *p
    if item.type == RTCP_SR:
        start = SENDER_PART
    elif item.type == RTCP_RR:
        start = 4
    else:
        return False
    if index >= item.count or item.size < start + (<size_t>index + 1) * BLOCK:
        return False
    p = item.body + start + <size_t>index * BLOCK
    lost = read24(p + 5)
    out.ssrc = read32(p)
    out.fraction_lost = p[4]
    out.cumulative_lost = <int32_t>lost - (0x1000000 if lost & 0x800000 else 0)
    out.highest = read32(p + 8)
    out.jitter = read32(p + 12)
    out.lsr = read32(p + 16)
    out.dlsr = read32(p + 20)
    return True


cdef size_t rtcp_read_nack(const rtcp_item *item, uint32_t *media_ssrc, uint16_t *out, size_t capacity) noexcept nogil:
    """RFC 4585 section 6.2.1: a packet id and a mask of the 16 that follow it, as often as there is room."""
    cdef size_t at = 8
    cdef size_t n = 0
    cdef uint16_t first, mask
    cdef int bit
    media_ssrc[0] = 0
    if item.type != RTCP_RTPFB or item.count != RTPFB_NACK or item.size < 12:
        return 0
    media_ssrc[0] = read32(item.body + 4)
    while item.size - at >= 4:
        first = read16(item.body + at)
        mask = read16(item.body + at + 2)
        at += 4
        if n < capacity:
            out[n] = first
            n += 1
        for bit in range(16):
            if (mask >> bit) & 1 and n < capacity:
                out[n] = <uint16_t>(first + bit + 1)
                n += 1
    return n


cdef bint rtcp_read_pli(const rtcp_item *item, uint32_t *media_ssrc) noexcept nogil:
    """RFC 4585 section 6.3.1."""
    if item.type != RTCP_PSFB or item.count != PSFB_PLI or item.size < 8:
        return False
    media_ssrc[0] = read32(item.body + 4)
    return True


cdef bint rtcp_read_fir(const rtcp_item *item, unsigned int index, uint32_t *media_ssrc, uint8_t *sequence) noexcept nogil:
    """RFC 5104 section 4.3.1: the SSRC stands in the entry, not in the header."""
    cdef const uint8_t *p
    if item.type != RTCP_PSFB or item.count != PSFB_FIR or item.size < 8:
        return False
    if index >= (item.size - 8) // 8:
        return False
    p = item.body + 8 + <size_t>index * 8
    media_ssrc[0] = read32(p)
    sequence[0] = p[4]
    return True


# Writing

cdef size_t rtcp_write_sr(uint8_t *out, size_t capacity, const sender_info *info,
                          const char *cname, size_t cname_size) noexcept nogil:
    """RFC 3550 sections 6.4.1 and 6.5. A CNAME longer than 255 bytes cannot be written: 0."""
    cdef size_t report = HEADER + SENDER_PART
    # SSRC, item type and length, the text, and 1 to 4 zeros that end the list of items on a word
    cdef size_t description = HEADER + 4 + (2 + cname_size + 4) // 4 * 4
    cdef uint8_t *p = out + report
    if cname_size > 255 or capacity < report + description:
        return 0
    _header(out, 0, RTCP_SR, report)
    write32(out + 4, info.ssrc)
    write64(out + 8, info.ntp)
    write32(out + 16, info.rtp)
    write32(out + 20, info.packets)
    write32(out + 24, info.octets)
    memset(p, 0, description)
    _header(p, 1, RTCP_SDES, description)
    write32(p + 4, info.ssrc)
    p[8] = 1
    p[9] = <uint8_t>cname_size
    if cname_size:
        memcpy(p + 10, cname, cname_size)
    return report + description


cdef size_t rtcp_write_rr(uint8_t *out, size_t capacity, uint32_t sender,
                          const report_block *blocks, size_t n) noexcept nogil:
    """RFC 3550 section 6.4.2. The cumulative loss is held within its 24 bits."""
    cdef size_t size = HEADER + 4 + n * BLOCK
    cdef size_t i
    cdef int32_t lost
    cdef uint8_t *p
    if n > 31 or capacity < size:
        return 0
    _header(out, <uint8_t>n, RTCP_RR, size)
    write32(out + 4, sender)
    for i in range(n):
        p = out + 8 + i * BLOCK
        lost = min(max(blocks[i].cumulative_lost, -0x800000), 0x7FFFFF)
        write32(p, blocks[i].ssrc)
        p[4] = blocks[i].fraction_lost
        write24(p + 5, <uint32_t>lost)
        write32(p + 8, blocks[i].highest)
        write32(p + 12, blocks[i].jitter)
        write32(p + 16, blocks[i].lsr)
        write32(p + 20, blocks[i].dlsr)
    return size


cdef size_t rtcp_write_nack(uint8_t *out, size_t capacity, uint32_t sender, uint32_t media,
                            const uint16_t *lost, size_t n) noexcept nogil:
    """RFC 4585 section 6.2.1. Numbers said twice are written once. 0 also when `n` is 0."""
    cdef size_t size = FEEDBACK_HEADER
    cdef size_t i = 0
    cdef uint16_t first, mask, distance
    if n == 0 or capacity < FEEDBACK_HEADER:
        return 0
    while i < n:
        if capacity - size < 4:
            return 0
        first = lost[i]
        mask = 0
        i += 1
        while i < n:
            distance = <uint16_t>(lost[i] - first)
            if distance > 16:
                break
            if distance > 0:
                mask |= <uint16_t>(1 << (distance - 1))
            i += 1
        write16(out + size, first)
        write16(out + size + 2, mask)
        size += 4
    _feedback(out, RTPFB_NACK, RTCP_RTPFB, size, sender, media)
    return size


cdef size_t rtcp_write_pli(uint8_t *out, size_t capacity, uint32_t sender, uint32_t media) noexcept nogil:
    """RFC 4585 section 6.3.1."""
    if capacity < FEEDBACK_HEADER:
        return 0
    _feedback(out, PSFB_PLI, RTCP_PSFB, FEEDBACK_HEADER, sender, media)
    return FEEDBACK_HEADER


# Transport-wide feedback: what arrived

cdef void arrivals_reset(arrival_log *log) noexcept nogil:
    memset(log, 0, sizeof(arrival_log))


cdef void _start(arrival_log *log, uint16_t sequence, int64_t now_us) noexcept nogil:
    """Forget everything but the count of feedback packets; `sequence` is the first arrival."""
    memset(log.at, 0xFF, sizeof(log.at))      # -1 everywhere
    log.started = True
    log.strayed = False
    log.base = log.highest = EPOCH + <uint64_t>sequence
    log.at[log.base & (ARRIVALS - 1)] = now_us


cdef void _stray(arrival_log *log, uint16_t sequence, int64_t now_us) noexcept nogil:
    """A number far behind: one such packet is late or doubled; two in a row mean that the publisher counts anew."""
    if log.strayed and sequence == <uint16_t>(log.stray + 1):
        _start(log, sequence, now_us)
    else:
        log.strayed = True
        log.stray = sequence


cdef void arrivals_add(arrival_log *log, uint16_t sequence, int64_t now_us) noexcept nogil:
    cdef int step = <int16_t><uint16_t>(sequence - <uint16_t>log.highest)
    cdef uint64_t number
    now_us = max(now_us, 0)
    if not log.started or step >= ARRIVALS:
        _start(log, sequence, now_us)
        return
    if step <= -ARRIVALS:
        _stray(log, sequence, now_us)
        return
    log.strayed = False
    number = log.highest + <uint64_t>step
    while log.highest < number:
        log.highest += 1
        log.at[log.highest & (ARRIVALS - 1)] = -1
    if log.at[number & (ARRIVALS - 1)] >= 0:
        return
    log.at[number & (ARRIVALS - 1)] = now_us
    # One that comes after it was reported lost takes the report back to it, as libwebrtc's receivers do.
    log.base = min(log.base, number)
    if log.highest - log.base >= ARRIVALS:
        log.base = log.highest - ARRIVALS + 1


# Transport-wide feedback: what is said of it

cdef size_t _plan(const arrival_log *log, size_t capacity, uint8_t *symbols, int64_t *reference) noexcept nogil:
    """Fill `symbols` (0 not received, 1 small delta, 2 large delta: also the delta's size) and the reference time.

    Returns how many numbers from `base` on go into this packet; the last of them was received. No chunk covers fewer than 7
    of the numbers left, which bounds the room that chunks need. A delta beyond 16 bits, or no room, leaves the rest.
    """
    cdef size_t i, count = 0, deltas = 0
    cdef int64_t at, delta, last = 0
    for i in range(<size_t>(log.highest - log.base + 1)):
        symbols[i] = 0
        at = log.at[(log.base + i) & (ARRIVALS - 1)]
        if at < 0:
            continue
        at //= TICK_US
        if count == 0:
            reference[0] = at // TICKS
            last = reference[0] * TICKS
        delta = at - last
        if delta < -32768 or delta > 32767:
            break
        symbols[i] = 1 if 0 <= delta <= 255 else 2
        deltas += symbols[i]
        if FEEDBACK_START + 2 * ((i + 7) // 7) + deltas + 3 > capacity:
            break
        count = i + 1
        last = at
    return count


cdef size_t _chunk(const uint8_t *symbols, size_t left, uint8_t *out) noexcept nogil:
    """Write the chunk that says most about the next numbers (draft section 3.1.1 to 3.1.4); returns how many it covers."""
    cdef size_t run = 1, narrow = 0, i
    cdef size_t covered = left if left < 14 else 14
    cdef uint16_t chunk
    while run < left and run < RUN_MAX and symbols[run] == symbols[0]:
        run += 1
    while narrow < covered and symbols[narrow] < 2:
        narrow += 1
    if run == left or run >= 14 or (run >= 7 and narrow < covered):
        write16(out, <uint16_t>((symbols[0] << 13) | run))
        return run
    if narrow == covered:
        chunk = 0x8000
        for i in range(covered):
            chunk |= <uint16_t>(symbols[i] << (13 - i))
    else:
        covered = left if left < 7 else 7
        chunk = 0xC000
        for i in range(covered):
            chunk |= <uint16_t>(symbols[i] << (12 - 2 * i))
    write16(out, chunk)
    return covered


cdef size_t _deltas(const arrival_log *log, const uint8_t *symbols, size_t count,
                    int64_t reference, uint8_t *out) noexcept nogil:
    """Write the receive deltas; returns their size. Differences of whole ticks, so that rounding does not add up."""
    cdef int64_t at, last = reference * TICKS
    cdef size_t i, size = 0
    for i in range(count):
        if symbols[i] == 0:
            continue
        at = log.at[(log.base + i) & (ARRIVALS - 1)] // TICK_US
        if symbols[i] == 1:
            out[size] = <uint8_t>(at - last)
        else:
            write16(out + size, <uint16_t>(at - last))
        size += symbols[i]
        last = at
    return size


cdef size_t arrivals_write(arrival_log *log, uint8_t *out, size_t capacity,
                           uint32_t sender, uint32_t media) noexcept nogil:
    cdef uint8_t symbols[ARRIVALS]
    cdef int64_t reference = 0
    cdef size_t count, covered = 0, size = FEEDBACK_START
    if not log.started or log.base > log.highest:
        return 0
    count = _plan(log, capacity, symbols, &reference)
    if count == 0:
        return 0
    while covered < count:
        covered += _chunk(symbols + covered, count - covered, out + size)
        size += 2
    size += _deltas(log, symbols, count, reference, out + size)
    while size % 4:
        out[size] = 0             # part of the feedback, not RTCP padding: readers know how many deltas there are
        size += 1
    _feedback(out, RTPFB_TRANSPORT_CC, RTCP_RTPFB, size, sender, media)
    write16(out + 12, <uint16_t>log.base)
    write16(out + 14, <uint16_t>count)
    write24(out + 16, <uint32_t>reference)
    out[19] = log.feedback_count
    log.feedback_count += 1
    log.base += count
    return size


# For tests only

cdef _decode_item(const rtcp_item *item):
    """One packet as a tuple that begins with its name."""
    cdef sender_info info
    cdef report_block block
    cdef uint32_t media = 0
    cdef uint8_t sequence = 0
    cdef uint16_t lost[64]
    cdef size_t n
    blocks = []
    while rtcp_read_block(item, <unsigned int>len(blocks), &block):
        blocks.append((block.ssrc, block.fraction_lost, block.cumulative_lost, block.highest,
                       block.jitter, block.lsr, block.dlsr))
    if rtcp_read_sr(item, &info):
        return "sr", info.ssrc, info.ntp, info.rtp, info.packets, info.octets, blocks
    if item.type == RTCP_RR:
        return "rr", blocks
    n = rtcp_read_nack(item, &media, lost, 64)
    if n:
        return "nack", media, [lost[i] for i in range(n)]
    if rtcp_read_pli(item, &media):
        return "pli", media
    if item.type == RTCP_PSFB and item.count == PSFB_FIR:
        entries = []
        while rtcp_read_fir(item, <unsigned int>len(entries), &media, &sequence):
            entries.append((media, sequence))
        return "fir", entries
    return "other", item.type, item.count, item.body[:item.size]


def parse_compound(data):
    """Everything the readers find in `data`; ValueError where `rtcp_next` calls it malformed. For tests only."""
    cdef Py_buffer view
    cdef rtcp_item item
    cdef size_t offset = 0
    cdef int got
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        found = []
        while True:
            got = rtcp_next(<const uint8_t *>view.buf, <size_t>view.len, &offset, &item)
            if got < 0:
                raise ValueError("malformed RTCP")
            if got == 0:
                return found
            found.append(_decode_item(&item))
    finally:
        PyBuffer_Release(&view)


cdef class _Room:
    """Exactly `capacity` bytes to write into, so that a sanitizer sees one byte too many."""
    cdef uint8_t *data
    cdef size_t capacity

    def __cinit__(self, size_t capacity):
        self.capacity = capacity
        self.data = <uint8_t *>PyMem_Malloc(capacity)
        if self.data == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.data)

    cdef bytes take(self, size_t size):
        return self.data[:size]


def write_sr(uint32_t ssrc, uint64_t ntp, uint32_t rtp, uint32_t packets, uint32_t octets, bytes cname,
             size_t capacity=1200):
    """For tests only."""
    cdef _Room room = _Room(capacity)
    cdef sender_info info
    info.ssrc, info.ntp, info.rtp, info.packets, info.octets = ssrc, ntp, rtp, packets, octets
    return room.take(rtcp_write_sr(room.data, capacity, &info, cname, <size_t>len(cname)))


def write_rr(uint32_t sender, blocks, size_t capacity=1200):
    """Blocks as `parse_compound` gives them. For tests only."""
    cdef _Room room = _Room(capacity)
    cdef report_block rows[40]
    cdef size_t i
    if len(blocks) > 40:
        raise ValueError("too many blocks")
    for i, block in enumerate(blocks):
        (rows[i].ssrc, rows[i].fraction_lost, rows[i].cumulative_lost, rows[i].highest,
         rows[i].jitter, rows[i].lsr, rows[i].dlsr) = block
    return room.take(rtcp_write_rr(room.data, capacity, sender, rows, <size_t>len(blocks)))


def write_nack(uint32_t sender, uint32_t media, lost, size_t capacity=1200):
    """For tests only."""
    cdef _Room room = _Room(capacity)
    cdef uint16_t numbers[1024]
    cdef size_t i
    if len(lost) > 1024:
        raise ValueError("too many numbers")
    for i, number in enumerate(lost):
        numbers[i] = number
    return room.take(rtcp_write_nack(room.data, capacity, sender, media, numbers, <size_t>len(lost)))


def write_pli(uint32_t sender, uint32_t media, size_t capacity=1200):
    """For tests only."""
    cdef _Room room = _Room(capacity)
    return room.take(rtcp_write_pli(room.data, capacity, sender, media))


cdef class Arrivals:
    """An arrival log. For tests only."""
    cdef arrival_log log

    def __cinit__(self):
        arrivals_reset(&self.log)

    def add(self, uint16_t sequence, int64_t now_us):
        """`arrivals_add`."""
        arrivals_add(&self.log, sequence, now_us)

    def write(self, uint32_t sender=1, uint32_t media=2, size_t capacity=1200):
        """`arrivals_write`; empty when there is nothing to say or no room."""
        cdef _Room room = _Room(capacity)
        return room.take(arrivals_write(&self.log, room.data, capacity, sender, media))
