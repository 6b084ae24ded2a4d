"""What the layers of a track weigh, and whether anybody receives them. Does no I/O; time is passed in."""

from libc.stdint cimport int64_t, uint8_t

from sfu._allocator cimport claim
from sfu._state cimport layer, transport
from sfu._worker cimport worker

cdef enum:
    VOICE_BPS = 32000            # taken for a voice that has not been measured

# Whether the layer comes in, or would if it were asked for.
cdef inline bint layer_is_there(const layer *lr) noexcept nogil:
    return lr.active or lr.spared

# Bits a second of what `target` takes of the layer; 0 when nothing has been measured.
cdef int64_t layer_bps(const layer *lr, uint8_t target) noexcept nogil
# Adds the layer's targets to the options of `c`, lowest first. An option that is no dearer than lower ones takes their place.
# `whole`: only those of full size.
cdef void layer_options(const layer *lr, bint whole, claim *c) noexcept nogil
# Its first packet has come, or the first one after a while.
cdef void layer_began(worker *w, layer *lr) noexcept nogil
# Every 100 ms: measures the layers of a send transport, and tells Python of those that nobody receives any more, or again.
cdef void look_at_layers(worker *w, transport *t) noexcept nogil
