"""AES-128-GCM sealing with a key that is kept, over the fastest library of this machine. Does no I/O."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

cdef extern from "arpa/inet.h" nogil:
    uint32_t htonl(uint32_t value)

cdef extern from "endian.h" nogil:
    uint64_t htobe64(uint64_t value)

cdef enum:
    GCM_TAG = 16

# Encrypts `size` bytes of `plain` to `out` and puts the tag behind them; `header` is authenticated alone. `iv` has 12
# bytes, and the caller never gives the same one twice under a key. False when the library refuses.
ctypedef bint (*gcm_seal_function)(void *key, const uint8_t *iv, const uint8_t *header, size_t header_size,
                                   const uint8_t *plain, uint8_t *out, size_t size) noexcept nogil
# Decrypts `size` bytes of `sealed`, behind which the tag stands, to `out`, which may be the same. False when it is not authentic.
ctypedef bint (*gcm_open_function)(void *key, const uint8_t *iv, const uint8_t *header, size_t header_size,
                                   const uint8_t *sealed, uint8_t *out, size_t size) noexcept nogil
ctypedef void (*gcm_free_function)(void *key) noexcept nogil

# A key of 16 bytes as one library keeps it.
cdef struct gcm_key:
    void *state                  # NULL: none
    size_t bytes                 # that every packet reads from there; 0: not known
    gcm_seal_function seal
    gcm_open_function open       # NULL: this library only seals here
    gcm_free_function free

cdef int gcm_key_make(gcm_key *key, str backend, bytes secret) except -1


# The IV of SRTP and SRTCP, 12 bytes: 00 00 SSRC INDEX, exclusive-or the salt (RFC 7714 sections 8.1 and 9.1). In two words:
# single bytes would have to be put together again before the cipher can read them.
cdef inline void gcm_iv(uint8_t *iv, const uint8_t *salt, uint32_t ssrc, uint64_t index) noexcept nogil:
    cdef uint64_t first
    cdef uint32_t last
    memcpy(&first, salt, 8)
    memcpy(&last, salt + 8, 4)
    first ^= htobe64((<uint64_t>ssrc << 16) | (index >> 32))
    last ^= htonl(<uint32_t>index)
    memcpy(iv, &first, 8)
    memcpy(iv + 8, &last, 4)
