"""What Python asks of a worker, carried out on the worker's thread.

Everything that is added comes as a structure that Python filled in; the worker owns it from then on and frees
it. When something is gone the worker says so, and only then does Python use its handle again: events about the
old one can never be taken for the new one.
"""

from libc.stdint cimport int64_t, uint32_t
from libc.stdlib cimport free
from libc.string cimport memcmp, memcpy, memmove, memset

from sfu._choice cimport grant_everything, slot_choose, slot_forget_layer, slot_stop, slot_want
from sfu._congestion cimport congestion_begins, congestion_moved
from sfu._copies cimport copies_end
from sfu._estimator cimport estimator_free
from sfu._keyframes cimport want_keyframes
from sfu._limits cimport take
from sfu._list cimport list_add, list_free, list_has, list_remove
from sfu._rings cimport (
    DO_ADD_ROOM,
    DO_ADD_SLOT,
    DO_ADD_TRANSPORT,
    DO_ADD_UPTRACK,
    DO_FEED,
    DO_LIMIT,
    DO_REMOVE_ROOM,
    DO_REMOVE_TRANSPORT,
    DO_REMOVE_UPTRACK,
    DO_REQUEST_KEYFRAME,
    DO_RESTART_ICE,
    DO_SEND,
    DO_SET_ALLOWED,
    DO_SET_KEYS,
    DO_SET_NUMBERS,
    DO_SET_REMOTE,
    DO_STOP,
    ROOM_GONE,
    SAW_SELECTED,
    SLOT_GONE,
    TRANSPORT_GONE,
    UPTRACK_GONE,
    command,
    command_take,
    event,
    event_put,
    event_take,
)
from sfu._rooms cimport room_hear
from sfu._routes cimport ROUTE_KEY, address_key, routes_get, routes_remove, routes_set, ufrag_key
from sfu._rtp cimport EVERYTHING, extension_ids
from sfu._sockets cimport send_copy, send_flush
from sfu._state cimport MAX_ADDRESSES, MAX_SLOTS, MAX_UPTRACKS, REPEATS, layer, numbering, ssrc_entry
from sfu._stun cimport sockaddr_storage
from sfu._uptrack cimport layer_release, ssrc_admit
from sfu._worker cimport MAX_ROOMS, MAX_TRANSPORTS, tell

cdef enum:
    PROVEN_TIMES = 3


cdef bint put_gone(worker *w, int32_t kind, int32_t handle) noexcept nogil:
    cdef event e
    memset(&e, 0, sizeof(e))
    e.kind = kind
    e.handle = handle
    if not event_put(w.events, &e):
        return False
    w.has_events = True
    return True


cdef void tell_gone(worker *w, int32_t kind, int32_t handle) noexcept nogil:
    # These are never lost, or the handle would be: without a place in the ring they wait here
    if w.gone.count or not put_gone(w, kind, handle):
        list_add(&w.gone, <void *>(<size_t>kind << 32 | <size_t>handle))


cdef void tell_what_is_gone(worker *w) noexcept nogil:
    cdef int32_t told = 0
    cdef size_t item
    if w.gone.count == 0:
        return
    while told < w.gone.count:
        item = <size_t>w.gone.items[told]
        if not put_gone(w, <int32_t>(item >> 32), <int32_t>item):
            break
        told += 1
    w.gone.count -= told
    memmove(w.gone.items, w.gone.items + told, w.gone.count * sizeof(void *))


# --- transports -------------------------------------------------------------------------------------------------

cdef void add_transport(worker *w, transport *t) noexcept nogil:
    cdef uint8_t key[ROUTE_KEY]
    w.transports[t.handle] = t
    t.last_check_us = w.now_us
    list_add(&w.senders if t.sends else &w.receivers, t)
    congestion_begins(w, t)
    if ufrag_key(<const uint8_t *>t.ufrag, t.ufrag_size, key):
        routes_set(&w.ufrags, key, t)


cdef void restart_ice(worker *w, transport *t, const credentials *fresh) noexcept nogil:
    cdef uint8_t key[ROUTE_KEY]
    if t.old_ufrag_size and ufrag_key(<const uint8_t *>t.old_ufrag, t.old_ufrag_size, key):
        routes_remove(&w.ufrags, key)
    memcpy(t.old_ufrag, t.ufrag, CREDENTIAL)
    memcpy(t.old_password, t.password, CREDENTIAL)
    t.old_ufrag_size = t.ufrag_size
    t.old_password_size = t.password_size
    memcpy(t.ufrag, fresh.ufrag, CREDENTIAL)
    memcpy(t.password, fresh.password, CREDENTIAL)
    t.ufrag_size = fresh.ufrag_size
    t.password_size = fresh.password_size
    if ufrag_key(<const uint8_t *>t.ufrag, t.ufrag_size, key):
        routes_set(&w.ufrags, key, t)


cdef void tell_selected(worker *w, transport *t) noexcept nogil:
    cdef event e
    t.moved = False
    memset(&e, 0, sizeof(e))
    e.kind = SAW_SELECTED
    e.handle = t.handle
    e.size = t.remote_size if t.remote_size < sizeof(e.data) else sizeof(e.data)
    memcpy(e.data, &t.remote, e.size)
    tell(w, &e)


cdef void forget_address(worker *w, transport *t, int32_t i) noexcept nogil:
    cdef uint8_t key[ROUTE_KEY]
    address_key(&t.addresses[i], key)
    if routes_get(&w.addresses, key) is t:             # a later transport may have come from there since
        routes_remove(&w.addresses, key)
    memmove(&t.addresses[i], &t.addresses[i + 1], (t.address_count - i - 1) * sizeof(sockaddr_storage))
    t.address_count -= 1


cdef void path_changed(worker *w, transport *t) noexcept nogil:
    cdef int32_t i
    for i in range(t.slot_count):
        slot_choose(w, t.slots[i])


cdef void note_address(worker *w, transport *t, const void *address, int32_t size, const local_address *local,
                       bint selected) noexcept nogil:
    cdef uint8_t key[ROUTE_KEY]
    cdef sockaddr_storage clean
    cdef int32_t i
    memset(&clean, 0, sizeof(clean))
    memcpy(&clean, address, size)
    for i in range(t.address_count):
        if memcmp(&t.addresses[i], &clean, sizeof(clean)) == 0:
            break
    else:
        if t.address_count == MAX_ADDRESSES:
            i = 1 if memcmp(&t.addresses[0], &t.remote, sizeof(clean)) == 0 else 0
            forget_address(w, t, i)
        address_key(&clean, key)
        if not routes_set(&w.addresses, key, t):
            return
        t.addresses[t.address_count] = clean
        t.address_count += 1
    if selected and local is not NULL:
        t.local = local[0]
    if selected and (not t.has_remote or memcmp(&t.remote, &clean, sizeof(clean)) != 0):
        if t.has_remote:
            congestion_moved(w, t)
        t.remote = clean
        t.remote_size = <uint32_t>size
        t.has_remote = True
        t.heard_bytes = t.told_bytes = 0
        t.moved = True
        if take(&t.moves, &w.allowed.moves, w.now_us, 1):
            tell_selected(w, t)
        path_changed(w, t)


cdef void forget_listener(worker *w, transport *t) noexcept nogil:
    if t.home is not NULL:
        list_remove(&t.home.listeners, t)


cdef void remove_slot(worker *w, downtrack *d) noexcept nogil:
    if d.wanted is not NULL:
        list_remove(&d.wanted.followers, d)
    if d.source is not NULL:
        list_remove(&d.source.receivers, d)
    if d.next is not NULL:
        list_remove(&d.next.waiting, d)
    w.slots[d.handle] = NULL
    w.slot_count -= 1
    tell_gone(w, SLOT_GONE, d.handle)
    copies_end(d)
    free(d)


cdef void remove_uptrack(worker *w, uptrack *track) noexcept nogil:
    cdef transport *t
    cdef downtrack *d
    cdef int32_t i, k, n
    while track.followers.count > 0:
        slot_want(w, <downtrack *>track.followers.items[0], NULL, 0)
    for i in range(track.layer_count):                 # slots that still show it while they wait for another
        while track.layers[i].receivers.count > 0:
            d = <downtrack *>track.layers[i].receivers.items[0]
            slot_stop(w, d)
    for i in range(w.receivers.count):
        t = <transport *>w.receivers.items[i]
        for k in range(t.slot_count):
            for n in range(track.layer_count):
                slot_forget_layer(t.slots[k], &track.layers[n])
    forget_track(w, track)
    for i in range(track.layer_count):
        layer_release(&track.layers[i])
    list_free(&track.followers)
    w.uptracks[track.handle] = NULL
    w.uptrack_count -= 1
    tell_gone(w, UPTRACK_GONE, track.handle)
    free(track)


cdef void forget_track(worker *w, uptrack *track) noexcept nogil:
    cdef transport *t = track.path
    cdef int32_t i, kept = 0
    for i in range(t.uptrack_count):
        if t.uptracks[i] is not track:
            t.uptracks[kept] = t.uptracks[i]
            kept += 1
    t.uptrack_count = kept
    for i in range(t.ssrc_count):
        if t.ssrcs[i].target is not NULL and t.ssrcs[i].target.track is track:
            t.ssrcs[i].target = NULL
    if track.is_audio:
        list_remove(&track.home.voices, track)
        room_hear(w, track.home, True)


cdef void remove_transport(worker *w, transport *t) noexcept nogil:
    cdef uint8_t key[ROUTE_KEY]
    cdef int32_t handle = t.handle
    send_flush(&w.outgoing)                            # what waits there points to this transport
    forget_listener(w, t)
    while t.uptrack_count > 0:
        remove_uptrack(w, t.uptracks[0])
    while t.slot_count > 0:
        t.slot_count -= 1
        remove_slot(w, t.slots[t.slot_count])
    while t.address_count > 0:
        forget_address(w, t, 0)
    if ufrag_key(<const uint8_t *>t.ufrag, t.ufrag_size, key):
        routes_remove(&w.ufrags, key)
    if t.old_ufrag_size and ufrag_key(<const uint8_t *>t.old_ufrag, t.old_ufrag_size, key):
        routes_remove(&w.ufrags, key)
    list_remove(&w.senders if t.sends else &w.receivers, t)
    list_remove(&w.held, t)
    w.transports[handle] = NULL
    free(t.arrivals)
    if t.line is not NULL:
        estimator_free(t.line, &t.sent)
        free(t.line)
    free(t)
    tell_gone(w, TRANSPORT_GONE, handle)


# --- tracks and slots -------------------------------------------------------------------------------------------

cdef void know_ssrc(transport *t, uint32_t ssrc, layer *lr, bint is_rtx) noexcept nogil:
    cdef ssrc_entry *entry
    if ssrc != 0:
        entry = ssrc_admit(t, ssrc)
        if entry is not NULL:
            entry.target = lr
            entry.is_rtx = is_rtx


cdef void merge_ids(extension_ids *ids, const extension_ids *more) noexcept nogil:
    # A BUNDLE has one meaning for each id, so what one track says holds for the transport
    ids.mid = more.mid or ids.mid
    ids.rid = more.rid or ids.rid
    ids.rrid = more.rrid or ids.rrid
    ids.transport_cc = more.transport_cc or ids.transport_cc
    ids.audio_level = more.audio_level or ids.audio_level
    ids.orientation = more.orientation or ids.orientation
    ids.dependency = more.dependency or ids.dependency


cdef void add_uptrack(worker *w, transport *t, room *r, uptrack *track) noexcept nogil:
    cdef int32_t i
    track.path = t
    track.home = r
    track.participant = t.participant
    w.uptracks[track.handle] = track
    w.uptrack_count += 1
    for i in range(track.layer_count):
        track.layers[i].track = track
        track.layers[i].bound = track.layers[i].ssrc != 0
        know_ssrc(t, track.layers[i].ssrc, &track.layers[i], False)
        know_ssrc(t, track.layers[i].rtx_ssrc, &track.layers[i], True)
    t.uptracks[t.uptrack_count] = track
    t.uptrack_count += 1
    merge_ids(&t.ids, &track.ids)
    if track.is_audio:
        list_add(&r.voices, track)


cdef void discard_uptrack(worker *w, uptrack *track) noexcept nogil:
    # Its transport or room went while the command was on its way
    cdef int32_t i
    for i in range(track.layer_count):
        layer_release(&track.layers[i])
    tell_gone(w, UPTRACK_GONE, track.handle)
    free(track)


cdef void set_allowed(worker *w, uptrack *track, bint allowed) noexcept nogil:
    cdef int32_t i
    if track.allowed == allowed:
        return
    track.allowed = allowed
    for i in range(track.followers.count):
        slot_choose(w, <downtrack *>track.followers.items[i])
    if track.is_audio:
        room_hear(w, track.home, True)


cdef void add_slot(worker *w, transport *t, room *r, downtrack *d) noexcept nogil:
    d.path = t
    d.home = r
    d.rtx_budget = REPEATS
    d.aim = EVERYTHING
    grant_everything(d)
    w.slots[d.handle] = d
    w.slot_count += 1
    t.slots[t.slot_count] = d
    t.slot_count += 1
    if d.is_audio:
        t.home = r
        if not list_has(&r.listeners, t):
            list_add(&r.listeners, t)
        room_hear(w, r, True)


cdef void feed(worker *w, downtrack *d, uptrack *track, int32_t wanted_layer, const importance *how) noexcept nogil:
    d.rank = how.rank
    d.keeps_size = how.keeps_size
    slot_want(w, d, track, wanted_layer)


# --- the ring ---------------------------------------------------------------------------------------------------

cdef void set_keys(worker *w, transport *t, const key_pair *keys) noexcept nogil:
    t.incoming = keys.incoming
    t.outgoing = keys.outgoing
    t.keyed = True
    path_changed(w, t)


cdef void send_dtls(worker *w, transport *t, const uint8_t *data, size_t size) noexcept nogil:
    # A check can come from a forged address. Until the handshake shows that somebody reads there, at most
    # `PROVEN_TIMES` as much goes to it as came from it (as QUIC has it, RFC 9000 section 8.1)
    if not t.keyed:
        if t.checked and t.told_bytes + size > PROVEN_TIMES * t.heard_bytes:
            w.count.drop_unproven += 1
            return
        t.told_bytes += size
    send_copy(&w.outgoing, t, data, size)


cdef void on_transport(worker *w, transport *t, const command *c) noexcept nogil:
    if c.kind == DO_RESTART_ICE:
        restart_ice(w, t, <const credentials *>c.thing)
    elif c.kind == DO_SET_KEYS:
        set_keys(w, t, <const key_pair *>c.thing)
    elif c.kind == DO_SET_NUMBERS:
        t.numbers = (<const numbering *>c.thing)[0]
        congestion_begins(w, t)
    elif c.kind == DO_LIMIT:
        t.limit_bps = max(<int64_t>c.b * 1000, <int64_t>1) if c.c else 0
        t.changed = w.divide = True
    elif c.kind == DO_SET_REMOTE:
        note_address(w, t, c.thing, c.b, NULL, True)
    elif c.kind == DO_SEND and t.has_remote:
        send_dtls(w, t, <const uint8_t *>c.thing, <size_t>c.b)
    elif c.kind == DO_REMOVE_TRANSPORT:
        remove_transport(w, t)


cdef bint adds(worker *w, const command *c) noexcept nogil:
    # Commands that hand over a structure for good
    cdef transport *t
    cdef room *r
    if c.kind == DO_ADD_TRANSPORT:
        add_transport(w, <transport *>c.thing)
        return True
    if c.kind == DO_ADD_ROOM:
        w.rooms[(<room *>c.thing).handle] = <room *>c.thing
        list_add(&w.active_rooms, c.thing)
        return True
    if c.kind != DO_ADD_UPTRACK and c.kind != DO_ADD_SLOT:
        return False
    t = w.transports[c.a]
    r = w.rooms[c.b]
    if c.kind == DO_ADD_UPTRACK:
        if t is NULL or r is NULL or t.uptrack_count == MAX_UPTRACKS:
            discard_uptrack(w, <uptrack *>c.thing)
        else:
            add_uptrack(w, t, r, <uptrack *>c.thing)
    elif t is NULL or r is NULL or t.slot_count == MAX_SLOTS:
        tell_gone(w, SLOT_GONE, (<downtrack *>c.thing).handle)
        free(c.thing)
    else:
        add_slot(w, t, r, <downtrack *>c.thing)
    return True


cdef void remove_room(worker *w, room *r) noexcept nogil:
    cdef int32_t handle = r.handle
    if r.voices.count or r.listeners.count:
        return                             # the caller removes its transports first
    list_remove(&w.active_rooms, r)
    w.rooms[handle] = NULL
    list_free(&r.voices)
    list_free(&r.listeners)
    free(r)
    tell_gone(w, ROOM_GONE, handle)


cdef void carry_out_one(worker *w, const command *c) noexcept nogil:
    if adds(w, c):
        return
    if c.kind == DO_REMOVE_ROOM:
        if w.rooms[c.a] is not NULL:
            remove_room(w, w.rooms[c.a])
    elif c.kind == DO_FEED:
        if w.slots[c.a] is not NULL:
            feed(w, w.slots[c.a], w.uptracks[c.b] if c.b >= 0 else NULL, c.c, <const importance *>c.thing)
    elif c.kind == DO_SET_ALLOWED or c.kind == DO_REMOVE_UPTRACK or c.kind == DO_REQUEST_KEYFRAME:
        if w.uptracks[c.a] is NULL:
            pass
        elif c.kind == DO_SET_ALLOWED:
            set_allowed(w, w.uptracks[c.a], c.b != 0)
        elif c.kind == DO_REMOVE_UPTRACK:
            remove_uptrack(w, w.uptracks[c.a])
        else:
            want_keyframes(w, w.uptracks[c.a])
    elif w.transports[c.a] is not NULL:
        on_transport(w, w.transports[c.a], c)
    free(c.thing)


cdef bint carry_out(worker *w) noexcept nogil:
    cdef command c
    while command_take(w.commands, &c):
        w.count.commands += 1
        if c.kind == DO_STOP:
            return False
        carry_out_one(w, &c)
    return True


cdef void free_everything(worker *w) noexcept nogil:
    cdef command c
    cdef event e
    cdef int32_t i
    while command_take(w.commands, &c):
        if c.kind != DO_STOP and not adds(w, &c):
            free(c.thing)
    for i in range(MAX_TRANSPORTS):
        if w.transports[i] is not NULL:
            remove_transport(w, w.transports[i])
    for i in range(MAX_ROOMS):
        if w.rooms[i] is not NULL:
            remove_room(w, w.rooms[i])
    while event_take(w.events, &e):
        free(e.blob)
    list_free(&w.senders)
    list_free(&w.receivers)
    list_free(&w.held)
    list_free(&w.active_rooms)
