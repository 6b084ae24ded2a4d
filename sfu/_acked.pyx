# cython: language_level=3, cdivision=True
"""The rate at which a receiver's acknowledged packets arrived (`_acked.pxd` is the contract). Nothing here allocates,
locks or does I/O. The class at the end is for tests only.
"""

from libc.math cimport fabs

cdef enum:
    FIRST_WINDOW_US = 500000
    WINDOW_US = 150000

cdef double UNSURE = 10.0        # how far a sample may lie off, in shares of both
cdef double UNSURE_LIMITED = 20.0  # when the source had little to send and the sample is low
cdef double DRIFT = 5.0          # (kb/s)^2 that the rate itself may move from window to window
cdef double FIRST_VARIANCE = 50.0

cdef double CHANGE = 200.0       # variance when the rate is about to change


cdef void _update(acked_rate *a, double sample, bint limited) noexcept nogil:
    cdef double scale = UNSURE_LIMITED if limited and sample < a.kbps else UNSURE
    cdef double unsure, of_sample, of_estimate
    if a.bps == 0:
        a.kbps = sample
        a.variance = FIRST_VARIANCE
    else:
        unsure = scale * fabs(a.kbps - sample) / max(a.kbps, 1.0)
        of_sample = max(unsure * unsure, 0.01)
        of_estimate = a.variance + DRIFT
        a.kbps = (of_sample * a.kbps + of_estimate * sample) / (of_sample + of_estimate)
        a.variance = of_sample * of_estimate / (of_sample + of_estimate)
    a.bps = max(<int64_t>(a.kbps * 1000), 1)


cdef void acked_packet(acked_rate *a, int64_t arrived, size_t size, bint limited) noexcept nogil:
    cdef int64_t length = WINDOW_US if a.bps else FIRST_WINDOW_US
    cdef int64_t step
    if a.last == 0 or arrived < a.last - FIRST_WINDOW_US:
        a.last = arrived
        a.window = a.bytes = 0
    step = max(arrived - a.last, <int64_t>0)
    a.last = max(arrived, a.last)
    a.window += step
    if step > length:                      # a hole: nobody knows the rate in it
        a.bytes = 0
        a.window %= length
    if a.window >= length:
        _update(a, <double>a.bytes * 8000 / length, limited)
        a.window -= length
        a.bytes = 0
    a.bytes += size


cdef void acked_expect_change(acked_rate *a) noexcept nogil:
    a.variance += CHANGE


# For tests only

cdef class Acked:
    """A rate. For tests only."""
    cdef acked_rate a

    def packet(self, int64_t arrived, size_t size, bint limited=False):
        """`acked_packet`."""
        acked_packet(&self.a, arrived, size, limited)

    @property
    def bps(self):
        return self.a.bps
