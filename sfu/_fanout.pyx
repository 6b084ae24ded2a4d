"""From layers to slots: what a batch of datagrams brought is gathered in its layers, and given receiver by receiver.

What all layers of a room have for one receiver can so leave as one message (`_sockets`), and while its packets are sealed the
next receivers' memory is on its way into the cache (`_lines`). What becomes of a packet on its way out: `_downtrack`.
"""

from libc.stdint cimport int32_t, uint8_t, uint64_t
from libc.string cimport memset

from sfu._downtrack cimport is_open, slot_send, take_waiting
from sfu._history cimport sent_packet, sent_place
from sfu._lines cimport lines_ask
from sfu._pacer cimport waits
from sfu._sockets cimport send_some
from sfu._state cimport FILL, PATH_HOT, RUN, SLOT_HOT, downtrack, room, transport
from sfu._worker cimport DIRTY


cdef void gather(worker *w, layer *lr, packet *p) noexcept nogil:
    if lr.run_count == RUN:
        fan_out_all(w)
    if lr.run_count == 0:
        if w.dirty_count == DIRTY:
            fan_out_all(w)
        w.dirty[w.dirty_count] = lr
        w.dirty_count += 1
    lr.run[lr.run_count] = p
    lr.run_count += 1


cdef void even_out(layer *lr) noexcept nogil:
    # libwebrtc makes the last packets of a frame a byte longer; padded to one size (RFC 3550 section 5.1) they leave as
    # one run. The padding stands behind the payload in the cache, so that it is written once and not for every slot.
    cdef int32_t first = 0, behind, k
    cdef int low, high, size
    while first < lr.run_count:
        low = high = lr.run[first].size
        behind = first + 1
        while behind < lr.run_count:
            size = lr.run[behind].size
            if lr.run[behind].padding or max(high, size) - min(low, size) > FILL:
                break
            high = max(high, size)
            low = min(low, size)
            behind += 1
        for k in range(first, behind - 1):               # the last one may be shorter anyway
            size = high - lr.run[k].size
            if size > 0 and not lr.run[k].padding:
                memset(lr.run[k].payload + lr.run[k].size, 0, size)
                lr.run[k].payload[lr.run[k].size + size - 1] = <uint8_t>size
                lr.run[k].fill = <uint8_t>size
        first = behind


cdef void look_ahead(const layer *lr, int32_t i) noexcept nogil:
    # Three turns before its own a slot is asked for, then what it points to, then what that points to
    cdef transport *t
    if i + 3 < lr.receivers.count:
        lines_ask(lr.receivers.items[i + 3], SLOT_HOT)
    if i + 2 < lr.receivers.count:
        t = (<downtrack *>lr.receivers.items[i + 2]).path
        lines_ask(t, PATH_HOT)
        lines_ask(&t.remote_size, 1)
    if i + 1 < lr.receivers.count:
        t = (<downtrack *>lr.receivers.items[i + 1]).path
        lines_ask(sent_place(&t.sent), lr.run_count * sizeof(sent_packet))
        lines_ask(t.outgoing.key.state, t.outgoing.key.bytes)


cdef bint prepare_run(worker *w, layer *lr) noexcept nogil:
    # False when nobody gets it
    if not lr.track.allowed:
        w.count.not_allowed += <uint64_t>lr.run_count
        return False
    if lr.waiting.count > 0:
        take_waiting(w, lr)
    if lr.run_count > 1 and not lr.track.is_audio:
        even_out(lr)
    return lr.receivers.count > 0


cdef void give_run(worker *w, layer *lr, int32_t i) noexcept nogil:
    cdef downtrack *d
    cdef int32_t k
    look_ahead(lr, i)
    d = <downtrack *>lr.receivers.items[i]
    if is_open(d.path):
        for k in range(lr.run_count):
            if not waits(w, d, lr.run[k]):
                slot_send(w, d, lr, lr.run[k])


cdef void fan_out(worker *w, layer **layers, int32_t count) noexcept nogil:
    # Receiver by receiver: what all of these layers have for one can leave as one message. The layers of a room have nearly
    # the same receivers in nearly the same order.
    cdef int32_t i = 0, k, given = 0
    cdef bint more = True
    cdef layer *lr
    for k in range(count):
        lr = layers[k]
        if prepare_run(w, lr):
            layers[given] = lr
            given += 1
        else:
            lr.run_count = 0
    while more:
        more = False
        for k in range(given):
            if i < layers[k].receivers.count:
                give_run(w, layers[k], i)
                more = True
        send_some(&w.outgoing, given)
        i += 1
    for k in range(given):
        layers[k].run_count = 0


cdef int32_t bring_together(layer **layers, int32_t count) noexcept nogil:
    # Puts the layers of the first one's room to the front, in the order in which they came; how many these are
    cdef const room *home = layers[0].track.home
    cdef int32_t same = 1, i, k
    cdef layer *lr
    for i in range(1, count):
        if layers[i].track.home == home:
            lr = layers[i]
            k = i
            while k > same:
                layers[k] = layers[k - 1]
                k -= 1
            layers[same] = lr
            same += 1
    return same


cdef void fan_out_all(worker *w) noexcept nogil:
    cdef int32_t i = 0, same
    while i < w.dirty_count:
        same = bring_together(&w.dirty[i], w.dirty_count - i)
        fan_out(w, &w.dirty[i], same)
        i += same
    w.dirty_count = 0
