"""The streams a line expects, by SSRC: a table with open places (linear probing), half empty at least."""

from libc.stdint cimport uint32_t
from libc.stdlib cimport calloc, free

from loadtest._lines cimport line, place, sink


cdef inline uint32_t slot_of(const line *on, uint32_t ssrc) noexcept nogil:
    return (ssrc * <uint32_t>2654435761) >> 7 & on.table_mask


cdef place *find_place(line *on, uint32_t ssrc) noexcept nogil:
    cdef uint32_t i
    if on.table is NULL:
        return NULL
    i = slot_of(on, ssrc)
    while on.table[i].to is not NULL:
        if on.table[i].ssrc == ssrc:
            return &on.table[i]
        i = (i + 1) & on.table_mask
    return NULL


cdef bint grow(line *on) noexcept nogil:
    cdef place *old = on.table
    cdef uint32_t count = on.table_mask + 1 if old is not NULL else 0, i
    cdef place *bigger = <place *>calloc(2 * count if count else 16, sizeof(place))
    if bigger is NULL:
        return False
    on.table = bigger
    on.table_mask = (2 * count if count else 16) - 1
    for i in range(count):
        if old[i].to is not NULL:
            table_put(on, old[i].ssrc, old[i].to, old[i].repair)
    free(old)
    return True


cdef bint table_put(line *on, uint32_t ssrc, sink *to, bint repair) noexcept nogil:
    # Each sink has two places at most, and half of the table stays empty
    cdef uint32_t i
    if on.table is NULL or 4 * <uint32_t>on.sinks > on.table_mask:
        if not grow(on):
            return False
    i = slot_of(on, ssrc)
    while on.table[i].to is not NULL:
        i = (i + 1) & on.table_mask
    on.table[i].ssrc = ssrc
    on.table[i].to = to
    on.table[i].repair = repair
    return True
