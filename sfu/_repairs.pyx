"""Losses that a receiver's requests may not have mended (`_repairs.pxd` is the contract)."""

from libc.stdlib cimport calloc

from sfu._history cimport SENT_ACKED, SENT_LOST, sent_find, sent_moment, sent_packet

cdef enum:
    LOOKED_AT = 512              # packets: half a second of the most that a lossy line is sent
    ASKED_US = 30000             # after a round trip: whoever missed it has asked for it by then
    OUT_OF_DATE_US = 500000      # no picture waits for so long
    FEEDBACK_US = 150000         # after a round trip something has been said of a packet, or never will be


cdef void repairs_begin(estimator *e, sent_log *log) noexcept nogil:
    if e.origins is NULL:
        e.origins = <origin *>calloc(HISTORY, sizeof(origin))
        log.traced = e.origins is not NULL


cdef origin *origin_of(estimator *e, uint16_t number) noexcept nogil:
    cdef origin *o = &e.origins[number & (HISTORY - 1)]
    return o if o.ssrc and o.number == number else NULL


cdef bint is_hopeful(estimator *e, const sent_log *log, const origin *lost, int64_t now_us,
                     bint *arrived) noexcept nogil:
    # Whether anything else that was sent of the packet has arrived or is under way
    cdef uint16_t back
    cdef const origin *o
    cdef const sent_packet *p
    for back in range(1, LOOKED_AT + 1):
        o = origin_of(e, <uint16_t>(log.next - back))
        if o is NULL or o.ssrc != lost.ssrc or o.sequence != lost.sequence or o.number == lost.number:
            continue
        p = sent_find(log, o.number)
        if p is NULL or p.state == SENT_LOST:
            continue
        if p.state == SENT_ACKED:
            arrived[0] = True
            return True
        if now_us - sent_moment(p, now_us) < e.rtt_us + FEEDBACK_US:
            return True
    return False


cdef bint repairs_next(estimator *e, const sent_log *log, int64_t now_us, uint32_t *ssrc,
                       uint16_t *sequence) noexcept nogil:
    cdef uint16_t back = LOOKED_AT
    cdef int64_t age
    cdef origin *o
    cdef const sent_packet *p
    cdef bint arrived
    while back > 0:
        o = origin_of(e, <uint16_t>(log.next - back))
        p = sent_find(log, <uint16_t>(log.next - back)) if o is not NULL else NULL
        back -= 1
        if p is NULL or p.state != SENT_LOST:
            continue
        age = now_us - sent_moment(p, now_us)
        if age < e.rtt_us + ASKED_US:
            break                          # the later ones are younger
        arrived = False
        if age < OUT_OF_DATE_US and is_hopeful(e, log, o, now_us, &arrived) and not arrived:
            continue
        ssrc[0] = o.ssrc
        sequence[0] = o.sequence
        o.ssrc = 0
        if age < OUT_OF_DATE_US and not arrived:
            return True
    return False
