"""What a line sends: frames when they are due, and packets again that a NACK asks for."""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t

from loadtest._lines cimport engine, source

# Sends what is due at `e.now`; when the next frame will be.
cdef int64_t send_due(engine *e) noexcept nogil
cdef void send_again(engine *e, source *s, uint16_t sequence) noexcept nogil
# The RTP timestamp of a moment (ns of CLOCK_MONOTONIC).
cdef uint32_t rtp_time(const source *s, int64_t at) noexcept nogil
