"""Inline accessors of RTP headers, header extensions and payload descriptors. Does no I/O.

RFC 3550 section 5.1 (header), RFC 8285 (extensions), RFC 7741 (VP8), RFC 6184 (H264). VP9 is in `_vp9`, the dependency
descriptor (AV1) in `_dependency`.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memset

cdef inline uint16_t read16(const uint8_t *p) noexcept nogil:
    return <uint16_t>((p[0] << 8) | p[1])

cdef inline uint32_t read32(const uint8_t *p) noexcept nogil:
    return (<uint32_t>p[0] << 24) | (<uint32_t>p[1] << 16) | (<uint32_t>p[2] << 8) | p[3]

cdef inline void write16(uint8_t *p, uint16_t v) noexcept nogil:
    p[0] = <uint8_t>(v >> 8)
    p[1] = <uint8_t>v

cdef inline void write32(uint8_t *p, uint32_t v) noexcept nogil:
    p[0] = <uint8_t>(v >> 24)
    p[1] = <uint8_t>(v >> 16)
    p[2] = <uint8_t>(v >> 8)
    p[3] = <uint8_t>v

# The 64-bit number whose low 16 bits are `low` and which is nearest to `near`.
cdef inline uint64_t extend16(uint16_t low, uint64_t near) noexcept nogil:
    cdef int delta = <int>low - <int>(near & 0xFFFF)
    if delta > 0x8000:
        delta -= 0x10000
    elif delta < -0x8000:
        delta += 0x10000
    return near + <uint64_t>(<int64_t>delta)


# --- which sequence numbers have been seen ----------------------------------------------------------------------

cdef enum:
    WINDOW = 1024

cdef struct seq_window:
    uint64_t highest
    bint started
    uint64_t bits[16]    # bit (n mod WINDOW) of every n in (highest - WINDOW, highest]

# 1: `n` is new; 0: it was seen; -1: it is too old to tell.
cdef inline int window_add(seq_window *w, uint64_t n) noexcept nogil:
    cdef uint64_t i, mask = <uint64_t>1 << (n & 63)
    if not w.started:
        w.started = True
        w.highest = n
        memset(w.bits, 0, sizeof(w.bits))
    elif n > w.highest:
        if n - w.highest >= WINDOW:
            memset(w.bits, 0, sizeof(w.bits))
        else:
            i = w.highest + 1
            while i < n:
                w.bits[(i // 64) % (WINDOW // 64)] &= ~(<uint64_t>1 << (i & 63))
                i += 1
        w.highest = n
        w.bits[(n // 64) % (WINDOW // 64)] |= mask
        return 1
    elif w.highest - n >= WINDOW:
        return -1
    elif w.bits[(n // 64) % (WINDOW // 64)] & mask:
        return 0
    w.bits[(n // 64) % (WINDOW // 64)] |= mask
    return 1


# --- the header -------------------------------------------------------------------------------------------------

cdef enum:
    NO_LEVEL = 255

# Extension ids as one sender uses them; 0 is "does not use it".
cdef struct extension_ids:
    uint8_t mid
    uint8_t rid
    uint8_t rrid
    uint8_t transport_cc
    uint8_t audio_level
    uint8_t orientation
    uint8_t dependency

cdef struct rtp_header:
    uint8_t marker
    uint8_t payload_type
    uint16_t sequence
    uint32_t timestamp
    uint32_t ssrc
    uint16_t payload_at        # offset of the payload
    uint16_t payload_size      # without padding
    const uint8_t *mid
    const uint8_t *rid
    const uint8_t *rrid
    uint8_t mid_size
    uint8_t rid_size
    uint8_t rrid_size
    uint8_t audio_level        # 0 loudest to 127, or NO_LEVEL
    uint8_t orientation        # or NO_LEVEL
    bint has_transport_cc
    uint16_t transport_cc
    const uint8_t *dependency  # the dependency descriptor, as it came
    uint8_t dependency_size

cdef inline void note_extension(rtp_header *h, const extension_ids *ids, uint8_t id,
                                const uint8_t *value, uint8_t size) noexcept nogil:
    if size == 0 or id == 0:
        return
    if id == ids.transport_cc:
        if size >= 2:
            h.has_transport_cc = True
            h.transport_cc = read16(value)
    elif id == ids.audio_level:
        h.audio_level = value[0] & 0x7F
    elif id == ids.mid:
        h.mid = value
        h.mid_size = size
    elif id == ids.rid:
        h.rid = value
        h.rid_size = size
    elif id == ids.rrid:
        h.rrid = value
        h.rrid_size = size
    elif id == ids.orientation:
        h.orientation = value[0] & 0x0F
    elif id == ids.dependency:
        h.dependency = value
        h.dependency_size = size

cdef inline bint read_extensions(rtp_header *h, const extension_ids *ids, uint16_t profile,
                                 const uint8_t *p, const uint8_t *end) noexcept nogil:
    cdef uint8_t id, size
    cdef bint two_bytes = (profile & 0xFFF0) == 0x1000
    if profile != 0xBEDE and not two_bytes:
        return True
    while p < end:
        if p[0] == 0:                      # padding between elements
            p += 1
            continue
        if two_bytes:
            if end - p < 2:
                return False
            id = p[0]
            size = p[1]
            p += 2
        else:
            id = p[0] >> 4
            size = (p[0] & 0x0F) + 1
            p += 1
            if id == 15:                   # RFC 8285 4.2: stop here
                return True
        if end - p < size:
            return False
        note_extension(h, ids, id, p, size)
        p += size
    return True

# False when `data` is not one whole RTP packet.
cdef inline bint rtp_parse(const uint8_t *data, size_t size, const extension_ids *ids, rtp_header *h) noexcept nogil:
    cdef size_t at, length
    memset(h, 0, sizeof(rtp_header))
    h.audio_level = NO_LEVEL
    h.orientation = NO_LEVEL
    if size < 12 or data[0] >> 6 != 2 or size > 0xFFFF:
        return False
    at = 12 + 4 * (data[0] & 0x0F)
    h.marker = data[1] >> 7
    h.payload_type = data[1] & 0x7F
    h.sequence = read16(data + 2)
    h.timestamp = read32(data + 4)
    h.ssrc = read32(data + 8)
    if at > size:
        return False
    if data[0] & 0x10:
        if at + 4 > size:
            return False
        length = 4 * <size_t>read16(data + at + 2)
        if at + 4 + length > size:
            return False
        if not read_extensions(h, ids, read16(data + at), data + at + 4, data + at + 4 + length):
            return False
        at += 4 + length
    length = 0
    if data[0] & 0x20:
        if at >= size:
            return False
        length = data[size - 1]
        if length == 0 or at + length > size:
            return False
    h.payload_at = <uint16_t>at
    h.payload_size = <uint16_t>(size - at - length)
    return True


# --- payload descriptors ----------------------------------------------------------------------------------------

cdef enum codec:
    OPUS = 0
    VP8 = 1
    H264 = 2
    VP9 = 3
    AV1 = 4
    CODECS = 5

# A target is what of a layer a receiver takes: the spatial and temporal layers inside it up to some, as one number,
# 4 * spatial + temporal. A set of targets is a set of bits.
cdef enum:
    EVERYTHING = 11            # the target 2, 3, which carries whatever comes
    ALL_TARGETS = 0xFFF
    MAX_SPATIAL = 3
    MAX_TEMPORAL = 4

# What rewriting and switching need of a video payload. Offsets are from the payload's start; 0 is "absent".
cdef struct descriptor:
    bint keyframe              # this packet begins a keyframe
    uint8_t picture_id_at
    bint picture_id_long       # 15 bits rather than 7
    uint16_t picture_id
    uint8_t tl0_at
    uint8_t tl0
    uint8_t place              # 4 * spatial + temporal layer
    bint ends                  # the last packet of its frame, where the payload says so
    uint16_t carried           # targets that need this packet
    uint16_t upward            # targets that a receiver of the one below may go over to here, at a frame's beginning

# The targets that need a packet of these layers: all that reach as far.
cdef inline uint16_t carried_by(uint8_t spatial, uint8_t temporal) noexcept nogil:
    cdef uint16_t row = <uint16_t>((0xF << temporal) & 0xF)
    return <uint16_t>((row | row << 4 | row << 8) & ~((1 << (4 * spatial)) - 1) & ALL_TARGETS)

# One number for the layers a packet is of; what lies beyond those that are told apart counts as the highest.
cdef inline uint8_t place_of(uint8_t spatial, uint8_t temporal) noexcept nogil:
    return <uint8_t>(4 * min(spatial, <uint8_t>(MAX_SPATIAL - 1)) + min(temporal, <uint8_t>(MAX_TEMPORAL - 1)))

cdef inline void descriptor_reset(descriptor *d) noexcept nogil:
    memset(d, 0, sizeof(descriptor))
    d.carried = ALL_TARGETS

# Layers inside: only these targets need it.
cdef inline void descriptor_place(descriptor *d, uint8_t place) noexcept nogil:
    d.place = place
    d.carried = carried_by(place >> 2, place & 3)

# A fault for the fuzzer to find, only where the build asks for it: tests/fuzz/planted.sh.
cdef extern from *:
    """
    #ifdef SFERA_PLANTED_FAULT
    #define SFERA_BEYOND 1
    #else
    #define SFERA_BEYOND 0
    #endif
    """
    const int SFERA_BEYOND

# RFC 7741 section 4.2 and 4.3. False when it is truncated.
cdef inline bint vp8_parse(const uint8_t *p, size_t size, descriptor *d) noexcept nogil:
    cdef size_t at = 1
    cdef uint8_t flags, temporal
    cdef bint begins
    descriptor_reset(d)
    if size < 1:
        return False
    begins = (p[0] & 0x17) == 0x10         # S bit set, partition 0
    if p[0] & 0x80:
        if size < 2:
            return False
        flags = p[1]
        at = 2
        if flags & 0x80:
            if at >= size:
                return False
            d.picture_id_at = <uint8_t>at
            if p[at] & 0x80:
                if at + 1 >= size:
                    return False
                d.picture_id_long = True
                d.picture_id = read16(p + at) & 0x7FFF
                at += 2
            else:
                d.picture_id = p[at]
                at += 1
        if flags & 0x40:
            if at >= size + SFERA_BEYOND:
                return False
            d.tl0_at = <uint8_t>at
            d.tl0 = p[at]
            at += 1
        if flags & 0x30:
            if at >= size:
                return False
            if flags & 0x20:
                temporal = p[at] >> 6
                descriptor_place(d, temporal)
                if begins and p[at] & 0x20:    # Y: it depends on nothing but the base layer
                    d.upward = carried_by(0, temporal) & ~carried_by(0, <uint8_t>(temporal + 1))
            at += 1
    if at >= size:
        return False
    d.keyframe = begins and (p[at] & 0x01) == 0    # the inverse key frame bit of the VP8 payload header
    if d.keyframe:
        d.upward = ALL_TARGETS
    return True

# RFC 6184: a keyframe that a new decoder can start from begins with its sequence parameter set, alone or in a STAP-A.
cdef inline bint h264_parse(const uint8_t *p, size_t size, descriptor *d) noexcept nogil:
    cdef uint8_t kind
    cdef size_t at = 1, length
    descriptor_reset(d)
    if size < 1:
        return False
    kind = p[0] & 0x1F
    if kind == 7:
        d.keyframe = True
        d.upward = ALL_TARGETS
    elif kind == 24:                       # STAP-A
        while at + 3 <= size:
            length = read16(p + at)
            if (p[at + 2] & 0x1F) == 7:
                d.keyframe = True
                d.upward = ALL_TARGETS
                return True
            at += 2 + length
    return True

# AV1 RTP payload format 4.4: the aggregation header. N begins a coded video sequence, which a decoder can start from.
cdef inline bint av1_parse(const uint8_t *p, size_t size, descriptor *d) noexcept nogil:
    descriptor_reset(d)
    if size < 2:
        return False
    d.keyframe = (p[0] & 0x88) == 0x08     # N, and Z is not set: nothing of an earlier packet goes on
    if d.keyframe:
        d.upward = ALL_TARGETS
    return True
