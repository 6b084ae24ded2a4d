"""A receiver's estimate divided among its slots: which layer each of them gets. Does no I/O; time is passed in."""

from libc.stdint cimport int32_t, int64_t, uint8_t

from sfu._choice cimport line_bps
from sfu._state cimport transport
from sfu._worker cimport worker

cdef enum:
    OPTIONS = 12                 # of one slot
    STAY_PERCENT = 80            # of what the least weighs: with so much a picture that is there stays
    # Ranks (`sfu.slots` has them too; a test compares). Python gives a slot its own, the worker knows who speaks.
    RANK_REST = 0
    RANK_SPEAKER = 1
    RANK_STAGE = 2
    RANK_SCREEN = 3
    RANK_HOST_SCREEN = 4

# One way to feed a slot.
cdef struct option:
    int64_t bps
    int64_t heavy                # the most it has lately come to
    int32_t layer
    uint8_t target

# What one slot could have. Options rise in quality and in bits.
cdef struct claim:
    int32_t rank
    int32_t count
    option options[OPTIONS]
    int32_t now                  # the option it has, -1: none
    int32_t most                 # the highest it may have
    int32_t chosen               # the answer, -1: paused

# Divides `bps` among `n` claims. The first option for as many as can have one, in the order of their rank; then, in the same
# order, as much as each can get; those of RANK_REST one step each in turn. What is more than a slot has now must leave a
# tenth of itself free, and as much as it has lately come to; the first option of one that has any stays with a fifth too little.
# But for that the sum never exceeds `bps`, and dividing once more what was divided changes nothing.
cdef void divide(claim *claims, int32_t n, int64_t bps) noexcept nogil
# Whether its line has become so much thinner or wider since it was divided that it is divided anew.
cdef inline bint line_has_moved(const transport *t) noexcept nogil:
    cdef int64_t line = line_bps(t)
    return 4 * line < 3 * t.divided_bps or 2 * line > 3 * t.divided_bps

# Divides anew for every receive transport where it is due: what is wanted has changed, the estimate moved by -25% or +50%,
# or a second has gone by.
cdef void divide_lines(worker *w) noexcept nogil
