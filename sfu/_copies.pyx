"""Voice packets as they left. There is room for them only where a receiver has missed one."""

from libc.stdlib cimport calloc, free
from libc.string cimport memcpy


cdef void copies_begin(downtrack *d) noexcept nogil:
    if d.copies is NULL:
        d.copies = calloc(COPIES, sizeof(voice_copy))


cdef void copies_end(downtrack *d) noexcept nogil:
    free(d.copies)
    d.copies = NULL


cdef void copies_keep(downtrack *d, uint64_t sequence, const uint8_t *data, size_t size) noexcept nogil:
    cdef voice_copy *copy = &(<voice_copy *>d.copies)[sequence % COPIES]
    copy.sequence = sequence
    copy.repeated_us = 0
    copy.size = <uint16_t>size if size <= COPY_BYTES else 0
    memcpy(copy.bytes, data, copy.size)


cdef voice_copy *copies_find(const downtrack *d, uint64_t sequence) noexcept nogil:
    cdef voice_copy *copy
    if d.copies is NULL:
        return NULL
    copy = &(<voice_copy *>d.copies)[sequence % COPIES]
    return copy if copy.size and copy.sequence == sequence else NULL
