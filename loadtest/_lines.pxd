"""Everything the engine's thread owns: lines, what they send, what they expect. Times are ns of CLOCK_MONOTONIC unless
they say otherwise; `wall` ones are CLOCK_REALTIME, as the kernel stamps what arrives."""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from loadtest._net cimport mmsghdr, iovec, timespec

cdef enum:
    MTU = 1500
    ROOM = 1664                  # bytes a packet is built in: libsrtp may want 148 behind it
    HISTORY = 256                # packets a video stream keeps for NACKs; a power of two
    BATCH = 64                   # packets of a frame handed to the kernel at once
    GAPS = 256                   # packets a line waits for at once
    ARRIVALS = 512               # transport-wide numbers one feedback may tell of; a power of two
    WORDS = 16                   # 64 of them each
    WINDOW = 1024                # sequence numbers behind the newest that are told apart
    READS = 16                   # messages read from one socket at once
    READ_BYTES = 69696           # of each; an odd number of pages, so that heads do not fall into the same cache lines
    CONTROL = 128
    CONTROL_WORDS = 16           # of 8 bytes
    BUCKETS = 2048               # of a latency histogram: 32 for each doubling
    TRAILER = 24                 # the mark at the end of every payload: mark, stream, serial, wall clock
    HEAD = 16                    # bytes of a payload that differ: VP8's descriptor and a keyframe's header
    SMALLEST = HEAD + TRAILER + 8
    FEW = 16                     # streams one line sends

cdef struct spec:                # one frame of a trace
    int64_t ns
    int32_t size
    bint key

cdef struct kept:                # a packet as it was before it was sealed
    uint16_t sequence
    uint16_t size                # 0: none
    uint16_t payload_at
    uint8_t bytes[MTU]

cdef struct sent_counts:
    uint64_t packets, bytes, frames, keyframes, resent, nacked, keyframe_requests, refused

cdef struct source:              # a stream that is sent: a voice, or one layer of a camera
    int32_t number
    line *on
    bint video
    bint sending
    bint identified              # the receiver has reported this SSRC: it needs mid and rid no more (RFC 8852 section 3)
    bint want_key
    uint32_t ssrc, rtx_ssrc
    uint8_t payload_type, rtx_payload_type
    uint16_t sequence, rtx_sequence
    uint32_t timestamp           # of the clock's begin
    uint8_t id_mid, id_rid, id_rrid, id_transport_cc, id_level
    uint8_t mid_size, rid_size
    uint8_t mid[16]
    uint8_t rid[16]
    uint8_t level                # 0 loudest to 127
    spec *frames
    int32_t frame_count, next_frame, packet_size
    uint64_t serial
    uint16_t picture
    kept *history                # HISTORY of them; NULL for a voice
    uint64_t all_packets, all_bytes
    sent_counts count

cdef struct received_counts:
    uint64_t packets, bytes, recovered, duplicates, reordered, opened, foreign, corrupt, keyframes, nacks, plis

cdef struct sink:                # a stream that is expected
    int32_t number
    line *on
    bint video
    bint started
    bint asks                    # for what is missing
    uint32_t ssrc, rtx_ssrc
    uint64_t first               # extended sequence numbers: of the first packet,
    uint64_t base                # of the newest one at the last reset,
    uint64_t highest             # of the newest one
    uint64_t bits[WORDS]
    uint64_t ever                # distinct packets, not reset
    uint64_t reported_expected, reported_ever
    int64_t transit              # RFC 3550 appendix A.8, in ns
    int64_t jitter
    uint32_t last_report         # middle of the NTP time of the last sender report; 0: none
    int64_t last_report_at
    bint in_key                  # a keyframe is being put together,
    uint64_t next_in_key         # and this is what comes next of it
    int64_t asked_key            # when a PLI left last
    int32_t from_source          # -1: not known
    int64_t from_source_wall, first_wall, first_frame_wall
    received_counts count

cdef struct gap:
    sink *of
    uint64_t number
    int64_t due
    uint8_t tries

cdef struct place:               # of a table SSRC -> sink
    uint32_t ssrc
    bint repair
    sink *to                     # NULL: empty

cdef struct line_counts:
    uint64_t datagrams, bytes, rtp, unexpected, unreadable, own_drops, checks_sent, checks_answered, requests_answered
    uint64_t rtcp, feedback, feedback_sent

cdef struct line:
    int32_t number
    int fd
    bint opened
    bint controlling
    void *outbound               # libsrtp's sessions
    void *inbound
    char check_user[520]         # remote:local, of our checks
    char their_user[520]         # local:remote, of theirs
    uint8_t local_password[256]
    uint8_t remote_password[256]
    size_t check_user_size, their_user_size, local_password_size, remote_password_size
    uint8_t address[16]          # of the other side, for the answers to its checks
    uint8_t address_size
    uint16_t port
    uint8_t transaction[12]
    uint64_t tie_breaker
    int64_t check_due, report_due, feedback_due
    uint32_t ssrc                # in whose name it reports
    char cname[64]
    uint8_t cname_size
    uint8_t transport_cc         # id of the transport-wide number in what comes; 0: no feedback
    uint16_t transport_next      # of what is sent
    place *table
    uint32_t table_mask
    int32_t sinks
    source *sends[FEW]
    int32_t send_count
    # what transport-wide feedback will tell
    int64_t *arrivals            # by number, in 250 us of wall clock; 0: has not come
    bint heard_transport_cc
    uint64_t feedback_from, feedback_to
    uint8_t feedback_count
    uint32_t feedback_ssrc       # media SSRC named in it
    uint32_t kernel_drops        # as the socket counted them last
    gap *gaps
    int32_t gap_count
    line_counts count

cdef struct turn_counts:
    int64_t began, longest, latest
    uint64_t turns, frames, late, cpu_began

cdef struct engine:
    line **lines
    source **sources
    sink **sinks
    int64_t *due                 # of each source: when its next frame leaves
    int32_t line_count, source_count, sink_count
    uint32_t mark                # which engine's payloads these are
    uint64_t random
    bint paused
    int64_t paused_at, last_rtp
    int64_t now
    int64_t wall_offset          # wall clock less CLOCK_MONOTONIC
    int64_t next_look, next_tick, last_turn
    uint64_t cpu
    uint8_t *noise               # what payloads are made of
    uint8_t *in_bytes
    uint8_t *out_bytes
    mmsghdr in_messages[READS]
    iovec in_parts[READS]
    uint64_t in_control[READS][CONTROL_WORDS]
    mmsghdr out_messages[BATCH]
    iovec out_parts[BATCH]
    uint64_t latency[2][BUCKETS]  # audio, video
    turn_counts count


cdef inline uint64_t next_random(engine *e) noexcept nogil:
    """xorshift64*: phases, numbers and jitter of timers; nothing secret."""
    e.random ^= e.random >> 12
    e.random ^= e.random << 25
    e.random ^= e.random >> 27
    return e.random * <uint64_t>0x2545F4914F6CDD1D


cdef inline int64_t spread(engine *e, int64_t ns) noexcept nogil:
    """`ns`, a fifth more or less, so that nothing goes in step."""
    return ns - ns // 5 + <int64_t>(next_random(e) % <uint64_t>(2 * ns // 5 + 1))
