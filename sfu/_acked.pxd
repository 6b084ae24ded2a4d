"""The rate at which a receiver's acknowledged packets arrived. Does no I/O.

Windows of arrival time give samples; a Bayesian estimate follows them, faster the surer they are.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t

cdef struct acked_rate:
    int64_t bps                  # 0: not known yet
    int64_t last                 # arrival of the newest packet, us; 0: none
    int64_t window               # us gathered
    int64_t bytes                # in it
    double kbps
    double variance

# One packet that arrived, in the order of sending. `limited`: the source sent less than the line carries, so that a low
# sample says little.
cdef void acked_packet(acked_rate *a, int64_t arrived, size_t size, bint limited) noexcept nogil
# The source will send more than it did: the estimate follows at once.
cdef void acked_expect_change(acked_rate *a) noexcept nogil
