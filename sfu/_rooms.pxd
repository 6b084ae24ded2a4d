"""Audio slots of a room: the loudest speakers, without anyone's own voice."""

from sfu._state cimport room
from sfu._worker cimport worker

# Chooses the speakers anew when it is due (or `at_once`) and lets the audio slots follow.
cdef void room_hear(worker *w, room *r, bint at_once) noexcept nogil
