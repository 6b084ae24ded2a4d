# cython: language_level=3, cdivision=True
"""How soon turns follow each other (`_cadence.pxd` is the contract). Nothing here allocates, locks or does I/O. The class at
the end is for tests only.
"""

cdef enum:
    LOOK_US = 100000             # from one look at the load to the next
    FULL_PERCENT = 92            # of the time is turns: they begin further apart,
    EASY_PERCENT = 80            # less than this is: nearer to each other
    STEP_US = 500                # by so much at each look
    MOST_US = 5000               # nobody's media waits longer for that; a fifth less to do
    LOST_US = 1000000            # who asked for a repeat so lately may ask again:
    SOON_MS = 10                 # reports are looked at so often at least then,
    SELDOM_MS = 25               # and else: while somebody speaks there is a turn each 20 ms anyway
    LATE_MS = 2                  # or so much later, with what is due then


cdef void look(cadence *c, int64_t passed) noexcept nogil:
    if c.busy_us * 100 >= passed * FULL_PERCENT:
        c.apart_us = min(c.apart_us + STEP_US, <int64_t>MOST_US)
    elif c.busy_us * 100 < passed * EASY_PERCENT:
        c.apart_us = max(c.apart_us - STEP_US, <int64_t>0)


cdef int cadence_wait(int due_ms, int64_t since_asked_us) noexcept nogil:
    cdef int most = SOON_MS if since_asked_us < LOST_US else SELDOM_MS
    return due_ms if due_ms <= most + LATE_MS else most


cdef void cadence_note(cadence *c, int64_t began_us, int64_t ended_us, bint left) noexcept nogil:
    if c.since_us == 0:
        c.since_us = began_us
    c.busy_us += ended_us - began_us
    if ended_us - c.since_us >= LOOK_US:
        look(c, ended_us - c.since_us)
        c.since_us = ended_us
        c.busy_us = 0
    c.next_us = began_us + c.apart_us if c.apart_us and not left else 0


# For tests only

cdef class Cadence:
    """Turns of one worker. For tests only."""
    cdef cadence c

    @staticmethod
    def wait(int due_ms, int64_t since_asked_us):
        """`cadence_wait`."""
        return cadence_wait(due_ms, since_asked_us)

    def turn(self, int64_t began_us, int64_t ended_us, bint left=False):
        """`cadence_note`; when the next may begin, 0: at any time."""
        cadence_note(&self.c, began_us, ended_us, left)
        return self.c.next_us
