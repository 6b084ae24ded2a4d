"""A track as it comes in: numbering, loss, what its publisher must be asked for.

A layer's packets get numbers of their own (`_numbering`), so that every slot it feeds needs only a constant shift. Packets
that are missing are remembered until they come or are given up (`_feedback` asks for them).
"""

from libc.stdint cimport int32_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memmove, memset

from sfu._cache cimport cache_create, cache_free, cache_store
from sfu._dependency cimport dependency, dependency_place, dependency_read
from sfu._list cimport list_free
from sfu._numbering cimport (
    EXTEND_FROM,
    begin_numbering,
    close_gap,
    count_skipped,
    has_place,
    keep_places,
    note_skipped,
    number_of,
)
from sfu._rings cimport SAW_LAYER, event
from sfu._rtp cimport (
    AV1,
    H264,
    NO_LEVEL,
    VP8,
    VP9,
    av1_parse,
    descriptor,
    descriptor_reset,
    extend16,
    h264_parse,
    read16,
    vp8_parse,
    window_add,
)
from sfu._speakers cimport voice_note
from sfu._srtp cimport srtp_forget
from sfu._state cimport CACHE_PACKETS, MAX_LOST, MAX_SSRCS, downtrack, missing, uptrack
from sfu._vp9 cimport vp9_parse
from sfu._worker cimport tell

cdef enum:
    JUMP = 3000                  # a larger step of sequence numbers is a new beginning
    REORDER_US = 10000           # what may merely be out of order is not asked for yet
    PAUSE_US = 200000            # a microphone silent for longer may have stopped its timestamps too
    VIDEO_CACHE = 1 << 18
    AUDIO_CACHE = 1 << 17        # more than a run of the largest packets
    SPEECH_LEVEL = 30            # -dBov of ordinary speech
    SILENCE = 127
    DTX_BYTES = 3
    PACKET_OVERHEAD = 44         # bytes of header, extensions and tag around a payload


cdef bint layer_prepare(layer *lr, bint is_audio) noexcept nogil:
    return cache_create(&lr.cache, AUDIO_CACHE if is_audio else VIDEO_CACHE)


cdef void layer_release(layer *lr) noexcept nogil:
    cache_free(&lr.cache)
    list_free(&lr.receivers)
    list_free(&lr.waiting)


# --- SSRC -> layer ----------------------------------------------------------------------------------------------

cdef bint same(const uint8_t *a, int32_t a_size, const char *b, int32_t b_size) noexcept nogil:
    return a_size == b_size and a_size > 0 and memcmp(a, b, a_size) == 0


cdef layer *match_layer(uptrack *track, const rtp_header *h, bint *is_rtx) noexcept nogil:
    cdef int32_t i
    cdef layer *lr
    is_rtx[0] = h.rrid is not NULL or (track.rtx_payload_type >= 0 and h.payload_type == track.rtx_payload_type)
    for i in range(track.layer_count):
        lr = &track.layers[i]
        if lr.rid_size == 0 and track.layer_count == 1:
            return lr
        if h.rrid is not NULL and same(h.rrid, h.rrid_size, lr.rid, lr.rid_size):
            return lr
        if h.rid is not NULL and same(h.rid, h.rid_size, lr.rid, lr.rid_size):
            return lr
    return NULL


cdef void bind_ssrc(ssrc_entry *entry, layer *lr) noexcept nogil:
    entry.target = lr
    if entry.is_rtx:
        lr.rtx_ssrc = entry.ssrc
    else:
        lr.ssrc = entry.ssrc
        lr.bound = True


cdef bint ssrc_fits(transport *t, unsigned int ssrc) noexcept nogil:
    cdef int32_t i
    if t.ssrc_count < MAX_SSRCS:
        return True
    for i in range(t.ssrc_count):
        if t.ssrcs[i].ssrc == ssrc or t.ssrcs[i].target is NULL:
            return True
    return False


cdef ssrc_entry *ssrc_admit(transport *t, unsigned int ssrc) noexcept nogil:
    # Kept in the order of use: the SSRCs of now are found first, the last one is the longest unused
    cdef int32_t i
    cdef ssrc_entry entry
    for i in range(t.ssrc_count):
        if t.ssrcs[i].ssrc == ssrc:
            break
    else:
        i = t.ssrc_count
        if t.ssrc_count < MAX_SSRCS:
            t.ssrc_count += 1
        else:
            i = MAX_SSRCS - 1
            while i >= 0 and t.ssrcs[i].target is not NULL:
                i -= 1
            if i < 0:
                return NULL
            srtp_forget(&t.incoming, t.ssrcs[i].ssrc)
        t.ssrcs[i].ssrc = ssrc
        t.ssrcs[i].target = NULL
        t.ssrcs[i].is_rtx = False
    if i > 0:
        entry = t.ssrcs[i]
        t.ssrcs[i] = t.ssrcs[i - 1]
        t.ssrcs[i - 1] = entry
        i -= 1
    return &t.ssrcs[i]


cdef uptrack *only_track(transport *t, const rtp_header *h) noexcept nogil:
    # RFC 8843 section 9.2: without a mid, a payload type that one track alone uses says whose the packet is
    cdef int32_t i
    cdef uptrack *found = NULL
    for i in range(t.uptrack_count):
        if h.payload_type == t.uptracks[i].payload_type or h.payload_type == t.uptracks[i].rtx_payload_type:
            if found is not NULL:
                return NULL
            found = t.uptracks[i]
    return found


cdef uptrack *track_of(transport *t, const rtp_header *h) noexcept nogil:
    cdef int32_t i
    if h.mid is NULL:
        return only_track(t, h)
    for i in range(t.uptrack_count):
        if same(h.mid, h.mid_size, t.uptracks[i].mid, t.uptracks[i].mid_size):
            return t.uptracks[i]
    return NULL


cdef layer *find_layer(transport *t, const rtp_header *h, bint *is_rtx) noexcept nogil:
    cdef uptrack *track
    cdef layer *lr
    cdef ssrc_entry *entry = ssrc_admit(t, h.ssrc)
    if entry is NULL:
        return NULL
    if entry.target is NULL:
        track = track_of(t, h)
        lr = match_layer(track, h, &entry.is_rtx) if track is not NULL else NULL
        if lr is not NULL:
            bind_ssrc(entry, lr)
    is_rtx[0] = entry.is_rtx
    return entry.target


# --- loss ----------------------------------------------------------------------------------------------------------

cdef void note_gap(worker *w, layer *lr, uint64_t first, uint64_t behind) noexcept nogil:
    cdef uint64_t sequence = first
    w.hasty = True
    if behind - first + <uint64_t>lr.lost_count > MAX_LOST:
        lr.lost_count = 0                   # too much to repair packet by packet
        lr.keyframe_wanted = not lr.track.is_audio
        return
    while sequence < behind:
        lr.lost[lr.lost_count].sequence = sequence
        lr.lost[lr.lost_count].next_us = w.now_us + REORDER_US
        lr.lost[lr.lost_count].tries = 0
        lr.lost_count += 1
        sequence += 1


cdef void note_found(worker *w, layer *lr, uint64_t sequence) noexcept nogil:
    cdef int32_t i
    for i in range(lr.lost_count):
        if lr.lost[i].sequence == sequence:
            if lr.lost[i].tries > 0:
                w.count.repaired += 1
            memmove(&lr.lost[i], &lr.lost[i + 1], (lr.lost_count - i - 1) * sizeof(missing))
            lr.lost_count -= 1
            return


# --- one packet -------------------------------------------------------------------------------------------------

cdef void note_jitter(worker *w, layer *lr, uint32_t timestamp) noexcept nogil:
    # RFC 3550 A.8
    cdef uint32_t transit = <uint32_t>(<uint64_t>(w.now_us * lr.track.clock_rate // 1000000)) - timestamp
    cdef int32_t d = <int32_t>(transit - lr.transit)
    if d < 0:
        d = -d
    if lr.transit != 0 and d < <int32_t>(lr.track.clock_rate * 10):
        lr.jitter_q4 = <uint32_t>(<int32_t>lr.jitter_q4 + d - ((<int32_t>lr.jitter_q4 + 8) >> 4))
    lr.transit = transit


cdef void note_alive(worker *w, layer *lr) noexcept nogil:
    cdef event e
    lr.last_packet_us = w.now_us
    if lr.active:
        return
    lr.active = True
    memset(&e, 0, sizeof(e))
    e.kind = SAW_LAYER
    e.handle = lr.track.handle
    e.a = lr.index
    e.b = 1
    tell(w, &e)


cdef bint read_payload(uint8_t codec, const uint8_t *payload, size_t size, descriptor *d) noexcept nogil:
    if codec == VP8:
        return vp8_parse(payload, size, d)
    if codec == H264:
        return h264_parse(payload, size, d)
    if codec == VP9:
        return vp9_parse(payload, size, d)
    if codec == AV1:
        return av1_parse(payload, size, d)
    descriptor_reset(d)
    return True


cdef bint read_descriptor(layer *lr, const rtp_header *h, const uint8_t *payload, size_t size,
                          descriptor *d) noexcept nogil:
    # VP8 and VP9 tell of their layers in the payload, the others only by the dependency descriptor. One that cannot be read
    # (its structure was lost) leaves the packet without layers: everybody gets it.
    cdef dependency found
    if not read_payload(lr.track.codec, payload, size, d):
        return False
    if h.dependency is not NULL and (lr.track.codec == AV1 or lr.track.codec == H264):
        if dependency_read(h.dependency, h.dependency_size, &lr.structure, lr.has_structure, &found):
            lr.has_structure = lr.has_structure or found.has_structure
            dependency_place(&found, &lr.structure, d)
    return True


cdef void note_pause(worker *w, layer *lr, uint32_t timestamp) noexcept nogil:
    # A microphone that was off goes on with the timestamps where they stopped, while its reports (the next one may be
    # 5 s away) still tell of a clock that ran on: the moment of capture lies later than they say, by the pause.
    cdef int64_t travel
    cdef int32_t i
    if not lr.track.is_audio or not lr.has_sr or not lr.last_packet_us:
        return
    travel = w.now_us - capture_us(lr, timestamp)
    if w.now_us - lr.last_packet_us > PAUSE_US:
        if not lr.paused:
            lr.travel_us = lr.last_packet_us - capture_us(lr, lr.last_timestamp)
        if travel > lr.travel_us + PAUSE_US // 2:
            lr.sr_us += travel - lr.travel_us
            lr.paused = True
            for i in range(lr.receivers.count):
                (<downtrack *>lr.receivers.items[i]).next_sr_us = 0
    elif lr.paused and travel < lr.travel_us:
        # Packets that were merely held up on their way come in a heap: nothing arrives sooner than it ever did
        lr.sr_us += travel - lr.travel_us


cdef void note_voice(worker *w, layer *lr, const rtp_header *h, size_t payload_size) noexcept nogil:
    # Encoders that write no levels (OBS, ffmpeg) would never be among the loudest: what they send counts as speech, but
    # for the packets of one to three bytes by which Opus says that nothing is to be heard (DTX).
    if h.audio_level != NO_LEVEL:
        voice_note(&lr.track.heard, h.audio_level, w.now_us)
    elif lr.track.ids.audio_level == 0:
        voice_note(&lr.track.heard, SPEECH_LEVEL if payload_size > DTX_BYTES else SILENCE, w.now_us)


cdef packet *layer_receive(worker *w, layer *lr, const rtp_header *h, const uint8_t *data, size_t size,
                           bint repaired) noexcept nogil:
    cdef uint16_t low = h.sequence
    cdef const uint8_t *payload = data + h.payload_at
    cdef size_t payload_size = h.payload_size
    cdef uint64_t sequence, previous, number
    cdef descriptor video
    cdef packet *kept
    cdef bint known, late, first = not lr.window.started
    cdef int fresh
    if repaired:
        if first or payload_size < 2:      # RTX that carries nothing is a bandwidth probe
            return NULL
        low = read16(payload)
        payload += 2
        payload_size -= 2
    previous = lr.window.highest
    sequence = extend16(low, EXTEND_FROM if first else previous)
    if first or sequence > previous + JUMP or sequence + JUMP < previous:
        if repaired:
            return NULL
        begin_numbering(lr, sequence)
        previous = sequence - 1
    fresh = window_add(&lr.window, sequence) if sequence >= lr.first_sequence else -1
    if fresh != 1:
        if fresh == 0:
            w.count.drop_duplicate += 1
        else:
            w.count.drop_too_late += 1
        return NULL
    lr.received += 1
    if not repaired:
        note_jitter(w, lr, h.timestamp)
        if sequence > previous:
            note_pause(w, lr, h.timestamp)
            lr.last_timestamp = h.timestamp
    note_alive(w, lr)
    if sequence > previous + 1:
        note_gap(w, lr, previous + 1, sequence)
        keep_places(lr, previous + 1 + <uint64_t>lr.shift, sequence + <uint64_t>lr.shift)
    elif sequence < previous:
        note_found(w, lr, sequence)
    if payload_size == 0 and sequence > previous:
        close_gap(w, lr, sequence)
        return NULL
    if not read_descriptor(lr, h, payload, payload_size, &video) and payload_size > 0:
        w.count.drop_malformed += 1
        if sequence > previous:
            close_gap(w, lr, sequence)
        return NULL
    number = number_of(lr, sequence, &known)
    if not known or number + CACHE_PACKETS <= lr.window.highest + <uint64_t>lr.shift:
        w.count.drop_too_late += 1
        return NULL
    late = sequence < previous
    if late and not has_place(lr, number):
        w.count.drop_too_late += 1
        return NULL
    if lr.track.is_audio:
        note_voice(w, lr, h, payload_size)
    kept = cache_store(&lr.cache, number, payload, payload_size, h.dependency, h.dependency_size)
    kept.padding = <unsigned short>(size - h.payload_at - h.payload_size) if payload_size == 0 else 0
    kept.timestamp = h.timestamp
    kept.marker = h.marker
    kept.audio_level = h.audio_level
    kept.orientation = h.orientation
    kept.arrival_us = w.now_us
    kept.late = late
    kept.video = video
    lr.gathered[video.place] += <uint32_t>payload_size + PACKET_OVERHEAD
    if not late:
        count_skipped(lr, &video, lr.track.codec == VP8)
        note_skipped(lr, kept)
    if video.keyframe:
        lr.keyframe_wanted = False
    return kept


# --- the publisher's clock --------------------------------------------------------------------------------------

cdef int64_t capture_us(const layer *lr, unsigned int timestamp) noexcept nogil:
    cdef int64_t ticks
    if not lr.has_sr:
        return 0
    ticks = <int32_t>(<uint32_t>(timestamp - lr.sr_rtp))
    return lr.sr_us + ticks * 1000000 // <int64_t>lr.track.clock_rate


cdef void note_sender_report(worker *w, layer *lr, unsigned long long ntp, unsigned int rtp) noexcept nogil:
    # NTP seconds and fraction -> microseconds of the publisher's clock; one offset for the whole transport keeps a
    # person's voice and picture together. The least offset seen is the report that travelled fastest.
    cdef transport *t = lr.track.path
    cdef int64_t theirs = <int64_t>(ntp >> 32) * 1000000 + <int64_t>((<uint64_t><uint32_t>ntp * 1000000) >> 32)
    cdef int64_t offset = w.now_us - theirs
    if not t.has_clock or offset < t.clock_offset_us or offset > t.clock_offset_us + 1000000:
        t.clock_offset_us = offset
        t.has_clock = True
    lr.sr_us = theirs + t.clock_offset_us
    lr.sr_rtp = rtp
    lr.paused = False
    lr.has_sr = True
    lr.last_sr = <uint32_t>(ntp >> 16)
    lr.last_sr_at_us = w.now_us
