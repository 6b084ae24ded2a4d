# cython: language_level=3, cdivision=True
"""How soon turns follow each other (`_cadence.pxd` is the contract). Nothing here allocates, locks or does I/O. The class at
the end is for tests only.
"""

cdef enum:
    LOOK_US = 100000             # from one look at the load to the next
    FULL_PERCENT = 92            # of the time is turns: they rest from now on,
    EASY_PERCENT = 80            # until it is less than this, resting
    REST_US = 2000               # from one beginning to the next: a tenth less to do, and less than the queue takes there


cdef void cadence_note(cadence *c, int64_t began_us, int64_t ended_us, bint left) noexcept nogil:
    cdef int64_t passed
    if c.since_us == 0:
        c.since_us = began_us
    c.busy_us += ended_us - began_us
    passed = ended_us - c.since_us
    if passed >= LOOK_US:
        c.full = c.busy_us * 100 >= passed * (EASY_PERCENT if c.full else FULL_PERCENT)
        c.since_us = ended_us
        c.busy_us = 0
    c.next_us = began_us + REST_US if c.full and not left else 0


# For tests only

cdef class Cadence:
    """Turns of one worker. For tests only."""
    cdef cadence c

    def turn(self, int64_t began_us, int64_t ended_us, bint left=False):
        """`cadence_note`; when the next may begin, 0: at any time."""
        cadence_note(&self.c, began_us, ended_us, left)
        return self.c.next_us
