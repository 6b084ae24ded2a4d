"""Which packets of each SSRC have come, so that none is taken twice (RFC 3711 section 3.3.2). Does no I/O."""

from libc.stdint cimport int32_t, uint32_t, uint64_t

cdef enum:
    REPLAY_SSRCS = 16            # whose packets are told apart here
    REPLAY_WORDS = 16            # a power of two
    REPLAY_SPAN = 960            # so many packets behind the highest are told apart: all words but the one that fills

# Of one SSRC. Index n is bit n % 64 of word n / 64 % REPLAY_WORDS: what moves on is cleared, nothing is shifted.
cdef struct replay_window:
    uint32_t ssrc
    uint64_t highest             # index of a packet
    uint64_t bits[REPLAY_WORDS]

cdef struct replay_table:
    int32_t count
    bint overflowed              # an SSRC found no room, and is somebody else's for good: so are all that are new
    replay_window windows[REPLAY_SSRCS]

# NULL: there is none. `has_room` is then whether `replay_note` may make one; if not, `overflowed` is set.
cdef replay_window *replay_find(replay_table *table, uint32_t ssrc, bint *has_room) noexcept nogil
# SRTP_OK, SRTP_REPLAY or SRTP_OLD; of no window everything is new.
cdef int replay_seen(const replay_window *window, uint64_t index) noexcept nogil
# An authentic packet that `replay_seen` called new has come; with no window, one is made of it.
cdef void replay_note(replay_table *table, replay_window *window, uint32_t ssrc, uint64_t index) noexcept nogil
cdef void replay_forget(replay_table *table, uint32_t ssrc) noexcept nogil
