"""Recent packets of one layer: answers to NACK, and where fan-out reads from. Does no I/O.

Payloads lie one behind the other in a ring of bytes, never across its end; an index by number points into it.
Storing overwrites what is oldest, so memory is bounded by the layer, not by how fast it sends.
"""

from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

from sfu._state cimport CACHE_PACKETS, FILL


cdef int64_t caches = 0


cdef bint cache_create(packet_cache *cache, uint64_t capacity) noexcept nogil:
    memset(cache, 0, sizeof(packet_cache))
    cache.bytes = <uint8_t *>malloc(capacity)
    cache.index = <packet *>calloc(CACHE_PACKETS, sizeof(packet))
    cache.capacity = capacity
    if cache.bytes is NULL or cache.index is NULL:
        free(cache.bytes)
        free(cache.index)
        memset(cache, 0, sizeof(packet_cache))
        return False
    count_change(&caches, 1)
    return True


cdef void cache_free(packet_cache *cache) noexcept nogil:
    if cache.bytes is NULL:
        return
    count_change(&caches, -1)
    free(cache.bytes)
    free(cache.index)
    memset(cache, 0, sizeof(packet_cache))


cdef packet *cache_store(packet_cache *cache, uint64_t number, const uint8_t *payload, size_t size) noexcept nogil:
    cdef packet *kept = &cache.index[number & (CACHE_PACKETS - 1)]
    cdef uint64_t place = cache.written & (cache.capacity - 1)
    if place + size + FILL > cache.capacity:
        cache.written += cache.capacity - place
        place = 0
    kept.number = number
    kept.position = cache.written
    kept.payload = cache.bytes + place
    kept.size = <unsigned short>size
    kept.present = True
    memcpy(kept.payload, payload, size)
    cache.written += size + FILL
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
