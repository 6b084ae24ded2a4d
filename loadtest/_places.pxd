"""The streams a line expects, by SSRC."""

from libc.stdint cimport uint32_t

from loadtest._lines cimport line, place, sink

# The sink of an SSRC, or the repair stream of one; NULL: nobody expects it.
cdef place *find_place(line *on, uint32_t ssrc) noexcept nogil
# False when there is no memory.
cdef bint table_put(line *on, uint32_t ssrc, sink *to, bint repair) noexcept nogil
