"""What arrives on a line: every packet counted by its header, some of them opened."""

from loadtest._lines cimport engine, line

# Reads until the socket is empty (a bounded amount). False when nothing was there.
cdef bint receive(engine *e, line *on) noexcept nogil
