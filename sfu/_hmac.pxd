"""HMAC-SHA1 (RFC 2104): of SRTP's packets, with keys that are kept, and of STUN's checks. Does no I/O, allocates nothing."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t

cdef enum:
    HMAC_SHA1 = 20               # bytes of a digest
    SHA1_STATE = 128             # SHA_CTX has 96 bytes

# What SHA-1 makes of a key's two pads: with it a digest costs no more than what it is of.
cdef struct hmac_key:
    uint8_t inner[SHA1_STATE]
    uint8_t outer[SHA1_STATE]

# Whether keys can be kept: OpenSSL's SHA-1 by itself is there.
cdef bint hmac_keeps_keys() noexcept nogil
cdef void hmac_key_make(hmac_key *key, const uint8_t *secret, size_t size) noexcept nogil
# Of `data` and `more`, one behind the other, into HMAC_SHA1 bytes at `out`.
cdef void hmac_kept(const hmac_key *key, const uint8_t *data, size_t size, const uint8_t *more, size_t more_size,
                    uint8_t *out) noexcept nogil
# Of `data` under a secret that comes once, into HMAC_SHA1 bytes at `out`.
cdef void hmac_sha1(const uint8_t *secret, size_t secret_size, const uint8_t *data, size_t size, uint8_t *out) noexcept nogil
