"""A receiver's line in the worker (`_congestion.pxd` says what comes in).

The estimator takes numbers and moments only; what is a transport, a slot or a packet is known here. Probes are padding
over the RTX stream of a slot, a few packets every two milliseconds, so that the loop never waits for one.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memset

from sfu._allocator cimport line_has_moved
from sfu._downtrack cimport is_open
from sfu._estimator cimport (
    estimator_begins,
    estimator_due,
    estimator_feedback,
    estimator_known,
    estimator_remb,
    estimator_report,
    estimator_restart,
    estimator_tick,
)
from sfu._limits cimport take
from sfu._pacer cimport pace, send_one_held
from sfu._padding cimport pad_slot, padding_slot
from sfu._rings cimport SAW_ESTIMATE, event
from sfu._rtcp cimport rtcp_read_remb
from sfu._rtp cimport extend16
from sfu._worker cimport tell_quietly

cdef enum:
    PROBE_EVERY_US = 2000
    EXPLORE_BPS = 2000000        # looked for at the start at least, when what is wanted has not been measured
    TELL_US = 1000000            # Python hears of one receiver's estimate at most so often,
    TELL_SHARE = 10              # and only of a tenth more or less
    NTP_EPOCH = 2208988800       # 1900 -> 1970


cdef void tell_estimate(worker *w, transport *t, int64_t bps) noexcept nogil:
    cdef event e
    cdef int64_t moved = bps - t.told_bps
    if w.now_us - t.told_us < TELL_US or (moved if moved > 0 else -moved) * TELL_SHARE < t.told_bps or moved == 0:
        return
    t.told_us = w.now_us
    t.told_bps = bps
    memset(&e, 0, sizeof(e))
    e.kind = SAW_ESTIMATE
    e.handle = t.handle
    e.a = <int32_t>(bps // 1000)
    tell_quietly(w, &e)


cdef void set_beginning(worker *w, transport *t, bint beginning) noexcept nogil:
    # What could not be sent so far was not said to be paused: whatever stays so is said now
    cdef int32_t i
    if t.beginning and not beginning:
        t.changed = w.divide = True
        for i in range(t.slot_count):
            if t.slots[i].granted_layer < 0:
                t.slots[i].undecided = True
    t.beginning = beginning


cdef void publish(worker *w, transport *t) noexcept nogil:
    cdef bint known = estimator_known(t.line, w.now_us)
    if known:
        t.estimate_bps = t.line.bps
    else:
        t.estimate_bps = estimator_begins(t.line, &t.sent, w.now_us) if t.numbers.transport_cc else 0
    set_beginning(w, t, not known and t.estimate_bps > 0)
    pace(t)
    w.divide = w.divide or line_has_moved(t)
    tell_estimate(w, t, t.line.bps if known else 0)


cdef void congestion_begins(worker *w, transport *t) noexcept nogil:
    if t.line is not NULL:
        publish(w, t)
        t.divided_bps = 0                  # however little it is, the line has not become thinner
        t.changed = w.divide = True        # slots that were paused would stay so


cdef void look_ahead(worker *w, transport *t) noexcept nogil:
    # A probe begins only where there is a stream to send its padding on, and where more would be sent
    cdef int64_t wanted = t.wanted_bps
    if not t.line.known:
        wanted = max(2 * wanted, <int64_t>EXPLORE_BPS)     # what has just come on does not weigh what it will
    if t.limit_bps and t.limit_bps < wanted:
        wanted = t.limit_bps
    if wanted > t.line.bps and padding_slot(t) is NULL:
        wanted = 0
    if estimator_tick(t.line, &t.sent, wanted, w.now_us):
        w.count.probes += 1
        w.next_probe_us = w.now_us
    publish(w, t)


cdef void congestion_feedback(worker *w, transport *t, const rtcp_item *item) noexcept nogil:
    w.count.feedback_in += 1
    if t.line is NULL:
        return
    if not take(&t.feedback, &w.allowed.feedback, w.now_us, 1):
        w.count.drop_feedback_rate += 1
        return
    if not estimator_feedback(t.line, &t.sent, item, w.now_us):
        w.count.drop_malformed += 1
        return
    look_ahead(w, t)


cdef void congestion_remb(worker *w, transport *t, const rtcp_item *item) noexcept nogil:
    cdef int64_t bps = 0
    if t.line is NULL or not rtcp_read_remb(item, &bps):
        return
    w.count.remb_in += 1
    estimator_remb(t.line, bps, w.now_us)
    publish(w, t)


cdef int64_t round_trip(worker *w, const report_block *block) noexcept nogil:
    # RFC 3550 section 6.4.1, in units of 1/65536 s; 0: not known
    cdef uint64_t wall = <uint64_t>(w.now_us + w.wall_offset_us)
    cdef uint32_t now = <uint32_t>(((wall // 1000000 + <uint64_t>NTP_EPOCH) << 16) | ((wall % 1000000 << 16) // 1000000))
    cdef int32_t trip = <int32_t>(now - block.lsr - block.dlsr)
    if block.lsr == 0 or trip <= 0:
        return 0
    return <int64_t>trip * 1000000 >> 16


cdef void congestion_report(worker *w, transport *t, downtrack *d, const report_block *block) noexcept nogil:
    # Losses are counted against what was sent: what the publisher's line lost was never sent, and is no loss of this line
    cdef uint64_t reached
    cdef int64_t sent, told, received
    if t.line is NULL or not d.started:
        return
    reached = extend16(<uint16_t>block.highest, d.highest)
    if reached > d.highest:
        return
    sent = <int64_t>d.packets - <int64_t>(d.highest - reached)
    told = sent - d.reported_sent
    received = <int64_t><uint32_t>(block.highest - d.reported_highest) - (block.cumulative_lost - d.reported_lost)
    if d.reported and 0 < told < 65536 and received >= 0:
        estimator_report(t.line, told - received if received < told else 0, told, round_trip(w, block), w.now_us)
        publish(w, t)
    d.reported = True
    d.reported_sent = sent
    d.reported_highest = block.highest
    d.reported_lost = block.cumulative_lost


cdef void congestion_moved(worker *w, transport *t) noexcept nogil:
    if t.line is not NULL:
        estimator_restart(t.line, &t.sent)
        congestion_begins(w, t)


cdef void congestion_tick(worker *w, transport *t) noexcept nogil:
    if t.line is NULL:
        return
    if t.line.heard_us:
        look_ahead(w, t)
    elif t.beginning:
        publish(w, t)                      # nobody may answer


# --- probes -----------------------------------------------------------------------------------------------------

cdef bint probe_transport(worker *w, transport *t) noexcept nogil:
    # False when its probe is over. It begins with padding: what arrives is measured behind the first packet, and behind a
    # picture's, several times as large as the rest, the same line would look half as wide as what was sent on it.
    cdef int64_t size = 0
    cdef int64_t due = estimator_due(t.line, &t.sent, &size, w.now_us)
    cdef int64_t busy_until
    cdef downtrack *d = padding_slot(t)
    cdef bint begun = t.line.probes.packets > 0
    cdef size_t sent
    while due > 0 and d is not NULL and is_open(t):
        sent = send_one_held(w, t) if begun else 0     # rather than nothing but padding
        if sent == 0:
            busy_until = t.sent.busy_until_us
            sent = pad_slot(w, d, <uint8_t>size)
            t.sent.busy_until_us = busy_until      # if the line does not carry it, pictures waiting for it make it no better
            if sent == 0:
                break
            begun = True
            w.count.probe_packets += 1
            w.count.probe_bytes += sent
        due -= <int64_t>sent
    return t.sent.cluster != 0


cdef void congestion_probe(worker *w) noexcept nogil:
    cdef int32_t i
    cdef transport *t
    cdef bint more = False
    for i in range(w.receivers.count):
        t = <transport *>w.receivers.items[i]
        if t.sent.cluster and probe_transport(w, t):
            more = True
    w.next_probe_us = w.now_us + PROBE_EVERY_US if more else 0
