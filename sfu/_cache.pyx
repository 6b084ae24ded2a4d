"""Recent packets of one layer: answers to NACK, and where fan-out reads from. Does no I/O.

Payloads lie one behind the other in a ring of bytes, never across its end; an index by number points into it.
Storing overwrites what is oldest, so memory is bounded by the layer, not by how fast it sends.

Index and bytes lie in pages of their own (`_pages`): those that no packet has come to cost nothing. The bytes stand last,
so that the address sanitizer sees whoever writes past their end.
"""

from libc.string cimport memcpy, memset

from sfu._pages cimport pages_give_back, pages_take
from sfu._state cimport CACHE_PACKETS, FILL


cdef int64_t caches = 0


cdef size_t cache_size(uint64_t capacity) noexcept nogil:
    return CACHE_PACKETS * sizeof(packet) + capacity


cdef bint cache_create(packet_cache *cache, uint64_t capacity) noexcept nogil:
    memset(cache, 0, sizeof(packet_cache))
    cache.index = <packet *>pages_take(cache_size(capacity))
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
    pages_give_back(cache.index, cache_size(cache.capacity))
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
