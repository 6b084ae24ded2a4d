"""AES-128-GCM sealing with a key that is kept, over the fastest library of this machine. Does no I/O."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t

cdef enum:
    GCM_TAG = 16

# Encrypts `size` bytes of `plain` to `out` and puts the tag behind them; `header` is authenticated alone. `iv` has 12
# bytes, and the caller never gives the same one twice under a key. False when the library refuses.
ctypedef bint (*gcm_seal_function)(void *key, const uint8_t *iv, const uint8_t *header, size_t header_size,
                                   const uint8_t *plain, uint8_t *out, size_t size) noexcept nogil
ctypedef void (*gcm_free_function)(void *key) noexcept nogil

# A key of 16 bytes as one library keeps it.
cdef struct gcm_key:
    void *state                  # NULL: none
    size_t bytes                 # that every packet reads from there; 0: not known
    gcm_seal_function seal
    gcm_free_function free

cdef int gcm_key_make(gcm_key *key, str backend, bytes secret) except -1
