"""Voice packets as they left, for receivers that miss some. Does no I/O.

A voice has no repair stream (browsers know none for audio), and its packets must not be sealed a second time: what a NACK
asks for is sent again to the byte, which SRTP allows and a receiver that has it already drops.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint64_t

from sfu._state cimport downtrack

cdef enum:
    COPIES = 32                  # of 20 ms: older ones would come too late to be heard
    COPY_BYTES = 320             # the longest that is kept

cdef struct voice_copy:
    uint64_t sequence
    int64_t repeated_us          # 0: not yet
    uint16_t size                # 0: none
    uint8_t bytes[COPY_BYTES]

# Keeps copies from now on: the receiver has asked for one. Without memory nothing is kept.
cdef void copies_begin(downtrack *d) noexcept nogil
cdef void copies_end(downtrack *d) noexcept nogil
# The sealed packet at `data` leaves as `sequence`.
cdef void copies_keep(downtrack *d, uint64_t sequence, const uint8_t *data, size_t size) noexcept nogil
# The packet that left as `sequence`; NULL when it is not kept.
cdef voice_copy *copies_find(const downtrack *d, uint64_t sequence) noexcept nogil
