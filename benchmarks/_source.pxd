"""Cameras and microphones over SRTP, frame after frame, as fast as what is measured keeps up with."""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from benchmarks._aead cimport Aead, close_function
from loadtest._net cimport iovec, mmsghdr
from benchmarks._stream cimport srtp_stream

cdef enum:
    PACKET_ROOM = 1600
    MOST_PACKETS = 600            # of all frames of a pattern
    MOST_FRAME = 60               # of one frame
    MOST_FRAMES = 120
    EXTENSION = 12                # most bytes: one-byte form, the transport-wide sequence number and an audio level
    DESCRIPTOR = 6                # VP8 payload descriptor with a 15 bit picture id, TL0PICIDX and the temporal layer
    SERIAL = 16                   # where in a payload the packet's serial number stands, 8 bytes

cdef struct camera:
    int fd
    srtp_stream stream
    uint64_t frames
    uint64_t packets
    uint32_t timestamp
    uint16_t transport_wide

cdef class Source:
    cdef Aead aead
    cdef close_function close_key
    cdef camera *cameras
    cdef int count
    cdef bint video
    cdef int frames               # of the pattern, sent over and over
    cdef int first[MOST_FRAMES]   # packet of each frame
    cdef int size_of[MOST_FRAMES]         # packets of each
    cdef bint equal[MOST_FRAMES]  # all of one size: they leave as one message that the kernel cuts
    cdef uint32_t sizes[MOST_PACKETS]     # of the payloads
    cdef uint8_t *bodies                  # PACKET_ROOM apart
    cdef uint8_t *space                   # of one frame on its way out
    cdef mmsghdr messages[MOST_FRAME]
    cdef iovec parts[MOST_FRAME]
    cdef uint8_t control[64]
    cdef uint8_t payload_type
    cdef uint8_t extension_id
    cdef uint8_t level_id
    cdef list sockets
    cdef readonly uint64_t copies         # packets that must arrive for each sent
    cdef uint64_t sent                    # frames
    cdef uint64_t sent_packets
    cdef uint64_t lost                    # packets given up on
    cdef uint64_t refused                 # frames the kernel did not take
    cdef uint64_t heard                   # datagrams that came back: RTCP
    cdef uint64_t seen                    # received, at the last progress
    cdef int64_t seen_ns
    cdef bint running
    cdef bint keyframes
    cdef uint64_t window                  # frames under way
    cdef int arrange(self, int frame) noexcept nogil
    cdef size_t write_extension(self, camera *from_camera, uint8_t *out) noexcept nogil
    cdef void mark(self, camera *from_camera, uint8_t *body, bint opens) noexcept nogil
    cdef void turn(self, uint64_t received, int64_t now_ns) noexcept nogil
    cdef bint send_frame(self, camera *from_camera) noexcept nogil
    cdef void listen(self) noexcept nogil
