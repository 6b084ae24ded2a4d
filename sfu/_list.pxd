"""Growable lists of pointers for the worker's bookkeeping. Changed by commands and switches only, never by a packet."""

from libc.stdint cimport int32_t
from libc.stdlib cimport free, realloc
from libc.string cimport memset

from sfu._state cimport list_of

cdef inline bint list_add(list_of *list, void *item) noexcept nogil:
    cdef void **grown
    cdef int32_t capacity
    if list.count == list.capacity:
        capacity = 4 if list.capacity == 0 else list.capacity * 2
        grown = <void **>realloc(list.items, capacity * sizeof(void *))
        if grown is NULL:
            return False
        list.items = grown
        list.capacity = capacity
    list.items[list.count] = item
    list.count += 1
    return True

cdef inline bint list_has(const list_of *list, const void *item) noexcept nogil:
    cdef int32_t i
    for i in range(list.count):
        if list.items[i] == item:
            return True
    return False

# Removes `item` if it is there, keeping the order of the others.
cdef inline void list_remove(list_of *list, const void *item) noexcept nogil:
    cdef int32_t i, kept = 0
    for i in range(list.count):
        if list.items[i] != item:
            list.items[kept] = list.items[i]
            kept += 1
    list.count = kept

cdef inline void list_free(list_of *list) noexcept nogil:
    free(list.items)
    memset(list, 0, sizeof(list_of))
