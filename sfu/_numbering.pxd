"""Numbers of a layer's packets: without gaps, whichever of the layers inside are taken. Does no I/O."""

from libc.stdint cimport uint8_t, uint64_t

from sfu._rtp cimport descriptor
from sfu._state cimport layer, packet
from sfu._worker cimport worker

cdef enum:
    EXTEND_FROM = 1 << 20        # extended sequence numbers begin above 0, so that none is ever negative

# The packet's place in what `target` carries of its layer.
cdef inline uint64_t counted(const packet *p, uint8_t target) noexcept nogil:
    return p.number - p.skipped[target]

# The publisher's numbering begins anew at `sequence`; the layer's goes on.
cdef void begin_numbering(layer *lr, uint64_t sequence) noexcept nogil
# The number of an extended sequence number. `known` is false when it is older than what is remembered of closed gaps.
cdef uint64_t number_of(const layer *lr, uint64_t sequence, bint *known) noexcept nogil
# A packet that is not forwarded to anybody: its number is the next one's.
cdef void close_gap(worker *w, layer *lr, uint64_t sequence) noexcept nogil
# Numbers in [first, behind) have not come: their places are kept.
cdef void keep_places(layer *lr, uint64_t first, uint64_t behind) noexcept nogil
cdef bint has_place(const layer *lr, uint64_t number) noexcept nogil
# The newest packet is one of these layers: counts for which targets it is nothing. `counts_pictures`: VP8, where picture ids
# have no meaning but their order.
cdef void count_skipped(layer *lr, const descriptor *video, bint counts_pictures) noexcept nogil
# What was counted so far, written to the newest packet.
cdef void note_skipped(const layer *lr, packet *p) noexcept nogil
# The packet that a receiver of `target` counts as `count`; NULL when it is no longer kept, or never came.
cdef packet *find_counted(layer *lr, uint8_t target, uint64_t count) noexcept nogil
