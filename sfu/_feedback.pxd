"""RTCP of a worker: what publishers and receivers say, and what is due to be said to them."""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t

from sfu._state cimport transport
from sfu._worker cimport worker

# Reads one compound, in clear.
cdef void rtcp_receive(worker *w, transport *t, const uint8_t *data, size_t size) noexcept nogil
# NACKs, keyframe requests and transport-wide feedback to publishers: what is due of these. When it should be called again;
# sooner, `w.hasty` says, when something is missing or waited for.
cdef int64_t feedback_fast(worker *w) noexcept nogil
# Every 100 ms: reports, layers that have gone silent, retransmission budgets.
cdef void feedback_slow(worker *w) noexcept nogil
