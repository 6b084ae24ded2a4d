"""Arrivals of packets that carry a transport-wide sequence number, and the feedback written from them. Does no I/O.

draft-holmer-rmcat-transport-wide-cc-extensions-01. The writer returns the number of bytes written, a multiple of 4,
or 0.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef enum:
    ARRIVALS = 512
cdef struct arrival_log:           # about 4 KiB
    bint started
    bint strayed                  # `stray` holds a number too far behind, seen just before
    uint16_t stray
    uint64_t base                 # next extended sequence number to report
    uint64_t highest              # highest extended sequence number seen
    uint8_t feedback_count
    int64_t at[ARRIVALS]          # microseconds, monotonic; -1: not received (index: extended & (ARRIVALS - 1))

cdef void arrivals_reset(arrival_log *log) noexcept nogil
# Notes one arrival. Too old ones and duplicates are ignored; a jump of more than the log's size starts anew (a jump
# backwards only when the next packet confirms it). One that comes late is reported with everything behind it.
cdef void arrivals_add(arrival_log *log, uint16_t sequence, int64_t now_us) noexcept nogil
# Writes one feedback packet of what came since the last one; 0 when nothing did. May leave a rest for the next call.
# With 256 bytes of room there is always progress.
cdef size_t arrivals_write(arrival_log *log, uint8_t *out, size_t capacity,
                           uint32_t sender, uint32_t media) noexcept nogil
