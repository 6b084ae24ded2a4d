"""A receiver's estimate divided among its slots.

Voices come first: they are never paused, and what they need is taken off before. What video layers weigh is measured as
they come in (`_layers`). Whatever steps down because a line has become thin stays there for a while, and what goes up
must leave room: so nothing flaps.
"""

from sfu._choice cimport line_bps, slot_choose
from sfu._layers cimport VOICE_BPS, layer_bps, layer_is_there, layer_options
from sfu._pacer cimport pace
from sfu._rooms cimport room_hear
from sfu._rtp cimport EVERYTHING
from sfu._state cimport MAX_LAYERS, MAX_SLOTS, downtrack, layer, uptrack

cdef enum:
    MARGIN = 10                  # a tenth of what is gone up to must be left
    HOLD_US = 10000000           # after a step down
    PERIOD_US = 1000000
    RECENT_US = 10000000         # who has spoken within this time is a recent speaker


# --- the rule ---------------------------------------------------------------------------------------------------

cdef int64_t bps_of(const claim *c, int32_t i) noexcept nogil:
    return c.options[i].bps if i >= 0 else 0


cdef int64_t room_for(const claim *c, int32_t i) noexcept nogil:
    # What is gone up to needs more of a line than it weighs: an encoder that was off begins with little
    cdef int64_t bps = bps_of(c, i)
    if i <= c.now:
        return bps
    return max(bps + bps // MARGIN, c.options[i].heavy if i > 0 else 0)


cdef int64_t least_for(const claim *c, int32_t i) noexcept nogil:
    # The least there is of a picture is not taken away for an estimate that dips: it falls below what is sent with every
    # burst that a line holds up for a moment. A line that is too thin for it makes it fall further.
    return bps_of(c, i) * STAY_PERCENT // 100 if i == 0 and c.now >= 0 else room_for(c, i)


cdef bint fits(const claim *c, int32_t i, int64_t left) noexcept nogil:
    return i <= c.most and least_for(c, i) - bps_of(c, c.chosen) <= left


cdef bint raise_to(claim *c, int32_t i, int64_t *left) noexcept nogil:
    if not fits(c, i, left[0]):
        return False
    left[0] = max(left[0] - c.options[i].bps + bps_of(c, c.chosen), <int64_t>0)
    c.chosen = i
    return True


cdef void raise_fully(claim *c, int64_t *left) noexcept nogil:
    cdef int32_t i = c.count - 1
    while i > c.chosen and not raise_to(c, i, left):
        i -= 1


cdef void sort_by_rank(claim *claims, int32_t n, int32_t *order) noexcept nogil:
    cdef int32_t i, k
    for i in range(n):
        k = i
        while k > 0 and claims[order[k - 1]].rank < claims[i].rank:
            order[k] = order[k - 1]
            k -= 1
        order[k] = i


cdef void divide(claim *claims, int32_t n, int64_t bps) noexcept nogil:
    cdef int32_t order[MAX_SLOTS]
    cdef int32_t i
    cdef claim *c
    cdef int64_t left = bps
    cdef bint risen = True
    sort_by_rank(claims, n, order)
    for i in range(n):
        c = &claims[order[i]]
        c.chosen = -1
        if c.count > 0:
            raise_to(c, 0, &left)
    for i in range(n):
        c = &claims[order[i]]
        if c.rank > RANK_REST and c.chosen >= 0:
            raise_fully(c, &left)
    while risen:
        risen = False
        for i in range(n):
            c = &claims[order[i]]
            if c.rank == RANK_REST and 0 <= c.chosen < c.count - 1 and raise_to(c, c.chosen + 1, &left):
                risen = True


# --- what there is to divide ------------------------------------------------------------------------------------

cdef int32_t rank_of(worker *w, const downtrack *d) noexcept nogil:
    if d.rank == RANK_REST and d.wanted.path.spoke_us and w.now_us - d.wanted.path.spoke_us < RECENT_US:
        return RANK_SPEAKER
    return d.rank


cdef void list_options(const downtrack *d, claim *c) noexcept nogil:
    cdef uptrack *track = d.wanted
    cdef int32_t top = min(d.wanted_layer, track.layer_count - 1), i
    while top > 0 and not layer_is_there(&track.layers[top]):
        top -= 1
    if d.keeps_size:
        layer_options(&track.layers[top], True, c)
        return
    for i in range(top + 1):
        if layer_is_there(&track.layers[i]):
            layer_options(&track.layers[i], False, c)


cdef int32_t option_now(const downtrack *d, const claim *c) noexcept nogil:
    # The best one that is not above what it was granted: the same one, unless layers came or went
    cdef int32_t i = c.count - 1
    if d.undecided:
        return -1
    while i >= 0:
        if c.options[i].layer < d.granted_layer:
            return i
        if c.options[i].layer == d.granted_layer and c.options[i].target <= d.granted_target:
            return i
        i -= 1
    return -1


cdef void make_claim(worker *w, downtrack *d, claim *c) noexcept nogil:
    c.rank = rank_of(w, d)
    c.count = 0
    list_options(d, c)
    c.now = option_now(d, c)
    c.most = c.count - 1
    if d.strained and c.now > 0:
        d.hold_until_us = w.now_us + max(<int64_t>HOLD_US, 2 * d.keyframe_gap_us)
        c.now -= 1
    d.strained = False
    if w.now_us < d.hold_until_us:
        c.most = c.now
    if d.path.beginning:                   # the keyframe of a larger one may fill a thin line for long
        while c.most > 0 and c.options[c.most].layer > c.options[0].layer:
            c.most -= 1


cdef int64_t voices_bps(const transport *t) noexcept nogil:
    cdef int64_t total = 0
    cdef int32_t i
    cdef const layer *source
    for i in range(t.slot_count):
        source = t.slots[i].source
        if t.slots[i].is_audio and source is not NULL:
            total += max(layer_bps(source, EVERYTHING), <int64_t>VOICE_BPS)
    return total


# --- carrying it out --------------------------------------------------------------------------------------------

cdef void grant(worker *w, downtrack *d, const claim *c, int64_t line, bint thinner) noexcept nogil:
    cdef int32_t layer_index = -1
    cdef uint8_t target = EVERYTHING
    if line == 0 or c.count == 0:          # nothing limits it, or nothing has come of it yet
        layer_index = MAX_LAYERS - 1
    elif c.chosen >= 0:
        layer_index = c.options[c.chosen].layer
        target = c.options[c.chosen].target
    if c.chosen < c.now and thinner:
        d.hold_until_us = w.now_us + HOLD_US
    if layer_index == d.granted_layer and target == d.granted_target and not d.undecided:
        return
    d.granted_layer = layer_index
    d.granted_target = target
    d.undecided = False
    slot_choose(w, d)


cdef void begin_with_one(claim *claims, int32_t n) noexcept nogil:
    # On a line that carries nothing nobody answers, and it is never explored: where not even the smallest fits in what a
    # line begins with, the smallest of the first in rank goes out all the same, until more is known
    cdef claim *first = NULL
    cdef int32_t i
    for i in range(n):
        if claims[i].chosen >= 0:
            return
        if claims[i].count > 0 and (first is NULL or claims[i].rank > first.rank):
            first = &claims[i]
    if first is not NULL:
        first.chosen = 0


cdef int32_t twin_of(downtrack **owners, int32_t n, const downtrack *d) noexcept nogil:
    # Of a picture on the move, which is asked for in two slots, only one is sent (`_choice`)
    cdef int32_t i
    for i in range(n):
        if owners[i].wanted is d.wanted:
            return i
    return -1


cdef void divide_line(worker *w, transport *t) noexcept nogil:
    cdef claim claims[MAX_SLOTS]
    cdef downtrack *owners[MAX_SLOTS]
    cdef downtrack *twins[MAX_SLOTS]
    cdef int32_t n = 0, twin_count = 0, i, k
    cdef int64_t voices = voices_bps(t)
    cdef int64_t line = line_bps(t)
    cdef bint thinner = t.divided_bps > 0 and line < t.divided_bps
    for i in range(t.slot_count):
        if not t.slots[i].is_audio and t.slots[i].wanted is not NULL and t.slots[i].wanted.allowed:
            k = twin_of(owners, n, t.slots[i])
            if k < 0:
                owners[n] = t.slots[i]
                n += 1
            elif owners[k].undecided:
                twins[twin_count] = owners[k]
                owners[k] = t.slots[i]
                twin_count += 1
            else:
                twins[twin_count] = t.slots[i]
                twin_count += 1
    for i in range(n):
        make_claim(w, owners[i], &claims[i])
    if line > 0:
        divide(claims, n, max(line - voices, <int64_t>0))
        if t.beginning and voices == 0:
            begin_with_one(claims, n)
    t.wanted_bps = t.allocated_bps = voices
    for i in range(n):
        if line == 0:
            claims[i].chosen = claims[i].count - 1
        t.wanted_bps += room_for(&claims[i], claims[i].count - 1)
        t.allocated_bps += bps_of(&claims[i], claims[i].chosen)
        grant(w, owners[i], &claims[i], line, thinner)
    for i in range(twin_count):
        k = twin_of(owners, n, twins[i])
        grant(w, twins[i], &claims[k], line, thinner)
        slot_choose(w, owners[k])
        slot_choose(w, twins[i])
    if voices and line != t.divided_bps:   # fewer or more voices may fit
        room_hear(w, t.home, True)
    t.changed = False
    t.divided_bps = line
    t.next_division_us = w.now_us + PERIOD_US
    w.count.allocations += 1
    pace(t)


cdef bint is_due(worker *w, const transport *t) noexcept nogil:
    return t.changed or w.now_us >= t.next_division_us or line_has_moved(t)


cdef void divide_lines(worker *w) noexcept nogil:
    cdef int32_t i
    cdef transport *t
    w.divide = False
    for i in range(w.receivers.count):
        t = <transport *>w.receivers.items[i]
        if is_due(w, t):
            divide_line(w, t)


# --- for tests --------------------------------------------------------------------------------------------------

def divided(claims, bps):
    cdef claim made[MAX_SLOTS]
    cdef int32_t n = len(claims), i, k
    if n > MAX_SLOTS:
        raise ValueError(f"{n} claims")
    for i in range(n):
        rank, now, most, options = claims[i]
        made[i].rank = rank
        made[i].now = now
        made[i].count = len(options)
        made[i].most = most
        for k in range(made[i].count):
            made[i].options[k].bps = options[k]
            made[i].options[k].heavy = 0
    divide(made, n, bps)
    return [made[i].chosen for i in range(n)]
