# cython: language_level=3, cdivision=True
"""Transport-wide feedback of a receiver, read (`_twcc.pxd` is the contract). Nothing here allocates, locks or does I/O.

Status chunks come first, receive deltas behind them; where the deltas begin is only known when the chunks have been
gone through. So a packet is walked once to see that it holds what it says, and once more to be read. The function at the
end is for tests only.
"""

from cpython.buffer cimport Py_buffer, PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int16_t

from sfu._rtcp cimport RTCP_RTPFB, RTPFB_TRANSPORT_CC, rtcp_next
from sfu._rtp cimport read16, read32

cdef enum:
    HEADER = 16                  # both SSRCs, base, count, reference time, feedback count
    RESERVED = 3


cdef inline void _chunk(twcc_report *r) noexcept nogil:
    """Section 3.1.3 and 3.1.4: a run of one status, or a vector of 14 one-bit or 7 two-bit ones."""
    cdef uint16_t chunk = read16(r.chunk)
    r.chunk += 2
    if not chunk & 0x8000:
        r.width = 0
        r.symbol = (chunk >> 13) & 3
        r.run = chunk & 0x1FFF
    elif chunk & 0x4000:
        r.width = 2
        r.run = 7
        r.symbols = <uint16_t>(chunk << 2)
    else:
        r.width = 1
        r.run = 14
        r.symbols = <uint16_t>(chunk << 2)


cdef inline uint8_t _status(twcc_report *r) noexcept nogil:
    """The next status of the current chunk."""
    cdef uint8_t status
    r.run -= 1
    if r.width == 0:
        return r.symbol
    status = <uint8_t>(r.symbols >> (16 - r.width))
    r.symbols = <uint16_t>(r.symbols << r.width)
    return status


cdef bint _walk(twcc_report *r, const uint8_t *end) noexcept nogil:
    """Sets `delta`. False when chunks or deltas reach beyond `end`."""
    cdef twcc_report at = r[0]
    cdef size_t deltas = 0
    cdef uint16_t covered
    cdef uint8_t status
    while at.left > 0:
        if end - at.chunk < 2:
            return False
        _chunk(&at)
        covered = at.run if at.run < at.left else at.left
        if covered == 0:                   # a run of no packets: nothing would ever end
            return False
        if at.width == 0:
            if at.symbol == RESERVED:
                return False
            deltas += <size_t>at.symbol * covered
            at.left -= covered
            continue
        while covered > 0:
            status = _status(&at)
            if status == RESERVED:
                return False
            deltas += status
            covered -= 1
            at.left -= 1
    if <size_t>(end - at.chunk) < deltas:
        return False
    r.delta = at.chunk
    return True


cdef bint twcc_open(const rtcp_item *item, twcc_report *out) noexcept nogil:
    cdef const uint8_t *p = item.body
    cdef int32_t reference
    if item.type != RTCP_RTPFB or item.count != RTPFB_TRANSPORT_CC or item.size < HEADER:
        return False
    out.base = read16(p + 8)
    out.count = read16(p + 10)
    reference = <int32_t>(read32(p + 12) >> 8)
    out.reference = reference - (0x1000000 if reference & 0x800000 else 0)
    out.feedback_count = p[15]
    out.chunk = p + HEADER
    out.left = out.count
    out.run = 0
    out.arrival_us = 0
    if out.count == 0 or out.count > TWCC_MOST:
        return False
    return _walk(out, item.body + item.size)


cdef int twcc_next(twcc_report *r) noexcept nogil:
    cdef uint8_t status
    if r.left == 0:
        return -1
    while r.run == 0:
        _chunk(r)
    r.left -= 1
    status = _status(r)
    if status == 0:
        return 0
    if status == 1:
        r.arrival_us += <int64_t>r.delta[0] * TWCC_TICK_US
    else:
        r.arrival_us += <int64_t><int16_t>read16(r.delta) * TWCC_TICK_US
    r.delta += status
    return 1


# For tests only

def read_feedback(data):
    """Of each feedback packet in a compound: base, feedback count, reference time (us), and of every packet its arrival
    (us, on the receiver's clock) or None. ValueError where one is malformed. For tests only."""
    cdef Py_buffer view
    cdef rtcp_item item
    cdef twcc_report report
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
            if item.type != RTCP_RTPFB or item.count != RTPFB_TRANSPORT_CC:
                continue
            if not twcc_open(&item, &report):
                raise ValueError("malformed feedback")
            start = <int64_t>report.reference * TWCC_REFERENCE_US
            arrivals = []
            while True:
                got = twcc_next(&report)
                if got < 0:
                    break
                arrivals.append(start + report.arrival_us if got else None)
            found.append((report.base, report.feedback_count, start, arrivals))
    finally:
        PyBuffer_Release(&view)
