"""Send-side bandwidth estimation of one receive transport. Does no I/O. Times are microseconds, `now_us` monotonic.

Google's congestion control over transport-wide feedback (draft-ietf-rmcat-gcc-02,
draft-holmer-rmcat-transport-wide-cc-extensions-01): a bound by the delay gradient, one by losses, probes. Receivers that
send no such feedback are estimated by the losses in their reports, under their own REMB (draft-alvestrand-rmcat-remb-03).
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

from sfu._acked cimport acked_rate
from sfu._aimd cimport aimd
from sfu._delay cimport delay_detector
from sfu._history cimport origin, sent_log, sent_packet
from sfu._loss cimport loss_bound
from sfu._probing cimport prober
from sfu._rtcp cimport rtcp_item

cdef enum:
    START_BPS = 300000

# How much less than is allowed the source sends.
cdef struct source_limit:
    int64_t checked_us
    uint64_t bytes               # of the log, then
    double unused                # bytes that could have been sent, of late
    bint limited

# How long packets wait in the line's queue: how much longer their way took than the shortest one of late. The clocks of
# both sides differ by a constant that falls out.
cdef struct queue_delay:
    bint known
    int64_t us                   # of the newest feedback's quickest packet
    int64_t least                # shortest way of this period and
    int64_t least_before         # of the one before
    int64_t period_us            # when this one began

cdef struct estimator:
    sent_packet *ring            # its log's, owned here
    origin *origins              # of its packets, owned here; NULL: they are not remembered
    int64_t bps                  # the estimate; 0: not known yet
    bint known
    bint thin_start              # until it is known, `START_BPS` is sent and no more, unless nobody answers
    int64_t sent_us              # when the first packet was seen to have left, 0: none has
    int64_t began_us             # the first feedback of this line; 0: none yet
    # feedback
    bint by_feedback             # transport-wide feedback has come: reports and REMB are not asked
    bint has_reference
    int32_t reference            # of the last feedback, 24 bits
    int64_t reference_us         # the same, not wrapped
    int64_t heard_us             # the last feedback of either kind; 0: none
    uint64_t heard_bytes         # of the log, then
    int64_t silence_us           # when silence last lowered the estimate
    int64_t rtt_us
    # bounds
    delay_detector delay
    uint8_t cluster              # of the packet before: what a probe does to the queue is not the line's doing
    acked_rate acked
    aimd rate
    loss_bound loss
    int64_t remb_bps             # 0: none
    source_limit source
    queue_delay queue
    int64_t draining_us          # since when a queue that a sharp drop has left is waited for; 0: none
    prober probes

cdef bint estimator_create(estimator *e, sent_log *log, bint thin_start) noexcept nogil
# Whether the estimate can be gone by: it is known when the first probes have shown what they show, the line has shown itself
# full, or a second has gone by. Until then all that is wanted is sent, or, by a thin start, as much as `estimator_begins`.
cdef bint estimator_known(estimator *e, int64_t now_us) noexcept nogil
# Whether packets are lost on the way although the line's queue is short: by the air, not by its being full.
cdef bint estimator_is_lossy(const estimator *e) noexcept nogil
# What may be sent while the estimate is not known, bits a second; 0: everything. A thin start ends with everything when nothing
# is heard of what was sent: the receiver sends no feedback.
cdef int64_t estimator_begins(estimator *e, const sent_log *log, int64_t now_us) noexcept nogil
# Another line: everything learned is forgotten, and what is under way too, whose feedback would tell of the line that was.
cdef void estimator_restart(estimator *e, sent_log *log) noexcept nogil
cdef void estimator_free(estimator *e, sent_log *log) noexcept nogil
# Transport-wide feedback. False for what is malformed.
cdef bint estimator_feedback(estimator *e, sent_log *log, const rtcp_item *item, int64_t now_us) noexcept nogil
# Of `told` packets whose fate a receiver report told, `lost` did not arrive; `rtt_us` 0: the report does not say.
cdef void estimator_report(estimator *e, int64_t lost, int64_t told, int64_t rtt_us, int64_t now_us) noexcept nogil
# A receiver's own estimate.
cdef void estimator_remb(estimator *e, int64_t bps, int64_t now_us) noexcept nogil
# Every 100 ms or so: what silence means, and whether to probe. `wanted_bps` is what must be shown until everything is
# sent. True when a probe has begun: `estimator_due` says what should leave.
cdef bint estimator_tick(estimator *e, sent_log *log, int64_t wanted_bps, int64_t now_us) noexcept nogil
# Bytes of padding that should leave now for the probe under way, and how many in one packet; 0 when there is none to send.
cdef int64_t estimator_due(estimator *e, sent_log *log, int64_t *packet_size, int64_t now_us) noexcept nogil
