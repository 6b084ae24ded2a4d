"""Frames of VP8 in SRTP (AEAD_AES_128_GCM) from one or more cameras, paced by what arrives at the sinks.

The pace is a closed loop: a frame is sent when at most `window - 1` frames are still under way through what is measured, so it is
always busy and never flooded. What does not arrive within a quarter of a second is given up, counted, and the loop goes on.
"""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from benchmarks._aead cimport IV_SIZE, KEY_SIZE, TAG_SIZE
from benchmarks._net cimport MSG_DONTWAIT, MSG_TRUNC, htobe16, htobe64, put_segment, recv, sendmmsg
from benchmarks._stream cimport RTP_HEADER, stream_header, stream_seal, stream_start

cdef enum:
    GIVE_UP_NS = 250000000
    TICKS = 3000                  # of the 90 kHz clock a frame: 30 frames a second
    LISTEN_EVERY = 16             # frames


cdef class Source:
    def __cinit__(self, aead: Aead, bodies: list, payload_type: int, extension_id: int, copies: int) -> None:
        """`bodies`: the payloads of one frame, each beginning with a VP8 descriptor (see `benchmarks.vp8`); picture id, TL0PICIDX
        and serial number are written into them. `copies`: sinks each packet goes to."""
        cdef int i
        cdef bytes body
        if not 0 < len(bodies) <= MOST_PACKETS:
            raise ValueError("a frame has 1 to 40 packets")
        if not all(SERIAL + 8 <= len(body) <= PACKET_ROOM - RTP_HEADER - EXTENSION - TAG_SIZE for body in bodies):
            raise ValueError("payload size")
        self.aead = aead
        self.close_key = aead.close
        self.packets = len(bodies)
        self.payload_type = payload_type
        self.extension_id = extension_id
        self.copies = copies
        self.window = 1
        self.sockets = []
        self.bodies = <uint8_t *>calloc(self.packets, PACKET_ROOM)
        self.space = <uint8_t *>calloc(self.packets, PACKET_ROOM)
        if self.bodies == NULL or self.space == NULL:
            raise MemoryError
        for i in range(self.packets):
            body = bodies[i]
            self.sizes[i] = len(body)
            memcpy(self.bodies + i * PACKET_ROOM, <const uint8_t *>body, self.sizes[i])
        self.arrange(len({len(body) for body in bodies}) == 1)

    cdef void arrange(self, bint equal) noexcept:
        """Packets of one size leave as one message that the kernel cuts; others each on their own."""
        cdef uint8_t *at = self.space
        cdef uint32_t size
        cdef int i
        memset(self.messages, 0, sizeof(self.messages))
        for i in range(self.packets):
            size = RTP_HEADER + EXTENSION + self.sizes[i] + TAG_SIZE
            self.parts[i].iov_base = at
            self.parts[i].iov_len = size
            self.messages[i].msg_hdr.msg_iov = &self.parts[i]
            self.messages[i].msg_hdr.msg_iovlen = 1
            at += size
        self.message_count = self.packets
        if equal and self.packets > 1:
            self.messages[0].msg_hdr.msg_iovlen = self.packets
            put_segment(&self.messages[0].msg_hdr, self.control, <uint16_t>self.parts[0].iov_len)
            self.message_count = 1

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
            "packets": self.sent * self.packets * self.copies,
            "lost": self.lost,
            "refused": self.refused,
            "heard": self.heard,
        }

    cdef void turn(self, uint64_t received, int64_t now_ns) noexcept nogil:
        cdef uint64_t frame = self.packets * self.copies
        cdef int64_t under_way = <int64_t>(self.sent * frame - self.lost - received)
        if received != self.seen or not self.running:
            self.seen = received
            self.seen_ns = now_ns
        elif now_ns - self.seen_ns > GIVE_UP_NS and under_way > 0:
            self.lost += <uint64_t>under_way
            under_way = 0
            self.seen_ns = now_ns
        while self.running and under_way <= <int64_t>((self.window - 1) * frame):
            if not self.send_frame(&self.cameras[self.sent % <uint64_t>self.count]):
                self.refused += 1
                return
            under_way += <int64_t>frame

    cdef bint send_frame(self, camera *from_camera) noexcept nogil:
        cdef uint8_t *body
        cdef uint8_t *out
        cdef uint16_t number
        cdef uint64_t serial
        cdef int i
        for i in range(self.packets):
            out = <uint8_t *>self.parts[i].iov_base
            body = self.bodies + i * PACKET_ROOM
            stream_header(&from_camera.stream, out, 0x90,
                          self.payload_type | (0x80 if i == self.packets - 1 else 0), from_camera.timestamp)
            out[12] = 0xBE
            out[13] = 0xDE
            out[14] = 0
            out[15] = 1
            out[16] = <uint8_t>(self.extension_id << 4 | 1)
            number = htobe16(from_camera.transport_wide)
            memcpy(out + 17, &number, 2)
            out[19] = 0
            from_camera.transport_wide += 1
            number = htobe16(<uint16_t>(0x8000 | (from_camera.frames & 0x7FFF)))
            memcpy(body + 2, &number, 2)
            body[4] = <uint8_t>from_camera.frames
            if i == 0:
                body[DESCRIPTOR] = (body[DESCRIPTOR] & 0xFE) | (0 if self.keyframes or from_camera.frames == 0 else 1)
            serial = htobe64(from_camera.frames * <uint64_t>self.packets + <uint64_t>i)
            memcpy(body + SERIAL, &serial, 8)
            if not stream_seal(&from_camera.stream, out, RTP_HEADER + EXTENSION, body,
                               out + RTP_HEADER + EXTENSION, self.sizes[i]):
                return False
        from_camera.timestamp += TICKS
        from_camera.frames += 1
        if sendmmsg(from_camera.fd, self.messages, self.message_count, MSG_DONTWAIT) != self.message_count:
            return False
        self.sent += 1
        if self.sent % LISTEN_EVERY == 0:
            self.listen()
        return True

    cdef void listen(self) noexcept nogil:
        cdef uint8_t data[16]
        cdef int i
        for i in range(self.count):
            while recv(self.cameras[i].fd, data, sizeof(data), MSG_DONTWAIT | MSG_TRUNC) > 0:
                self.heard += 1
