"""The packet worker as Python holds it: one UDP port, one native thread, and the media of the rooms placed on it.

Everything here runs under the GIL and only writes commands and reads events and counters. What the thread does
begins in `_loop`.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

import contextlib
import ipaddress
import os
import socket
import threading
import time
from collections import deque, namedtuple

from sfu._cache cimport caches_alive
from sfu._commands cimport credentials, free_everything, importance, key_pair
from sfu._arrivals cimport arrival_log, arrivals_reset
from sfu._downtrack cimport default_numbers
from sfu._estimator cimport estimator, estimator_create
from sfu._limits cimport allow
from sfu._lines cimport lines_take
from sfu._loop cimport worker_create, worker_free, worker_run
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
    SAW_DTLS,
    SAW_ESTIMATE,
    SAW_FED,
    SAW_LAYER,
    SAW_PAUSED,
    SAW_SELECTED,
    SAW_SILENT,
    SAW_SPEAKERS,
    SAW_UNUSED,
    SLOT_GONE,
    TRANSPORT_GONE,
    UPTRACK_GONE,
    command,
    command_put,
    event,
    event_take,
    ring_load,
)
from sfu._rtp cimport AV1, H264, OPUS, VP8, VP9
from sfu._sockets cimport udp_open, udp_open_rtcp
from sfu._srtp cimport Keys
from sfu._state cimport CNAME, CREDENTIAL, MAX_LAYERS, downtrack, numbering
from sfu._state cimport layer as layer_t
from sfu._state cimport room as room_t
from sfu._state cimport transport as transport_t
from sfu._state cimport uptrack as uptrack_t
from sfu._stun cimport sockaddr_storage
from sfu._uptrack cimport layer_prepare, layer_release
from sfu._worker cimport MAX_DOWNTRACKS, MAX_ROOMS, MAX_TRACKS, MAX_TRANSPORTS

from sfu._srtp import CM as _CM
from sfu._srtp import GCM as _GCM
from sfu._gcm import BACKENDS
from sfu._srtp import LIBSRTP, best_backend

cdef extern from "netinet/in.h" nogil:
    const int AF_INET, AF_INET6
    cdef struct in_addr:
        unsigned int s_addr
    cdef struct in6_addr:
        unsigned char s6_addr[16]
    cdef struct sockaddr_in:
        unsigned short sin_family
        unsigned short sin_port
        in_addr sin_addr
    cdef struct sockaddr_in6:
        unsigned short sin6_family
        unsigned short sin6_port
        in6_addr sin6_addr
    unsigned short htons(unsigned short value)

cdef extern from "unistd.h" nogil:
    long read(int fd, void *data, size_t size)
    long write(int fd, const void *data, size_t size)

cdef extern from "pthread.h" nogil:
    unsigned long pthread_self()
    int pthread_setname_np(unsigned long thread, const char *name)
    int pthread_getcpuclockid(unsigned long thread, int *clock)
    ctypedef struct cpu_set_t:
        pass
    int pthread_setaffinity_np(unsigned long thread, size_t size, const cpu_set_t *cpus)
    void CPU_ZERO(cpu_set_t *cpus)
    void CPU_SET(int cpu, cpu_set_t *cpus)

cdef extern from "time.h" nogil:
    cdef struct timespec:
        long tv_sec
        long tv_nsec
    int clock_gettime(int clock, timespec *out)

GCM = _GCM
CM = _CM
CODECS = {"opus": OPUS, "VP8": VP8, "H264": H264, "VP9": VP9, "AV1": AV1}
RECEIVER_EXTENSIONS = ("transport_cc", "audio_level", "orientation", "dependency")
EXTENSIONS = ("mid", "rid", "rrid", "transport_cc", "audio_level", "orientation", "dependency")

# What anybody may ask of a worker, whatever the configuration: checks of ICE come 20 a second for each pair of addresses, a
# handshake is a dozen datagrams, and feedback comes every 50 ms, and a hundred wakes a second are 1% of a processor.
CHECKS_A_SECOND, CHECKS_AT_ONCE = 200, 400
MOVES_A_SECOND, MOVES_AT_ONCE = 2, 4
DTLS_A_SECOND, DTLS_AT_ONCE = 50, 100
FEEDBACK_A_SECOND, FEEDBACK_AT_ONCE = 100, 100
ALL_DTLS_A_SECOND, ALL_DTLS_AT_ONCE = 2000, 2000
WAKES_A_SECOND, WAKES_AT_ONCE = 100, 20

# Of one receiver: a page that opens asks for a keyframe in each of its slots, and turns a page now and then.
KEYFRAMES_A_SECOND, KEYFRAMES_AT_ONCE = 1, 100

MOST_BPS = 10**12

PRIORITY = -10
"""Of the thread (nice(2)): it goes before everything ordinary on its processor, this process's own Python among it, which
still gets a tenth."""

STOP_SECONDS = 5.0
"""How long `stop` waits for the thread."""

Event = namedtuple("Event", "kind handle a b data")


class RingFull(Exception):
    """The worker has not taken its commands; nothing was queued."""


# --- values from Python -----------------------------------------------------------------------------------------

cdef uint32_t fill_address(sockaddr_storage *out, str host, int port) except 0:
    cdef sockaddr_in *v4 = <sockaddr_in *>out
    cdef sockaddr_in6 *v6 = <sockaddr_in6 *>out
    cdef bytes packed
    memset(out, 0, sizeof(sockaddr_storage))
    if not 0 <= port <= 65535:
        raise ValueError(f"port {port} is out of range")
    try:
        packed = socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
    except OSError:
        raise ValueError(f"{host!r} is not an IP address") from None
    if len(packed) == 4:
        v4.sin_family = AF_INET
        v4.sin_port = htons(<unsigned short>port)
        memcpy(&v4.sin_addr, <const char *>packed, 4)
        return sizeof(sockaddr_in)
    v6.sin6_family = AF_INET6
    v6.sin6_port = htons(<unsigned short>port)
    memcpy(&v6.sin6_addr, <const char *>packed, 16)
    return sizeof(sockaddr_in6)


cdef tuple read_address(const uint8_t *data):
    cdef const sockaddr_in *v4 = <const sockaddr_in *>data
    cdef const sockaddr_in6 *v6 = <const sockaddr_in6 *>data
    if v4.sin_family == AF_INET:
        return socket.inet_ntop(socket.AF_INET, (<const char *>&v4.sin_addr)[:4]), htons(v4.sin_port)
    return socket.inet_ntop(socket.AF_INET6, (<const char *>&v6.sin6_addr)[:16]), htons(v6.sin6_port)


cdef int fill_text(char *out, size_t capacity, str text, str what) except -1:
    cdef bytes raw = text.encode()
    if len(raw) > <Py_ssize_t>capacity:
        raise ValueError(f"{what} is longer than {capacity} bytes")
    memcpy(out, <const char *>raw, len(raw))
    return len(raw)


cdef int check_credentials(str ufrag, str password) except -1:
    if not 4 <= len(ufrag.encode()) <= 32:
        raise ValueError("a user fragment has 4 to 32 characters")
    if not 22 <= len(password.encode()) <= CREDENTIAL:
        raise ValueError("an ICE password has 22 to 64 characters (RFC 8445 section 5.3)")
    return 0


cdef int one_of(str value, tuple choices, str what) except -1:
    if value not in choices:
        raise ValueError(f"{what} is {value!r}, not one of {choices}")
    return choices.index(value)


class Handles:
    """Small integers that are handed out and come back; the one that rested longest is used again first.

    New ones are made while few rest: what is kept of handles is bounded by how many were in use at once.
    """

    RESTING = 256

    def __init__(self, limit: int, what: str) -> None:
        self.fresh = 0
        self.limit = limit
        self.what = what
        self.free = deque()

    def take(self) -> int:
        """A handle that nothing has; raises `LookupError` when all are in use."""
        if len(self.free) > self.RESTING:
            return self.free.popleft()
        if self.fresh < self.limit:
            self.fresh += 1
            return self.fresh - 1
        if self.free:
            return self.free.popleft()
        raise LookupError(f"all {self.limit} {self.what} of this worker are in use")

    @property
    def taken(self) -> int:
        """How many are handed out."""
        return self.fresh - len(self.free)

    def give_back(self, handle: int) -> None:
        """What had it is gone."""
        self.free.append(handle)

    def check(self, handle: int) -> None:
        """Raises `ValueError` for a number that was never handed out."""
        if not 0 <= handle < self.fresh:
            raise ValueError(f"{handle} is none of the {self.what} of this worker")


cdef class Worker:
    """One UDP port, one native thread. `_fastpath.pyi` describes every method."""

    def __cinit__(self, host="0.0.0.0", port=0, *, cpu=-1, crypto="auto", packet_rate=0, bit_rate=0,
                  estimates=True, thin_start=False):
        cdef sockaddr_storage address
        cdef uint32_t size
        self.stopped = True
        self.keys = {}
        self.transports = Handles(MAX_TRANSPORTS, "transports")
        self.rooms = Handles(MAX_ROOMS, "rooms")
        self.uptracks = Handles(MAX_TRACKS, "uptracks")
        self.slots = Handles(MAX_DOWNTRACKS, "slots")
        self.crypto = choose_crypto(crypto)
        self.estimates = estimates
        self.thin_start = thin_start
        size = fill_address(&address, host, port)
        self.w = <worker *>calloc(1, sizeof(worker))
        if self.w is NULL:
            raise MemoryError
        self.w.fd = self.w.rtcp_fd = self.w.command_fd = self.w.event_fd = self.w.epoll = self.w.epoll_media = -1
        self.w.cpu = cpu
        set_limits(self.w, packet_rate, bit_rate)
        self.w.fd = udp_open(&address, size, False)
        if self.w.fd < 0:
            failed, self.w.fd = -self.w.fd, -1
            raise OSError(failed, f"{host} port {port}: {os.strerror(failed)}")
        self.w.rtcp_fd = udp_open_rtcp(self.w.fd)
        if not worker_create(self.w):
            raise MemoryError("the worker's tables, rings and descriptors")
        borrowed = socket.socket(fileno=os.dup(self.w.fd))
        self.port = borrowed.getsockname()[1]
        borrowed.close()
        self.stopped = False

    def __dealloc__(self):
        if self.w is not NULL and not self.hung:
            worker_free(self.w)
            free(self.w)

    @property
    def event_fd(self):
        return self.w.event_fd

    def start(self):
        if self.thread is not None:
            raise RuntimeError("a worker starts once")
        self.w.turned_us = <uint64_t>(time.monotonic() * 1e6)  # a thread that never begins has stopped too
        self.thread = threading.Thread(target=self._run, name=f"packets-{self.port}", daemon=True)
        self.thread.start()

    def _run(self):
        cdef cpu_set_t cpus
        self.w.thread = pthread_self()
        pthread_setname_np(self.w.thread, f"packets-{self.port}".encode())
        if 0 <= self.w.cpu < 1024:
            CPU_ZERO(&cpus)
            CPU_SET(self.w.cpu, &cpus)
            pthread_setaffinity_np(self.w.thread, sizeof(cpus), &cpus)
        with contextlib.suppress(OSError):  # for this thread alone; where that is not allowed it goes without
            os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
        with nogil:
            worker_run(self.w)
        self.w.thread = 0

    def stop(self):
        if self.stopped:
            return
        self.stopped = True
        if self.thread is not None:
            give_up = time.monotonic() + STOP_SECONDS
            while time.monotonic() < give_up:
                try:
                    self.post(DO_STOP, 0, 0, 0, NULL)
                    break
                except RingFull:
                    time.sleep(0.001)
            self.thread.join(max(0.0, give_up - time.monotonic()))
            if self.thread.is_alive():
                self.hung = True           # it may still use what it owns: nothing is freed
                raise RuntimeError(f"the packet worker of port {self.port} does not answer")
        free_everything(self.w)
        self.keys.clear()

    cdef int post(self, int32_t kind, int32_t a, int32_t b, int32_t c, void *thing) except -1:
        # `thing` is freed here when the command cannot be queued
        cdef command asked
        cdef uint64_t one = 1
        asked.kind = kind
        asked.a = a
        asked.b = b
        asked.c = c
        asked.thing = thing
        if (self.stopped and kind != DO_STOP) or not command_put(self.w.commands, &asked):
            free(thing)
            raise RingFull("the worker has stopped" if self.stopped else "the worker's command ring is full")
        write(self.w.command_fd, &one, sizeof(one))
        return 0

    # --- events and counters ---

    def poll(self, limit=256):
        cdef event e
        cdef uint64_t waiting
        cdef int n = 0
        found = []
        read(self.w.event_fd, &waiting, sizeof(waiting))
        while n < limit and event_take(self.w.events, &e):
            n += 1
            made = self.event_of(&e)
            if made is not None:
                found.append(made)
        if n == limit:                     # there may be more: stay readable
            waiting = 1
            write(self.w.event_fd, &waiting, sizeof(waiting))
        return found

    cdef object event_of(self, event *e):
        cdef bytes data
        if e.kind == SAW_DTLS:
            data = PyBytes_FromStringAndSize(<char *>e.blob, e.size)
            free(e.blob)
            return Event("dtls", e.handle, 0, 0, data)
        if e.kind == SAW_SELECTED:
            host, port = read_address(e.data)
            return Event("selected", e.handle, port, 0, host.encode())
        if e.kind == SAW_SILENT:
            return Event("silent", e.handle, e.a, 0, b"")
        if e.kind == SAW_LAYER:
            return Event("layer", e.handle, e.a, e.b, b"")
        if e.kind == SAW_FED:
            return Event("fed", e.handle, e.a, e.b, b"")
        if e.kind == SAW_PAUSED:
            return Event("paused", e.handle, e.a, 0, b"")
        if e.kind == SAW_UNUSED:
            return Event("unused", e.handle, e.a, e.b, b"")
        if e.kind == SAW_ESTIMATE:
            return Event("estimate", e.handle, e.a, 0, b"")
        if e.kind == SAW_SPEAKERS:
            return Event("speakers", e.handle, e.a, 0, (<const char *>e.data)[:e.size])
        if e.kind == TRANSPORT_GONE:
            self.keys.pop(e.handle, None)
            self.transports.give_back(e.handle)
        elif e.kind == UPTRACK_GONE:
            self.uptracks.give_back(e.handle)
        elif e.kind == SLOT_GONE:
            self.slots.give_back(e.handle)
        elif e.kind == ROOM_GONE:
            self.rooms.give_back(e.handle)
        return None

    def counters(self):
        return self.w.count

    def last_turn(self):
        return ring_load(&self.w.turned_us) / 1e6

    def live(self):
        return {
            "transports": self.w.senders.count + self.w.receivers.count,
            "rooms": self.w.active_rooms.count,
            "uptracks": self.w.uptrack_count,
            "slots": self.w.slot_count,
            "caches": caches_alive(),
            "addresses": self.w.addresses.count,
            "ufrags": self.w.ufrags.count,
            "keys": sum(map(len, self.keys.values())),
            "handles": self.transports.taken + self.rooms.taken + self.uptracks.taken + self.slots.taken,
        }

    def cpu_ns(self):
        cdef int clock
        cdef timespec t
        if self.w.thread == 0 or pthread_getcpuclockid(self.w.thread, &clock) != 0 or clock_gettime(clock, &t) != 0:
            return 0
        return t.tv_sec * 1000000000 + t.tv_nsec

    # --- transports ---

    def add_transport(self, participant, ufrag, password, *, direction):
        cdef transport_t *t
        cdef bint sends = one_of(direction, ("receive", "send"), "direction")
        check_credentials(ufrag, password)
        handle = self.transports.take()
        t = <transport_t *>lines_take(sizeof(transport_t))
        if t is NULL:
            raise MemoryError
        t.handle = handle
        t.participant = participant
        t.sends = sends
        t.reporter = random_ssrc()
        t.ufrag_size = fill_text(t.ufrag, CREDENTIAL, ufrag, "ufrag")
        t.password_size = fill_text(t.password, CREDENTIAL, password, "password")
        t.sent.next = 1
        default_numbers(&t.numbers)
        if sends:
            t.arrivals = <arrival_log *>calloc(1, sizeof(arrival_log))
            if t.arrivals is NULL:
                free(t)
                raise MemoryError
            arrivals_reset(t.arrivals)
        elif self.estimates:
            t.line = <estimator *>calloc(1, sizeof(estimator))
            if t.line is NULL or not estimator_create(t.line, &t.sent, self.thin_start):
                free(t.line)
                free(t)
                raise MemoryError
        self.post(DO_ADD_TRANSPORT, 0, 0, 0, t)
        return handle

    def restart_ice(self, transport, ufrag, password):
        cdef credentials *fresh
        check_credentials(ufrag, password)
        self.transports.check(transport)
        fresh = <credentials *>calloc(1, sizeof(credentials))
        if fresh is NULL:
            raise MemoryError
        fresh.ufrag_size = fill_text(fresh.ufrag, CREDENTIAL, ufrag, "ufrag")
        fresh.password_size = fill_text(fresh.password, CREDENTIAL, password, "password")
        self.post(DO_RESTART_ICE, transport, 0, 0, fresh)

    def set_keys(self, transport, profile, local, remote):
        cdef Keys keys = Keys(profile, local, remote, self.crypto)
        cdef key_pair *pair
        self.transports.check(transport)
        pair = <key_pair *>calloc(1, sizeof(key_pair))
        if pair is NULL:
            raise MemoryError
        pair.incoming = keys.receiver
        pair.outgoing = keys.sender
        self.post(DO_SET_KEYS, transport, 0, 0, pair)
        self.keys.setdefault(transport, []).append(keys)

    def set_numbers(self, transport, *, payload_types, extensions):
        cdef numbering *numbers
        self.transports.check(transport)
        for codec, (payload_type, rtx) in payload_types.items():
            if codec not in CODECS or not 0 < payload_type <= 127 or not -1 <= rtx <= 127:
                raise ValueError(f"payload types {payload_types!r}")
        if not set(extensions) <= set(RECEIVER_EXTENSIONS) or not all(0 < id < 15 for id in extensions.values()):
            raise ValueError(f"header extensions {extensions!r}")
        numbers = <numbering *>calloc(1, sizeof(numbering))
        if numbers is NULL:
            raise MemoryError
        for codec, (payload_type, rtx) in payload_types.items():
            numbers.payload_types[<int>CODECS[codec]] = payload_type
            numbers.rtx_payload_types[<int>CODECS[codec]] = max(rtx, 0)
        numbers.transport_cc = extensions.get("transport_cc", 0)
        numbers.audio_level = extensions.get("audio_level", 0)
        numbers.orientation = extensions.get("orientation", 0)
        numbers.dependency = extensions.get("dependency", 0)
        self.post(DO_SET_NUMBERS, transport, 0, 0, numbers)

    def set_plain(self, transport, host, port):
        cdef key_pair *pair
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"{host} is not on this machine: RTP leaves it protected or not at all")
        self.set_remote(transport, host, port)
        pair = <key_pair *>calloc(1, sizeof(key_pair))
        if pair is NULL:
            raise MemoryError
        self.post(DO_SET_KEYS, transport, 0, 0, pair)

    def set_remote(self, transport, host, port):
        cdef sockaddr_storage *address
        cdef uint32_t size
        self.transports.check(transport)
        address = <sockaddr_storage *>calloc(1, sizeof(sockaddr_storage))
        if address is NULL:
            raise MemoryError
        try:
            size = fill_address(address, host, port)
        except BaseException:
            free(address)
            raise
        self.post(DO_SET_REMOTE, transport, <int32_t>size, 0, address)

    def send_dtls(self, transport, datagram):
        cdef bytes raw = datagram
        cdef void *copy
        self.transports.check(transport)
        if not 0 < len(raw) <= 1500:
            raise ValueError("a DTLS datagram has 1 to 1500 bytes")
        copy = malloc(len(raw))
        if copy is NULL:
            raise MemoryError
        memcpy(copy, <const char *>raw, len(raw))
        self.post(DO_SEND, transport, len(raw), 0, copy)

    def limit(self, transport, bps):
        self.transports.check(transport)
        if not 0 <= bps <= MOST_BPS:
            raise ValueError(f"a limit of {bps} bits a second")
        self.post(DO_LIMIT, transport, bps // 1000, 1 if bps else 0, NULL)

    def remove_transport(self, transport):
        self.transports.check(transport)
        self.post(DO_REMOVE_TRANSPORT, transport, 0, 0, NULL)

    # --- rooms, tracks, slots ---

    def add_room(self):
        cdef room_t *r
        handle = self.rooms.take()
        r = <room_t *>calloc(1, sizeof(room_t))
        if r is NULL:
            raise MemoryError
        r.handle = handle
        self.post(DO_ADD_ROOM, 0, 0, 0, r)
        return handle

    def remove_room(self, room):
        self.rooms.check(room)
        self.post(DO_REMOVE_ROOM, room, 0, 0, NULL)

    def add_uptrack(self, transport, room, *, kind, codec, payload_type, rtx_payload_type, clock_rate, mid, encodings,
                    extensions, allowed):
        cdef uptrack_t *track
        is_audio = one_of(kind, ("video", "audio"), "kind")
        self.transports.check(transport)
        self.rooms.check(room)
        if codec not in CODECS or (codec == "opus") != bool(is_audio):
            raise ValueError(f"codec {codec!r} is not one of {sorted(CODECS)} for {kind}")
        if not 1 <= len(encodings) <= MAX_LAYERS:
            raise ValueError(f"a track has 1 to {MAX_LAYERS} layers, not {len(encodings)}")
        unknown = set(extensions) - set(EXTENSIONS)
        if unknown or not all(0 < value < 256 for value in extensions.values()):
            raise ValueError(f"header extensions {extensions!r}")
        if not 0 <= payload_type <= 127 or not -1 <= rtx_payload_type <= 127 or clock_rate <= 0:
            raise ValueError("payload types are 0 to 127, clock rates positive")
        handle = self.uptracks.take()
        track = <uptrack_t *>calloc(1, sizeof(uptrack_t))
        if track is NULL:
            raise MemoryError
        try:
            track.handle = handle
            track.is_audio = is_audio
            track.codec = CODECS[codec]
            track.allowed = allowed
            track.payload_type = payload_type
            track.rtx_payload_type = rtx_payload_type
            track.clock_rate = clock_rate
            track.mid_size = fill_text(track.mid, 16, mid, "mid")
            fill_layers(track, encodings)
        except BaseException:
            free_uptrack(track)
            self.uptracks.give_back(handle)
            raise
        fill_extensions(track, extensions)
        self.post(DO_ADD_UPTRACK, transport, room, 0, track)
        return handle

    def set_allowed(self, uptrack, allowed):
        self.uptracks.check(uptrack)
        self.post(DO_SET_ALLOWED, uptrack, 1 if allowed else 0, 0, NULL)

    def remove_uptrack(self, uptrack):
        self.uptracks.check(uptrack)
        self.post(DO_REMOVE_UPTRACK, uptrack, 0, 0, NULL)

    def request_keyframe(self, uptrack):
        self.uptracks.check(uptrack)
        self.post(DO_REQUEST_KEYFRAME, uptrack, 0, 0, NULL)

    def add_slot(self, transport, room, *, kind, ssrc, rtx_ssrc, cname):
        cdef downtrack *d
        is_audio = one_of(kind, ("video", "audio"), "kind")
        self.transports.check(transport)
        self.rooms.check(room)
        handle = self.slots.take()
        d = <downtrack *>lines_take(sizeof(downtrack))
        if d is NULL:
            raise MemoryError
        d.handle = handle
        d.is_audio = is_audio
        d.ssrc = ssrc
        d.rtx_ssrc = rtx_ssrc
        d.told = -1
        # The first packet's number: below 2^15, so that no wrap comes before the receiver knows it (RFC 3711 3.3.1)
        d.highest = int.from_bytes(os.urandom(2), "little") >> 1
        d.rtx_next = int.from_bytes(os.urandom(2), "little") >> 1
        d.clock_base = random_ssrc()
        try:
            d.cname_size = fill_text(d.cname, CNAME, cname, "cname")
        except BaseException:
            free(d)
            self.slots.give_back(handle)
            raise
        self.post(DO_ADD_SLOT, transport, room, 0, d)
        return handle

    def feed(self, slot, uptrack, layer, *, rank=0, keeps_size=False):
        cdef importance *how
        self.slots.check(slot)
        if uptrack != -1:
            self.uptracks.check(uptrack)
        how = <importance *>calloc(1, sizeof(importance))
        if how is NULL:
            raise MemoryError
        how.rank = rank
        how.keeps_size = keeps_size
        self.post(DO_FEED, slot, uptrack, layer, how)


# --- helpers ----------------------------------------------------------------------------------------------------

cdef int set_limits(worker *w, double packet_rate, double bit_rate) except -1:
    if packet_rate < 0 or bit_rate < 0:
        raise ValueError("rates are positive, or 0 for no limit")
    allow(&w.allowed.packets, packet_rate, packet_rate)
    allow(&w.allowed.bytes, bit_rate / 8, bit_rate / 8)
    allow(&w.allowed.checks, CHECKS_A_SECOND, CHECKS_AT_ONCE)
    allow(&w.allowed.moves, MOVES_A_SECOND, MOVES_AT_ONCE)
    allow(&w.allowed.dtls, DTLS_A_SECOND, DTLS_AT_ONCE)
    allow(&w.allowed.feedback, FEEDBACK_A_SECOND, FEEDBACK_AT_ONCE)
    allow(&w.allowed.all_dtls, ALL_DTLS_A_SECOND, ALL_DTLS_AT_ONCE)
    allow(&w.allowed.wakes, WAKES_A_SECOND, WAKES_AT_ONCE)
    allow(&w.allowed.keyframes, KEYFRAMES_A_SECOND, KEYFRAMES_AT_ONCE)
    return 0


cdef str choose_crypto(str wanted):
    if wanted == "auto":
        return best_backend()
    if wanted not in (*BACKENDS, LIBSRTP):
        raise ValueError(f"crypto is {wanted!r}: here it is auto, {', '.join((*BACKENDS, LIBSRTP))}")
    return wanted


cdef uint32_t random_ssrc():
    return int.from_bytes(os.urandom(4), "little") or 1


cdef int fill_layers(uptrack_t *track, list encodings) except -1:
    cdef layer_t *lr
    for index, (rid, ssrc, rtx_ssrc) in enumerate(encodings):
        lr = &track.layers[index]
        lr.index = index
        lr.rid_size = fill_text(lr.rid, 16, rid, "rid")
        lr.ssrc = ssrc
        lr.rtx_ssrc = rtx_ssrc
        if not layer_prepare(lr, track.is_audio):
            raise MemoryError
        track.layer_count += 1
    return 0


cdef void free_uptrack(uptrack_t *track):
    cdef int i
    for i in range(track.layer_count):
        layer_release(&track.layers[i])
    free(track)


cdef int fill_extensions(uptrack_t *track, dict extensions) except -1:
    track.ids.mid = extensions.get("mid", 0)
    track.ids.rid = extensions.get("rid", 0)
    track.ids.rrid = extensions.get("rrid", 0)
    track.ids.transport_cc = extensions.get("transport_cc", 0)
    track.ids.audio_level = extensions.get("audio_level", 0)
    track.ids.orientation = extensions.get("orientation", 0)
    track.ids.dependency = extensions.get("dependency", 0)
    return 0
