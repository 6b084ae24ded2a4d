"""Losses that a receiver's requests may not have mended, found in its transport-wide feedback. Does no I/O.

A request (NACK) is lost as easily as a packet, and so is what it brings; Chromium then waits 100 ms before it asks again, and
the picture stands still. Feedback tells of every packet, repairs among them: where nothing that was sent of a packet has
arrived or is under way, it is sent again without being asked for.
"""

from libc.stdint cimport int64_t, uint16_t, uint32_t

from sfu._estimator cimport estimator
from sfu._history cimport HISTORY, origin, sent_log

# Remembers from now on what is sent. Without memory it does not.
cdef void repairs_begin(estimator *e, sent_log *log) noexcept nogil

# The packet that is about to be noted (`sent_note`) is this one. Only where `log.traced`.
cdef inline void repairs_note(estimator *e, const sent_log *log, uint32_t ssrc, uint16_t sequence) noexcept nogil:
    cdef origin *o = &e.origins[log.next & (HISTORY - 1)]
    o.ssrc = ssrc
    o.sequence = sequence
    o.number = log.next

# The next packet that shall be sent again, with its slot's SSRC. False when there is none.
cdef bint repairs_next(estimator *e, const sent_log *log, int64_t now_us, uint32_t *ssrc,
                       uint16_t *sequence) noexcept nogil
