# cython: language_level=3, cdivision=True
"""Who speaks loudest (`_speakers.pxd` is the contract). Nothing here allocates, locks or does I/O.

A voice's loudness is the mean of 127 - level over a period, smoothed: it rises fast, so that somebody who begins is
heard, and falls slowly, so that a pause for breath costs nobody their place. The class at the end is for tests only.
"""

from libc.string cimport memset

cdef enum:
    SILENT = 127
    UNIT = 256                    # of a score: one decibel
    FULL = 5                      # packets that make a period count in full (60 ms frames); fewer are a click
    MARGIN = 6 * UNIT             # louder by this much takes a place
    ORDER_MARGIN = 3 * UNIT       # and by this much, a place in the order
    FORGOTTEN_US = 2000000
    PACKETS_MAX = 1000000         # keeps the sum within 32 bits when nobody closes the period


cdef void voice_reset(voice *v) noexcept nogil:
    memset(v, 0, sizeof(voice))


cdef void voice_note(voice *v, uint8_t level, int64_t now_us) noexcept nogil:
    v.last_packet_us = max(now_us, <int64_t>1)
    if v.packets < PACKETS_MAX:
        v.sum += SILENT - (level & 0x7F)
        v.packets += 1


cdef void _close_period(voice *v) noexcept nogil:
    """Fold the period into the score: three quarters of a rise, one quarter of a fall."""
    cdef int32_t loudness = 0
    if v.packets > 0:
        loudness = <int32_t>(<int64_t>v.sum * UNIT // max(v.packets, FULL))
    if loudness > v.score:
        v.score += (loudness - v.score) * 3 // 4
    else:
        v.score -= (v.score - loudness + 3) // 4
    v.sum = 0
    v.packets = 0


cdef inline bint _heard(const voice *v, int64_t now_us) noexcept nogil:
    return v.last_packet_us != 0 and now_us - v.last_packet_us <= FORGOTTEN_US


cdef struct place:
    int32_t handle
    int32_t score


cdef int32_t _find(const int32_t *handles, int32_t n, int32_t handle) noexcept nogil:
    cdef int32_t i
    for i in range(n):
        if handles[i] == handle:
            return i
    return -1


cdef int32_t _keep(const speaker_board *board, const int32_t *handles, voice **voices, const uint8_t *allowed,
                   int32_t n, int64_t now_us, place *chosen) noexcept nogil:
    """Those on the board that may stay on it, in their order."""
    cdef int32_t i, at, count = 0
    for i in range(board.count):
        at = _find(handles, n, board.chosen[i])
        if at >= 0 and allowed[at] and _heard(voices[at], now_us):
            chosen[count].handle = handles[at]
            chosen[count].score = voices[at].score
            count += 1
    return count


cdef int32_t _loudest_waiting(const int32_t *handles, voice **voices, const uint8_t *allowed, int32_t n, int64_t now_us,
                              const place *chosen, int32_t count) noexcept nogil:
    """Index of the loudest voice that is not chosen but may be; of equals the first. -1: nobody waits."""
    cdef int32_t i, j, best = -1
    cdef bint waits
    for i in range(n):
        if not allowed[i] or not _heard(voices[i], now_us) or (best >= 0 and voices[i].score <= voices[best].score):
            continue
        waits = True
        for j in range(count):
            waits = waits and chosen[j].handle != handles[i]
        if waits:
            best = i
    return best


cdef bint _admit(place *chosen, int32_t *count, int32_t handle, int32_t score) noexcept nogil:
    """Give a newcomer a free place, or that of the softest when clearly louder. False: no place."""
    cdef int32_t i, at = 0
    if count[0] < SPEAKERS:
        at = count[0]
        count[0] += 1
    else:
        for i in range(1, SPEAKERS):
            if chosen[i].score <= chosen[at].score:
                at = i
        if score <= chosen[at].score + MARGIN:
            return False
    chosen[at].handle = handle
    chosen[at].score = score
    return True


cdef void _order(place *chosen, int32_t count) noexcept nogil:
    """Insertion sort, loudest first, in which nearly equal neighbours stay as they are."""
    cdef int32_t i, j
    cdef place moving
    for i in range(1, count):
        moving = chosen[i]
        j = i
        while j > 0 and moving.score > chosen[j - 1].score + ORDER_MARGIN:
            chosen[j] = chosen[j - 1]
            j -= 1
        chosen[j] = moving


cdef bint _publish(speaker_board *board, const place *chosen, int32_t count) noexcept nogil:
    """Write the choice on the board; whether it differs from the last one."""
    cdef bint changed = count != board.count
    cdef int32_t i
    for i in range(count):
        changed = changed or board.chosen[i] != chosen[i].handle
        board.chosen[i] = chosen[i].handle
        board.level[i] = SILENT - chosen[i].score // UNIT
    board.count = count
    return changed


cdef bint speakers_choose(speaker_board *board, const int32_t *handles, voice **voices, const uint8_t *allowed,
                          int32_t n, int64_t now_us) noexcept nogil:
    cdef place chosen[SPEAKERS]
    cdef int32_t i, _round, count, waiting
    cdef bint due = now_us >= board.next_us
    if due:
        board.next_us += SPEAKER_PERIOD_US
        if board.next_us <= now_us:               # the first choice, or the caller fell behind: do not catch up
            board.next_us = now_us + SPEAKER_PERIOD_US
    for i in range(n):
        if due:
            _close_period(voices[i])
        if not allowed[i] or not _heard(voices[i], now_us):
            voices[i].score = 0
    count = _keep(board, handles, voices, allowed, n, now_us, chosen)
    for _round in range(SPEAKERS):                # enough: who loses a place was softer than all who keep theirs
        waiting = _loudest_waiting(handles, voices, allowed, n, now_us, chosen, count)
        if waiting < 0 or not _admit(chosen, &count, handles[waiting], voices[waiting].score):
            break
    _order(chosen, count)
    return _publish(board, chosen, count)


# For tests only

cdef enum:
    TEST_VOICES = 64

cdef class Room:
    """A board and up to 64 voices, handles 0 to 63. For tests only."""
    cdef speaker_board board
    cdef voice voices[TEST_VOICES]

    def __cinit__(self):
        cdef int32_t i
        memset(&self.board, 0, sizeof(speaker_board))
        for i in range(TEST_VOICES):
            voice_reset(&self.voices[i])

    @property
    def due(self):
        """When the next choice is due, microseconds."""
        return self.board.next_us

    def note(self, int32_t handle, uint8_t level, int64_t now_us):
        """`voice_note`."""
        if not 0 <= handle < TEST_VOICES:
            raise ValueError("no such voice")
        voice_note(&self.voices[handle], level, now_us)

    def choose(self, allowed, int64_t now_us):
        """`speakers_choose` over the handles in `allowed` (handle -> bool): (changed, [(handle, level)])."""
        cdef int32_t handles[TEST_VOICES]
        cdef voice *voices[TEST_VOICES]
        cdef uint8_t flags[TEST_VOICES]
        cdef int32_t i
        if not all(0 <= handle < TEST_VOICES for handle in allowed):
            raise ValueError("no such voice")
        for i, (handle, flag) in enumerate(allowed.items()):
            handles[i] = handle
            voices[i] = &self.voices[handles[i]]
            flags[i] = bool(flag)
        changed = speakers_choose(&self.board, handles, voices, flags, <int32_t>len(allowed), now_us)
        return bool(changed), [(self.board.chosen[i], self.board.level[i]) for i in range(self.board.count)]
