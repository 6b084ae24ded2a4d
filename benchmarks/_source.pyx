"""Frames of VP8, or a voice's packets, in SRTP (AEAD_AES_128_GCM) from one or more cameras, paced by what arrives at the sinks.

The pace is a closed loop: a frame is sent when at most `window - 1` frames are still under way through what is measured, so it is
always busy and never flooded. What does not arrive within a quarter of a second is given up, counted, and the loop goes on.
"""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from benchmarks._aead cimport IV_SIZE, KEY_SIZE, TAG_SIZE
from loadtest._net cimport MSG_DONTWAIT, MSG_TRUNC, htobe16, htobe64, put_segment, recv, sendmmsg
from benchmarks._stream cimport RTP_HEADER, stream_header, stream_seal, stream_start

cdef enum:
    GIVE_UP_NS = 250000000
    TICKS = 3000                  # of the 90 kHz clock a frame: 30 frames a second
    SAMPLES = 960                 # of the 48 kHz clock a voice's packet: 20 ms
    LOUD = 20                     # audio level, -dBov
    LISTEN_EVERY = 16             # frames


cdef class Source:
    def __cinit__(self, aead: Aead, frames: list, payload_type: int, extension_id: int, copies: int, level_id: int = 0) -> None:
        """`frames`: the payloads of each frame of a pattern, which is sent over and over. Those of a camera begin with a VP8
        descriptor (see `benchmarks.vp8`); picture id, TL0PICIDX and serial number are written into them. With `level_id` it is a
        voice: packets carry an audio level, and only the serial number is written. `copies`: sinks each packet goes to."""
        cdef int i = 0
        cdef int frame
        cdef bytes body
        if not 0 < len(frames) <= MOST_FRAMES or not all(0 < len(bodies) <= MOST_FRAME for bodies in frames):
            raise ValueError(f"a pattern has 1 to {MOST_FRAMES} frames, a frame 1 to {MOST_FRAME} packets")
        if sum(len(bodies) for bodies in frames) > MOST_PACKETS:
            raise ValueError(f"a pattern has at most {MOST_PACKETS} packets")
        most = PACKET_ROOM - RTP_HEADER - EXTENSION - TAG_SIZE
        if not all(SERIAL + 8 <= len(body) <= most for bodies in frames for body in bodies):
            raise ValueError("payload size")
        self.aead = aead
        self.close_key = aead.close
        self.video = not level_id
        self.frames = len(frames)
        self.payload_type = payload_type
        self.extension_id = extension_id
        self.level_id = level_id
        self.copies = copies
        self.window = 1
        self.sockets = []
        self.bodies = <uint8_t *>calloc(MOST_PACKETS, PACKET_ROOM)
        self.space = <uint8_t *>calloc(MOST_FRAME, PACKET_ROOM)
        if self.bodies == NULL or self.space == NULL:
            raise MemoryError
        for frame, bodies in enumerate(frames):
            self.first[frame] = i
            self.size_of[frame] = len(bodies)
            self.equal[frame] = len({len(body) for body in bodies}) == 1
            for body in bodies:
                self.sizes[i] = len(body)
                memcpy(self.bodies + i * PACKET_ROOM, <const uint8_t *>body, self.sizes[i])
                i += 1

    cdef int arrange(self, int frame) noexcept nogil:
        """Lays out the frame's packets one behind the other. Packets of one size leave as one message that the kernel cuts,
        others each on their own: the number of messages."""
        cdef uint8_t *at = self.space
        cdef uint32_t size
        cdef int i, count = self.size_of[frame]
        for i in range(count):
            size = RTP_HEADER + (8 if self.video else 12) + self.sizes[self.first[frame] + i] + TAG_SIZE
            self.parts[i].iov_base = at
            self.parts[i].iov_len = size
            memset(&self.messages[i], 0, sizeof(mmsghdr))
            self.messages[i].msg_hdr.msg_iov = &self.parts[i]
            self.messages[i].msg_hdr.msg_iovlen = 1
            at += size
        if self.equal[frame] and count > 1:
            self.messages[0].msg_hdr.msg_iovlen = count
            put_segment(&self.messages[0].msg_hdr, self.control, <uint16_t>self.parts[0].iov_len)
            return 1
        return count

    def __dealloc__(self) -> None:
        cdef int i
        for i in range(self.count):
            self.close_key(self.cameras[i].stream.key)
        free(self.cameras)
        free(self.bodies)
        free(self.space)

    def add_camera(self, socket: object, key: bytes, salt: bytes, ssrc: int, first: int) -> None:
        """`socket` is connected to where the frames go; `key` and `salt` are SRTP session keys (not master keys)."""
        if self.running or len(key) != KEY_SIZE or len(salt) != IV_SIZE:
            raise ValueError("a camera is added before the start, with a key of 16 and a salt of 12 bytes")
        cdef camera *more = <camera *>calloc(self.count + 1, sizeof(camera))
        if more == NULL:
            raise MemoryError
        cdef void *opened = self.aead.open(key)
        if self.count:
            memcpy(more, self.cameras, self.count * sizeof(camera))
        free(self.cameras)
        self.cameras = more
        more[self.count].fd = socket.fileno()
        stream_start(&more[self.count].stream, self.aead.seal, opened, salt, ssrc, first)
        self.sockets.append(socket)
        self.count += 1

    def go(self, window: int, *, keyframes: bool = False) -> None:
        """Sends from now on, `window` frames under way at once; every frame a keyframe, or none."""
        if window < 1:
            raise ValueError("window")
        self.window = window
        self.keyframes = keyframes
        self.running = True

    def pause(self) -> None:
        """Sends no more frames."""
        self.running = False

    def counts(self) -> dict[str, int]:
        """`frames` sent, `packets` that must arrive, `lost` given up on, frames `refused` by the kernel, RTCP `heard`."""
        return {
            "frames": self.sent,
            "packets": self.sent_packets * self.copies,
            "lost": self.lost,
            "refused": self.refused,
            "heard": self.heard,
        }

    cdef void turn(self, uint64_t received, int64_t now_ns) noexcept nogil:
        cdef int64_t under_way = <int64_t>(self.sent_packets * self.copies - self.lost - received)
        cdef int64_t most
        if received != self.seen or not self.running:
            self.seen = received
            self.seen_ns = now_ns
        elif now_ns - self.seen_ns > GIVE_UP_NS and under_way > 0:
            self.lost += <uint64_t>under_way
            under_way = 0
            self.seen_ns = now_ns
        while self.running:
            most = <int64_t>((self.window - 1) * self.size_of[self.sent % <uint64_t>self.frames] * self.copies)
            if under_way > most:
                return
            if not self.send_frame(&self.cameras[self.sent % <uint64_t>self.count]):
                self.refused += 1
                return
            under_way = <int64_t>(self.sent_packets * self.copies - self.lost - received)

    cdef size_t write_extension(self, camera *from_camera, uint8_t *out) noexcept nogil:
        cdef uint16_t number = htobe16(from_camera.transport_wide)
        out[0] = 0xBE
        out[1] = 0xDE
        out[2] = 0
        out[3] = 1 if self.video else 2
        out[4] = <uint8_t>(self.extension_id << 4 | 1)
        memcpy(out + 5, &number, 2)
        out[7] = 0
        from_camera.transport_wide += 1
        if self.video:
            return 8
        out[7] = <uint8_t>(self.level_id << 4)
        out[8] = 0x80 | LOUD
        out[9] = out[10] = out[11] = 0
        return 12

    cdef void mark(self, camera *from_camera, uint8_t *body, bint opens) noexcept nogil:
        cdef uint16_t number = htobe16(<uint16_t>(0x8000 | (from_camera.frames & 0x7FFF)))
        memcpy(body + 2, &number, 2)
        body[4] = <uint8_t>from_camera.frames
        if opens:
            body[DESCRIPTOR] = (body[DESCRIPTOR] & 0xFE) | (0 if self.keyframes or from_camera.frames == 0 else 1)

    cdef bint send_frame(self, camera *from_camera) noexcept nogil:
        cdef uint8_t *body
        cdef uint8_t *out
        cdef uint64_t serial
        cdef size_t header
        cdef int i, frame = <int>(from_camera.frames % <uint64_t>self.frames)
        cdef int count = self.size_of[frame], messages = self.arrange(frame)
        cdef bint last
        for i in range(count):
            out = <uint8_t *>self.parts[i].iov_base
            body = self.bodies + (self.first[frame] + i) * PACKET_ROOM
            last = self.video and i == count - 1
            stream_header(&from_camera.stream, out, 0x90, self.payload_type | (0x80 if last else 0), from_camera.timestamp)
            header = RTP_HEADER + self.write_extension(from_camera, out + RTP_HEADER)
            if self.video:
                self.mark(from_camera, body, i == 0)
            serial = htobe64(from_camera.packets)
            memcpy(body + SERIAL, &serial, 8)
            from_camera.packets += 1
            if not stream_seal(&from_camera.stream, out, header, body, out + header, self.sizes[self.first[frame] + i]):
                return False
        from_camera.timestamp += TICKS if self.video else SAMPLES
        from_camera.frames += 1
        if sendmmsg(from_camera.fd, self.messages, messages, MSG_DONTWAIT) != messages:
            return False
        self.sent += 1
        self.sent_packets += <uint64_t>count
        if self.sent % LISTEN_EVERY == 0:
            self.listen()
        return True

    cdef void listen(self) noexcept nogil:
        cdef uint8_t data[16]
        cdef int i
        for i in range(self.count):
            while recv(self.cameras[i].fd, data, sizeof(data), MSG_DONTWAIT | MSG_TRUNC) > 0:
                self.heard += 1
