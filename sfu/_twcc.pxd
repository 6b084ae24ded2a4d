"""Transport-wide feedback of a receiver, read. Does no I/O.

draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1. Written is the same format in `_arrivals`.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t

from sfu._rtcp cimport rtcp_item

cdef enum:
    TWCC_MOST = 4096             # numbers of one feedback packet; 9 chunks could claim 65,535 of them
    TWCC_TICK_US = 250           # a receive delta's unit
    TWCC_REFERENCE_US = 64000    # the reference time's

cdef struct twcc_report:
    uint16_t base                # transport-wide number of the first packet
    uint16_t count
    int32_t reference            # 24 bit signed, units of 64 ms of the receiver's clock; wraps in 12 days
    uint8_t feedback_count
    # where reading stands
    const uint8_t *chunk
    const uint8_t *delta
    uint16_t left
    uint16_t symbols             # of a status vector, the next one in the highest bits
    uint16_t run                 # packets left in the current chunk
    uint8_t width                # bits of a symbol in a status vector; 0: a run length
    uint8_t symbol               # of a run length
    int64_t arrival_us           # since the reference time, of the last packet that was received

# Reads the header and goes through all of the rest once. False for what is no feedback, is cut short, says a reserved
# status, or speaks of no packet or of more than TWCC_MOST.
cdef bint twcc_open(const rtcp_item *item, twcc_report *out) noexcept nogil
# The next packet: 1 received (`arrival_us` is set), 0 not received, -1 there is none.
cdef int twcc_next(twcc_report *report) noexcept nogil
