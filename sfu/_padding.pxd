"""Packets that are nothing but padding, over a slot's RTX stream: what probes are made of."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t

from sfu._state cimport downtrack, transport
from sfu._worker cimport worker

# The slot whose RTX stream takes padding; NULL: there is none.
cdef downtrack *padding_slot(const transport *t) noexcept nogil
# Sends one packet of `padding` bytes (RFC 3550 section 5.1: 1 to 255); its whole size, 0 when it could not be sealed.
cdef size_t pad_slot(worker *w, downtrack *d, uint8_t padding) noexcept nogil
