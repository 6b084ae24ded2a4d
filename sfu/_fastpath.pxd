"""The packet worker as Python holds it."""

from libc.stdint cimport int32_t

from sfu._rings cimport event
from sfu._worker cimport worker

cdef class Worker:
    cdef worker *w
    cdef readonly int port
    cdef readonly str crypto
    cdef bint estimates           # lines of receivers are estimated,
    cdef bint thin_start          # and begin with little
    cdef object thread
    cdef bint stopped
    cdef bint hung                # the thread does not end
    cdef dict keys                # transport handle -> its Keys, kept until the worker says it is gone
    cdef object transports        # free handles of each kind
    cdef object rooms
    cdef object uptracks
    cdef object slots
    cdef int post(self, int32_t kind, int32_t a, int32_t b, int32_t c, void *thing) except -1
    cdef object event_of(self, event *e)
