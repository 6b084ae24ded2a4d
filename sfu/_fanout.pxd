"""From layers to slots: what a batch of datagrams brought is gathered, and given receiver by receiver."""

from sfu._state cimport layer, packet
from sfu._worker cimport worker

# Puts a packet to its layer's run.
cdef void gather(worker *w, layer *lr, packet *p) noexcept nogil
# Gives everything gathered since to the slots.
cdef void fan_out_all(worker *w) noexcept nogil
