"""Recent packets of one layer: answers to NACK, and where fan-out reads from. Does no I/O.

Payloads lie one behind the other in a ring of bytes, never across its end; an index by number points into it.
Storing overwrites what is oldest, so memory is bounded by the layer, not by how fast it sends.

Index and bytes are one block, large enough to be a mapping of its own (`memory.LARGE_BYTES`): pages that no packet has
come to cost nothing, and all of them are the kernel's again when the layer is gone. The bytes stand last, so that the
address sanitizer sees whoever writes past their end.
"""

from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from sfu._state cimport CACHE_PACKETS, FILL


cdef int64_t caches = 0


cdef bint cache_create(packet_cache *cache, uint64_t capacity) noexcept nogil:
    memset(cache, 0, sizeof(packet_cache))
    cache.index = <packet *>calloc(1, CACHE_PACKETS * sizeof(packet) + capacity)
    if cache.index is NULL:
        return False
    cache.bytes = <uint8_t *>(cache.index + CACHE_PACKETS)
    cache.capacity = capacity
    count_change(&caches, 1)
    return True


cdef void cache_free(packet_cache *cache) noexcept nogil:
    if cache.index is NULL:
        return
    count_change(&caches, -1)
    free(cache.index)
    memset(cache, 0, sizeof(packet_cache))


cdef packet *cache_store(packet_cache *cache, uint64_t number, const uint8_t *payload, size_t size,
                         const uint8_t *dependency, uint8_t dependency_size) noexcept nogil:
    cdef packet *kept = &cache.index[number & (CACHE_PACKETS - 1)]
    cdef uint64_t place = cache.written & (cache.capacity - 1)
    if place + size + FILL + dependency_size > cache.capacity:
        cache.written += cache.capacity - place
        place = 0
    kept.number = number
    kept.position = cache.written
    kept.payload = cache.bytes + place
    kept.size = <unsigned short>size
    kept.present = True
    memcpy(kept.payload, payload, size)
    kept.dependency_size = dependency_size
    if dependency_size:
        memcpy(kept.payload + size + FILL, dependency, dependency_size)
    cache.written += size + FILL + dependency_size
    kept.fill = 0
    return kept


cdef packet *cache_find(packet_cache *cache, uint64_t number) noexcept nogil:
    cdef packet *kept
    if cache.index is NULL:
        return NULL
    kept = &cache.index[number & (CACHE_PACKETS - 1)]
    if not kept.present or kept.number != number or cache.written - kept.position > cache.capacity:
        return NULL
    return kept


cdef int64_t caches_alive() noexcept nogil:
    return count_change(&caches, 0)
