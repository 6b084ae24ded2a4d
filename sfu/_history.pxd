"""What has left for a receiver, by transport-wide sequence number: written for every packet, read when feedback comes.

Writing is one store of eight bytes; eight packets share a cache line.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef enum:
    HISTORY = 4096               # a power of two: 3.5 s of the most that a receiver is sent

cdef enum sent_state:
    SENT_UNKNOWN                 # no feedback has spoken of it
    SENT_LOST                    # said not to have arrived: it may still
    SENT_ACKED

cdef struct sent_packet:
    uint32_t at_us               # the low half of the moment
    uint16_t size                # of the whole RTP packet, SRTP included; 0: there was none
    uint8_t cluster              # the probe it was part of; 0: of none
    uint8_t state

# Which packet of a picture one that was sent is (`_repairs`), or is a repair of.
cdef struct origin:
    uint32_t ssrc                # the slot's; 0: of none, or nothing more is to be done for it
    uint16_t sequence            # its original one
    uint16_t number              # the transport-wide one it was sent with: says whether this entry is of that packet

# Of one receive transport.
cdef struct sent_log:
    sent_packet *ring            # HISTORY entries; NULL: no feedback is expected
    uint64_t bytes               # ever sent
    uint16_t next                # number of the next packet
    uint8_t cluster              # the probe that is under way
    uint8_t traced               # what is sent is remembered by what it is (`_repairs`)
    float us_per_byte            # of a line whose pictures are paced (`_pacer`); 0: they are not
    int64_t busy_until_us        # with what has left, padding of probes apart

# The packet that was written with the number `log.next` has left.
cdef inline void sent_note(sent_log *log, int64_t now_us, size_t size) noexcept nogil:
    cdef sent_packet *p
    if log.ring is not NULL:
        p = &log.ring[log.next & (HISTORY - 1)]
        p.at_us = <uint32_t>now_us
        p.size = <uint16_t>size
        p.cluster = log.cluster
        p.state = SENT_UNKNOWN
        log.bytes += size
        if log.us_per_byte > 0:
            log.busy_until_us = max(log.busy_until_us, now_us) + <int64_t>(<float>size * log.us_per_byte)
    log.next += 1

# The packet of a number, NULL for one that was not sent or is forgotten.
cdef inline sent_packet *sent_find(const sent_log *log, uint16_t number) noexcept nogil:
    cdef uint16_t age = <uint16_t>(log.next - number)
    cdef sent_packet *p = &log.ring[number & (HISTORY - 1)]
    return p if 0 < age <= HISTORY and p.size > 0 else NULL

# When it left, on the clock of `now_us`.
cdef inline int64_t sent_moment(const sent_packet *p, int64_t now_us) noexcept nogil:
    return now_us - <int64_t><uint32_t>(<uint32_t>now_us - p.at_us)

# The place of the next packet, for `_lines.lines_ask`; NULL: nothing is written.
cdef inline const sent_packet *sent_place(const sent_log *log) noexcept nogil:
    return &log.ring[log.next & (HISTORY - 1)] if log.ring is not NULL else NULL
