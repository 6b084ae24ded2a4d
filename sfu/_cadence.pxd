"""How soon the turns of a packet worker follow each other. Does no I/O. Times are microseconds.

Mostly at once. Where turns fill nearly the whole time, what comes would wait in the socket anyway: with some time from one
beginning to the next more gathers for each receiver and leaves as fewer messages, which cost the most, and so the queue ends.
No more of it than it takes: a tenth of a second by a tenth of a second, a little more or a little less.

While media comes, reports are read in the turns that it makes. How long they may lie there goes by whether anybody has lost
something: then a request is worth a turn of its own.
"""

from libc.stdint cimport int64_t

cdef struct cadence:
    int64_t since_us             # the turns noted below began no earlier
    int64_t busy_us              # what these took
    int64_t next_us              # the next turn begins no earlier; 0: whenever there is something
    int64_t apart_us             # from one turn's beginning to the next at least, as of the last look

# How many milliseconds of `due_ms`, when something is due, are waited for media alone, reports unread. A receiver last asked
# for what it had lost `since_asked_us` ago.
cdef int cadence_wait(int due_ms, int64_t since_asked_us) noexcept nogil
# A turn is over. `left`: there was more to read than it read.
cdef void cadence_note(cadence *c, int64_t began_us, int64_t ended_us, bint left) noexcept nogil
