# cython: language_level=3, cdivision=True
"""RTCP on C buffers (`_rtcp.pxd` is the contract). Nothing here allocates, locks or does I/O.

Readers take bytes from the network: every one of them checks the size it was given before it looks. The `def`
functions at the end are for tests only.
"""

from cpython.buffer cimport Py_buffer, PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.string cimport memcpy, memset

from sfu._rtp cimport read16, read32, write16, write32

cdef enum:
    HEADER = 4                    # common header
    FEEDBACK_HEADER = 12          # with sender and media SSRC
    BLOCK = 24                    # one report block
    REMB = 0x52454D42             # "REMB"
    SENDER_PART = 24              # SSRC and sender information of an SR


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


cdef bint rtcp_read_fir(const rtcp_item *item, unsigned int index,
                        uint32_t *media_ssrc, uint8_t *sequence) noexcept nogil:
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


cdef bint rtcp_read_remb(const rtcp_item *item, int64_t *bps) noexcept nogil:
    """draft-alvestrand-rmcat-remb-03 section 2.2: 18 bits of mantissa, 6 of exponent; what is beyond 63 bits is all there is."""
    cdef uint8_t exponent
    cdef int64_t mantissa
    if item.type != RTCP_PSFB or item.count != PSFB_AFB or item.size < 16 or read32(item.body + 8) != <uint32_t>REMB:
        return False
    exponent = item.body[13] >> 2
    mantissa = <int64_t>(read24(item.body + 13) & 0x3FFFF)
    bps[0] = mantissa << exponent if exponent <= 44 else 0x7FFFFFFFFFFFFFFF
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


# For tests only

cdef _decode_item(const rtcp_item *item):
    """One packet as a tuple that begins with its name."""
    cdef sender_info info
    cdef report_block block
    cdef uint32_t media = 0
    cdef uint8_t sequence = 0
    cdef uint16_t lost[64]
    cdef int64_t bps = 0
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
    if rtcp_read_remb(item, &bps):
        return "remb", bps
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
