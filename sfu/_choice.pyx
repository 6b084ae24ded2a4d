"""Which layer feeds a slot, and what of it: the highest that is there, the page wants and the line affords.

A slot goes over to another layer at that layer's next keyframe and is fed by the old one until then. On its way down it
takes no more than the lowest temporal layer of the old one meanwhile, so that a line that has become thin is relieved
at once.
"""

from libc.stdint cimport uint8_t
from libc.string cimport memset

from sfu._downtrack cimport is_open
from sfu._keyframes cimport keyframe_awaited
from sfu._list cimport list_add, list_has, list_remove
from sfu._rings cimport SAW_FED, SAW_PAUSED, event
from sfu._rtp cimport EVERYTHING
from sfu._state cimport MAX_LAYERS, transport
from sfu._worker cimport tell


cdef layer *best_layer(downtrack *d) noexcept nogil:
    cdef uptrack *track = d.wanted
    cdef int32_t i = min(min(d.wanted_layer, d.granted_layer), track.layer_count - 1)
    while i >= 0:
        if track.layers[i].active:
            return &track.layers[i]
        i -= 1
    for i in range(track.layer_count):
        if track.layers[i].active:
            return &track.layers[i]
    return NULL


cdef void grant_everything(downtrack *d) noexcept nogil:
    d.granted_layer = MAX_LAYERS - 1
    d.granted_target = EVERYTHING
    d.undecided = False


cdef void slot_aim(downtrack *d) noexcept nogil:
    cdef const layer *source = d.source
    cdef uint8_t now
    if source is NULL or d.epoch_count == 0:
        return
    now = d.epochs[0].target
    if source.track is not d.wanted or d.granted_layer < 0:
        d.aim = now
    elif source.index == d.granted_layer:
        d.aim = d.granted_target
    elif source.index < d.granted_layer:
        d.aim = EVERYTHING
    else:
        d.aim = now & 0xFC                 # 4 * spatial + temporal: no temporal layers


# --- what Python hears ------------------------------------------------------------------------------------------

cdef void tell_fed(worker *w, downtrack *d) noexcept nogil:
    cdef event e
    cdef int32_t track = d.source.track.handle if d.source is not NULL else -1
    cdef int32_t index = d.source.index if d.source is not NULL else 0
    if d.told == track and d.told_layer == index and not d.told_paused:
        return
    d.told = track
    d.told_layer = index
    d.told_paused = False
    memset(&e, 0, sizeof(e))
    e.kind = SAW_FED
    e.handle = d.handle
    e.a = track
    e.b = index
    tell(w, &e)


cdef void tell_paused(worker *w, downtrack *d) noexcept nogil:
    cdef event e
    if d.told_paused and d.told == d.wanted.handle:
        return
    d.told = d.wanted.handle
    d.told_paused = True
    w.count.pauses += 1
    memset(&e, 0, sizeof(e))
    e.kind = SAW_PAUSED
    e.handle = d.handle
    e.a = d.wanted.handle
    tell(w, &e)


# --- going over -------------------------------------------------------------------------------------------------

cdef void drop_next(downtrack *d) noexcept nogil:
    if d.next is not NULL:
        list_remove(&d.next.waiting, d)
        d.next = NULL


cdef void let_go(downtrack *d) noexcept nogil:
    if d.source is not NULL:
        list_remove(&d.source.receivers, d)
        d.source = NULL
        d.held_from = 0


cdef void slot_stop(worker *w, downtrack *d) noexcept nogil:
    if d.source is not NULL or d.told_paused:
        let_go(d)
        tell_fed(w, d)


cdef void slot_pause(worker *w, downtrack *d) noexcept nogil:
    drop_next(d)
    let_go(d)
    if not d.path.beginning:               # that lasts a moment, and most likely all of it is sent then
        tell_paused(w, d)


cdef bint slot_has_twin(const downtrack *d) noexcept nogil:
    cdef const transport *t = d.path
    cdef int32_t i
    if d.is_audio or d.wanted is NULL:
        return False
    for i in range(t.slot_count):
        if t.slots[i] is not d and t.slots[i].wanted is d.wanted:
            return True
    return False


cdef bint is_superseded(const downtrack *d) noexcept nogil:
    # A page that moves a picture asks for it in both slots until the new one carries it; a thin line has no room for two
    cdef const transport *t = d.path
    cdef const downtrack *other
    cdef int32_t i
    for i in range(t.slot_count):
        other = t.slots[i]
        if (other is not d and other.wanted is d.wanted and other.wanted_us > d.wanted_us
                and other.source is not NULL and other.source.track is d.wanted):
            return True
    return False


cdef void slot_choose(worker *w, downtrack *d) noexcept nogil:
    cdef layer *best
    if d.wanted is NULL or not d.wanted.allowed or is_superseded(d):
        drop_next(d)
        slot_stop(w, d)
        return
    if d.undecided:
        return
    if d.granted_layer < 0:
        slot_pause(w, d)
        return
    best = best_layer(d)
    if best is d.source or best is NULL or not is_open(d.path):
        drop_next(d)                       # a path that is not open yet shall cost the publisher no keyframe
    elif best is not d.next:
        drop_next(d)
        if list_add(&best.waiting, d):
            d.next = best
            w.hasty = True
            keyframe_awaited(w, d, best)
    slot_aim(d)


cdef void give_back(worker *w, downtrack *d, const uptrack *track) noexcept nogil:
    # The slot that `d` had taken it over from still wants it
    cdef transport *t = d.path
    cdef int32_t i
    for i in range(t.slot_count):
        if t.slots[i] is not d and t.slots[i].wanted is track:
            slot_choose(w, t.slots[i])


cdef void slot_want(worker *w, downtrack *d, uptrack *track, int32_t wanted_layer) noexcept nogil:
    cdef const uptrack *before = d.wanted
    if d.wanted is not track:
        if d.wanted is not NULL:
            list_remove(&d.wanted.followers, d)
        d.wanted = track
        d.wanted_us = w.now_us
        if track is not NULL and not list_has(&track.followers, d):
            list_add(&track.followers, d)
        d.hold_until_us = 0
        d.strained = False
        d.undecided = not d.is_audio and line_bps(d.path) > 0
    d.wanted_layer = wanted_layer
    if not d.is_audio:
        if line_bps(d.path) == 0:
            grant_everything(d)
        d.path.changed = w.divide = True
    slot_choose(w, d)
    if before is not track and before is not NULL and not d.is_audio:
        give_back(w, d, before)


cdef void slot_forget_layer(downtrack *d, const layer *lr) noexcept nogil:
    cdef int32_t i
    if d.source is lr:
        d.source = NULL
        d.held_from = 0
    if d.next is lr:
        d.next = NULL
    for i in range(d.epoch_count):
        if d.epochs[i].source is lr:
            d.epochs[i].source = NULL
