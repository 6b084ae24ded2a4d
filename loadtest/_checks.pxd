"""STUN of a line that is already connected: consent checks (RFC 7675) and answers to the other side's checks."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t

from loadtest._lines cimport engine, line

cdef void check_send(engine *e, line *on) noexcept nogil
cdef void check_receive(engine *e, line *on, const uint8_t *data, size_t size) noexcept nogil
