"""RTCP of a line, both ways: reports, transport-wide feedback, NACK, PLI."""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t

from loadtest._lines cimport engine, line

# A compound as it came, still sealed.
cdef void rtcp_receive(engine *e, line *on, uint8_t *data, size_t size, int64_t wall) noexcept nogil
cdef void feedback_send(engine *e, line *on) noexcept nogil
# What is due on a line at `e.now`: its check, its reports, its feedback, what it misses.
cdef void line_due(engine *e, line *on) noexcept nogil
