"""The engine as Python holds it, and the loop its thread runs. `_engine.pyi` says what each call means.

The thread sends what is due, looks once a millisecond at every socket that media may have come to, and naps. It never
waits for a socket, not even by epoll: a receiver that waits is woken by the sender, in the sender's time, as no receiver
on another machine is. The kernel's timestamps are as exact when it reads late. Python's calls change its state between
two turns, under one lock; the thread lets a call that waits go first, since it would win every race for the lock itself.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memset

import contextlib
import os
import secrets
import socket
import threading
import time

from loadtest._lines cimport (
    ARRIVALS, BATCH, BUCKETS, FEW, GAPS, HISTORY, MTU, READ_BYTES, READS, ROOM, SMALLEST,
    engine, gap, kept, line, line_counts, next_random, received_counts, sent_counts, sink, source, spec,
    turn_counts,
)
from loadtest._libsrtp cimport Sessions
from loadtest._net cimport (
    CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_THREAD_CPUTIME_ID, IPPROTO_UDP, SO_RCVBUF, SO_RCVBUFFORCE, SO_RXQ_OVFL,
    SO_SNDBUF, SO_TIMESTAMPNS, SOL_SOCKET, UDP_GRO, clock_ns, nanosleep, setsockopt, timespec,
)
from loadtest._places cimport table_put
from loadtest._receiving cimport receive
from loadtest._reports cimport line_due
from loadtest._sending cimport send_due

from loadtest.figures import LineFigures, Received, Sent, Turns

cdef extern from "pthread.h" nogil:
    ctypedef struct pthread_mutex_t:
        pass
    int pthread_mutex_init(pthread_mutex_t *mutex, void *attributes)
    int pthread_mutex_destroy(pthread_mutex_t *mutex)
    int pthread_mutex_lock(pthread_mutex_t *mutex)
    int pthread_mutex_unlock(pthread_mutex_t *mutex)

cdef extern from "sys/prctl.h" nogil:
    int prctl(int option, unsigned long argument)
    const int PR_SET_TIMERSLACK

cdef enum:
    LOOK = 1000000                # ns from one look at the sockets to the next
    GIVE_WAY = 20000              # ns between looks at whether Python still wants the lock
    TICK = 5000000                # ns between looks at what else is due on lines
    SLACK = 1000                  # ns a nap may be too long
    RECEIVE_BUFFER = 8 << 20
    VOICE_NS = 20000000

NICE = -15
"""Before this process's own Python, which shares the processor."""

EXTENSIONS = ("mid", "rid", "rrid", "transport_cc", "audio_level")


cdef void sleep_ns(int64_t ns) noexcept nogil:
    cdef timespec request
    request.tv_sec = ns // 1000000000
    request.tv_nsec = ns % 1000000000
    nanosleep(&request, NULL)


cdef void set_clocks(engine *e) noexcept nogil:
    e.now = clock_ns(CLOCK_MONOTONIC)
    e.wall_offset = clock_ns(CLOCK_REALTIME) - e.now


cdef void tick(engine *e) noexcept nogil:
    """Everything that is due on lines beside media, and what comes on lines that only send."""
    cdef int32_t i
    e.next_tick = e.now + TICK
    for i in range(e.line_count):
        if e.lines[i] is not NULL:
            if not e.lines[i].sinks:
                receive(e, e.lines[i])
            line_due(e, e.lines[i])
    e.cpu = <uint64_t>clock_ns(CLOCK_THREAD_CPUTIME_ID)


cdef int64_t look(engine *e, int64_t next) noexcept nogil:
    """Looks at every line that waits for media; when the next frame is due. A burst for many of them delays no frame."""
    cdef int32_t i
    e.next_look = e.now + LOOK
    for i in range(e.line_count):
        if e.lines[i] is not NULL and e.lines[i].sinks and receive(e, e.lines[i]):
            e.now = clock_ns(CLOCK_MONOTONIC)
            if e.now >= next:
                next = send_due(e)
    return next


cdef int64_t turn(engine *e) noexcept nogil:
    """One turn; when there is something to do again."""
    cdef int64_t next
    set_clocks(e)
    if e.now - e.last_turn > e.count.longest and e.last_turn:
        e.count.longest = e.now - e.last_turn
    e.last_turn = e.now
    e.count.turns += 1
    next = send_due(e)
    if e.now >= e.next_look:
        next = look(e, next)
    if e.now >= e.next_tick:
        tick(e)
    return next if next < e.next_look else e.next_look


cdef void free_source(source *s) noexcept nogil:
    free(s.history)
    free(s.frames)
    free(s)


cdef void free_line(line *on) noexcept nogil:
    free(on.table)
    free(on.arrivals)
    free(on.gaps)
    free(on)


cdef bint make_batches(engine *e) noexcept nogil:
    cdef int i
    e.in_bytes = <uint8_t *>malloc(<size_t>READS * READ_BYTES)
    e.out_bytes = <uint8_t *>malloc(<size_t>BATCH * ROOM)
    e.noise = <uint8_t *>malloc(MTU)
    if e.in_bytes is NULL or e.out_bytes is NULL or e.noise is NULL:
        return False
    for i in range(READS):
        e.in_parts[i].iov_base = e.in_bytes + <size_t>i * READ_BYTES
        e.in_parts[i].iov_len = READ_BYTES
        e.in_messages[i].msg_hdr.msg_iov = &e.in_parts[i]
        e.in_messages[i].msg_hdr.msg_iovlen = 1
        e.in_messages[i].msg_hdr.msg_control = e.in_control[i]
    for i in range(BATCH):
        e.out_parts[i].iov_base = e.out_bytes + <size_t>i * ROOM
        e.out_messages[i].msg_hdr.msg_iov = &e.out_parts[i]
        e.out_messages[i].msg_hdr.msg_iovlen = 1
    for i in range(MTU):
        e.noise[i] = <uint8_t>(next_random(e) >> 32)
    return True


cdef void set_option(int fd, int level, int name, int value) noexcept nogil:
    setsockopt(fd, level, name, &value, sizeof(value))


cdef void prepare_socket(int fd) noexcept nogil:
    cdef int size = RECEIVE_BUFFER
    if setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0:
        set_option(fd, SOL_SOCKET, SO_RCVBUF, size)
    set_option(fd, SOL_SOCKET, SO_SNDBUF, 1 << 20)
    set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1)
    set_option(fd, SOL_SOCKET, SO_RXQ_OVFL, 1)
    set_option(fd, IPPROTO_UDP, UDP_GRO, 1)


cdef size_t put_text(void *out, Py_ssize_t room, text, what) except? 0:
    cdef bytes raw = text.encode() if isinstance(text, str) else text
    if len(raw) > room:
        raise ValueError(f"{what} is longer than {room} bytes")
    memcpy(out, <const char *>raw, len(raw))
    return len(raw)


cdef uint8_t id_of(extensions, name) except? 255:
    number = extensions.get(name, 0)
    if not 0 <= number <= 14:
        raise ValueError(f"{name}: ids of the one-byte form are 1 to 14 (RFC 8285), not {number}")
    return number


cdef class Engine:
    cdef engine *e
    cdef pthread_mutex_t lock
    cdef int waiting
    cdef bint stopping
    cdef int cpu
    cdef object thread
    cdef dict sessions            # line number -> Sessions and socket, kept while the thread uses them

    def __cinit__(self, *, cpu=-1, seed=1):
        self.e = <engine *>calloc(1, sizeof(engine))
        pthread_mutex_init(&self.lock, NULL)
        if self.e is NULL:
            raise MemoryError
        self.e.random = <uint64_t>(seed * 2 + 1) * <uint64_t>0x9E3779B97F4A7C15
        self.e.mark = secrets.randbits(32)
        if not make_batches(self.e):
            raise MemoryError
        self.cpu = cpu
        self.sessions = {}
        set_clocks(self.e)
        self.e.count.began = self.e.now

    def __dealloc__(self):
        cdef int32_t i
        if self.e is NULL:
            return
        for i in range(self.e.source_count):
            if self.e.sources[i] is not NULL:
                free_source(self.e.sources[i])
        for i in range(self.e.sink_count):
            free(self.e.sinks[i])
        for i in range(self.e.line_count):
            if self.e.lines[i] is not NULL:
                free_line(self.e.lines[i])
        free(self.e.lines)
        free(self.e.sources)
        free(self.e.sinks)
        free(self.e.due)
        free(self.e.in_bytes)
        free(self.e.out_bytes)
        free(self.e.noise)
        free(self.e)
        pthread_mutex_destroy(&self.lock)

    # --- the thread ---

    def start(self):
        if self.thread is not None:
            raise RuntimeError("an engine starts once")
        self.thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self.thread.start()

    def stop(self):
        self.stopping = True
        if self.thread is not None:
            self.thread.join()

    def _run(self):
        # Both for this thread alone. Where they are refused it runs as it is, and `turns` tells how it did.
        if self.cpu >= 0:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(0, {self.cpu})
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICE)
        with nogil:
            self.loop()

    cdef void loop(self) noexcept nogil:
        cdef int64_t next, nap
        prctl(PR_SET_TIMERSLACK, SLACK)
        while not self.stopping:
            while self.waiting:
                sleep_ns(GIVE_WAY)
            pthread_mutex_lock(&self.lock)
            next = turn(self.e)
            pthread_mutex_unlock(&self.lock)
            nap = next - clock_ns(CLOCK_MONOTONIC)
            if nap > 0:
                sleep_ns(nap)

    cdef void enter(self):
        self.waiting += 1
        with nogil:
            pthread_mutex_lock(&self.lock)
        self.waiting -= 1

    cdef void leave(self):
        pthread_mutex_unlock(&self.lock)

    # --- lines ---

    def add_line(self, sock, *, ice, keys, opened=True, transport_cc=0, cname=""):
        cdef line *on = <line *>calloc(1, sizeof(line))
        cdef line **more
        cdef Sessions sessions
        if on is NULL:
            raise MemoryError
        try:
            sessions = Sessions(keys)
            self._describe(on, sock, ice, cname)
            on.transport_cc = id_of({"transport_cc": transport_cc}, "transport_cc")
            on.arrivals = <int64_t *>calloc(ARRIVALS, sizeof(int64_t))
            on.gaps = <gap *>calloc(GAPS, sizeof(gap))
            if on.arrivals is NULL or on.gaps is NULL:
                raise MemoryError
        except BaseException:
            free_line(on)
            raise
        on.opened, on.outbound, on.inbound = opened, sessions.outbound, sessions.inbound
        on.fd = sock.fileno()
        on.ssrc = secrets.randbits(31) + 1
        on.tie_breaker = secrets.randbits(64)
        prepare_socket(on.fd)
        self.enter()
        try:
            more = <line **>realloc(self.e.lines, (self.e.line_count + 1) * sizeof(line *))
            if more is NULL:
                raise MemoryError
            self.e.lines = more
            on.number = self.e.line_count
            set_clocks(self.e)
            on.check_due = on.report_due = on.feedback_due = self.e.now
            self.e.lines[on.number] = on
            self.e.line_count += 1
            self.sessions[on.number] = (sessions, sock)
            return on.number
        except BaseException:
            free_line(on)
            raise
        finally:
            self.leave()

    cdef int _describe(self, line *on, sock, ice, cname) except -1:
        """Credentials, names and the other side's address."""
        host, port = sock.getpeername()[:2]
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        on.address_size = <uint8_t>put_text(on.address, 16, socket.inet_pton(family, host), "the address")
        on.port = port
        on.controlling = ice.controlling
        on.check_user_size = put_text(on.check_user, 520, f"{ice.remote_ufrag}:{ice.local_ufrag}", "the user name")
        on.their_user_size = put_text(on.their_user, 520, f"{ice.local_ufrag}:{ice.remote_ufrag}", "the user name")
        on.local_password_size = put_text(on.local_password, 256, ice.local_password, "the password")
        on.remote_password_size = put_text(on.remote_password, 256, ice.remote_password, "the password")
        on.cname_size = <uint8_t>put_text(on.cname, 64, cname or secrets.token_hex(8), "the CNAME")
        return 0

    def remove_line(self, number):
        cdef line *on = self._line(number)
        cdef int32_t i
        self.enter()
        try:
            for i in range(self.e.source_count):
                if self.e.sources[i] is not NULL and self.e.sources[i].on == on:
                    free_source(self.e.sources[i])
                    self.e.sources[i] = NULL
                    self.e.due[i] = <int64_t>1 << 62  # never
            for i in range(self.e.sink_count):
                if self.e.sinks[i] is not NULL and self.e.sinks[i].on == on:
                    free(self.e.sinks[i])
                    self.e.sinks[i] = NULL
            self.e.lines[on.number] = NULL
            free_line(on)
            del self.sessions[number]
        finally:
            self.leave()

    # --- streams ---

    def send_video(self, number, frames, *, ssrc, payload_type, rtx_ssrc=0, rtx_payload_type=0, extensions, mid="", rid="",
                   packet_size=1200, sending=True):
        cdef source *s
        if not frames or not SMALLEST <= packet_size <= 1300:
            raise ValueError(f"a trace has frames, in packets of {SMALLEST} to 1300 bytes")
        s = self._source(number, ssrc, payload_type, extensions, mid, rid)
        s.video = True
        s.rtx_ssrc, s.rtx_payload_type = rtx_ssrc, rtx_payload_type
        s.packet_size = packet_size
        s.history = <kept *>calloc(HISTORY, sizeof(kept)) if rtx_ssrc else NULL
        return self._begin(s, [(frame.us * 1000, frame.size, frame.key) for frame in frames], sending)

    def send_audio(self, number, *, ssrc, payload_type, extensions, mid="", level=20, size=80, sending=True):
        cdef source *s
        if not 0 <= level <= 127 or not SMALLEST <= size <= 1300:
            raise ValueError(f"a level is 0 to 127, a packet {SMALLEST} to 1300 bytes")
        s = self._source(number, ssrc, payload_type, extensions, mid, "")
        s.level = level
        s.packet_size = size
        return self._begin(s, [(VOICE_NS, size, False)], sending)

    cdef source *_source(self, number, ssrc, payload_type, extensions, mid, rid) except NULL:
        cdef line *on = self._line(number)
        cdef source *s
        if on.send_count == FEW:
            raise ValueError(f"a line sends {FEW} streams at most")
        if set(extensions) - set(EXTENSIONS):
            raise ValueError(f"extensions are {', '.join(EXTENSIONS)}")
        ids = [id_of(extensions, name) for name in EXTENSIONS]
        s = <source *>calloc(1, sizeof(source))
        if s is NULL:
            raise MemoryError
        s.on, s.ssrc, s.payload_type = on, ssrc, payload_type & 0x7F
        s.id_mid, s.id_rid, s.id_rrid, s.id_transport_cc, s.id_level = ids
        try:
            s.mid_size = <uint8_t>put_text(s.mid, 16, mid, "the mid")
            s.rid_size = <uint8_t>put_text(s.rid, 16, rid, "the rid")
        except BaseException:
            free(s)
            raise
        return s

    cdef object _begin(self, source *s, list frames, bint sending):
        """Puts a stream among those that are served, at a phase of its own."""
        cdef source **more
        cdef int64_t *due
        cdef int i
        s.frames = <spec *>calloc(len(frames), sizeof(spec))
        if s.frames is NULL or (s.video and s.rtx_ssrc and s.history is NULL):
            free_source(s)
            raise MemoryError
        for i, (ns, size, key) in enumerate(frames):
            s.frames[i].ns, s.frames[i].size, s.frames[i].key = ns, max(SMALLEST, size), key
            if ns < 100000 or size > 4000000:
                free_source(s)
                raise ValueError("frames are at least 100 us apart and at most 4 MB large")
        s.frame_count = <int32_t>len(frames)
        s.want_key, s.sending = True, sending
        self.enter()
        try:
            set_clocks(self.e)
            more = <source **>realloc(self.e.sources, (self.e.source_count + 1) * sizeof(source *))
            if more is not NULL:
                self.e.sources = more
            due = <int64_t *>realloc(self.e.due, (self.e.source_count + 1) * sizeof(int64_t))
            if due is not NULL:
                self.e.due = due
            if more is NULL or due is NULL:
                free_source(s)
                raise MemoryError
            s.number = self.e.source_count
            s.sequence = <uint16_t>(next_random(self.e) & 0x7FFF)
            s.rtx_sequence = <uint16_t>(next_random(self.e) & 0x7FFF)
            s.timestamp = <uint32_t>next_random(self.e)
            s.picture = <uint16_t>(next_random(self.e) & 0x7FFF)
            self.e.sources[s.number] = s
            self.e.due[s.number] = self.e.now + <int64_t>(next_random(self.e) % <uint64_t>s.frames[0].ns)
            self.e.source_count += 1
            s.on.sends[s.on.send_count] = s
            s.on.send_count += 1
            return s.number
        finally:
            self.leave()

    def expect(self, number, kind, *, ssrc, rtx_ssrc=0, nack=False):
        cdef line *on = self._line(number)
        cdef sink **more
        cdef sink *k = <sink *>calloc(1, sizeof(sink))
        if k is NULL:
            raise MemoryError
        k.on, k.video, k.ssrc, k.rtx_ssrc, k.from_source = on, kind == "video", ssrc, rtx_ssrc, -1
        k.asks = nack or rtx_ssrc != 0
        self.enter()
        try:
            more = <sink **>realloc(self.e.sinks, (self.e.sink_count + 1) * sizeof(sink *))
            if more is NULL:
                free(k)
                raise MemoryError
            self.e.sinks = more
            k.number = self.e.sink_count
            self.e.sinks[k.number] = k
            self.e.sink_count += 1
            on.sinks += 1
            if not table_put(on, ssrc, k, False) or (rtx_ssrc and not table_put(on, rtx_ssrc, k, True)):
                raise MemoryError
            return k.number
        finally:
            self.leave()

    def set_sending(self, stream, sending):
        cdef source *s = self._sent(stream)
        self.enter()
        s.want_key = s.want_key or (sending and not s.sending)
        s.sending = sending
        self.leave()

    def set_level(self, stream, level):
        cdef source *s = self._sent(stream)
        if not 0 <= level <= 127:
            raise ValueError("a level is 0 (loudest) to 127 (silent)")
        s.level = level

    # --- stretches ---

    def pause(self, quiet_ms=40, most_ms=1000):
        cdef int64_t begun
        self.enter()
        set_clocks(self.e)
        begun = self.e.now
        if not self.e.paused:
            self.e.paused, self.e.paused_at = True, begun
        self.leave()
        while True:
            time.sleep(0.005)
            now = clock_ns(CLOCK_MONOTONIC)
            if now - max(begun, self.e.last_rtp) >= quiet_ms * 1000000:
                return True
            if now - begun >= most_ms * 1000000:
                return False

    def resume(self):
        cdef int32_t i
        self.enter()
        if self.e.paused:
            set_clocks(self.e)
            for i in range(self.e.source_count):
                self.e.due[i] += self.e.now - self.e.paused_at
            self.e.paused = False
        self.leave()

    def reset(self):
        cdef int32_t i
        self.enter()
        for i in range(self.e.source_count):
            if self.e.sources[i] is not NULL:
                memset(&self.e.sources[i].count, 0, sizeof(sent_counts))
        for i in range(self.e.sink_count):
            if self.e.sinks[i] is not NULL:
                memset(&self.e.sinks[i].count, 0, sizeof(received_counts))
                self.e.sinks[i].base = self.e.sinks[i].highest
        for i in range(self.e.line_count):
            if self.e.lines[i] is not NULL:
                memset(&self.e.lines[i].count, 0, sizeof(line_counts))
        memset(self.e.latency, 0, sizeof(self.e.latency))
        memset(&self.e.count, 0, sizeof(turn_counts))
        set_clocks(self.e)
        self.e.count.began = self.e.now
        self.e.count.cpu_began = self.e.cpu
        self.leave()

    # --- figures: plain reads of numbers the thread writes ---

    def sent(self, stream):
        cdef sent_counts *c = &self._sent(stream).count
        return Sent(c.packets, c.bytes, c.frames, c.keyframes, c.resent, c.nacked, c.keyframe_requests, c.refused)

    def received(self, stream):
        cdef sink *k = self._expected(stream)
        cdef received_counts *c = &k.count
        passed = k.highest - k.base if k.started else 0
        return Received(
            c.packets, c.bytes, c.recovered, max(0, passed - c.packets), c.duplicates, c.reordered, c.opened, c.foreign,
            c.corrupt, c.keyframes, c.nacks, c.plis, k.from_source, k.from_source_wall, k.first_wall, k.first_frame_wall,
            k.jitter,
        )

    def line(self, number):
        cdef line_counts *c = &self._line(number).count
        return LineFigures(
            c.datagrams, c.bytes, c.rtp, c.unexpected, c.unreadable, c.own_drops, c.checks_sent, c.checks_answered,
            c.requests_answered, c.rtcp, c.feedback, c.feedback_sent,
        )

    def turns(self):
        cdef turn_counts *c = &self.e.count
        cdef int64_t now = clock_ns(CLOCK_MONOTONIC), until = self.e.paused_at if self.e.paused else now
        cdef int32_t i
        drops = refused = rtp = 0
        for i in range(self.e.line_count):
            if self.e.lines[i] is not NULL:
                drops += self.e.lines[i].count.own_drops
                rtp += self.e.lines[i].count.rtp
        for i in range(self.e.source_count):
            refused += self.e.sources[i].count.refused if self.e.sources[i] is not NULL else 0
        return Turns(
            (now - c.began) / 1e9, max(0, until - c.began) / 1e9, (self.e.cpu - c.cpu_began) / 1e9, c.turns,
            c.longest / 1e6, c.frames, c.late, c.latest / 1e6, drops, refused, rtp,
        )

    def latency(self, kind):
        cdef int i
        cdef bint video = kind == "video"
        return [(_bound(i) / 1e6, self.e.latency[video][i]) for i in range(BUCKETS) if self.e.latency[video][i]]

    # --- finding ---

    cdef line *_line(self, number) except NULL:
        if not 0 <= number < self.e.line_count or self.e.lines[<int32_t>number] is NULL:
            raise LookupError(f"there is no line {number}")
        return self.e.lines[<int32_t>number]

    cdef source *_sent(self, number) except NULL:
        if not 0 <= number < self.e.source_count or self.e.sources[<int32_t>number] is NULL:
            raise LookupError(f"no stream {number} is sent")
        return self.e.sources[<int32_t>number]

    cdef sink *_expected(self, number) except NULL:
        if not 0 <= number < self.e.sink_count or self.e.sinks[<int32_t>number] is NULL:
            raise LookupError(f"no stream {number} is expected")
        return self.e.sinks[<int32_t>number]


def _bound(bucket):
    """Upper end of a bucket of the histogram, in ns."""
    if bucket < 32:
        return bucket
    power = bucket // 32 + 4
    return (33 + bucket % 32) << (power - 5)
