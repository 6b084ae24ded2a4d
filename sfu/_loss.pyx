# cython: language_level=3, cdivision=True
"""The rate that losses allow (`_loss.pxd` is the contract). Nothing here allocates, locks or does I/O. The class at the
end is for tests only.
"""

from libc.math cimport exp, sqrt

cdef enum:
    ENOUGH = 40                  # packets to judge by
    MEMORY_US = 2000000          # the share is of the last seconds: 5% of 20 packets may well be three
    GAP_US = 300000              # on top of the round trip, between two steps down

cdef double LITTLE = 0.02
cdef double MUCH = 0.10
cdef double NO_GROWTH = 0.06     # up to here it still grows, ever more slowly: losses that are no congestion end nowhere
cdef double GROWTH = 0.08        # a second
cdef double FREE = 1.5           # a bound so far above what is allowed bounds nothing


cdef void loss_note(loss_bound *b, int64_t lost, int64_t told) noexcept nogil:
    b.lost += lost
    b.told += told


cdef void _lower(loss_bound *b, int64_t target_bps, int64_t rtt_us, int64_t now_us) noexcept nogil:
    cdef int64_t bound = b.bps if b.bps and b.bps < target_bps else target_bps
    if b.lowered_us and now_us - b.lowered_us < GAP_US + rtt_us:
        return
    b.bps = max(<int64_t>(bound * (1 - 0.5 * b.fraction)), <int64_t>1)
    b.lowered_us = now_us
    b.lost = b.told = 0                    # whether that was enough, those that come will tell


cdef void _raise(loss_bound *b, int64_t target_bps, int64_t now_us) noexcept nogil:
    cdef double seconds = min(<double>(now_us - b.changed_us) / 1000000, 1.0)
    cdef double share = min((NO_GROWTH - b.fraction) / (NO_GROWTH - LITTLE), 1.0)
    b.bps = <int64_t>(b.bps * (1 + GROWTH * share * seconds)) + 1
    if b.bps > target_bps * FREE:
        b.bps = 0


cdef bint loss_is_felt(const loss_bound *b) noexcept nogil:
    return LITTLE < b.fraction < MUCH


cdef double remembered(int64_t us) noexcept nogil:
    # exp(-us / MEMORY_US); between two feedbacks its first terms say the same
    cdef double x = <double>us / MEMORY_US
    return exp(-x) if x > 0.1 else 1 - x + x * x / 2


cdef void loss_update(loss_bound *b, int64_t target_bps, int64_t rtt_us, int64_t now_us) noexcept nogil:
    cdef double kept = remembered(now_us - b.changed_us) if b.changed_us else 1.0
    b.lost *= kept
    b.told *= kept
    if b.told >= ENOUGH:
        b.fraction = max(b.lost / b.told, 0.0)
        if b.lost - sqrt(max(b.lost, 0.0)) > MUCH * b.told:     # more than chance makes of less
            _lower(b, target_bps, rtt_us, now_us)
    if b.bps and b.fraction < NO_GROWTH:
        _raise(b, target_bps, now_us)
    b.changed_us = now_us


# For tests only

cdef class Loss:
    """A bound. For tests only."""
    cdef loss_bound b

    def note(self, int64_t lost, int64_t told):
        """`loss_note`."""
        loss_note(&self.b, lost, told)

    def update(self, int64_t target_bps, int64_t rtt_us, int64_t now_us):
        """`loss_update`; the bound."""
        loss_update(&self.b, target_bps, rtt_us, now_us)
        return self.b.bps
