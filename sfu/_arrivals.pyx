# cython: language_level=3, cdivision=True
"""Transport-wide feedback to a publisher (`_arrivals.pxd` is the contract). Nothing here allocates, locks or does I/O.

One log takes the arrivals of all packets of a transport, whatever their track; from it feedback packets are written
that say of every number since the last one whether and when it came. The class at the end is for tests only.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport int16_t
from libc.string cimport memset

from sfu._rtp cimport write16, write32

cdef enum:
    START = 20                    # bytes of feedback up to its first chunk
    RTPFB = 205
    FMT = 15
    TICK_US = 250                 # one unit of a receive delta
    TICKS = 256                   # in one unit of the reference time (64 ms)
    RUN_MAX = 8191
    EPOCH = 65536                 # extended numbers begin one lap up, so that reordering never goes below zero


# What arrived

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


# What is said of it

cdef size_t _plan(const arrival_log *log, size_t capacity, uint8_t *symbols, int64_t *reference) noexcept nogil:
    """Fill `symbols` (0 not received, 1 small delta, 2 large delta: also the delta's size) and the reference time.

    Returns how many numbers from `base` on go into this packet; the last of them was received. Only the last chunk
    covers fewer than 7, which bounds the room that chunks need. A delta beyond 16 bits, or no room, leaves the rest.
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
        if START + 2 * ((i + 7) // 7) + deltas + 3 > capacity:
            break
        count = i + 1
        last = at
    return count


cdef size_t _chunk(const uint8_t *symbols, size_t left, uint8_t *out) noexcept nogil:
    """Write the chunk that says most of the next numbers (draft section 3.1.1 to 3.1.4); returns how many it covers."""
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
    cdef size_t count, covered = 0, size = START
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
    out[0] = 0x80 | FMT
    out[1] = RTPFB
    write16(out + 2, <uint16_t>(size // 4 - 1))
    write32(out + 4, sender)
    write32(out + 8, media)
    write16(out + 12, <uint16_t>log.base)
    write16(out + 14, <uint16_t>count)
    write32(out + 16, (<uint32_t>reference << 8) | log.feedback_count)
    log.feedback_count += 1
    log.base += count
    return size


# For tests only

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
        cdef uint8_t *room = <uint8_t *>PyMem_Malloc(capacity)      # exactly: a sanitizer sees one byte too many
        cdef size_t size
        if room == NULL:
            raise MemoryError
        try:
            size = arrivals_write(&self.log, room, capacity, sender, media)
            return room[:size]
        finally:
            PyMem_Free(room)
