# cython: language_level=3, cdivision=True
"""Send-side bandwidth estimation (`_estimator.pxd` is the contract). Nothing here does I/O or locks.

Feedback is read packet by packet against the log of what was sent; delay, acknowledged rate, losses and probes each take
what concerns them, and the least of their bounds is the estimate. The class at the end is for tests and for the benchmark
in virtual time.
"""

from cpython.buffer cimport Py_buffer, PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport uint16_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from sfu._acked cimport acked_expect_change, acked_packet
from sfu._aimd cimport AIMD_LEAST_BPS, AIMD_MOST_BPS, aimd_set, aimd_update
from sfu._delay cimport DELAY_NORMAL, DELAY_OVERUSE, delay_packet, delay_reset, delay_restart
from sfu._history cimport HISTORY, SENT_ACKED, SENT_LOST, SENT_UNKNOWN, sent_find, sent_moment, sent_note
from sfu._loss cimport loss_is_felt, loss_note, loss_update
from sfu._probing cimport (
    prober_acked,
    prober_begin,
    prober_conclude,
    prober_due,
    prober_follow,
    prober_read,
    prober_size,
    prober_stop,
    prober_told,
)
from sfu._rtcp cimport rtcp_next
from sfu._twcc cimport TWCC_REFERENCE_US, twcc_next, twcc_open, twcc_report

cdef enum:
    FIRST_RTT_US = 200000        # until one is measured
    STALE_US = 1000000           # where nothing is sent nothing is heard, and no line is full for ever
    SILENCE_US = 1000000         # so long without feedback while packets leave: nothing gets through
    SOURCE_WINDOW_US = 500000
    SETTLE_US = 500000           # what is wanted is not measured before
    EXPLORE_US = 1000000
    ANSWER_US = 1000000          # so long after the first packet feedback may come yet
    SILENT_BYTES = 2000          # sent meanwhile, or it was the source that was silent

    PERIOD_US = 10000000         # the shortest way is looked for in one to two of these
    DRAINED_US = 100000          # a queue that short is none
    DRAIN_US = 5000000           # longer than this it is somebody else's
    SHORT_US = 50000             # a queue that loses nothing
    NO_DELAY = 0x7FFFFFFFFFFFFFF

cdef double DRAIN = 0.7          # of what is acknowledged, which is what the line carries while its queue is not empty
cdef double AHEAD = 1.25
cdef double SILENCE_FACTOR = 0.8
cdef double LIMITED_SHARE = 0.65  # of the estimate: a source that sends less is limited
cdef double LIMITED_FROM = 0.8   # share of the window's bytes unused
cdef double LIMITED_UNTIL = 0.5
cdef double STALLED = 1.4        # an estimate so far above what is acknowledged grows no more by itself


cdef bint estimator_create(estimator *e, sent_log *log, bint thin_start) noexcept nogil:
    e.ring = <sent_packet *>calloc(HISTORY, sizeof(sent_packet))
    if e.ring is NULL:
        return False
    log.ring = e.ring
    e.thin_start = thin_start
    estimator_restart(e, log)
    return True


cdef void estimator_restart(estimator *e, sent_log *log) noexcept nogil:
    cdef sent_packet *ring = e.ring
    cdef origin *origins = e.origins
    cdef bint thin_start = e.thin_start
    memset(e, 0, sizeof(estimator))
    e.ring = ring
    e.origins = origins
    e.thin_start = thin_start
    memset(ring, 0, HISTORY * sizeof(sent_packet))
    log.cluster = 0
    log.bytes = 0
    e.rate.bps = START_BPS
    e.rtt_us = FIRST_RTT_US
    delay_reset(&e.delay)


cdef void _explored(estimator *e, int64_t now_us) noexcept nogil:
    """All that was wanted went through, and the line did not even show itself full: it carries that, and some more."""
    cdef int64_t carried = <int64_t>(AHEAD * e.acked.bps)
    if e.delay.signal != DELAY_OVERUSE and e.loss.bps == 0 and carried > e.rate.bps:
        aimd_set(&e.rate, carried, now_us)
        _combine(e)


cdef bint estimator_known(estimator *e, int64_t now_us) noexcept nogil:
    if e.known or e.heard_us == 0:
        return e.known
    e.known = (not e.by_feedback or now_us - e.began_us > EXPLORE_US or e.delay.signal == DELAY_OVERUSE or e.loss.bps > 0
               or ((e.thin_start or now_us - e.began_us > SETTLE_US) and e.probes.opened and not e.probes.sending
                   and not e.probes.waiting and e.probes.follow_bps == 0))
    if e.known and e.by_feedback and not e.thin_start:
        _explored(e, now_us)
    return e.known


cdef int64_t estimator_begins(estimator *e, const sent_log *log, int64_t now_us) noexcept nogil:
    if not e.thin_start:
        return 0
    if e.sent_us == 0 and log.bytes > 0:
        e.sent_us = now_us
    if e.heard_us == 0 and e.sent_us and now_us - e.sent_us > ANSWER_US:
        return 0
    return START_BPS


cdef bint estimator_is_lossy(const estimator *e) noexcept nogil:
    return loss_is_felt(&e.loss) and e.queue.known and e.queue.us < SHORT_US


cdef void estimator_free(estimator *e, sent_log *log) noexcept nogil:
    log.ring = NULL
    log.traced = False
    free(e.ring)
    free(e.origins)
    e.ring = NULL
    e.origins = NULL


# --- what bounds it ---------------------------------------------------------------------------------------------

cdef void _combine(estimator *e) noexcept nogil:
    cdef int64_t bps = e.rate.bps
    if e.loss.bps and e.loss.bps < bps:
        bps = e.loss.bps
    if not e.by_feedback and e.remb_bps and e.remb_bps < bps:
        bps = e.remb_bps
    if e.draining_us and e.acked.bps:
        bps = min(bps, <int64_t>(DRAIN * e.acked.bps))
    e.bps = min(max(bps, <int64_t>AIMD_LEAST_BPS), <int64_t>AIMD_MOST_BPS)


cdef void _note_source(estimator *e, const sent_log *log, int64_t now_us) noexcept nogil:
    """A bucket fills with what may be sent and is emptied by what is: full, it shows a source with little to send."""
    cdef source_limit *s = &e.source
    cdef double step = <double>min(now_us - s.checked_us, <int64_t>SOURCE_WINDOW_US) / 1000000
    cdef double rate = LIMITED_SHARE * e.bps / 8
    cdef double most = rate * SOURCE_WINDOW_US / 1000000
    s.unused = min(max(s.unused + rate * step - <double>(log.bytes - s.bytes), -most), most)
    s.bytes = log.bytes
    s.checked_us = now_us
    if s.unused >= LIMITED_FROM * most:
        s.limited = True
    elif s.unused < LIMITED_UNTIL * most:
        s.limited = False


cdef void _note_queue(estimator *e, int64_t way_us, int64_t now_us) noexcept nogil:
    cdef queue_delay *q = &e.queue
    if not q.known or now_us - q.period_us > PERIOD_US:
        q.least_before = q.least if q.known else way_us
        q.least = way_us
        q.period_us = now_us
        q.known = True
    q.least = min(q.least, way_us)
    q.us = way_us - min(q.least, q.least_before)
    if e.draining_us and (q.us < DRAINED_US or now_us - e.draining_us > DRAIN_US):
        e.draining_us = 0
        e.rate.bps = min(e.rate.bps, e.bps)
        delay_reset(&e.delay)              # of the line that was, its threshold too


cdef void _heard(estimator *e, const sent_log *log, int64_t now_us) noexcept nogil:
    e.heard_us = e.silence_us = now_us
    if log is not NULL:
        e.heard_bytes = log.bytes


# --- transport-wide feedback ------------------------------------------------------------------------------------

cdef int64_t _reference(estimator *e, const twcc_report *report) noexcept nogil:
    """The reference time, us of the receiver's clock, without its wraps."""
    cdef int32_t step = (report.reference - e.reference) & 0xFFFFFF
    if step & 0x800000:
        step -= 0x1000000
    if not e.has_reference:
        e.has_reference = True
        step = 0
        e.reference_us = <int64_t>(1 << 26) * TWCC_REFERENCE_US      # never negative, whatever comes later
    e.reference = report.reference
    e.reference_us += <int64_t>step * TWCC_REFERENCE_US
    return e.reference_us


cdef int64_t _read(estimator *e, sent_log *log, twcc_report *report, int64_t now_us) noexcept nogil:
    """Goes through all packets spoken of; when the last one newly acknowledged was sent, 0 when there was none."""
    cdef int64_t start = _reference(e, report), sent = 0, newest = 0, lost = 0, told = 0
    cdef int64_t arrived, way = NO_DELAY
    cdef uint16_t number = report.base
    cdef sent_packet *p
    cdef int got = twcc_next(report)
    while got >= 0:
        p = sent_find(log, number)
        number += 1
        if p is not NULL and p.state != SENT_ACKED:
            if p.state == SENT_UNKNOWN:
                told += 1
                if p.cluster:
                    prober_told(&e.probes, p.cluster)
                if not got:
                    p.state = SENT_LOST
                    lost += 1
            elif got:
                lost -= 1                  # it was late, not lost
            if got:
                p.state = SENT_ACKED
                sent = sent_moment(p, now_us)
                newest = max(newest, sent)
                arrived = start + report.arrival_us
                way = min(way, arrived - sent)
                acked_packet(&e.acked, arrived, p.size, e.source.limited)
                if p.cluster != e.cluster:
                    e.cluster = p.cluster
                    delay_restart(&e.delay)
                if p.cluster == 0:
                    delay_packet(&e.delay, sent, arrived)
                else:
                    prober_acked(&e.probes, p.cluster, sent, arrived, p.size)
        got = twcc_next(report)
    loss_note(&e.loss, lost, told)
    prober_read(&e.probes, <uint16_t>(number - 1))
    if newest:
        _note_queue(e, way, now_us)
    return newest


cdef void _probed(estimator *e, int64_t now_us) noexcept nogil:
    cdef int64_t shown = prober_conclude(&e.probes, e.rtt_us, now_us)
    if shown:
        e.rate.full_bps = shown if e.probes.full else 0
    if shown > e.bps and e.delay.signal != DELAY_OVERUSE:
        aimd_set(&e.rate, shown, now_us)
        acked_expect_change(&e.acked)
        e.loss.bps = 0


cdef void _follow(estimator *e, int64_t now_us) noexcept nogil:
    """After feedback: every bound anew."""
    cdef int64_t before = e.bps
    cdef bint sharp
    loss_update(&e.loss, e.rate.bps, e.rtt_us, now_us)
    aimd_update(&e.rate, e.delay.signal if e.by_feedback else DELAY_NORMAL, e.acked.bps, e.rtt_us, now_us)
    _probed(e, now_us)
    _combine(e)
    sharp = prober_follow(&e.probes, e.bps, now_us)
    if before and e.bps < before:
        prober_stop(&e.probes, now_us)
        if sharp and e.queue.us > DRAINED_US:
            e.draining_us = now_us
            _combine(e)


cdef bint estimator_feedback(estimator *e, sent_log *log, const rtcp_item *item, int64_t now_us) noexcept nogil:
    cdef twcc_report report
    cdef int64_t newest
    if not twcc_open(item, &report):
        return False
    newest = _read(e, log, &report, now_us)
    if newest == 0:
        return True                        # nothing in it is news
    e.rtt_us = max(now_us - newest, <int64_t>1000)
    if e.began_us == 0:
        e.began_us = now_us
    e.by_feedback = True
    _note_source(e, log, now_us)
    _heard(e, log, now_us)
    _follow(e, now_us)
    return True


# --- receivers without it ---------------------------------------------------------------------------------------

cdef void estimator_report(estimator *e, int64_t lost, int64_t told, int64_t rtt_us, int64_t now_us) noexcept nogil:
    # Without REMB nothing has said what the line carries: losses alone would hold a good line down to where estimates begin
    if e.by_feedback or e.remb_bps == 0:
        return
    if rtt_us > 0:
        e.rtt_us = rtt_us
    _heard(e, NULL, now_us)
    loss_note(&e.loss, lost, told)
    _follow(e, now_us)


cdef void estimator_remb(estimator *e, int64_t bps, int64_t now_us) noexcept nogil:
    if e.by_feedback:
        return
    e.remb_bps = max(bps, <int64_t>1)
    # The receiver sees the delay itself: growing towards what it says is all that is left to do
    if e.rate.bps < bps and e.delay.signal == DELAY_NORMAL:
        aimd_set(&e.rate, bps, now_us)
    _heard(e, NULL, now_us)
    _combine(e)


# --- time -------------------------------------------------------------------------------------------------------

cdef void _silence(estimator *e, const sent_log *log, int64_t now_us) noexcept nogil:
    """Packets leave and nothing is heard: the line is stuck, or its queue is longer than a second."""
    if now_us - e.silence_us < SILENCE_US or log.bytes - e.heard_bytes < SILENT_BYTES:
        return
    e.silence_us = now_us
    prober_stop(&e.probes, now_us)
    e.rate.bps = max(<int64_t>(SILENCE_FACTOR * e.bps), <int64_t>AIMD_LEAST_BPS)
    _combine(e)
    prober_follow(&e.probes, e.bps, now_us)


cdef bint estimator_tick(estimator *e, sent_log *log, int64_t wanted_bps, int64_t now_us) noexcept nogil:
    cdef bint stalled
    if e.heard_us == 0 or not e.by_feedback:
        return False
    _note_source(e, log, now_us)
    _silence(e, log, now_us)
    _probed(e, now_us)
    _combine(e)
    if e.delay.signal == DELAY_OVERUSE and now_us - e.heard_us < STALE_US:
        return False
    stalled = e.acked.bps > 0 and e.bps > STALLED * e.acked.bps
    if not prober_begin(&e.probes, log, e.bps, wanted_bps, e.source.limited or stalled, now_us):
        return False
    e.heard_bytes = log.bytes
    return True


cdef int64_t estimator_due(estimator *e, sent_log *log, int64_t *packet_size, int64_t now_us) noexcept nogil:
    cdef int64_t due = prober_due(&e.probes, log, now_us)
    if not e.probes.sending:
        log.cluster = 0
    packet_size[0] = prober_size(&e.probes)
    return due


# --- for tests and the benchmark --------------------------------------------------------------------------------

cdef class Estimator:
    """An estimator with its log."""
    cdef estimator e
    cdef sent_log log

    def __cinit__(self):
        if not estimator_create(&self.e, &self.log, False):
            raise MemoryError

    def __dealloc__(self):
        estimator_free(&self.e, &self.log)

    def sent(self, int64_t now_us, size_t size):
        """A packet leaves; its transport-wide number."""
        cdef uint16_t number = self.log.next
        sent_note(&self.log, now_us, size)
        return number

    def feedback(self, int64_t now_us, data):
        """A compound; whether all feedback in it was well formed."""
        cdef Py_buffer view
        cdef rtcp_item item
        cdef size_t offset = 0
        cdef bint good = True
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            while rtcp_next(<const uint8_t *>view.buf, <size_t>view.len, &offset, &item) == 1:
                good = estimator_feedback(&self.e, &self.log, &item, now_us) and good
            return good
        finally:
            PyBuffer_Release(&view)

    def report(self, int64_t now_us, int64_t lost, int64_t told, int64_t rtt_us=0):
        """`estimator_report`."""
        estimator_report(&self.e, lost, told, rtt_us, now_us)

    def remb(self, int64_t now_us, int64_t bps):
        """`estimator_remb`."""
        estimator_remb(&self.e, bps, now_us)

    def tick(self, int64_t now_us, int64_t wanted_bps):
        """`estimator_tick`."""
        return bool(estimator_tick(&self.e, &self.log, wanted_bps, now_us))

    def due(self, int64_t now_us):
        """`estimator_due`: bytes, and how many in one packet; None when no probe is under way."""
        cdef int64_t size = 0
        cdef int64_t due = estimator_due(&self.e, &self.log, &size, now_us)
        return (due, size) if self.e.probes.sending else None

    @property
    def bps(self):
        return self.e.bps

    def state(self):
        """What stands behind the estimate, for plots and for messages of tests."""
        return {
            "signal": ("normal", "overuse", "underuse")[<int>self.e.delay.signal],
            "trend": self.e.delay.trend,
            "threshold": self.e.delay.threshold,
            "acked": self.e.acked.bps,
            "rate": self.e.rate.bps,
            "loss_bound": self.e.loss.bps,
            "loss": self.e.loss.fraction,
            "rtt_us": self.e.rtt_us,
            "queue_us": self.e.queue.us,
            "limited": bool(self.e.source.limited),
        }
