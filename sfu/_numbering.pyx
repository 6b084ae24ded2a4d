"""Numbers of a layer's packets: without gaps, whichever of the layers inside are taken.

A packet's number counts what came in the layer, without the padding-only packets between. `skipped` says for each target
how many packets up to this one that target does not carry; a receiver of the target counts `number - skipped`, and for it
nothing is missing. Both are settled when a packet comes, once for all receivers. What has not come yet has its place kept
in every target, since nobody knows what it will be: the slots that do not take it close the place by padding when it comes.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.string cimport memcpy, memmove

from sfu._cache cimport cache_find
from sfu._rtp cimport ALL_TARGETS
from sfu._state cimport CACHE_PACKETS, DROPS, TARGETS


cdef void begin_numbering(layer *lr, uint64_t sequence) noexcept nogil:
    # The numbers handed out go on where they stopped, whatever the publisher's sequence does
    cdef int64_t next_number = EXTEND_FROM
    if lr.window.started:
        next_number = <int64_t>lr.window.highest + lr.shift + 1
    lr.shift = next_number - <int64_t>sequence
    lr.dropped = 0
    lr.lost_count = 0
    lr.window.started = False
    lr.first_sequence = sequence
    lr.received = 0
    lr.prior_expected = 0
    lr.prior_received = 0


cdef uint64_t number_of(const layer *lr, uint64_t sequence, bint *known) noexcept nogil:
    cdef int64_t shift = lr.shift
    cdef int32_t i
    known[0] = True
    for i in range(lr.dropped):
        if lr.drops[i] <= sequence:
            return sequence + <uint64_t>shift
        shift += 1
    # older than every gap that is still remembered: only certain when none was forgotten
    known[0] = lr.dropped < DROPS
    return sequence + <uint64_t>shift


cdef void close_gap(worker *w, layer *lr, uint64_t sequence) noexcept nogil:
    if lr.dropped == DROPS:
        lr.dropped -= 1
    memmove(&lr.drops[1], &lr.drops[0], lr.dropped * sizeof(uint64_t))
    lr.drops[0] = sequence
    lr.dropped += 1
    lr.shift -= 1
    w.count.padding_closed += 1


cdef void keep_places(layer *lr, uint64_t first, uint64_t behind) noexcept nogil:
    cdef uint64_t n = first
    cdef packet *place
    if behind - first > CACHE_PACKETS:
        n = behind - CACHE_PACKETS
    while n < behind:
        place = &lr.cache.index[n & (CACHE_PACKETS - 1)]
        place.number = n
        place.present = False
        memcpy(place.skipped, lr.skipped, sizeof(place.skipped))
        memcpy(place.skipped_pictures, lr.skipped_pictures, sizeof(place.skipped_pictures))
        n += 1


cdef bint has_place(const layer *lr, uint64_t number) noexcept nogil:
    return lr.cache.index[number & (CACHE_PACKETS - 1)].number == number


cdef void count_skipped(layer *lr, const descriptor *video, bint counts_pictures) noexcept nogil:
    # Of pictures only temporal layers decide: the spatial ones of one picture share its id
    cdef uint32_t missing = ALL_TARGETS & ~video.carried
    cdef bint fresh = counts_pictures and (not lr.has_picture or video.picture_id != lr.last_picture)
    cdef int32_t t
    if missing:
        for t in range(TARGETS):
            if missing >> t & 1:
                lr.skipped[t] += 1
                if fresh and (t & 3) < (video.place & 3):
                    lr.skipped_pictures[t] += 1
    if video.picture_id_at:
        lr.has_picture = True
        lr.last_picture = video.picture_id


cdef void note_skipped(const layer *lr, packet *p) noexcept nogil:
    memcpy(p.skipped, lr.skipped, sizeof(p.skipped))
    memcpy(p.skipped_pictures, lr.skipped_pictures, sizeof(p.skipped_pictures))


cdef packet *find_counted(layer *lr, uint8_t target, uint64_t count) noexcept nogil:
    # `number - skipped` never falls, so what is sought is the first that reaches it
    cdef uint64_t high, low, middle
    cdef packet *p
    if lr.cache.index is NULL or not lr.window.started:
        return NULL
    high = lr.window.highest + <uint64_t>lr.shift
    low = high - CACHE_PACKETS + 1
    while low < high:
        middle = low + (high - low) // 2
        p = &lr.cache.index[middle & (CACHE_PACKETS - 1)]
        if p.number != middle or <int64_t>(counted(p, target) - count) < 0:
            low = middle + 1
        else:
            high = middle
    p = &lr.cache.index[low & (CACHE_PACKETS - 1)]
    if p.number != low or counted(p, target) != count or not p.video.carried >> target & 1:
        return NULL
    return cache_find(&lr.cache, low)
