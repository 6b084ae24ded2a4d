"""Pictures leave no faster than a thin line carries them (`_pacer.pxd` is the contract).

How long a line is busy with what has left is added up where packets are noted (`_history.sent_note`). A packet that finds it
busy for longer than AHEAD_US stays in its layer's cache, and so does all that comes after it in that slot: the slot keeps
the number of the first one that waits, no more. Nothing is copied or rewritten before it leaves, so that numbers, targets
and timestamps are those of the moment of sending. The slots of a receiver take turns.
"""

from libc.stdint cimport int32_t, uint64_t

from sfu._allocator cimport STAY_PERCENT
from sfu._cache cimport cache_find
from sfu._choice cimport line_bps
from sfu._downtrack cimport is_open, slot_send
from sfu._list cimport list_add
from sfu._state cimport CACHE_PACKETS, layer

cdef enum:
    MOST_PACED_BPS = 10000000    # on faster lines a keyframe is no matter
    SPARE_PERCENT = 5            # faster than the estimate: a keyframe that is sent faster is a queue,
    DRAIN_PERCENT = 10           # but faster than what is sent, or what has gathered would never become less
    LONGEST_US = 2000000         # a packet that has waited for so long waits no more


cdef void pace(transport *t) noexcept nogil:
    cdef int64_t bps = line_bps(t)
    if t.beginning and not t.limit_bps:
        bps = max(bps, t.line.bps)         # what its first probes have shown already
    if bps == 0 or bps > MOST_PACED_BPS:
        t.sent.us_per_byte = 0
        t.sent.busy_until_us = 0
    else:
        # An encoder that was just turned on sends too much for a moment, and is measured by it: no more than what may stay
        t.sent.us_per_byte = <float>(8e8 / max((100 + SPARE_PERCENT) * bps,
                                               (100 + DRAIN_PERCENT) * min(t.allocated_bps, bps * 100 // STAY_PERCENT)))


cdef bint begin_to_wait(worker *w, downtrack *d, packet *p) noexcept nogil:
    cdef transport *t = d.path
    if d.is_audio:
        return False
    if d.held_from:
        return p.number >= d.held_from     # a late one may be of before
    if p.late:
        return False
    if not t.held:
        if not list_add(&w.held, t):
            return False
        t.held = True
    d.held_from = p.number
    wake_at(w, t.sent.busy_until_us - AHEAD_US)
    return True


cdef void wake_at(worker *w, int64_t at_us) noexcept nogil:
    if w.next_held_us == 0 or at_us < w.next_held_us:
        w.next_held_us = max(at_us, <int64_t>1)


cdef packet *first_held(downtrack *d) noexcept nogil:
    # NULL, and nothing waits any more, when there is none left
    cdef layer *lr = d.source
    cdef packet *p
    cdef uint64_t newest
    if d.held_from == 0:
        return NULL
    if lr is not NULL and lr.track.allowed and lr.window.started:
        newest = lr.window.highest + <uint64_t>lr.shift
        if newest - d.held_from >= CACHE_PACKETS and newest > d.held_from:
            d.held_from = newest - CACHE_PACKETS + 1
        while d.held_from <= newest:
            p = cache_find(&lr.cache, d.held_from)
            if p is not NULL:
                return p
            d.held_from += 1               # it has not come: it will, late, or never
    d.held_from = 0
    return NULL


cdef packet *next_held(const transport *t, int32_t *whose) noexcept nogil:
    # The first packet of the slot whose turn it is, of those for whom something waits; NULL: of none
    cdef int32_t i
    cdef packet *p
    for i in range(t.slot_count):
        whose[0] = (t.next_held + i) % t.slot_count
        p = first_held(t.slots[whose[0]])
        if p is not NULL:
            return p
    return NULL


cdef void send_first(worker *w, transport *t, int32_t whose, packet *p) noexcept nogil:
    # The turn goes on with what is sent, not with what is looked at
    cdef downtrack *d = t.slots[whose]
    t.next_held = whose + 1
    d.held_from += 1
    slot_send(w, d, d.source, p)


cdef size_t send_one_held(worker *w, transport *t) noexcept nogil:
    cdef uint64_t before = t.sent.bytes
    cdef int32_t whose = 0
    cdef packet *p
    while t.held and t.sent.bytes == before:   # what is nothing to its slot is no packet
        p = next_held(t, &whose)
        if p is NULL:
            break
        send_first(w, t, whose, p)
    return <size_t>(t.sent.bytes - before)


cdef bint release(worker *w, transport *t) noexcept nogil:
    # False when nothing waits for this line any more
    cdef int32_t whose = 0
    cdef packet *p
    while is_open(t):
        p = next_held(t, &whose)
        if p is NULL:
            return False
        if t.sent.busy_until_us - w.now_us > AHEAD_US and w.now_us - p.arrival_us < LONGEST_US:
            wake_at(w, t.sent.busy_until_us - AHEAD_US)
            return True
        send_first(w, t, whose, p)
    return False


cdef void forget_held(transport *t) noexcept nogil:
    cdef int32_t i
    t.held = False
    for i in range(t.slot_count):
        t.slots[i].held_from = 0


cdef void send_held(worker *w) noexcept nogil:
    cdef int32_t i, kept = 0
    cdef transport *t
    w.next_held_us = 0
    for i in range(w.held.count):
        t = <transport *>w.held.items[i]
        if release(w, t):
            w.held.items[kept] = t
            kept += 1
        else:
            forget_held(t)
    w.held.count = kept
