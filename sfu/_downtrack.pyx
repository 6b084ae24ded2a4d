"""One slot's copy of a track on its way out: the rewriting of every field. (Which layer feeds it: `_choice`.)

A slot's outgoing numbering is cut into epochs. Within one, everything comes from one target of one layer (`_numbering`),
and sequence number, timestamp, picture ids and frame numbers differ from it by constants. Another source begins a new
epoch at a keyframe; another target of the same source at any picture on the way down, where the publisher allows it on
the way up. All of them go on. Epochs of the past are kept for packets that come late and for retransmission.

The timestamps of all sources of a slot lie on one clock: when a source begins, its first packet is put where
its capture time (by the publisher's sender reports) falls on the line that the slot's own sender reports have
told so far.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memcpy, memmove, memset

from sfu._cache cimport dependency_of
from sfu._choice cimport slot_aim, slot_has_twin, tell_fed
from sfu._copies cimport copies_begin, copies_find, copies_keep, voice_copy
from sfu._estimator cimport estimator
from sfu._history cimport sent_note
from sfu._list cimport list_add, list_remove
from sfu._numbering cimport counted, find_counted
from sfu._repairs cimport repairs_note
from sfu._rtp cimport AV1, EVERYTHING, H264, NO_LEVEL, OPUS, VP8, VP9, extend16, read16, window_add, write16, write32
from sfu._sockets cimport send_commit, send_copy, send_reserve
from sfu._srtp cimport srtp_seal
from sfu._state cimport EPOCHS, epoch, numbering, packet
from sfu._uptrack cimport capture_us

cdef enum:
    OPUS_FRAME = 960             # ticks of 20 ms: receivers conceal less when a switch lands on whole frames
    REALIGN_VIDEO = 1800         # ticks (20 ms) of error that are worth a new epoch
    REALIGN_AUDIO = 1440         # ticks (30 ms)
    MOST_RTT_US = 100000         # that is waited for a repair: a voice that comes later is not heard
    FAR_BEHIND = 900000          # ticks: a timestamp older than this is not "before" but a new line
    ONE_BYTE_FORM = 16           # longest value of a header extension element in that form


# --- a new epoch ------------------------------------------------------------------------------------------------

cdef int64_t clock_rate(const downtrack *d) noexcept nogil:
    return 48000 if d.is_audio else 90000


cdef uint32_t on_clock(const downtrack *d, int64_t us) noexcept nogil:
    return d.clock_base + <uint32_t>(<uint64_t>((us - d.clock_us) * clock_rate(d) // 1000000))


cdef void refresh_clock(downtrack *d) noexcept nogil:
    # The line goes through what the current source's own sender reports say, so that slow drift never adds up
    cdef layer *source = d.source
    if source is not NULL and source.has_sr and d.aligned and d.epoch_count > 0 and d.epochs[0].source is source:
        d.clock_base = source.sr_rtp + d.epochs[0].timestamp_shift
        d.clock_us = source.sr_us


cdef uint32_t slot_timestamp_now(worker *w, downtrack *d) noexcept nogil:
    refresh_clock(d)
    return on_clock(d, w.now_us)


cdef uint32_t first_timestamp(worker *w, downtrack *d, const layer *lr, const packet *p) noexcept nogil:
    cdef int64_t us = capture_us(lr, p.timestamp)
    cdef uint32_t at
    cdef int ahead
    cdef int frames
    if us == 0:
        us = p.arrival_us
    if not d.has_clock:
        d.has_clock = True
        d.clock_us = us
        return d.clock_base
    refresh_clock(d)
    at = on_clock(d, us)
    if not d.started:
        return at
    ahead = <int>(at - d.last_timestamp)
    if d.is_audio:
        frames = (ahead + OPUS_FRAME // 2) // OPUS_FRAME
        return d.last_timestamp + <uint32_t>(OPUS_FRAME * (frames if ahead > 0 and frames > 0 else 1))
    return at if ahead > 0 else d.last_timestamp + 90


cdef epoch *push_epoch(downtrack *d) noexcept nogil:
    # A copy of the newest, to be changed
    memmove(&d.epochs[1], &d.epochs[0], (EPOCHS - 1) * sizeof(epoch))
    if d.epoch_count < EPOCHS:
        d.epoch_count += 1
    return &d.epochs[0]


cdef void begin_epoch(worker *w, downtrack *d, layer *lr, packet *p, uint8_t target) noexcept nogil:
    cdef uint64_t first = d.highest + 1 if d.started else d.highest
    cdef uint32_t at = first_timestamp(w, d, lr, p)
    cdef epoch *e = push_epoch(d)
    memset(e, 0, sizeof(epoch))
    e.source = lr
    e.target = target
    e.first = first
    e.shift = <int64_t>(first - counted(p, target))
    e.timestamp_shift = at - p.timestamp
    if p.video.picture_id_at:
        e.picture_shift = <uint16_t>(d.last_picture + 1 - (p.video.picture_id - p.skipped_pictures[target]))
    if p.video.tl0_at:
        e.tl0_shift = <uint8_t>(d.last_tl0 + 1 - p.video.tl0)
    if p.dependency_size:
        e.frame_shift = <uint16_t>(d.last_frame + 1 - read16(dependency_of(p) + 1))
    d.aligned = lr.has_sr
    d.next_sr_us = 0


cdef void switch_source(worker *w, downtrack *d, layer *lr, packet *p) noexcept nogil:
    if d.source is not NULL:
        refresh_clock(d)
        list_remove(&d.source.receivers, d)
        d.source = NULL
        d.held_from = 0                    # what comes now starts anew: the rest of what was is nothing to anybody
    d.next = NULL
    if not list_add(&lr.receivers, d):
        return
    d.source = lr
    begin_epoch(w, d, lr, p, d.granted_target if lr.index == d.granted_layer else EVERYTHING)
    slot_aim(d)
    w.count.switches += 1
    tell_fed(w, d)
    if slot_has_twin(d):
        d.path.changed = w.divide = True   # it has left that one


# The epoch that `target` of the same source begins with `p`, the newest packet. Whoever of the two does not carry it has
# counted it as skipped: for these the next number is one further.
cdef void begin_target(downtrack *d, const packet *p, uint8_t target, bint counts_pictures) noexcept nogil:
    cdef epoch *e = push_epoch(d)
    cdef uint8_t old = e.target
    cdef int32_t before = 0 if p.video.carried >> old & 1 else 1
    cdef int32_t behind = 0 if p.video.carried >> target & 1 else 1
    e.first = counted(p, old) + <uint64_t>e.shift + <uint64_t>before
    e.shift = <int64_t>(e.first - (counted(p, target) + <uint64_t>behind))
    e.target = target
    if counts_pictures:
        e.picture_shift += <uint16_t>(before - behind + p.skipped_pictures[target] - p.skipped_pictures[old])


cdef uint8_t next_target(const packet *p, uint8_t now, uint8_t aim) noexcept nogil:
    # Down at once; spatial layers up at keyframes only, temporal ones one by one where the publisher says so
    cdef uint8_t spatial = min(now >> 2, aim >> 2), temporal = min(now & 3, aim & 3)
    if p.video.keyframe:
        return aim
    if aim & 3 > temporal and p.video.upward >> (4 * spatial + temporal + 1) & 1:
        temporal += 1
    return <uint8_t>(4 * spatial + temporal)


cdef void turn(downtrack *d, layer *lr, const packet *p) noexcept nogil:
    # Another target, if it can begin here: with the first packet of a picture
    cdef const epoch *e = &d.epochs[0]
    cdef uint8_t target
    if e.source is not lr or p.timestamp + e.timestamp_shift == d.last_timestamp:
        return
    target = next_target(p, e.target, d.aim)
    if target != e.target:
        begin_target(d, p, target, lr.track.codec == VP8)


cdef void take_waiting(worker *w, layer *lr) noexcept nogil:
    # Slots that wait begin at the first packet of this run that a decoder can start from. Not with one that came late: what
    # follows it has gone by.
    cdef int32_t i, k
    cdef packet *p
    for k in range(lr.run_count):
        p = lr.run[k]
        if (lr.track.is_audio or p.video.keyframe) and p.size > 0 and not p.late:
            break
    else:
        return
    for i in range(lr.waiting.count):
        switch_source(w, <downtrack *>lr.waiting.items[i], lr, p)
    lr.waiting.count = 0


cdef void realign(worker *w, downtrack *d, layer *lr, packet *p) noexcept nogil:
    # The publisher's first sender report came after the slot began with its packets: mend the guess by arrival
    cdef int error
    cdef epoch *e = &d.epochs[0]
    if counted(p, e.target) + <uint64_t>e.shift != d.highest + 1:
        return
    if not p.video.carried >> e.target & 1 or p.timestamp + e.timestamp_shift == d.last_timestamp:
        return
    d.aligned = True
    error = <int>(on_clock(d, capture_us(lr, p.timestamp)) - (p.timestamp + e.timestamp_shift))
    if error < 0:
        error = -error
    if error < (REALIGN_AUDIO if d.is_audio else REALIGN_VIDEO) or error > FAR_BEHIND:
        return
    d.aligned = False
    begin_epoch(w, d, lr, p, e.target)
    e.picture_shift = d.epochs[1].picture_shift
    e.tl0_shift = d.epochs[1].tl0_shift
    e.frame_shift = d.epochs[1].frame_shift


# --- one packet to one slot -------------------------------------------------------------------------------------

cdef epoch *epoch_of(downtrack *d, const layer *lr, const packet *p, uint64_t *sequence) noexcept nogil:
    # A late packet may belong to a source of the past; then it must fall inside that epoch's numbers
    cdef int32_t i
    cdef uint64_t n
    for i in range(d.epoch_count):
        if d.epochs[i].source is lr:
            n = counted(p, d.epochs[i].target) + <uint64_t>d.epochs[i].shift
            if <int64_t>(n - d.epochs[i].first) >= 0 and (i == 0 or <int64_t>(n - d.epochs[i - 1].first) < 0):
                sequence[0] = n
                return &d.epochs[i]
    return NULL


cdef size_t write_one(uint8_t *out, size_t at, bint two_bytes, uint8_t id, const uint8_t *value,
                      uint8_t size) noexcept nogil:
    if two_bytes:
        out[at] = id
        out[at + 1] = size
        at += 2
    else:
        out[at] = <uint8_t>(id << 4 | (size - 1))
        at += 1
    memcpy(out + at, value, size)
    return at + size


cdef size_t write_extensions(downtrack *d, uint8_t *out, packet *p, const epoch *e) noexcept nogil:
    # RFC 8285, in the one-byte form but for a dependency descriptor that is longer than it can say (a keyframe's first);
    # nothing at all for a receiver that knows none of them
    cdef const numbering *ids = &d.path.numbers
    cdef bint dependency = p.dependency_size and ids.dependency
    cdef bint two_bytes = dependency and p.dependency_size > ONE_BYTE_FORM
    cdef uint8_t number[2]
    cdef uint8_t *descriptor
    cdef size_t at = 4
    if ids.transport_cc:
        write16(number, d.path.sent.next)
        at = write_one(out, at, two_bytes, ids.transport_cc, number, 2)
    if p.audio_level != NO_LEVEL and ids.audio_level:
        at = write_one(out, at, two_bytes, ids.audio_level, &p.audio_level, 1)
    elif p.orientation != NO_LEVEL and ids.orientation:
        at = write_one(out, at, two_bytes, ids.orientation, &p.orientation, 1)
    if dependency:
        at = write_one(out, at, two_bytes, ids.dependency, dependency_of(p), p.dependency_size)
        descriptor = out + at - p.dependency_size
        write16(descriptor + 1, <uint16_t>(read16(descriptor + 1) + e.frame_shift))
    if at == 4:
        return 0
    while at & 3:
        out[at] = 0
        at += 1
    write16(out, 0x1000 if two_bytes else 0xBEDE)
    write16(out + 2, <uint16_t>((at - 4) // 4))
    return at


cdef size_t write_header(downtrack *d, uint8_t *out, packet *p, const epoch *e, uint8_t payload_type, uint32_t ssrc,
                         uint16_t sequence) noexcept nogil:
    # The end of the highest spatial layer that the slot takes is the end of its picture
    cdef size_t extensions = write_extensions(d, out + 12, p, e)
    cdef bint marker = p.marker or (p.video.ends and p.video.place >> 2 == e.target >> 2)
    out[0] = 0x80 | (0x10 if extensions else 0) | (0x20 if p.padding else 0)
    out[1] = <uint8_t>(marker << 7 | payload_type)
    write16(out + 2, sequence)
    write32(out + 4, p.timestamp + e.timestamp_shift)
    write32(out + 8, ssrc)
    return 12 + extensions


cdef uint16_t picture_of(const packet *p, const epoch *e) noexcept nogil:
    return <uint16_t>(p.video.picture_id - p.skipped_pictures[e.target] + e.picture_shift)


cdef void rewrite_payload(packet *p, const epoch *e) noexcept nogil:
    # In the cache itself: every slot writes its own values before it reads, so nothing is copied for it
    cdef uint8_t *at
    cdef uint16_t picture
    if p.video.picture_id_at:
        at = p.payload + p.video.picture_id_at
        picture = picture_of(p, e)
        if p.video.picture_id_long:
            at[0] = <uint8_t>(0x80 | ((picture >> 8) & 0x7F))
            at[1] = <uint8_t>picture
        else:
            at[0] = <uint8_t>(picture & 0x7F)
    if p.video.tl0_at:
        p.payload[p.video.tl0_at] = <uint8_t>(p.video.tl0 + e.tl0_shift)


cdef void default_numbers(numbering *numbers) noexcept nogil:
    numbers.payload_types[<int>OPUS] = 100
    numbers.payload_types[<int>VP8] = 96
    numbers.rtx_payload_types[<int>VP8] = 97
    numbers.payload_types[<int>H264] = 102
    numbers.rtx_payload_types[<int>H264] = 103
    numbers.payload_types[<int>VP9] = 98
    numbers.rtx_payload_types[<int>VP9] = 99
    numbers.payload_types[<int>AV1] = 104
    numbers.rtx_payload_types[<int>AV1] = 105
    numbers.transport_cc = 5
    numbers.audio_level = 10
    numbers.orientation = 11
    numbers.dependency = 12


cdef void note_sent(worker *w, downtrack *d, packet *p, const epoch *e, uint64_t sequence,
                    size_t size) noexcept nogil:
    if not d.started or sequence > d.highest:
        d.started = True
        d.highest = sequence
        d.last_timestamp = p.timestamp + e.timestamp_shift
        d.last_sent_us = w.now_us
        if p.video.picture_id_at:
            d.last_picture = picture_of(p, e)
        if p.video.tl0_at:
            d.last_tl0 = <uint8_t>(p.video.tl0 + e.tl0_shift)
        if p.dependency_size:
            d.last_frame = <uint16_t>(read16(dependency_of(p) + 1) + e.frame_shift)
    d.packets += 1
    d.octets += <uint32_t>size


cdef void send_padding(worker *w, downtrack *d, packet *p, uint8_t *out, size_t header, uint64_t sequence,
                       const epoch *e) noexcept nogil:
    # A number whose packet is nothing to this slot, and which could not be closed up any more: the receiver shall not wait
    # for it
    cdef uint8_t padding[256]
    cdef size_t size = p.padding if 0 < p.padding < 256 else 1
    memset(padding, 0, size)
    padding[size - 1] = <uint8_t>size
    out[0] |= 0x20
    size = srtp_seal(&d.path.outgoing, out, header, padding, size, d.ssrc, sequence)
    if size > 0:
        note_sent(w, d, p, e, sequence, 0)
        sent_note(&d.path.sent, w.now_us, size)
        send_commit(&w.outgoing, d.path, size)


cdef void slot_send(worker *w, downtrack *d, layer *lr, packet *p) noexcept nogil:
    cdef epoch *e = &d.epochs[0]
    cdef uint64_t sequence
    cdef uint8_t *out
    cdef size_t header, size
    if d.aim != e.target and not p.late:
        turn(d, lr, p)
    if not p.late and not p.video.carried >> e.target & 1:
        w.count.layers_dropped += 1
        return
    if not d.aligned and lr.has_sr and d.source is lr:
        realign(w, d, lr, p)
    sequence = counted(p, e.target) + <uint64_t>e.shift
    if <int64_t>(sequence - e.first) < 0:
        e = epoch_of(d, lr, p, &sequence)
        if e is NULL:                      # from before the slot began with this source
            return
    if window_add(&d.sent, sequence) != 1:
        w.count.drop_nonce += 1
        return
    out = send_reserve(&w.outgoing)
    header = write_header(d, out, p, e, d.path.numbers.payload_types[lr.track.codec], d.ssrc, <uint16_t>sequence)
    if p.padding or not p.video.carried >> e.target & 1:
        w.count.filled += not p.padding
        send_padding(w, d, p, out, header, sequence, e)
        return
    if p.fill:
        out[0] |= 0x20
    rewrite_payload(p, e)
    size = srtp_seal(&d.path.outgoing, out, header, p.payload, <size_t>p.size + p.fill, d.ssrc, sequence)
    if size == 0:
        w.count.send_errors += 1
        return
    note_sent(w, d, p, e, sequence, p.size)
    if d.copies is not NULL:
        copies_keep(d, sequence, out, size)
    if d.path.sent.traced and not d.is_audio:
        repairs_note(d.path.line, &d.path.sent, d.ssrc, <uint16_t>sequence)
    sent_note(&d.path.sent, w.now_us, size)
    send_commit(&w.outgoing, d.path, size)


# --- once more --------------------------------------------------------------------------------------------------

cdef int voice_repeat(worker *w, downtrack *d, uint64_t sequence, bint again) noexcept nogil:
    cdef voice_copy *copy = copies_find(d, sequence)
    cdef const estimator *line = d.path.line
    if copy is NULL:
        copies_begin(d)
        return 0
    # What is still under way is asked for again and again where a line has a long queue, and would make it longer
    if not again and line is not NULL and copy.repeated_us and w.now_us - copy.repeated_us < min(
            line.rtt_us * 9 // 10, <int64_t>MOST_RTT_US):
        return -1
    copy.repeated_us = w.now_us
    send_copy(&w.outgoing, d.path, copy.bytes, copy.size)
    return 1


cdef int slot_repeat(worker *w, downtrack *d, uint16_t sequence, bint again) noexcept nogil:
    cdef uint64_t number = extend16(sequence, d.highest), rtx
    cdef uint8_t payload[2048]
    cdef uint8_t *out
    cdef packet *p = NULL
    cdef epoch *e = NULL
    cdef size_t header, size
    cdef uint8_t payload_type
    cdef int32_t i
    if not d.started or number > d.highest or not is_open(d.path):
        return 0
    if d.is_audio:
        return voice_repeat(w, d, number, again)
    if d.rtx_ssrc == 0:
        return 0
    for i in range(d.epoch_count):
        e = &d.epochs[i]
        if number >= e.first:
            if e.source is not NULL:
                p = find_counted(e.source, e.target, number - <uint64_t>e.shift)
            break
    if p is NULL or p.padding or <size_t>p.size + 2 > sizeof(payload) or not e.source.track.allowed:
        return 0
    payload_type = d.path.numbers.rtx_payload_types[e.source.track.codec]
    if payload_type == 0:                  # a receiver without RTX: the packet itself must not be sealed twice
        return 0
    rewrite_payload(p, e)
    write16(payload, sequence)                                   # RFC 4588 section 4: original sequence number
    memcpy(payload + 2, p.payload, p.size)
    out = send_reserve(&w.outgoing)
    rtx = d.rtx_next
    header = write_header(d, out, p, e, payload_type, d.rtx_ssrc, <uint16_t>rtx)
    size = srtp_seal(&d.path.outgoing, out, header, payload, <size_t>p.size + 2, d.rtx_ssrc, rtx)
    d.rtx_next += 1
    if size == 0:
        return 0
    if d.path.sent.traced:
        repairs_note(d.path.line, &d.path.sent, d.ssrc, sequence)
    sent_note(&d.path.sent, w.now_us, size)
    send_commit(&w.outgoing, d.path, size)
    return 1
