"""Recent packets of one layer: answers to NACK, and where fan-out reads from. Does no I/O."""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint64_t

from sfu._state cimport FILL, packet, packet_cache

cdef extern from *:
    """
    static inline int64_t count_change(int64_t *p, int64_t by) { return __atomic_add_fetch(p, by, __ATOMIC_RELAXED); }
    """
    # They are made on Python's threads and freed on the workers'.
    int64_t count_change(int64_t *p, int64_t by) noexcept nogil

# Makes room for about `capacity` (a power of two) bytes of payload. False when there is no memory.
cdef bint cache_create(packet_cache *cache, uint64_t capacity) noexcept nogil
cdef void cache_free(packet_cache *cache) noexcept nogil
# Keeps a copy of `payload` under `number`, and of a dependency descriptor (NULL, 0: none) behind it; the caller fills in the
# other fields. Never NULL after cache_create.
cdef packet *cache_store(packet_cache *cache, uint64_t number, const uint8_t *payload, size_t size,
                         const uint8_t *dependency, uint8_t dependency_size) noexcept nogil
# Where the descriptor lies.
cdef inline uint8_t *dependency_of(packet *p) noexcept nogil:
    return p.payload + p.size + FILL
# The packet kept under `number`, NULL when it never came or was overwritten.
cdef packet *cache_find(packet_cache *cache, uint64_t number) noexcept nogil
# How many there are in this process: made and not freed.
cdef int64_t caches_alive() noexcept nogil
