"""One SRTP stream on its way out (RFC 3711, RFC 7714): numbers of its own, sealed under one key."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from benchmarks._aead cimport IV_SIZE, seal_function
from loadtest._net cimport htobe16, htobe32, htobe64
from sfu._cm cimport cm_key, cm_seal

cdef enum:
    RTP_HEADER = 12

cdef struct srtp_stream:
    seal_function seal
    void *key                     # an opened session key
    uint8_t salted[IV_SIZE]       # session salt, the SSRC already mixed in (RFC 7714 section 8.1)
    cm_key *cm                    # AES-CM with HMAC-SHA1-80 instead, the worker's own; NULL: GCM
    uint32_t ssrc
    uint64_t index                # rollover counter << 16 | sequence number of the next packet; only ever rises


cdef inline void stream_start(srtp_stream *stream, seal_function seal, void *key, const uint8_t *salt,
                              uint32_t ssrc, uint16_t first) noexcept nogil:
    """Begins a stream at sequence number `first` and rollover counter 0."""
    cdef int i
    stream.seal = seal
    stream.key = key
    stream.cm = NULL
    stream.ssrc = ssrc
    stream.index = first
    memcpy(stream.salted, salt, IV_SIZE)
    for i in range(4):
        stream.salted[2 + i] ^= <uint8_t>(ssrc >> (24 - 8 * i))


cdef inline void stream_header(srtp_stream *stream, uint8_t *out, uint8_t first_byte, uint8_t second_byte,
                               uint32_t timestamp) noexcept nogil:
    """Writes the 12 fixed bytes of the stream's next packet."""
    cdef uint16_t sequence = htobe16(<uint16_t>stream.index)
    cdef uint32_t at = htobe32(timestamp)
    cdef uint32_t ssrc = htobe32(stream.ssrc)
    out[0] = first_byte
    out[1] = second_byte
    memcpy(out + 2, &sequence, 2)
    memcpy(out + 4, &at, 4)
    memcpy(out + 8, &ssrc, 4)


cdef inline bint stream_seal(srtp_stream *stream, const uint8_t *header, size_t header_size,
                             const uint8_t *plain, uint8_t *out, size_t size) noexcept nogil:
    """Seals the payload of the stream's next packet into `out`, which stands behind its header, and moves on. Each index is
    used once."""
    cdef uint8_t iv[IV_SIZE]
    cdef uint64_t index = htobe64(stream.index << 16)
    cdef const uint8_t *digits = <const uint8_t *>&index
    cdef int i
    if stream.cm is not NULL:
        stream.index += 1
        return cm_seal(stream.cm, <uint8_t *>header, header_size, plain, size, stream.ssrc, stream.index - 1) > 0
    memcpy(iv, stream.salted, IV_SIZE)
    for i in range(6):
        iv[6 + i] ^= digits[i]
    stream.index += 1
    return stream.seal(stream.key, iv, header, header_size, plain, out, size)
