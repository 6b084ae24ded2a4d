"""The loop that a packet worker's thread runs for its whole life.

Each turn: wait, carry out commands, read what has come (a bounded amount), give it out, do what is due, send.
A packet leaves in the turn in which it came; under load each turn finds more, and the cost of each falls. No delay is added to
media, but where the processor is nearly full: a few milliseconds there save it from a queue (`_cadence`).

What receivers report wakes nobody while media comes: it is read in the turns that there are anyway, 25 ms later at most, and 10
where somebody has lost something lately. In a small lesson two thirds of all turns would be for that alone.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from sfu._allocator cimport divide_lines
from sfu._cadence cimport cadence_note, cadence_wait
from sfu._commands cimport carry_out, tell_what_is_gone
from sfu._congestion cimport congestion_probe
from sfu._datagrams cimport datagrams
from sfu._fanout cimport fan_out_all
from sfu._feedback cimport feedback_fast, feedback_slow
from sfu._limits cimport take
from sfu._list cimport list_free
from sfu._pacer cimport send_held
from sfu._rings cimport command_ring, event_ring, ring_store
from sfu._rooms cimport room_hear
from sfu._routes cimport route, routes_create, routes_free
from sfu._sockets cimport (
    ARENA,
    RECEIVE_BYTES,
    RECEIVES,
    receive,
    receive_create,
    receive_free,
    receive_segment,
    send_create,
    send_flush,
    send_free,
)
from sfu._state cimport downtrack, local_address, room, transport, uptrack
from sfu._worker cimport MAX_DOWNTRACKS, MAX_ROOMS, MAX_TRACKS, MAX_TRANSPORTS

cdef extern from "sys/epoll.h" nogil:
    cdef union epoll_data:
        int fd
    cdef struct epoll_event:
        uint32_t events
        epoll_data data
    int epoll_create1(int flags)
    int epoll_ctl(int epoll, int operation, int fd, epoll_event *e)
    int epoll_wait(int epoll, epoll_event *events, int n, int timeout)
    const int EPOLL_CLOEXEC, EPOLL_CTL_ADD
    const uint32_t EPOLLIN

cdef extern from "sys/eventfd.h" nogil:
    int eventfd(unsigned int value, int flags)
    const int EFD_NONBLOCK, EFD_CLOEXEC

cdef extern from "unistd.h" nogil:
    long read(int fd, void *data, size_t size)
    long write(int fd, const void *data, size_t size)
    int close(int fd)
    int usleep(unsigned int us)

cdef extern from "time.h" nogil:
    cdef struct timespec:
        long tv_sec
        long tv_nsec
    int clock_gettime(int clock, timespec *out)
    const int CLOCK_MONOTONIC, CLOCK_REALTIME

cdef enum:
    READS = 4                    # socket batches of one turn, so that what is due is never far off
    FAST_US = 10000              # while something is missing or waited for
    SLOW_US = 100000
    QUIET_US = 100000            # no media for so long: RTCP wakes the loop
    IDLE_MS = 250                # nobody is here; the loop turns all the same, and so shows that it does
    UNTOLD_MS = 10               # events wait until Python may be woken
    ROUTES = 32768
    PAGE = 4096


cdef int64_t clock_us(int clock) noexcept nogil:
    cdef timespec t
    clock_gettime(clock, &t)
    return <int64_t>t.tv_sec * 1000000 + t.tv_nsec // 1000


cdef bint watch(int epoll, int fd) noexcept nogil:
    cdef epoll_event e
    memset(&e, 0, sizeof(e))
    e.events = EPOLLIN
    e.data.fd = fd
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) == 0


cdef bint watch_all(worker *w) noexcept nogil:
    if not watch(w.epoll, w.fd) or not watch(w.epoll, w.command_fd):
        return False
    if not watch(w.epoll_media, w.fd) or not watch(w.epoll_media, w.command_fd):
        return False
    return w.rtcp_fd < 0 or watch(w.epoll, w.rtcp_fd)


cdef void touch(void *memory, size_t size) noexcept nogil:
    # Every page is there from the start: the first packet that comes to one does not wait for it, and what a worker
    # needs is seen at once, not after hours
    cdef volatile uint8_t *at = <volatile uint8_t *>memory
    cdef size_t i = 0
    while i < size:
        at[i] = 0
        i += PAGE


cdef void touch_tables(worker *w) noexcept nogil:
    touch(w.commands, sizeof(command_ring))
    touch(w.events, sizeof(event_ring))
    touch(w.transports, MAX_TRANSPORTS * sizeof(void *))
    touch(w.rooms, MAX_ROOMS * sizeof(void *))
    touch(w.uptracks, MAX_TRACKS * sizeof(void *))
    touch(w.slots, MAX_DOWNTRACKS * sizeof(void *))
    touch(w.addresses.routes, ROUTES * sizeof(route))
    touch(w.ufrags.routes, ROUTES * sizeof(route))
    touch(w.incoming.bytes, RECEIVES * RECEIVE_BYTES)
    touch(w.outgoing.arena, ARENA)


cdef bint worker_create(worker *w) noexcept nogil:
    w.commands = <command_ring *>calloc(1, sizeof(command_ring))
    w.events = <event_ring *>calloc(1, sizeof(event_ring))
    w.transports = <transport **>calloc(MAX_TRANSPORTS, sizeof(void *))
    w.rooms = <room **>calloc(MAX_ROOMS, sizeof(void *))
    w.uptracks = <uptrack **>calloc(MAX_TRACKS, sizeof(void *))
    w.slots = <downtrack **>calloc(MAX_DOWNTRACKS, sizeof(void *))
    w.epoll = epoll_create1(EPOLL_CLOEXEC)
    w.epoll_media = epoll_create1(EPOLL_CLOEXEC)
    w.command_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)
    w.event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)
    if w.commands is NULL or w.events is NULL or w.transports is NULL or w.rooms is NULL:
        return False
    if w.uptracks is NULL or w.slots is NULL or w.epoll < 0 or w.epoll_media < 0:
        return False
    if w.command_fd < 0 or w.event_fd < 0:
        return False
    if not receive_create(&w.incoming) or not send_create(&w.outgoing, w.fd, &w.count):
        return False
    if not routes_create(&w.addresses, ROUTES) or not routes_create(&w.ufrags, ROUTES):
        return False
    touch_tables(w)
    w.wall_offset_us = clock_us(CLOCK_REALTIME) - clock_us(CLOCK_MONOTONIC)
    return watch_all(w)


cdef void close_if_open(int fd) noexcept nogil:
    if fd >= 0:
        close(fd)


cdef void worker_free(worker *w) noexcept nogil:
    receive_free(&w.incoming)
    send_free(&w.outgoing)
    routes_free(&w.addresses)
    routes_free(&w.ufrags)
    free(w.commands)
    free(w.events)
    free(w.transports)
    free(w.rooms)
    free(w.uptracks)
    free(w.slots)
    list_free(&w.gone)
    close_if_open(w.epoll)
    close_if_open(w.epoll_media)
    close_if_open(w.command_fd)
    close_if_open(w.event_fd)
    close_if_open(w.rtcp_fd)
    close_if_open(w.fd)


cdef int wait_ms(const worker *w) noexcept nogil:
    cdef int64_t due
    if w.senders.count == 0 and w.receivers.count == 0:
        return UNTOLD_MS if w.has_events or w.gone.count else IDLE_MS
    due = w.next_fast_us if w.next_fast_us < w.next_slow_us else w.next_slow_us
    if w.next_probe_us and w.next_probe_us < due:
        due = w.next_probe_us
    if w.next_held_us and w.next_held_us < due:
        due = w.next_held_us
    if due <= w.now_us:
        return 0
    return <int>((due - w.now_us + 999) // 1000)


cdef bint read_socket(worker *w, int fd) noexcept nogil:
    # False when that was all
    cdef int i, got = receive(&w.incoming, fd)
    cdef uint32_t segment
    cdef local_address local
    if got == 0:
        return False
    if fd == w.fd:
        w.heard_us = w.now_us
    w.count.receive_calls += 1
    for i in range(got):
        segment = receive_segment(&w.incoming, i, &local)
        datagrams(w, &w.incoming.sources[i], w.incoming.messages[i].msg_hdr.msg_namelen, &local,
                  <uint8_t *>w.incoming.vectors[i].iov_base, w.incoming.messages[i].msg_len, segment)
    return got == RECEIVES


cdef bint read_batches(worker *w, int fd) noexcept nogil:
    # Whether there is more. All of it is given out together: the more of a room, the fewer messages.
    cdef int left = READS
    while left > 0 and read_socket(w, fd):
        w.now_us = clock_us(CLOCK_MONOTONIC)
        left -= 1
    fan_out_all(w)
    return left == 0


cdef void do_what_is_due(worker *w) noexcept nogil:
    cdef int32_t i
    if w.now_us >= w.next_fast_us:
        w.next_fast_us = feedback_fast(w)
    if w.now_us >= w.next_slow_us:
        w.next_slow_us = w.now_us + SLOW_US
        for i in range(w.active_rooms.count):
            room_hear(w, <room *>w.active_rooms.items[i], False)
        feedback_slow(w)
        w.divide = True
    if w.divide:
        divide_lines(w)
    if w.next_probe_us and w.now_us >= w.next_probe_us:
        congestion_probe(w)
    if w.next_held_us and w.now_us >= w.next_held_us:
        send_held(w)
    if w.hasty:                            # last: whatever was done above may have set it, and the wait comes next
        w.next_fast_us = min(w.next_fast_us, w.now_us + FAST_US)
        w.hasty = False


cdef void wake_python(worker *w) noexcept nogil:
    # However much happens, Python is woken at a bounded rate: what it was not woken for lies in the ring until it is
    cdef uint64_t one = 1
    tell_what_is_gone(w)
    if w.has_events and take(&w.wakes, &w.allowed.wakes, w.now_us, 1):
        w.has_events = False
        w.count.wakes += 1
        write(w.event_fd, &one, sizeof(one))


cdef int wait(worker *w, epoll_event *ready, int most) noexcept nogil:
    # How many of what it waits for are there; 0: RTCP may be there all the same, or something is due
    cdef int ms = wait_ms(w)
    if w.rtcp_fd < 0 or w.now_us - w.heard_us > QUIET_US:
        return epoll_wait(w.epoll, ready, most, ms)
    return epoll_wait(w.epoll_media, ready, most, cadence_wait(ms, w.now_us - w.asked_us))


cdef void rest(worker *w) noexcept nogil:
    cdef int64_t left
    if w.turns.next_us:
        left = w.turns.next_us - clock_us(CLOCK_MONOTONIC)
        if left > 0:
            usleep(<unsigned int>left)
            w.now_us = w.turns.next_us


cdef bint turn(worker *w, const epoll_event *ready, int n) noexcept nogil:
    # False when it was the last
    cdef int64_t began = clock_us(CLOCK_MONOTONIC)
    cdef uint64_t dummy
    cdef int i
    cdef bint left = False
    w.now_us = began
    ring_store(&w.turned_us, <uint64_t>w.now_us)
    w.count.turns += 1
    for i in range(n):
        if ready[i].data.fd == w.command_fd:
            read(w.command_fd, &dummy, sizeof(dummy))
    if not carry_out(w):
        return False
    if n != 0:
        left = read_batches(w, w.fd)
    if w.rtcp_fd >= 0:
        read_batches(w, w.rtcp_fd)
    do_what_is_due(w)
    if w.outgoing.used > 0:
        send_flush(&w.outgoing)
    wake_python(w)
    cadence_note(&w.turns, began, clock_us(CLOCK_MONOTONIC), left)
    return True


cdef void worker_run(worker *w) noexcept nogil:
    cdef epoll_event ready[4]
    w.now_us = clock_us(CLOCK_MONOTONIC)
    while turn(w, ready, wait(w, ready, 4)):
        rest(w)
