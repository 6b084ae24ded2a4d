"""The VP9 payload descriptor: layers, switching points and frames. Does no I/O.

RFC 9628 section 4.2. Its references are told by differences of picture ids, and those of the non-flexible mode by a group
of pictures that is counted from the last keyframe: so picture ids keep their distances when layers are dropped.
"""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint16_t

from sfu._rtp cimport ALL_TARGETS, carried_by, descriptor, descriptor_place, descriptor_reset, place_of, read16

# The scalability structure (section 4.2.1) at `at`: where it ends, 0 when it is truncated.
cdef inline size_t vp9_structure(const uint8_t *p, size_t size, size_t at) noexcept nogil:
    cdef uint8_t flags, pictures, _picture
    if at >= size:
        return 0
    flags = p[at]
    at += 1
    if flags & 0x10:                       # Y: width and height of each spatial layer
        at += 4 * (<size_t>(flags >> 5) + 1)
    if flags & 0x08:                       # G: a description of the group of pictures
        if at >= size:
            return 0
        pictures = p[at]
        at += 1
        for _picture in range(pictures):
            if at >= size:
                return 0
            at += 1 + ((p[at] >> 2) & 3)
    return at if at <= size else 0

# False when it is truncated.
cdef inline bint vp9_parse(const uint8_t *p, size_t size, descriptor *d) noexcept nogil:
    cdef size_t at = 1
    cdef uint8_t spatial = 0, temporal = 0, references = 0
    cdef bint switching = False, more
    descriptor_reset(d)
    if size < 1:
        return False
    if p[0] & 0x80:                        # I
        if at >= size:
            return False
        d.picture_id_at = 1
        if p[at] & 0x80:
            if at + 1 >= size:
                return False
            d.picture_id_long = True
            d.picture_id = read16(p + at) & 0x7FFF
            at += 2
        else:
            d.picture_id = p[at]
            at += 1
    if p[0] & 0x20:                        # L: TID, U, SID, D
        if at >= size:
            return False
        temporal = p[at] >> 5
        switching = (p[at] & 0x10) != 0
        spatial = (p[at] >> 1) & 7
        at += 1
        descriptor_place(d, place_of(spatial, temporal))
        if not p[0] & 0x10:
            if at >= size:
                return False
            d.tl0_at = <uint8_t>at
            d.tl0 = p[at]
            at += 1
    if p[0] & 0x50 == 0x50:                # flexible mode, inter-picture predicted: P_DIFF, N
        more = True
        while more and references < 3:
            if at >= size:
                return False
            more = p[at] & 1
            references += 1
            at += 1
        if more:
            return False
    if p[0] & 0x02:                        # V
        at = vp9_structure(p, size, at)
        if at == 0:
            return False
    if at >= size:
        return False
    d.ends = (p[0] & 0x04) != 0
    # B set, not predicted from an earlier picture, and no spatial layer below it in this one
    d.keyframe = (p[0] & 0x48) == 0x08 and spatial == 0
    if d.keyframe:
        d.upward = ALL_TARGETS
    elif switching and p[0] & 0x08:        # U: temporal layers above this one go on from here without what was before
        d.upward = carried_by(0, <uint8_t>(min(temporal, <uint8_t>3) + 1))
    return True
