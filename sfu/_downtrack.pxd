"""One slot's copy of a track on its way out: the rewriting of every field."""

from libc.stdint cimport uint16_t, uint32_t

from sfu._state cimport downtrack, layer, numbering, packet, transport
from sfu._worker cimport worker

# Whether anything may be sent on this path: keys are there, an address is, and it still consents.
cdef inline bint is_open(const transport *t) noexcept nogil:
    return t.keyed and t.has_remote and not t.silent

# What receivers are told unless they said otherwise (sfu.parameters has the same; a test compares them).
cdef void default_numbers(numbering *numbers) noexcept nogil
# Slots that wait for this layer begin with its run, if a decoder can start from a packet of it.
cdef void take_waiting(worker *w, layer *lr) noexcept nogil
# Sends a packet of this layer, if it is for the slot, which is open.
cdef void slot_send(worker *w, downtrack *d, layer *lr, packet *p) noexcept nogil
# Sends the packet that left as `sequence` once more, over RTX. 1: sent; 0: it is no longer kept; -1: a voice that was
# repeated less than a round trip ago is held back, unless it shall go out twice (`again`).
cdef int slot_repeat(worker *w, downtrack *d, uint16_t sequence, bint again) noexcept nogil
# The slot's RTP timestamp for the worker's `now_us`, for its sender report.
cdef uint32_t slot_timestamp_now(worker *w, downtrack *d) noexcept nogil
