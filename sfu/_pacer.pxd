"""Pictures leave no faster than a thin line carries them, so that a voice never waits behind a keyframe.

A keyframe of a larger layer fills a line of some hundred kb/s for a quarter of a second, and every voice behind it comes so
much later. The line carries both in the same time when the pictures' packets wait here, where voices go past them.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t

from sfu._state cimport downtrack, packet, transport
from sfu._worker cimport worker

cdef enum:
    AHEAD_US = 30000             # so much of a line's time pictures may leave at once

# Sets how fast the pictures of a receive transport leave, by what its line carries and what was chosen for it.
cdef void pace(transport *t) noexcept nogil

# What `waits` needs seldom.
cdef bint begin_to_wait(worker *w, downtrack *d, packet *p) noexcept nogil

# Whether this packet of the slot's source, which has just come, has to wait; then it is sent later from the layer's cache, where
# whoever is slower than the cache forgets loses it.
cdef inline bint waits(worker *w, downtrack *d, packet *p) noexcept nogil:
    if d.held_from == 0 and d.path.sent.busy_until_us - w.now_us <= AHEAD_US:
        return False
    return begin_to_wait(w, d, p)

# At `w.next_held_us`: sends what its line has room for.
cdef void send_held(worker *w) noexcept nogil
# Sends one packet that waits, whether there is room or not. How many bytes that were; 0: none waits.
cdef size_t send_one_held(worker *w, transport *t) noexcept nogil
