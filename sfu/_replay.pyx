"""Which packets of each SSRC have come (RFC 3711 section 3.3.2), in a ring of bits (as in RFC 6479) rather than a register
that is shifted: libsrtp moves a thousand bits with every packet."""

from sfu._crypto cimport SRTP_OK, SRTP_OLD, SRTP_REPLAY


cdef inline uint64_t bit(uint64_t index) noexcept nogil:
    return <uint64_t>1 << (index & 63)


cdef inline int32_t word(uint64_t number) noexcept nogil:
    return <int32_t>(number & (REPLAY_WORDS - 1))


cdef replay_window *replay_find(replay_table *table, uint32_t ssrc, bint *has_room) noexcept nogil:
    cdef int32_t i
    for i in range(table.count):
        if table.windows[i].ssrc == ssrc:
            return &table.windows[i]
    if table.count == REPLAY_SSRCS:
        table.overflowed = True
    has_room[0] = not table.overflowed
    return NULL


cdef int replay_seen(const replay_window *window, uint64_t index) noexcept nogil:
    if window is NULL or index > window.highest:
        return SRTP_OK
    if window.highest - index >= REPLAY_SPAN:
        return SRTP_OLD
    return SRTP_REPLAY if window.bits[word(index >> 6)] & bit(index) else SRTP_OK


cdef void replay_note(replay_table *table, replay_window *window, uint32_t ssrc, uint64_t index) noexcept nogil:
    cdef int32_t n, passed
    if window is NULL:
        window = &table.windows[table.count]
        table.count += 1
        window.ssrc = ssrc
        window.highest = index
        for n in range(REPLAY_WORDS):
            window.bits[n] = 0
    elif index > window.highest:
        passed = REPLAY_WORDS
        if (index >> 6) - (window.highest >> 6) < REPLAY_WORDS:
            passed = <int32_t>((index >> 6) - (window.highest >> 6))
        for n in range(passed):
            window.bits[word((index >> 6) - <uint64_t>n)] = 0
        window.highest = index
    window.bits[word(index >> 6)] |= bit(index)


cdef void replay_forget(replay_table *table, uint32_t ssrc) noexcept nogil:
    cdef int32_t i
    for i in range(table.count):
        if table.windows[i].ssrc == ssrc:
            table.count -= 1
            table.windows[i] = table.windows[table.count]
            return
