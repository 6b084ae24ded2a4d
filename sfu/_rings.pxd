"""Commands in, events out: two rings, each with one writer and one reader, and an eventfd that wakes the reader."""

from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t

cdef extern from *:
    """
    static inline uint64_t ring_load(const uint64_t *p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
    static inline void ring_store(uint64_t *p, uint64_t v) { __atomic_store_n(p, v, __ATOMIC_RELEASE); }
    """
    uint64_t ring_load(const uint64_t *p) noexcept nogil
    void ring_store(uint64_t *p, uint64_t v) noexcept nogil

cdef enum:
    COMMANDS = 16384             # powers of two
    EVENTS = 16384
    EVENT_DATA = 48
    DTLS_QUEUED = 512            # DTLS datagrams waiting for Python; more are dropped, their senders repeat them

cdef enum command_kind:
    DO_STOP
    DO_ADD_TRANSPORT             # thing: transport
    DO_RESTART_ICE               # a: transport, thing: credentials
    DO_SET_KEYS                  # a: transport, thing: key_pair
    DO_SET_REMOTE                # a: transport, thing: sockaddr_storage, b: size
    DO_SEND                      # a: transport, thing: bytes, b: size
    DO_REMOVE_TRANSPORT          # a: transport
    DO_ADD_ROOM                  # thing: room
    DO_REMOVE_ROOM               # a: room
    DO_ADD_UPTRACK               # a: transport, b: room, thing: uptrack
    DO_SET_ALLOWED               # a: uptrack, b: flag
    DO_REMOVE_UPTRACK            # a: uptrack
    DO_REQUEST_KEYFRAME          # a: uptrack
    DO_ADD_SLOT                  # a: transport, b: room, thing: downtrack
    DO_FEED                      # a: slot, b: uptrack, c: layer, thing: importance
    DO_SET_NUMBERS               # a: transport, thing: numbering
    DO_LIMIT                     # a: transport, b: kbit/s, c: 1 with a limit

cdef struct command:
    int32_t kind
    int32_t a
    int32_t b
    int32_t c
    void *thing                  # owned by the worker from here on

cdef enum event_kind:
    SAW_DTLS
    SAW_SELECTED
    SAW_SILENT
    SAW_LAYER
    SAW_FED
    SAW_PAUSED                   # handle: slot, a: the uptrack it would carry
    SAW_UNUSED                   # handle: uptrack, a: layer, b: 1 nobody receives it, 0 somebody would
    SAW_SPEAKERS
    SAW_ESTIMATE                 # handle: transport, a: kb/s
    TRANSPORT_GONE               # the last three free a handle
    UPTRACK_GONE
    SLOT_GONE
    ROOM_GONE

cdef struct event:
    int32_t kind
    int32_t handle
    int32_t a
    int32_t b
    uint32_t size                # of `data`, or of `blob` when that is set
    uint8_t data[EVENT_DATA]
    uint8_t *blob                # owned by the reader

cdef struct command_ring:
    uint64_t written
    uint8_t pad1[56]             # writer and reader on cache lines of their own
    uint64_t read
    uint8_t pad2[56]
    command slots[COMMANDS]

cdef struct event_ring:
    uint64_t written
    uint8_t pad1[56]
    uint64_t read
    uint8_t pad2[56]
    event slots[EVENTS]

cdef inline bint command_put(command_ring *ring, const command *c) noexcept nogil:
    cdef uint64_t at = ring.written
    if at - ring_load(&ring.read) >= COMMANDS:
        return False
    ring.slots[at & (COMMANDS - 1)] = c[0]
    ring_store(&ring.written, at + 1)
    return True

cdef inline bint command_take(command_ring *ring, command *out) noexcept nogil:
    cdef uint64_t at = ring.read
    if at == ring_load(&ring.written):
        return False
    out[0] = ring.slots[at & (COMMANDS - 1)]
    ring_store(&ring.read, at + 1)
    return True

cdef inline bint event_put(event_ring *ring, const event *e) noexcept nogil:
    cdef uint64_t at = ring.written
    if at - ring_load(&ring.read) >= EVENTS:
        return False
    ring.slots[at & (EVENTS - 1)] = e[0]
    ring_store(&ring.written, at + 1)
    return True

cdef inline bint event_take(event_ring *ring, event *out) noexcept nogil:
    cdef uint64_t at = ring.read
    if at == ring_load(&ring.written):
        return False
    out[0] = ring.slots[at & (EVENTS - 1)]
    ring_store(&ring.read, at + 1)
    return True

cdef inline uint64_t events_waiting(event_ring *ring) noexcept nogil:
    return ring.written - ring_load(&ring.read)
