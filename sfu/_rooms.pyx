"""Audio slots of a room: the loudest speakers, without anyone's own voice.

`_speakers` chooses one more than a receiver has audio slots; who is among them simply skips themselves. A
speaker keeps the slot they are in, so that a listener's decoder hears one voice go on.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from libc.string cimport memcpy, memset

from sfu._choice cimport line_bps, slot_choose, slot_want
from sfu._rings cimport SAW_SPEAKERS, event
from sfu._speakers cimport SPEAKERS, speakers_choose, voice
from sfu._state cimport downtrack, transport, uptrack
from sfu._worker cimport tell

cdef enum:
    VOICES = 256                 # audio tracks of one room that are looked at
    ONE_VOICE_BPS = 60000        # of a line, so that a voice's repair fits too
    SPOKEN_LEVEL = 60            # -dBov: louder than a quiet room


cdef void tell_speakers(worker *w, room *r) noexcept nogil:
    cdef event e
    cdef int32_t i
    memset(&e, 0, sizeof(e))
    e.kind = SAW_SPEAKERS
    e.handle = r.handle
    e.a = r.board.count
    for i in range(r.board.count):
        memcpy(e.data + 8 * i, &r.board.chosen[i], 4)
        memcpy(e.data + 8 * i + 4, &r.board.level[i], 4)
    e.size = <uint32_t>(8 * r.board.count)
    tell(w, &e)


cdef bint is_chosen(const uptrack *track, uptrack **chosen, int32_t count) noexcept nogil:
    cdef int32_t i
    for i in range(count):
        if chosen[i] is track:
            return True
    return False


cdef int32_t afforded(const transport *t, int32_t count) noexcept nogil:
    # Too many voices on a thin line are none: the loudest go on, one of them always
    cdef int64_t line = line_bps(t)
    if line == 0:
        return count
    return min(count, max(<int32_t>(line // ONE_VOICE_BPS), 1))


cdef void listen(worker *w, transport *t, uptrack **chosen, int32_t most) noexcept nogil:
    cdef int32_t i, k, count = afforded(t, most)
    cdef downtrack *d
    cdef bint heard[SPEAKERS]
    memset(heard, 0, sizeof(heard))
    for i in range(t.slot_count):
        d = t.slots[i]
        if not d.is_audio or d.wanted is NULL:
            continue
        if not is_chosen(d.wanted, chosen, count) or not d.wanted.allowed:
            slot_want(w, d, NULL, 0)
            continue
        for k in range(count):
            if chosen[k] is d.wanted:
                heard[k] = True
        slot_choose(w, d)
    k = 0
    for i in range(t.slot_count):
        d = t.slots[i]
        if not d.is_audio or d.wanted is not NULL:
            continue
        while k < count and (heard[k] or chosen[k].participant == t.participant):
            k += 1
        if k == count:
            return
        slot_want(w, d, chosen[k], 0)
        k += 1


cdef void note_speakers(worker *w, room *r) noexcept nogil:
    # Who has just spoken: their pictures come before those of the rest when a line is divided
    cdef int32_t i
    cdef uptrack *track
    for i in range(r.board.count):
        track = w.uptracks[r.board.chosen[i]]
        if track is not NULL and r.board.level[i] < SPOKEN_LEVEL:
            track.path.spoke_us = w.now_us


cdef void room_hear(worker *w, room *r, bint at_once) noexcept nogil:
    cdef int32_t handles[VOICES]
    cdef voice *voices[VOICES]
    cdef uint8_t allowed[VOICES]
    cdef uptrack *chosen[SPEAKERS]
    cdef uptrack *track
    cdef int32_t n = 0, i
    if not at_once and w.now_us < r.board.next_us:
        return
    for i in range(r.voices.count):
        if n == VOICES:
            break
        track = <uptrack *>r.voices.items[i]
        handles[n] = track.handle
        voices[n] = &track.heard
        allowed[n] = track.allowed and track.layers[0].active
        n += 1
    note_speakers(w, r)
    if speakers_choose(&r.board, handles, voices, allowed, n, w.now_us):
        tell_speakers(w, r)
    elif not at_once:
        return
    for i in range(r.board.count):
        chosen[i] = w.uptracks[r.board.chosen[i]]
    for i in range(r.listeners.count):
        listen(w, <transport *>r.listeners.items[i], chosen, r.board.count)
