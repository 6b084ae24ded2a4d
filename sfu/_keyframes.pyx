"""Keyframes that receivers ask for, and what their publishers are asked.

A keyframe is dear, and everybody who sees the picture pays for it. So a request only marks the layer, and the publisher is
asked at most every half second however many ask. One receiver's share of that is bounded twice: a decoder that asks again
and again is listened to ever more rarely, and its slot steps down instead (a smaller stream is hurt less); and what all
slots of one receiver ask for, by requests and by going over to other layers, comes out of one allowance.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t

from sfu._limits cimport take
from sfu._rtcp cimport rtcp_write_pli
from sfu._sockets cimport send_report, send_reserve
from sfu._srtp cimport srtcp_seal

cdef enum:
    RTCP_BYTES = 64
    KEYFRAME_GAP_US = 500000     # between requests to one publisher's layer
    KEYFRAME_AGAIN_US = 1000000  # a slot is still waiting: ask again
    PATIENCE_US = 1000000        # a decoder may repeat itself for so long until its keyframe has come
    MOST_PATIENCE_US = 32000000
    QUIET_US = 10000000          # without a request, and all is forgiven


cdef void keyframe_requested(worker *w, downtrack *d) noexcept nogil:
    cdef int64_t since = w.now_us - d.keyframe_asked_us
    if d.source is NULL or d.is_audio:     # browsers send one request each time a feed stops
        return
    if d.keyframe_gap_us and since < d.keyframe_gap_us:
        w.count.keyframe_requests_held += 1
        if since > PATIENCE_US and not d.strained:
            d.strained = d.path.changed = w.divide = True
        return
    if not take(&d.path.keyframes, &w.allowed.keyframes, w.now_us, 1):
        w.count.keyframe_requests_held += 1
        return
    d.keyframe_gap_us = PATIENCE_US if since > d.keyframe_gap_us + QUIET_US else min(
        max(2 * d.keyframe_gap_us, <int64_t>PATIENCE_US), <int64_t>MOST_PATIENCE_US)
    d.keyframe_asked_us = w.now_us
    d.source.keyframe_wanted = w.hasty = True


cdef void keyframe_awaited(worker *w, downtrack *d, layer *lr) noexcept nogil:
    if not d.is_audio and take(&d.path.keyframes, &w.allowed.keyframes, w.now_us, 1):
        lr.keyframe_wanted = w.hasty = True


cdef void ask_again(worker *w, layer *lr) noexcept nogil:
    # On behalf of whichever of those who wait has not asked enough
    cdef int32_t i
    for i in range(lr.waiting.count):
        keyframe_awaited(w, <downtrack *>lr.waiting.items[i], lr)
        if lr.keyframe_wanted:
            return


cdef void want_keyframes(worker *w, uptrack *track) noexcept nogil:
    cdef int32_t i
    for i in range(track.layer_count):
        if not track.is_audio and track.layers[i].receivers.count + track.layers[i].waiting.count > 0:
            track.layers[i].keyframe_wanted = w.hasty = True


cdef void ask_for_keyframe(worker *w, transport *t, layer *lr) noexcept nogil:
    cdef uint8_t *out
    cdef size_t size
    cdef int64_t since = w.now_us - lr.last_pli_us
    if not lr.keyframe_wanted and since >= KEYFRAME_AGAIN_US:
        ask_again(w, lr)
    if not lr.keyframe_wanted or since < KEYFRAME_GAP_US:
        return
    lr.keyframe_wanted = False
    if lr.receivers.count == 0 and lr.waiting.count == 0:
        return
    lr.last_pli_us = w.now_us
    out = send_reserve(&w.outgoing)
    size = rtcp_write_pli(out, RTCP_BYTES, t.reporter, lr.ssrc)
    size = srtcp_seal(&t.outgoing, out, size) if size else 0
    if size:
        w.count.rtcp_out += 1
        w.count.keyframe_requests_out += 1
        send_report(&w.outgoing, t, size)
