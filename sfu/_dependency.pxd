"""The dependency descriptor, a header extension that tells which frames a receiver needs (AV1, also H264). Does no I/O.

AV1 RTP payload format, version 1.0, appendix A. A keyframe brings a structure: templates, and which decode targets need a
frame of each. Every packet then names its template. What is forwarded is told apart by it; the descriptor itself goes on as
it came but for the frame number, whose distances are the references and are kept.
"""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint16_t, uint32_t

from sfu._rtp cimport descriptor

cdef enum:
    MAX_TEMPLATES = 64
    MAX_DECODE_TARGETS = 32
    MAX_CHAINS = 32

# What a frame is to a decode target (A.8.2, decode target indication).
cdef enum:
    NOT_PRESENT = 0
    DISCARDABLE = 1
    SWITCH = 2
    REQUIRED = 3

# A template dependency structure, as far as forwarding needs it. Everything is in range once it has been read.
cdef struct dependency_structure:
    uint8_t offset                         # template_id_offset
    uint8_t template_count
    uint8_t target_count
    uint8_t chain_count
    uint8_t spatial[MAX_TEMPLATES]
    uint8_t temporal[MAX_TEMPLATES]
    uint32_t present[MAX_TEMPLATES]        # by template: decode targets that need the frame, as bits
    uint32_t switching[MAX_TEMPLATES]      # and those that a receiver may go over to there
    uint8_t decode_target[12]              # the best decode target within each of our targets

# What one packet says.
cdef struct dependency:
    bint begins                            # its frame
    bint ends
    uint16_t frame_number
    uint8_t template_index
    uint8_t spatial
    uint8_t temporal
    uint32_t present                       # decode targets, as bits
    uint32_t switching
    bint has_structure
    bint has_active
    uint32_t active                        # decode targets that are sent at all; with `has_active`

# Reads `size` bytes. `structure` is the last one of this layer (`known`: there is one) and is replaced when the descriptor
# brings another. False when it is truncated, names a template nobody knows, or says what no encoder may; then `structure` is
# as before.
cdef bint dependency_read(const uint8_t *data, size_t size, dependency_structure *structure, bint known,
                          dependency *out) noexcept nogil
# The same for forwarding: fills in the layers, targets and ends of `d`.
cdef void dependency_place(const dependency *found, const dependency_structure *structure, descriptor *d) noexcept nogil
