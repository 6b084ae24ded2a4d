"""AES-128 in counter mode with HMAC-SHA1-80 (RFC 3711), sealing with keys that are kept. Does no I/O."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint32_t, uint64_t

cdef enum:
    CM_TAG = 10
    SHA1_STATE = 128             # SHA_CTX has 96 bytes

# A session's encryption key as OpenSSL keeps it, its salt, and what SHA-1 makes of the authentication key's two pads.
cdef struct cm_key:
    void *cipher                 # NULL: none
    uint8_t salt[14]
    uint8_t inner[SHA1_STATE]
    uint8_t outer[SHA1_STATE]

cdef bint cm_available() noexcept
cdef int cm_key_make(cm_key *key, bytes secret, bytes authentication, bytes salt) except -1
cdef void cm_key_free(cm_key *key) noexcept nogil
# Encrypts `size` bytes of `plain` to behind the header at `out` and puts the tag behind them. The size of it all, 0 on failure.
cdef size_t cm_seal(cm_key *key, uint8_t *out, size_t header_size, const uint8_t *plain, size_t size, uint32_t ssrc,
                    uint64_t index) noexcept nogil
