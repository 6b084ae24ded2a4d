"""What the layers of a track weigh, and whether anybody receives them.

Bytes are added up where packets are sorted in (`_uptrack`), by the spatial and temporal layer they are of; here that
becomes bits a second, every 100 ms. A layer that stops keeps what it weighed, so that the line of whoever wants it back
can be divided before it comes.
"""

from libc.stdint cimport int32_t
from libc.string cimport memset

from sfu._allocator cimport OPTIONS, option
from sfu._rings cimport SAW_UNUSED, event
from sfu._rtp cimport EVERYTHING, MAX_SPATIAL, MAX_TEMPORAL
from sfu._state cimport TARGETS, downtrack, uptrack
from sfu._worker cimport tell

cdef enum:
    PERIOD_US = 100000
    FIRST_US = 200000            # measured for so long, a figure is better than none
    UPPER_UNUSED_US = 5000000    # nobody has received it for so long: its publisher is told
    LOWEST_UNUSED_US = 30000000  # the lowest shows that a camera is there, and is what everybody begins with
    GUESS_BPS = 150000           # of a layer that has not been measured yet
    SETTLE_US = 4000000          # until a keyframe weighs little in a mean

cdef double MEMORY_US = 2000000.0   # by then a change has come through to two thirds
cdef double HEAVY_US = 30000000.0   # and so is forgotten how much it once was
cdef double NOTHING_BPS = 500.0


# --- what it weighs ---------------------------------------------------------------------------------------------

cdef int64_t layer_bps(const layer *lr, uint8_t target) noexcept nogil:
    cdef double total = 0
    cdef int32_t spatial, temporal
    for spatial in range((target >> 2) + 1):
        for temporal in range((target & 3) + 1):
            total += lr.rates[4 * spatial + temporal]
    return <int64_t>total


cdef void layer_began(worker *w, layer *lr) noexcept nogil:
    lr.measured_us = w.now_us
    lr.settled_us = w.now_us + SETTLE_US
    memset(lr.gathered, 0, sizeof(lr.gathered))


cdef void measure(worker *w, layer *lr) noexcept nogil:
    cdef int64_t since = w.now_us - lr.measured_us, total
    cdef double share
    cdef int32_t i
    if not lr.active:
        lr.measured_us = w.now_us
        memset(lr.gathered, 0, sizeof(lr.gathered))
        return
    if since < (PERIOD_US if lr.weighed else FIRST_US):
        return
    share = min(1.0, since / MEMORY_US) if lr.weighed else 1.0
    total = 0
    for i in range(TARGETS):
        lr.rates[i] += share * (8e6 * lr.gathered[i] / since - lr.rates[i])
        if lr.rates[i] < NOTHING_BPS:
            lr.rates[i] = 0
        total += lr.gathered[i]
        lr.gathered[i] = 0
    if w.now_us >= lr.settled_us:
        for i in range(TARGETS):
            lr.heavy[i] = max(<double>layer_bps(lr, <uint8_t>i), lr.heavy[i] * (1 - since / HEAVY_US))
    lr.measured_us = w.now_us
    if total and not lr.weighed:
        lr.weighed = True
        for i in range(lr.track.followers.count):
            (<downtrack *>lr.track.followers.items[i]).path.changed = True


cdef void offer(claim *c, int32_t layer_index, uint8_t target, int64_t bps, int64_t heavy) noexcept nogil:
    cdef option *o
    while c.count > 0 and c.options[c.count - 1].bps >= bps:
        c.count -= 1
    if c.count == OPTIONS:                             # the best one must be among them
        c.count -= 1
    o = &c.options[c.count]
    o.layer = layer_index
    o.target = target
    o.bps = bps
    o.heavy = heavy
    c.count += 1


cdef void layer_options(const layer *lr, bint whole, claim *c) noexcept nogil:
    cdef int32_t spatial, temporal, most_spatial = 0, most_temporal = 0, i
    cdef uint8_t target
    if not lr.weighed:
        offer(c, lr.index, EVERYTHING, GUESS_BPS << (2 * lr.index), 0)
        return
    for spatial in range(MAX_SPATIAL):
        for temporal in range(MAX_TEMPORAL):
            if lr.rates[4 * spatial + temporal] > 0:
                most_spatial = spatial
                most_temporal = max(most_temporal, temporal)
    for spatial in range(most_spatial if whole else 0, most_spatial + 1):
        # A larger picture is worth nothing at the lowest rate, unless its size is all that counts
        for temporal in range(1 if most_temporal and not whole and lr.index + spatial else 0, most_temporal + 1):
            # the highest of a kind is named so that it takes whatever comes
            target = <uint8_t>(4 * (MAX_SPATIAL - 1 if spatial == most_spatial else spatial)
                               + (MAX_TEMPORAL - 1 if temporal == most_temporal else temporal))
            i = 4 * spatial + temporal
            offer(c, lr.index, target, max(layer_bps(lr, <uint8_t>i), <int64_t>1), <int64_t>lr.heavy[i])


# --- whether anybody receives it --------------------------------------------------------------------------------

cdef bint is_wanted(const downtrack *d, int32_t index) noexcept nogil:
    cdef int32_t wanted
    if d.undecided:
        return True
    wanted = min(min(d.wanted_layer, d.granted_layer), d.wanted.layer_count - 1)
    return wanted == index


cdef bint is_used(const layer *lr) noexcept nogil:
    cdef int32_t i
    cdef const uptrack *track = lr.track
    if lr.receivers.count > 0 or lr.waiting.count > 0:
        return True
    if track.allowed:
        for i in range(track.followers.count):
            if is_wanted(<const downtrack *>track.followers.items[i], lr.index):
                return True
    return False


cdef void tell_unused(worker *w, layer *lr, bint unused) noexcept nogil:
    cdef event e
    lr.spared = unused
    memset(&e, 0, sizeof(e))
    e.kind = SAW_UNUSED
    e.handle = lr.track.handle
    e.a = lr.index
    e.b = unused
    tell(w, &e)


cdef void note_use(worker *w, layer *lr) noexcept nogil:
    # At once when somebody wants it, late when nobody does
    cdef int64_t patience = UPPER_UNUSED_US if lr.index > 0 else LOWEST_UNUSED_US
    if is_used(lr):
        lr.unused_since_us = 0
        if lr.spared:
            tell_unused(w, lr, False)
    elif lr.unused_since_us == 0:
        lr.unused_since_us = w.now_us
    elif not lr.spared and lr.active and w.now_us - lr.unused_since_us >= patience:
        tell_unused(w, lr, True)


cdef void look_at_layers(worker *w, transport *t) noexcept nogil:
    cdef int32_t k, i
    cdef layer *lr
    for k in range(t.uptrack_count):
        for i in range(t.uptracks[k].layer_count):
            lr = &t.uptracks[k].layers[i]
            measure(w, lr)
            if not lr.track.is_audio:
                note_use(w, lr)
