"""RTCP of a worker: what publishers and receivers say, and what is due to be said to them.

Requests of receivers never travel through: a NACK is answered from the cache, a keyframe request only marks the layer
(`_keyframes`). So one bad line costs the others nothing.
"""

from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memmove, memset

from sfu._arrivals cimport arrivals_write
from sfu._choice cimport slot_choose
from sfu._commands cimport tell_selected
from sfu._congestion cimport congestion_feedback, congestion_remb, congestion_report, congestion_tick
from sfu._downtrack cimport is_open, slot_repeat, slot_timestamp_now
from sfu._estimator cimport estimator_is_lossy
from sfu._keyframes cimport ask_for_keyframe, keyframe_requested
from sfu._layers cimport look_at_layers
from sfu._repairs cimport repairs_begin, repairs_next
from sfu._rings cimport SAW_LAYER, SAW_SILENT, event
from sfu._rtcp cimport (
    PSFB_AFB,
    PSFB_FIR,
    PSFB_PLI,
    RTCP_PSFB,
    RTCP_RR,
    RTCP_RTPFB,
    RTCP_SR,
    RTPFB_NACK,
    RTPFB_TRANSPORT_CC,
    report_block,
    rtcp_item,
    rtcp_next,
    rtcp_read_block,
    rtcp_read_fir,
    rtcp_read_nack,
    rtcp_read_pli,
    rtcp_read_sr,
    rtcp_write_nack,
    rtcp_write_rr,
    rtcp_write_sr,
    sender_info,
)
from sfu._sockets cimport send_report, send_reserve
from sfu._srtp cimport srtcp_seal
from sfu._state cimport MAX_LOST, REPEATS, downtrack, layer, missing, uptrack
from sfu._uptrack cimport note_sender_report
from sfu._worker cimport tell

cdef enum:
    RTCP_BYTES = 1200            # longest compound written
    NACK_AGAIN_US = 40000
    NACK_TRIES = 10
    FEEDBACK_US = 50000          # transport-wide feedback
    REPORT_US = 1000000
    LAYER_GONE_US = 1000000
    SILENT_US = 6000000
    NTP_EPOCH = 2208988800       # 1900 -> 1970


# --- what they say ----------------------------------------------------------------------------------------------

cdef layer *layer_by_ssrc(transport *t, uint32_t ssrc) noexcept nogil:
    cdef int32_t i
    for i in range(t.ssrc_count):
        if t.ssrcs[i].ssrc == ssrc and not t.ssrcs[i].is_rtx:
            return t.ssrcs[i].target
    return NULL


cdef downtrack *slot_by_ssrc(transport *t, uint32_t ssrc) noexcept nogil:
    cdef int32_t i
    for i in range(t.slot_count):
        if t.slots[i].ssrc == ssrc:
            return t.slots[i]
    return NULL


cdef bint repeat(worker *w, downtrack *d, uint16_t sequence, bint again) noexcept nogil:
    cdef int repeated
    if d.rtx_budget == 0:
        return False
    d.rtx_budget -= 1
    repeated = slot_repeat(w, d, sequence, again)
    w.count.retransmitted += repeated > 0
    w.count.nack_misses += repeated == 0
    w.count.nacks_held += repeated < 0
    return repeated > 0


cdef void receive_nack(worker *w, transport *t, const rtcp_item *item) noexcept nogil:
    cdef uint16_t lost[256]
    cdef uint32_t media = 0
    cdef size_t n = rtcp_read_nack(item, &media, lost, 256), i
    cdef bint twice
    cdef downtrack *d = slot_by_ssrc(t, media)
    if d is NULL:
        return
    w.count.nacks_in += 1
    w.asked_us = w.now_us
    # Chromium asks again after 100 ms, and stands still after two such waits: over a lossy line repairs go out twice
    twice = t.line is not NULL and estimator_is_lossy(t.line)
    for i in range(n):
        if repeat(w, d, lost[i], False) and twice:
            repeat(w, d, lost[i], True)


cdef void repair_unasked(worker *w, transport *t) noexcept nogil:
    cdef uint32_t ssrc = 0
    cdef uint16_t sequence = 0
    cdef downtrack *d
    if t.line is NULL or not estimator_is_lossy(t.line):
        return
    repairs_begin(t.line, &t.sent)
    while t.sent.traced and repairs_next(t.line, &t.sent, w.now_us, &ssrc, &sequence):
        d = slot_by_ssrc(t, ssrc)
        if d is not NULL and repeat(w, d, sequence, False):
            w.count.repaired_unasked += 1
            repeat(w, d, sequence, True)


cdef void receive_keyframe_request(worker *w, transport *t, uint32_t media) noexcept nogil:
    cdef downtrack *d = slot_by_ssrc(t, media)
    w.count.keyframe_requests_in += 1
    if d is not NULL:
        keyframe_requested(w, d)


cdef void receive_fir(worker *w, transport *t, const rtcp_item *item) noexcept nogil:
    cdef uint32_t media = 0
    cdef uint8_t sequence = 0
    cdef unsigned int i = 0
    while i < 64 and rtcp_read_fir(item, i, &media, &sequence):
        receive_keyframe_request(w, t, media)
        i += 1


cdef void receive_blocks(worker *w, transport *t, const rtcp_item *item) noexcept nogil:
    cdef report_block block
    cdef downtrack *d
    cdef unsigned int i = 0
    while rtcp_read_block(item, i, &block):
        d = slot_by_ssrc(t, block.ssrc)
        if d is not NULL:
            congestion_report(w, t, d, &block)
        i += 1


cdef void rtcp_receive(worker *w, transport *t, const uint8_t *data, size_t size) noexcept nogil:
    cdef size_t offset = 0
    cdef rtcp_item item
    cdef sender_info info
    cdef uint32_t media = 0
    cdef layer *lr
    cdef int got = rtcp_next(data, size, &offset, &item)
    while got == 1:
        if item.type == RTCP_SR and rtcp_read_sr(&item, &info):
            lr = layer_by_ssrc(t, info.ssrc)
            if lr is not NULL:
                note_sender_report(w, lr, info.ntp, info.rtp)
        elif item.type == RTCP_RTPFB and item.count == RTPFB_NACK:
            receive_nack(w, t, &item)
        elif item.type == RTCP_RTPFB and item.count == RTPFB_TRANSPORT_CC:
            congestion_feedback(w, t, &item)
            repair_unasked(w, t)
        elif item.type == RTCP_PSFB and item.count == PSFB_PLI and rtcp_read_pli(&item, &media):
            receive_keyframe_request(w, t, media)
        elif item.type == RTCP_PSFB and item.count == PSFB_FIR:
            receive_fir(w, t, &item)
        elif item.type == RTCP_PSFB and item.count == PSFB_AFB:
            congestion_remb(w, t, &item)
        if item.type == RTCP_SR or item.type == RTCP_RR:
            receive_blocks(w, t, &item)
        got = rtcp_next(data, size, &offset, &item)
    if got < 0:
        w.count.drop_malformed += 1


# --- what is due ------------------------------------------------------------------------------------------------

cdef void rtcp_send(worker *w, transport *t, uint8_t *out, size_t size) noexcept nogil:
    # `out` is the address of send_reserve
    if size == 0:
        return
    size = srtcp_seal(&t.outgoing, out, size)
    if size > 0:
        w.count.rtcp_out += 1
        send_report(&w.outgoing, t, size)


cdef size_t lost_now(worker *w, layer *lr, uint16_t *out) noexcept nogil:
    # Takes what is due, forgets what was asked for often enough
    cdef int32_t i = 0
    cdef size_t n = 0
    while i < lr.lost_count:
        if lr.lost[i].next_us > w.now_us:
            i += 1
        elif lr.lost[i].tries == NACK_TRIES:
            memmove(&lr.lost[i], &lr.lost[i + 1], (lr.lost_count - i - 1) * sizeof(missing))
            lr.lost_count -= 1
        else:
            out[n] = <uint16_t>lr.lost[i].sequence
            n += 1
            lr.lost[i].tries += 1
            lr.lost[i].next_us = w.now_us + NACK_AGAIN_US
            i += 1
    return n


cdef void ask_for_lost(worker *w, transport *t, layer *lr) noexcept nogil:
    cdef uint16_t lost[MAX_LOST]
    cdef size_t n = lost_now(w, lr, lost)
    cdef uint8_t *out
    if n > 0:
        out = send_reserve(&w.outgoing)
        rtcp_send(w, t, out, rtcp_write_nack(out, RTCP_BYTES, t.reporter, lr.ssrc, lost, n))
        w.count.nacks_out += 1


cdef void send_feedback(worker *w, transport *t) noexcept nogil:
    cdef uint8_t *out
    cdef size_t size
    cdef int packets = 0
    if t.arrivals is NULL or w.now_us < t.next_feedback_us:
        return
    t.next_feedback_us = w.now_us + FEEDBACK_US
    while packets < 4:
        out = send_reserve(&w.outgoing)
        size = arrivals_write(t.arrivals, out, RTCP_BYTES, t.reporter, t.arrivals_media)
        if size == 0:
            return
        rtcp_send(w, t, out, size)
        packets += 1


cdef int64_t feedback_fast(worker *w) noexcept nogil:
    cdef int32_t i, k, n
    cdef int64_t next_us = w.now_us + FEEDBACK_US
    cdef transport *t
    cdef layer *lr
    for i in range(w.senders.count):
        t = <transport *>w.senders.items[i]
        if not is_open(t):
            continue
        send_feedback(w, t)
        if t.arrivals is not NULL:
            next_us = min(next_us, t.next_feedback_us)
        for k in range(t.uptrack_count):
            for n in range(t.uptracks[k].layer_count):
                lr = &t.uptracks[k].layers[n]
                if not lr.bound:
                    continue
                if lr.lost_count > 0:
                    ask_for_lost(w, t, lr)
                if lr.keyframe_wanted or lr.waiting.count > 0:
                    ask_for_keyframe(w, t, lr)
                if lr.lost_count > 0 or lr.keyframe_wanted or lr.waiting.count > 0:
                    w.hasty = True
    return next_us


# --- reports ----------------------------------------------------------------------------------------------------

cdef void report_block_of(worker *w, layer *lr, report_block *b) noexcept nogil:
    # RFC 3550 A.3
    cdef uint64_t expected = lr.window.highest - lr.first_sequence + 1
    cdef int64_t lost = <int64_t>(expected - lr.received)
    cdef int64_t expected_interval = <int64_t>(expected - lr.prior_expected)
    cdef int64_t lost_interval = expected_interval - <int64_t>(lr.received - lr.prior_received)
    memset(b, 0, sizeof(report_block))
    b.ssrc = lr.ssrc
    if expected_interval > 0 and lost_interval > 0:
        b.fraction_lost = <uint8_t>min((lost_interval << 8) // expected_interval, <int64_t>255)
    b.cumulative_lost = <int32_t>(lost if lost < 0x7FFFFF else 0x7FFFFF)
    b.highest = <uint32_t>lr.window.highest
    b.jitter = lr.jitter_q4 >> 4
    if lr.last_sr_at_us > 0:
        b.lsr = lr.last_sr
        b.dlsr = <uint32_t>((w.now_us - lr.last_sr_at_us) * 65536 // 1000000)
    lr.prior_expected = expected
    lr.prior_received = lr.received


cdef void report_to_publisher(worker *w, transport *t) noexcept nogil:
    cdef report_block blocks[24]
    cdef size_t n = 0
    cdef int32_t k, i
    cdef layer *lr
    cdef uint8_t *out
    for k in range(t.uptrack_count):
        for i in range(t.uptracks[k].layer_count):
            lr = &t.uptracks[k].layers[i]
            if lr.bound and lr.window.started and n < 24 and w.now_us - lr.last_packet_us < 2 * REPORT_US:
                report_block_of(w, lr, &blocks[n])
                n += 1
    if n > 0:
        out = send_reserve(&w.outgoing)
        rtcp_send(w, t, out, rtcp_write_rr(out, RTCP_BYTES, t.reporter, blocks, n))


cdef void report_slot(worker *w, transport *t, downtrack *d) noexcept nogil:
    cdef sender_info info
    cdef uint64_t wall = <uint64_t>(w.now_us + w.wall_offset_us)
    cdef uint8_t *out
    info.ssrc = d.ssrc
    info.ntp = ((wall // 1000000 + <uint64_t>NTP_EPOCH) << 32) | (((wall % 1000000) << 32) // 1000000)
    info.rtp = slot_timestamp_now(w, d)
    info.packets = d.packets
    info.octets = d.octets
    out = send_reserve(&w.outgoing)
    rtcp_send(w, t, out, rtcp_write_sr(out, RTCP_BYTES, &info, d.cname, d.cname_size))


cdef void check_layers(worker *w, transport *t) noexcept nogil:
    # Of several layers one may fall silent (the publisher's own choice, or its line); a track that has only one is
    # never declared gone, since a still screen sends almost nothing
    cdef int32_t k, i, n
    cdef uptrack *track
    cdef int64_t newest
    cdef event e
    for k in range(t.uptrack_count):
        track = t.uptracks[k]
        newest = 0
        for i in range(track.layer_count):
            if track.layers[i].last_packet_us > newest:
                newest = track.layers[i].last_packet_us
        for i in range(track.layer_count):
            if track.layers[i].active and newest - track.layers[i].last_packet_us > LAYER_GONE_US:
                track.layers[i].active = False
                memset(&e, 0, sizeof(e))
                e.kind = SAW_LAYER
                e.handle = track.handle
                e.a = i
                tell(w, &e)
                for n in range(track.followers.count):
                    slot_choose(w, <downtrack *>track.followers.items[n])


cdef void check_silence(worker *w, transport *t) noexcept nogil:
    cdef event e
    if t.moved:
        tell_selected(w, t)
    if t.silent or not t.checked or w.now_us - t.last_check_us < SILENT_US:
        return
    t.silent = True
    memset(&e, 0, sizeof(e))
    e.kind = SAW_SILENT
    e.handle = t.handle
    e.a = <int32_t>((w.now_us - t.last_check_us) // 1000)
    tell(w, &e)


cdef void feedback_slow(worker *w) noexcept nogil:
    cdef int32_t i, k
    cdef transport *t
    cdef downtrack *d
    for i in range(w.senders.count):
        t = <transport *>w.senders.items[i]
        check_silence(w, t)
        check_layers(w, t)
        look_at_layers(w, t)
        if is_open(t) and w.now_us >= t.next_rr_us:
            t.next_rr_us = w.now_us + REPORT_US
            report_to_publisher(w, t)
    for i in range(w.receivers.count):
        t = <transport *>w.receivers.items[i]
        check_silence(w, t)
        if not is_open(t):
            continue
        congestion_tick(w, t)
        for k in range(t.slot_count):
            d = t.slots[k]
            d.rtx_budget = REPEATS
            if d.source is not NULL and d.started and w.now_us >= d.next_sr_us:
                d.next_sr_us = w.now_us + REPORT_US
                report_slot(w, t, d)
