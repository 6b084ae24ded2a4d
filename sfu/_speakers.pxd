"""Audio levels (RFC 6464) -> the loudest speakers of a room. Does no I/O; time is passed in.

Every 300 ms the loudest `SPEAKERS` of those allowed are chosen: one more than a receiver has audio slots, so that
nobody is sent their own voice. A chosen speaker keeps the place until somebody clearly louder has spoken (hysteresis),
so voices do not flap.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t

cdef enum:
    SPEAKERS = 4
    SPEAKER_PERIOD_US = 300000

cdef struct voice:                # one per audio uptrack, embedded in it
    int64_t last_packet_us        # 0: never
    int32_t sum                   # of (127 - level) over packets with the voice or any level in this period
    int32_t packets
    int32_t score                 # smoothed loudness, 0 silent .. 127 * 256 loudest

cdef struct speaker_board:        # one per room
    int64_t next_us               # when the next choice is due (the caller looks); 0 before the first
    int32_t count
    int32_t chosen[SPEAKERS]      # uptrack handles, loudest first (within 3 dB the order stays as it was)
    int32_t level[SPEAKERS]       # 0 loudest .. 127

cdef void voice_reset(voice *v) noexcept nogil
# Notes the level (0 loudest .. 127 silent) of one packet.
cdef void voice_note(voice *v, uint8_t level, int64_t now_us) noexcept nogil
# Closes the period of all `n` voices (parallel arrays: handle, voice, allowed) and chooses anew. Called before it is
# due (somebody came, left, was given the floor) it chooses by the scores there are, and the period goes on. True when
# the set or order of chosen speakers has changed. A voice that sent nothing for 2 s, or is not allowed, is never
# chosen; with at most SPEAKERS allowed voices sending, all of them are chosen, so that nobody's first syllable is lost.
cdef bint speakers_choose(speaker_board *board, const int32_t *handles, voice **voices, const uint8_t *allowed,
                          int32_t n, int64_t now_us) noexcept nogil
