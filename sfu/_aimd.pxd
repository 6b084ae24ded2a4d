"""The rate that the delay gradient allows: additive increase near what the line was seen to carry, multiplicative far from
it, multiplicative decrease (draft-ietf-rmcat-gcc-02 section 5.5). Does no I/O. Times are microseconds.
"""

from libc.stdint cimport int64_t

from sfu._delay cimport delay_signal

cdef enum aimd_state:
    AIMD_HOLD
    AIMD_INCREASE
    AIMD_DECREASE

cdef enum:
    AIMD_LEAST_BPS = 30000       # one voice
    AIMD_MOST_BPS = 1000000000

cdef struct aimd:
    int64_t bps
    aimd_state state
    int64_t changed_us           # when the rate last moved by growing; 0: never
    int64_t decreased_us         # 0: never
    int64_t full_bps             # a probe has filled the line, which carried that; 0: none has, or one has shown more since

# The signal of now. `acked_bps` 0: not known.
cdef void aimd_update(aimd *a, delay_signal signal, int64_t acked_bps, int64_t rtt_us, int64_t now_us) noexcept nogil
# A probe showed what the line carries.
cdef void aimd_set(aimd *a, int64_t bps, int64_t now_us) noexcept nogil
