# cython: language_level=3, cdivision=True
"""The rate that the delay gradient allows (`_aimd.pxd` is the contract). Nothing here allocates, locks or does I/O.

The state is a pure transition on the signal: overuse always decreases; a queue that drains is waited for; from there it
grows again. The class at the end is for tests only.
"""

from sfu._delay cimport DELAY_NORMAL, DELAY_OVERUSE, DELAY_UNDERUSE

cdef enum:
    FRAMES_A_SECOND = 30         # for the size of a packet, which is what one step of growth is about
    PACKET_BITS = 9600
    RESPONSE_US = 100000         # on top of the round trip: how soon a step shows
    LEAST_STEP_BPS = 4000        # a second
    LEAST_GAP_US = 10000         # between decreases: the round trip, within these bounds
    MOST_GAP_US = 200000
    NEAR_US = 20000000           # so long after a decrease the rate is near what the line carries
    SLACK_BPS = 10000            # growth ends at 1.5 x acknowledged + this

cdef double BETA = 0.85
cdef double GROWTH_LN = 0.07696  # 1.08 a second: its logarithm
cdef double AHEAD = 1.5
cdef double AHEAD_FULL = 1.1     # where a probe has filled the line


cdef aimd_state _next(aimd_state state, delay_signal signal) noexcept nogil:
    if signal == DELAY_OVERUSE:
        return AIMD_DECREASE
    if signal == DELAY_UNDERUSE:
        return AIMD_HOLD
    return AIMD_INCREASE if state == AIMD_HOLD else state


cdef double _additive(const aimd *a, int64_t rtt_us) noexcept nogil:
    """Bits a second a second: about a packet in each response time."""
    cdef double packet = min(<double>a.bps / FRAMES_A_SECOND, <double>PACKET_BITS)
    return max(packet * 1000000.0 / (rtt_us + RESPONSE_US), <double>LEAST_STEP_BPS)


cdef void _increase(aimd *a, int64_t acked_bps, int64_t rtt_us, int64_t now_us) noexcept nogil:
    cdef double seconds = <double>(now_us - a.changed_us) / 1000000 if a.changed_us else 0.0
    cdef double grown, most
    seconds = min(seconds, 1.0)
    if a.decreased_us and now_us - a.decreased_us < NEAR_US:
        grown = a.bps + _additive(a, rtt_us) * seconds
    else:
        grown = a.bps * (1 + seconds * (GROWTH_LN + seconds * GROWTH_LN * GROWTH_LN / 2))
        if seconds > 0:
            grown = max(grown, a.bps + 1000 * seconds)
    if acked_bps:
        most = AHEAD * acked_bps + SLACK_BPS
        if a.full_bps:                     # a source that sends less would let it rise until it is false
            most = min(most, max(<double>a.full_bps, AHEAD_FULL * acked_bps + SLACK_BPS))
        grown = max(min(grown, most), <double>a.bps)       # what is already allowed is not taken back
    a.bps = <int64_t>grown
    a.changed_us = now_us


cdef void _decrease(aimd *a, int64_t acked_bps, int64_t rtt_us, int64_t now_us) noexcept nogil:
    cdef int64_t gap = min(max(rtt_us, <int64_t>LEAST_GAP_US), <int64_t>MOST_GAP_US)
    # Again only when the last step had time to show, or was far from enough
    if a.decreased_us and now_us - a.decreased_us < gap and not (0 < acked_bps < a.bps // 2):
        return
    if acked_bps:
        a.bps = min(a.bps, <int64_t>(BETA * acked_bps))
    else:
        a.bps //= 2
    a.state = AIMD_HOLD
    a.changed_us = a.decreased_us = now_us


cdef void aimd_update(aimd *a, delay_signal signal, int64_t acked_bps, int64_t rtt_us, int64_t now_us) noexcept nogil:
    a.state = _next(a.state, signal)
    if a.state == AIMD_DECREASE:
        _decrease(a, acked_bps, rtt_us, now_us)
    elif a.state == AIMD_INCREASE:
        _increase(a, acked_bps, rtt_us, now_us)
    else:
        a.changed_us = now_us              # nothing is made up for later
    a.bps = min(max(a.bps, <int64_t>AIMD_LEAST_BPS), <int64_t>AIMD_MOST_BPS)


cdef void aimd_set(aimd *a, int64_t bps, int64_t now_us) noexcept nogil:
    a.bps = min(max(bps, <int64_t>AIMD_LEAST_BPS), <int64_t>AIMD_MOST_BPS)
    a.decreased_us = 0                     # it is another line
    a.changed_us = now_us


# For tests only

cdef class Aimd:
    """A rate. For tests only."""
    cdef aimd a

    def __cinit__(self, int64_t bps):
        self.a.bps = bps

    def update(self, str signal, int64_t acked_bps, int64_t rtt_us, int64_t now_us):
        """`aimd_update`; the rate."""
        cdef delay_signal given = DELAY_NORMAL
        if signal == "overuse":
            given = DELAY_OVERUSE
        elif signal == "underuse":
            given = DELAY_UNDERUSE
        aimd_update(&self.a, given, acked_bps, rtt_us, now_us)
        return self.a.bps

    @property
    def state(self):
        return ("hold", "increase", "decrease")[<int>self.a.state]
