"""Which transport a datagram belongs to: a hash table from an address or a user fragment to a transport."""

from libc.stdint cimport uint8_t, uint32_t

from sfu._state cimport transport
from sfu._stun cimport sockaddr_storage

cdef enum:
    ROUTE_KEY = 40

cdef struct route:
    uint8_t key[ROUTE_KEY]
    transport *target            # NULL: free

cdef struct route_table:
    route *routes
    uint32_t capacity            # power of two, at least twice the routes kept
    uint32_t count

cdef bint routes_create(route_table *table, uint32_t capacity) noexcept nogil
cdef void routes_free(route_table *table) noexcept nogil
# False when the table is full.
cdef bint routes_set(route_table *table, const uint8_t *key, transport *target) noexcept nogil
cdef transport *routes_get(const route_table *table, const uint8_t *key) noexcept nogil
cdef void routes_remove(route_table *table, const uint8_t *key) noexcept nogil
# Keys of ROUTE_KEY bytes.
cdef void address_key(const sockaddr_storage *address, uint8_t *key) noexcept nogil
cdef bint ufrag_key(const uint8_t *ufrag, uint32_t size, uint8_t *key) noexcept nogil
