"""The speed-of-light program: the least a forwarder must do, and nothing else.

For each frame and each receiver it rewrites the RTP header, encrypts the payload under that receiver's own key straight from
the incoming buffer into the outgoing one (the copy is the encryption), and hands whole frames to the kernel: one message of equal
segments a receiver (UDP_SEGMENT), `batch` messages a system call. It neither receives, routes, parses, caches nor keeps time.
"""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from benchmarks._aead cimport IV_SIZE, KEY_SIZE, TAG_SIZE, Aead, close_function
from loadtest._net cimport (
    CLOCK_MONOTONIC, CLOCK_THREAD_CPUTIME_ID, address_of, clock_ns, htobe64, iovec, mmsghdr, nanosleep, put_segment, sendmmsg,
    sockaddr_in, timespec,
)
from benchmarks._sinks cimport Sinks
from benchmarks._source cimport MOST_FRAME, MOST_FRAMES, MOST_PACKETS, SERIAL
from sfu._cm cimport CM_TAG, cm_key, cm_key_free, cm_key_make

from benchmarks._stream cimport RTP_HEADER, srtp_stream, stream_header, stream_seal, stream_start

cdef enum:
    MOST_BATCH = 64
    CONTROL = 64
    TICKS = 3000


cdef class Limit:
    """One thread's worth of sending to many receivers."""

    cdef Aead aead
    cdef close_function close_key
    cdef Sinks sinks
    cdef object socket
    cdef int fd
    cdef int count
    cdef bint cm
    cdef uint32_t tag                     # bytes behind a sealed packet
    cdef cm_key *cm_keys
    cdef int pattern                      # frames, sent over and over
    cdef int pattern_packets
    cdef int first[MOST_FRAMES]           # packet of each frame
    cdef int size_of[MOST_FRAMES]         # packets of each
    cdef uint32_t payload[MOST_FRAMES]    # bytes of each packet of each frame
    cdef uint32_t largest
    cdef int batch
    cdef uint8_t padding[MOST_PACKETS]
    cdef uint32_t rooms
    cdef srtp_stream *streams
    cdef sockaddr_in *addresses
    cdef uint8_t *bodies
    cdef uint8_t *space
    cdef mmsghdr messages[MOST_BATCH]
    cdef iovec parts[MOST_BATCH]
    cdef uint8_t control[MOST_BATCH][CONTROL]
    cdef uint64_t frames
    cdef uint64_t sent
    cdef int64_t cpu_ns
    cdef bint failed

    def __cinit__(self, aead: Aead, socket: object, sinks: Sinks, frames: list, batch: int, rooms: int = 1,
                  cm: bool = False) -> None:
        """Packets of one frame differ by less than 256 bytes. `sinks` count what arrives, so that no more is sent than they can
        drain. A frame goes to the receivers of one room, the next to those of the next one; receivers are given room by room."""
        cdef int i = 0
        cdef int frame
        if not 1 <= batch <= MOST_BATCH or not 1 <= rooms or not 1 <= len(frames) <= MOST_FRAMES:
            raise ValueError("batch, rooms or frames")
        if not all(1 <= len(bodies) <= MOST_FRAME for bodies in frames) or sum(map(len, frames)) > MOST_PACKETS:
            raise ValueError("packets of a frame")
        self.cm = cm
        self.tag = CM_TAG if cm else TAG_SIZE
        self.aead = aead
        self.close_key = aead.close
        self.socket = socket
        self.fd = socket.fileno()
        self.sinks = sinks
        self.pattern = len(frames)
        self.pattern_packets = sum(map(len, frames))
        self.largest = max(len(body) for bodies in frames for body in bodies)
        self.batch = batch
        self.rooms = rooms
        self.bodies = <uint8_t *>calloc(self.pattern_packets, self.largest)
        self.space = <uint8_t *>calloc(batch * max(map(len, frames)), RTP_HEADER + self.largest + TAG_SIZE)
        if self.bodies == NULL or self.space == NULL:
            raise MemoryError
        for frame, bodies in enumerate(frames):
            self.first[frame] = i
            self.size_of[frame] = len(bodies)
            self.payload[frame] = max(map(len, bodies))
            for body in bodies:
                self.take_body(i, body, self.payload[frame])
                i += 1
        memset(self.messages, 0, sizeof(self.messages))
        for i in range(batch):
            self.messages[i].msg_hdr.msg_iov = &self.parts[i]
            self.messages[i].msg_hdr.msg_iovlen = 1
            self.messages[i].msg_hdr.msg_namelen = sizeof(sockaddr_in)

    cdef int take_body(self, int i, bytes body, uint32_t size) except -1:
        memcpy(self.bodies + i * self.largest, <const uint8_t *>body, len(body))
        # What is shorter is made equal by RTP padding (RFC 3550 section 5.1), so that the whole frame is one message.
        self.padding[i] = <uint8_t>(size - len(body))
        if self.padding[i]:
            self.bodies[i * self.largest + size - 1] = self.padding[i]
        return 0

    cdef void lay_out(self, int frame) noexcept nogil:
        """Messages of this frame's size, one behind the other."""
        cdef size_t size = self.size_of[frame] * (RTP_HEADER + self.payload[frame] + self.tag)
        cdef int i
        for i in range(self.batch):
            self.parts[i].iov_len = size
            self.parts[i].iov_base = self.space + i * size
            self.messages[i].msg_hdr.msg_control = NULL
            self.messages[i].msg_hdr.msg_controllen = 0
            if self.size_of[frame] > 1:
                put_segment(&self.messages[i].msg_hdr, self.control[i], <uint16_t>(RTP_HEADER + self.payload[frame] + self.tag))

    def __dealloc__(self) -> None:
        cdef int i
        for i in range(self.count):
            if self.cm:
                cm_key_free(&self.cm_keys[i])
            else:
                self.close_key(self.streams[i].key)
        free(self.cm_keys)
        free(self.streams)
        free(self.addresses)
        free(self.bodies)
        free(self.space)

    def receivers(self, them: list[tuple[str, int, bytes, bytes, int, int]]) -> None:
        """Once: (host, port, session key, session salt, ssrc, first sequence number) of each."""
        cdef int i
        cdef void *key
        cdef const uint8_t *salt
        if self.count or not them or len(them) % self.rooms:
            raise ValueError("receivers are given once, as many for each room")
        self.streams = <srtp_stream *>calloc(len(them), sizeof(srtp_stream))
        self.addresses = <sockaddr_in *>calloc(len(them), sizeof(sockaddr_in))
        self.cm_keys = <cm_key *>calloc(len(them), sizeof(cm_key))
        if self.streams == NULL or self.addresses == NULL or self.cm_keys == NULL:
            raise MemoryError
        for i, (host, port, session_key, session_salt, ssrc, first) in enumerate(them):
            if not self.cm and (len(session_key) != KEY_SIZE or len(session_salt) != IV_SIZE):
                raise ValueError(f"keys of receiver {i}")
            if not address_of(host.encode(), port, &self.addresses[i]):
                raise ValueError(f"receiver {i}")
            if self.cm:
                # The encryption key and, behind it, the authentication key.
                cm_key_make(&self.cm_keys[i], session_key[:16], session_key[16:], session_salt)
                salt = session_salt
                stream_start(&self.streams[i], NULL, NULL, salt, ssrc, first)
                self.streams[i].cm = &self.cm_keys[i]
            else:
                key = self.aead.open(session_key)
                salt = session_salt
                stream_start(&self.streams[i], self.aead.seal, key, salt, ssrc, first)
            self.count = i + 1

    def run(self, seconds: float, most_under_way: int) -> tuple[int, int]:
        """Sends for `seconds`; (packets, CPU nanoseconds of this thread). Sleeps while more than `most_under_way` packets wait in
        the sinks. Raises `OSError` when the kernel refuses, `RuntimeError` when the library does."""
        cdef int64_t length = <int64_t>(seconds * 1e9)
        cdef uint64_t before = self.sent
        cdef uint64_t most = most_under_way
        cdef uint64_t base = self.sinks.totals.packets - self.sent
        if self.count == 0:
            raise ValueError("no receivers")
        with nogil:
            self.send_for(length, most, base)
        if self.failed:
            raise RuntimeError("a frame could not be sealed or sent")
        return self.sent - before, self.cpu_ns

    cdef void send_for(self, int64_t length, uint64_t most, uint64_t base) noexcept nogil:
        cdef timespec nap
        cdef int64_t end = clock_ns(CLOCK_MONOTONIC) + length
        cdef int64_t start = clock_ns(CLOCK_THREAD_CPUTIME_ID)
        nap.tv_sec = 0
        nap.tv_nsec = 500000
        while clock_ns(CLOCK_MONOTONIC) < end and not self.failed:
            if <int64_t>(self.sent + base - self.sinks.totals.packets) > <int64_t>most:
                nanosleep(&nap, NULL)
                continue
            self.send_frame()
        self.cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - start

    cdef void send_frame(self) noexcept nogil:
        cdef int room_size = self.count // <int>self.rooms
        cdef int first = <int>(self.frames % self.rooms) * room_size
        cdef uint64_t number = self.frames // self.rooms     # of this room
        cdef int frame = <int>(number % <uint64_t>self.pattern)
        cdef int packets = self.size_of[frame]
        cdef uint64_t serial
        cdef int i = 0, p, n, done, step
        if self.pattern > 1 or self.frames == 0:
            self.lay_out(frame)
        for p in range(packets):
            serial = htobe64(number // <uint64_t>self.pattern * <uint64_t>self.pattern_packets
                             + <uint64_t>(self.first[frame] + p))
            memcpy(self.bodies + (self.first[frame] + p) * self.largest + SERIAL, &serial, 8)
        while i < room_size:
            n = min(self.batch, room_size - i)
            for done in range(n):
                if not self.fill(&self.streams[first + i + done], frame, <uint8_t *>self.parts[done].iov_base,
                                 <uint32_t>(number * TICKS)):
                    self.failed = True
                    return
                self.messages[done].msg_hdr.msg_name = &self.addresses[first + i + done]
            done = 0
            while done < n:
                step = sendmmsg(self.fd, &self.messages[done], n - done, 0)
                if step <= 0:
                    self.failed = True
                    return
                done += step
            i += n
        self.frames += 1
        self.sent += <uint64_t>(room_size * packets)

    cdef inline bint fill(self, srtp_stream *stream, int frame, uint8_t *out, uint32_t timestamp) noexcept nogil:
        """One receiver's packets of a frame."""
        cdef uint32_t payload = self.payload[frame]
        cdef int p, at
        for p in range(self.size_of[frame]):
            at = self.first[frame] + p
            stream_header(stream, out, 0xA0 if self.padding[at] else 0x80,
                          96 | (0x80 if p == self.size_of[frame] - 1 else 0), timestamp)
            if not stream_seal(stream, out, RTP_HEADER, self.bodies + at * self.largest, out + RTP_HEADER, payload):
                return False
            out += RTP_HEADER + payload + self.tag
        return True
