"""AES-128-GCM on C buffers, by whichever library is present: the crypto of the speed-of-light program and of the source."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t

cdef enum:
    KEY_SIZE = 16
    IV_SIZE = 12
    TAG_SIZE = 16

# Encrypts `size` bytes of `plain` into `out` (which may be `plain`, else must not overlap) and writes the tag behind them.
# False when the library refused.
ctypedef bint (*seal_function)(void *key, const uint8_t *iv, const uint8_t *aad, size_t aad_size,
                               const uint8_t *plain, uint8_t *out, size_t size) noexcept nogil

ctypedef void (*close_function)(void *key) noexcept nogil

cdef class Aead:
    """One library. Keys are opened once and sealed with many times; the caller never uses an IV twice."""

    cdef readonly str name
    cdef seal_function seal
    cdef close_function close             # of an opened key; keep the pointer, for `__dealloc__` may come after this object's own
    cdef void *open(self, const uint8_t *key) except NULL
