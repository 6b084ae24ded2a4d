"""One slot's copy of a track on its way out: which layer feeds it, and the rewriting of every field."""

from libc.stdint cimport int32_t, uint16_t, uint32_t

from sfu._state cimport downtrack, layer, numbering, transport, uptrack
from sfu._worker cimport worker

# Whether anything may be sent on this path: keys are there, an address is, and it still consents.
cdef inline bint is_open(const transport *t) noexcept nogil:
    return t.keyed and t.has_remote and not t.silent

# What receivers are told unless they said otherwise (sfu.parameters has the same; a test compares them).
cdef void default_numbers(numbering *numbers) noexcept nogil
# Lets `track` (NULL: nothing) feed the slot with its highest active layer up to `wanted_layer`.
cdef void slot_want(worker *w, downtrack *d, uptrack *track, int32_t wanted_layer) noexcept nogil
# Chooses the layer anew: after a layer came or went, the floor changed, or the path has opened.
cdef void slot_choose(worker *w, downtrack *d) noexcept nogil
# Gives the packets gathered in `lr.run` to every slot it feeds.
cdef void fan_out(worker *w, layer *lr) noexcept nogil
# Sends the packet that left as `sequence` once more, over RTX. False when it is no longer kept.
cdef bint slot_repeat(worker *w, downtrack *d, uint16_t sequence) noexcept nogil
# The slot's RTP timestamp for the worker's `now_us`, for its sender report.
cdef uint32_t slot_timestamp_now(worker *w, downtrack *d) noexcept nogil
# Nothing feeds the slot any more; says so.
cdef void slot_stop(worker *w, downtrack *d) noexcept nogil
# Forgets every trace of `lr` (it is about to be freed).
cdef void slot_forget_layer(downtrack *d, const layer *lr) noexcept nogil
