"""RTCP on C buffers: reading compounds, writing reports, NACK, PLI, FIR. Does no I/O.

RFC 3550 section 6, RFC 4585, RFC 5104. Writers return the number of bytes written, a multiple of 4, or 0 when
`capacity` is too small.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

# Transport-wide feedback to publishers is written in a module of its own.
from sfu._arrivals cimport ARRIVALS, arrival_log, arrivals_add, arrivals_reset, arrivals_write  # no-cython-lint

cdef enum:
    RTCP_SR = 200
    RTCP_RR = 201
    RTCP_SDES = 202
    RTCP_BYE = 203
    RTCP_RTPFB = 205
    RTCP_PSFB = 206
    RTPFB_NACK = 1
    RTPFB_TRANSPORT_CC = 15
    PSFB_PLI = 1
    PSFB_FIR = 4
    PSFB_AFB = 15

cdef struct rtcp_item:            # one packet of a compound
    uint8_t type
    uint8_t count                 # RC, SC or FMT
    const uint8_t *body           # behind the 4 byte common header
    size_t size                   # of the body, without padding

# Takes the packet at `*offset`, moves `*offset` behind it. 1: got one; 0: end; -1: malformed (stop).
cdef int rtcp_next(const uint8_t *data, size_t size, size_t *offset, rtcp_item *out) noexcept nogil

cdef struct report_block:
    uint32_t ssrc
    uint8_t fraction_lost
    int32_t cumulative_lost       # 24 bit signed
    uint32_t highest              # extended
    uint32_t jitter
    uint32_t lsr
    uint32_t dlsr

cdef struct sender_info:
    uint32_t ssrc
    uint64_t ntp                  # 32.32
    uint32_t rtp
    uint32_t packets
    uint32_t octets

cdef bint rtcp_read_sr(const rtcp_item *item, sender_info *out) noexcept nogil
# Reads report block `index` of an SR or RR. False when there is none.
cdef bint rtcp_read_block(const rtcp_item *item, unsigned int index, report_block *out) noexcept nogil
# Reads up to `capacity` lost sequence numbers of a generic NACK; returns how many. `media_ssrc` is set.
cdef size_t rtcp_read_nack(const rtcp_item *item, uint32_t *media_ssrc, uint16_t *out, size_t capacity) noexcept nogil
cdef bint rtcp_read_pli(const rtcp_item *item, uint32_t *media_ssrc) noexcept nogil
# Receiver's own estimate (draft-alvestrand-rmcat-remb-03 section 2.2). False for another application's message.
cdef bint rtcp_read_remb(const rtcp_item *item, int64_t *bps) noexcept nogil
# FIR entry `index` (RFC 5104 4.3.1). False when there is none.
cdef bint rtcp_read_fir(const rtcp_item *item, unsigned int index,
                        uint32_t *media_ssrc, uint8_t *sequence) noexcept nogil

# SR (no blocks) and SDES with a CNAME, as a compound.
cdef size_t rtcp_write_sr(uint8_t *out, size_t capacity, const sender_info *info,
                          const char *cname, size_t cname_size) noexcept nogil
# RR with `n` (at most 31) blocks.
cdef size_t rtcp_write_rr(uint8_t *out, size_t capacity, uint32_t sender,
                          const report_block *blocks, size_t n) noexcept nogil
# Generic NACK of `n` ascending (modulo 2^16) sequence numbers, packed as PID + BLP.
cdef size_t rtcp_write_nack(uint8_t *out, size_t capacity, uint32_t sender, uint32_t media,
                            const uint16_t *lost, size_t n) noexcept nogil
cdef size_t rtcp_write_pli(uint8_t *out, size_t capacity, uint32_t sender, uint32_t media) noexcept nogil
