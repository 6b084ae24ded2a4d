"""AES-128 in counter mode with HMAC-SHA1-80 (RFC 3711), sealing with keys that are kept. Does no I/O."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint32_t, uint64_t

from sfu._hmac cimport hmac_key

cdef enum:
    CM_TAG = 10

# A session's encryption key as OpenSSL keeps it, its salt, and its authentication key.
cdef struct cm_key:
    void *cipher                 # NULL: none
    uint8_t salt[14]
    hmac_key authentication

cdef bint cm_available() noexcept
cdef int cm_key_make(cm_key *key, bytes secret, bytes authentication, bytes salt) except -1
cdef void cm_key_free(cm_key *key) noexcept nogil
# Encrypts `size` bytes of `plain` to behind the header at `out` and puts the tag behind them. The size of it all, 0 on failure.
cdef size_t cm_seal(cm_key *key, uint8_t *out, size_t header_size, const uint8_t *plain, size_t size, uint32_t ssrc,
                    uint64_t index) noexcept nogil
