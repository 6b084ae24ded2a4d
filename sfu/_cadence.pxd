"""How soon the turns of a packet worker follow each other. Does no I/O. Times are microseconds.

Mostly at once. Where turns fill nearly the whole time, what comes would wait in the socket anyway: with some time from one
beginning to the next more gathers for each receiver and leaves as fewer messages, which cost the most, and so the queue ends.
No more of it than it takes: a tenth of a second by a tenth of a second, a little more or a little less.
"""

from libc.stdint cimport int64_t

cdef struct cadence:
    int64_t since_us             # the turns noted below began no earlier
    int64_t busy_us              # what these took
    int64_t next_us              # the next turn begins no earlier; 0: whenever there is something
    int64_t apart_us             # from one turn's beginning to the next at least, as of the last look

# A turn is over. `left`: there was more to read than it read.
cdef void cadence_note(cadence *c, int64_t began_us, int64_t ended_us, bint left) noexcept nogil
