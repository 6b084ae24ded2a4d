"""Which layer feeds a slot, and what of it. Touches lists of layers, so never called by a packet but by what it changes."""

from libc.stdint cimport int32_t, int64_t

from sfu._state cimport downtrack, layer, transport, uptrack
from sfu._worker cimport worker

# What the receiver may be sent, bits a second; 0: nothing is known that would limit it.
cdef inline int64_t line_bps(const transport *t) noexcept nogil:
    if t.limit_bps > 0 and (t.estimate_bps == 0 or t.limit_bps < t.estimate_bps):
        return t.limit_bps
    return t.estimate_bps

# Lets `track` (NULL: nothing) feed the slot with its highest active layer up to `wanted_layer`, as far as the line affords it.
cdef void slot_want(worker *w, downtrack *d, uptrack *track, int32_t wanted_layer) noexcept nogil
# Whether another slot of this receiver wants the same track. It is fed to the one that wanted it last, as soon as it can
# begin there; the other one's line is divided anew then, which takes it away.
cdef bint slot_has_twin(const downtrack *d) noexcept nogil
# Chooses the layer anew: after a layer came or went, the floor changed, the line was divided anew, or the path has opened.
cdef void slot_choose(worker *w, downtrack *d) noexcept nogil
# Nothing feeds the slot any more; says so.
cdef void slot_stop(worker *w, downtrack *d) noexcept nogil
# Forgets every trace of `lr` (it is about to be freed).
cdef void slot_forget_layer(downtrack *d, const layer *lr) noexcept nogil
# The line is no limit to this slot.
cdef void grant_everything(downtrack *d) noexcept nogil
# What of its source the slot shall take now.
cdef void slot_aim(downtrack *d) noexcept nogil
# Says which source feeds the slot, if that is news.
cdef void tell_fed(worker *w, downtrack *d) noexcept nogil
