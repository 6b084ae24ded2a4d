"""Which transport a datagram belongs to: a hash table from an address or a user fragment to a transport.

Open addressing with linear probing; a removal moves the following ones up, so there are no tombstones and look-
ups stay short however often people come and go. The hash is seeded, so that nobody outside can choose colliding
keys.
"""

from libc.stdint cimport uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcmp, memcpy, memset

import os

cdef extern from "netinet/in.h" nogil:
    const int AF_INET, AF_INET6
    cdef struct in_addr:
        unsigned int s_addr
    cdef struct in6_addr:
        unsigned char s6_addr[16]
    cdef struct sockaddr_in:
        unsigned short sin_port
        in_addr sin_addr
    cdef struct sockaddr_in6:
        unsigned short sin6_port
        in6_addr sin6_addr
        unsigned int sin6_scope_id

cdef uint64_t seed = int.from_bytes(os.urandom(8), "little") | 1


cdef uint32_t slot_of(const route_table *table, const uint8_t *key) noexcept nogil:
    cdef uint64_t h = seed, word
    cdef int i
    for i in range(ROUTE_KEY // 8):
        memcpy(&word, key + 8 * i, 8)
        h = (h ^ word) * <uint64_t>0x9E3779B97F4A7C15
        h ^= h >> 29
    return <uint32_t>h & (table.capacity - 1)


cdef bint routes_create(route_table *table, uint32_t capacity) noexcept nogil:
    table.routes = <route *>calloc(capacity, sizeof(route))
    table.capacity = capacity
    table.count = 0
    return table.routes is not NULL


cdef void routes_free(route_table *table) noexcept nogil:
    free(table.routes)
    memset(table, 0, sizeof(route_table))


cdef bint routes_set(route_table *table, const uint8_t *key, transport *target) noexcept nogil:
    cdef uint32_t i = slot_of(table, key)
    while table.routes[i].target is not NULL:
        if memcmp(table.routes[i].key, key, ROUTE_KEY) == 0:
            table.routes[i].target = target
            return True
        i = (i + 1) & (table.capacity - 1)
    if 2 * table.count >= table.capacity:
        return False
    memcpy(table.routes[i].key, key, ROUTE_KEY)
    table.routes[i].target = target
    table.count += 1
    return True


cdef transport *routes_get(const route_table *table, const uint8_t *key) noexcept nogil:
    cdef uint32_t i = slot_of(table, key)
    while table.routes[i].target is not NULL:
        if memcmp(table.routes[i].key, key, ROUTE_KEY) == 0:
            return table.routes[i].target
        i = (i + 1) & (table.capacity - 1)
    return NULL


cdef void routes_remove(route_table *table, const uint8_t *key) noexcept nogil:
    cdef uint32_t i = slot_of(table, key), hole, home
    while True:
        if table.routes[i].target is NULL:
            return
        if memcmp(table.routes[i].key, key, ROUTE_KEY) == 0:
            break
        i = (i + 1) & (table.capacity - 1)
    table.count -= 1
    hole = i
    while True:
        i = (i + 1) & (table.capacity - 1)
        if table.routes[i].target is NULL:
            break
        home = slot_of(table, table.routes[i].key)
        # movable when its home does not lie between the hole and where it is
        if ((i - home) & (table.capacity - 1)) >= ((i - hole) & (table.capacity - 1)):
            memcpy(&table.routes[hole], &table.routes[i], sizeof(route))
            hole = i
    table.routes[hole].target = NULL


cdef void address_key(const sockaddr_storage *address, uint8_t *key) noexcept nogil:
    cdef const sockaddr_in *v4 = <const sockaddr_in *>address
    cdef const sockaddr_in6 *v6 = <const sockaddr_in6 *>address
    memset(key, 0, ROUTE_KEY)
    key[0] = 1
    if address.ss_family == AF_INET:
        memcpy(key + 2, &v4.sin_port, 2)
        memcpy(key + 4, &v4.sin_addr, 4)
    else:
        key[1] = 6
        memcpy(key + 2, &v6.sin6_port, 2)
        memcpy(key + 4, &v6.sin6_addr, 16)
        memcpy(key + 20, &v6.sin6_scope_id, 4)


cdef bint ufrag_key(const uint8_t *ufrag, uint32_t size, uint8_t *key) noexcept nogil:
    if size < 4 or size > ROUTE_KEY - 2:
        return False
    memset(key, 0, ROUTE_KEY)
    key[0] = 2
    key[1] = <uint8_t>size
    memcpy(key + 2, ufrag, size)
    return True
