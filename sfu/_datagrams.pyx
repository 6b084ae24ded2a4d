"""What comes in: telling STUN, DTLS, RTP and RTCP apart (RFC 7983), and what becomes of each.

Nothing here trusts a byte: what does not parse, is not authentic or belongs to nobody is counted and dropped.
STUN is answered on the spot; DTLS goes to Python, but only from an address that has passed a STUN check;
packets gather in their layers until the whole batch has been read, so that what goes to one receiver leaves
together.
"""

from libc.stdint cimport int64_t, uint32_t
from libc.stdlib cimport free, malloc
from libc.string cimport memchr, memcmp, memcpy, memset

from sfu._arrivals cimport arrivals_add
from sfu._choice cimport slot_choose
from sfu._commands cimport note_address
from sfu._crypto cimport SRTP_OK, SRTP_OLD, SRTP_REPLAY
from sfu._fanout cimport gather
from sfu._feedback cimport rtcp_receive
from sfu._layers cimport layer_began
from sfu._limits cimport take
from sfu._rings cimport DTLS_QUEUED, SAW_DTLS, event, event_put, events_waiting
from sfu._rooms cimport room_hear
from sfu._routes cimport ROUTE_KEY, address_key, routes_get, routes_remove, ufrag_key
from sfu._rtp cimport read32, rtp_header, rtp_parse
from sfu._sockets cimport send_now
from sfu._srtp cimport srtcp_open, srtp_open
from sfu._state cimport downtrack, layer, packet, transport
from sfu._stun cimport STUN_OK, stun_answer, stun_parse, stun_request, stun_verify
from sfu._uptrack cimport find_layer, layer_receive, ssrc_fits

cdef enum:
    MAX_DATAGRAM = 1500          # of media; nothing on the internet carries more in one piece
    MAX_DTLS = 4096


# --- STUN -------------------------------------------------------------------------------------------------------

cdef bint is_ours(const char *ufrag, uint32_t size, const stun_request *request, uint32_t n) noexcept nogil:
    return size == n and memcmp(ufrag, request.username, n) == 0


cdef void forget_old_credentials(worker *w, transport *t) noexcept nogil:
    cdef uint8_t key[ROUTE_KEY]
    if t.old_ufrag_size and ufrag_key(<const uint8_t *>t.old_ufrag, t.old_ufrag_size, key):
        routes_remove(&w.ufrags, key)
    t.old_ufrag_size = 0


cdef void checked(worker *w, transport *t, const sockaddr_storage *source, unsigned int source_size,
                  const local_address *local, bint selected) noexcept nogil:
    cdef bint was_silent = t.silent
    t.last_check_us = w.now_us
    t.checked = True
    t.silent = False
    if was_silent:
        t.has_remote = False               # say again which address it is
    note_address(w, t, source, <int>source_size, local, selected or not t.has_remote)


cdef void receive_stun(worker *w, const sockaddr_storage *source, unsigned int source_size,
                       const local_address *local, const uint8_t *data, size_t size) noexcept nogil:
    cdef uint8_t key[ROUTE_KEY]
    cdef uint8_t answer[128]
    cdef stun_request request
    cdef transport *t = NULL
    cdef const uint8_t *colon = NULL
    cdef const char *password
    cdef uint32_t n = 0
    cdef size_t password_size, answer_size
    cdef bint is_old
    if stun_parse(data, size, &request) != STUN_OK:
        w.count.drop_stun_malformed += 1
        return
    colon = <const uint8_t *>memchr(request.username, 58, request.username_size)
    if colon is not NULL:
        n = <uint32_t>(colon - request.username)
        if ufrag_key(request.username, n, key):
            t = routes_get(&w.ufrags, key)
    if t is NULL:
        w.count.drop_unknown_ufrag += 1
        return
    is_old = not is_ours(t.ufrag, t.ufrag_size, &request, n)
    password = &t.old_password[0] if is_old else &t.password[0]
    password_size = t.old_password_size if is_old else t.password_size
    if not stun_verify(data, size, &request, <const uint8_t *>password, password_size):
        w.count.drop_stun_integrity += 1
        return
    if not take(&t.checks, &w.allowed.checks, w.now_us, 1):
        w.count.drop_stun_rate += 1
        return
    answer_size = stun_answer(data, source, <const uint8_t *>password, password_size, answer,
                              size if size < sizeof(answer) else sizeof(answer))
    if answer_size == 0:
        w.count.drop_stun_malformed += 1
        return
    if not is_old:
        forget_old_credentials(w, t)
    checked(w, t, source, source_size, local, request.use_candidate)
    t.heard_bytes += size
    w.count.stun_answered += 1
    if not send_now(w.fd, answer, answer_size, source, source_size, local):
        w.count.send_errors += 1


# --- DTLS -------------------------------------------------------------------------------------------------------

cdef void receive_dtls(worker *w, transport *t, const uint8_t *data, size_t size) noexcept nogil:
    cdef event e
    if size > MAX_DTLS or events_waiting(w.events) >= DTLS_QUEUED:
        w.count.drop_dtls_flood += 1
        return
    # Each costs Python a handshake's arithmetic: one participant's share comes out of everybody's, never more
    if not take(&t.dtls, &w.allowed.dtls, w.now_us, 1) or not take(&w.all_dtls, &w.allowed.all_dtls, w.now_us, 1):
        w.count.drop_dtls_flood += 1
        return
    t.heard_bytes += size
    memset(&e, 0, sizeof(e))
    e.kind = SAW_DTLS
    e.handle = t.handle
    e.size = <uint32_t>size
    e.blob = <uint8_t *>malloc(size)
    if e.blob is NULL:
        return
    memcpy(e.blob, data, size)
    if event_put(w.events, &e):
        w.has_events = True
    else:
        free(e.blob)
        w.count.drop_dtls_flood += 1


# --- media ------------------------------------------------------------------------------------------------------

cdef void layer_appeared(worker *w, layer *lr) noexcept nogil:
    cdef int i
    layer_began(w, lr)
    if lr.track.is_audio:
        room_hear(w, lr.track.home, True)
    for i in range(lr.track.followers.count):
        (<downtrack *>lr.track.followers.items[i]).path.changed = w.divide = True
        slot_choose(w, <downtrack *>lr.track.followers.items[i])


cdef void note_arrival(worker *w, transport *t, const rtp_header *h) noexcept nogil:
    if h.has_transport_cc and t.arrivals is not NULL:
        t.arrivals_media = h.ssrc
        arrivals_add(t.arrivals, h.transport_cc, w.now_us)


cdef bint within_rate(worker *w, transport *t, size_t size) noexcept nogil:
    # Asked of authentic packets only, so that nobody uses up another's share by forging their address
    if take(&t.packets, &w.allowed.packets, w.now_us, 1) and take(&t.bytes, &w.allowed.bytes, w.now_us, <int64_t>size):
        return True
    w.count.drop_over_rate += 1
    return False


cdef void receive_rtp(worker *w, transport *t, uint8_t *data, size_t size) noexcept nogil:
    cdef rtp_header h
    cdef int length = <int>size, result
    cdef bint is_rtx = False, was_active
    cdef layer *lr
    cdef packet *p
    if size < 12 or size > MAX_DATAGRAM:
        w.count.drop_malformed += 1
        return
    if not t.sends or not ssrc_fits(t, read32(data + 8)):
        w.count.drop_unknown_ssrc += 1
        return
    result = srtp_open(&t.incoming, data, &length)
    if result != SRTP_OK:
        if result == SRTP_REPLAY or result == SRTP_OLD:
            w.count.drop_srtp_replay += 1
        else:
            w.count.drop_srtp_auth += 1
        return
    if not within_rate(w, t, size):
        return
    if not rtp_parse(data, <size_t>length, &t.ids, &h):
        w.count.drop_malformed += 1
        return
    note_arrival(w, t, &h)
    lr = find_layer(t, &h, &is_rtx)
    if lr is NULL:
        w.count.drop_unknown_ssrc += 1
        return
    was_active = lr.active
    p = layer_receive(w, lr, &h, data, <size_t>length, is_rtx)
    if lr.active and not was_active:
        layer_appeared(w, lr)
    if p is not NULL:
        gather(w, lr, p)


cdef void receive_rtcp(worker *w, transport *t, uint8_t *data, size_t size) noexcept nogil:
    cdef int length = <int>size, result
    if size > MAX_DATAGRAM or size < 8:
        w.count.drop_malformed += 1
        return
    result = srtcp_open(&t.incoming, data, &length)
    if result != SRTP_OK:
        if result == SRTP_REPLAY or result == SRTP_OLD:
            w.count.drop_srtp_replay += 1
        else:
            w.count.drop_srtp_auth += 1
        return
    if not within_rate(w, t, size):
        return
    w.count.rtcp_in += 1
    rtcp_receive(w, t, data, <size_t>length)


cdef void datagram(worker *w, transport *t, const sockaddr_storage *source, unsigned int source_size,
                   const local_address *local, uint8_t *data, size_t size) noexcept nogil:
    cdef uint8_t first = data[0]
    if first < 4:
        receive_stun(w, source, source_size, local, data, size)
    elif first < 20 or (first > 63 and first < 128) or first > 191 or size < 2:
        w.count.drop_malformed += 1
    elif t is NULL:
        w.count.drop_unknown_address += 1
    elif first < 64:
        receive_dtls(w, t, data, size)
    elif not t.keyed:
        w.count.drop_not_keyed += 1
    elif data[1] >= 192 and data[1] <= 223:
        receive_rtcp(w, t, data, size)
    else:
        receive_rtp(w, t, data, size)


cdef void datagrams(worker *w, const sockaddr_storage *source, unsigned int source_size, const local_address *local,
                    uint8_t *data, size_t size, size_t segment) noexcept nogil:
    cdef uint8_t key[ROUTE_KEY]
    cdef transport *t
    cdef size_t at = 0, length
    if size == 0 or segment == 0:
        w.count.drop_malformed += 1
        return
    address_key(source, key)
    while at < size:
        length = segment if size - at > segment else size - at
        t = routes_get(&w.addresses, key)      # a STUN check in this train may have changed it
        w.count.packets_in += 1
        w.count.bytes_in += length
        datagram(w, t, source, source_size, local, data + at, length)
        at += length
