"""The loop that a packet worker's thread runs for its whole life."""

from sfu._worker cimport worker

# Makes everything the worker needs; `w.fd` is its bound socket. False when memory or descriptors are short.
cdef bint worker_create(worker *w) noexcept nogil
cdef void worker_free(worker *w) noexcept nogil
# Runs until DO_STOP.
cdef void worker_run(worker *w) noexcept nogil
