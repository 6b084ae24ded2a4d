"""What comes in: telling STUN, DTLS, RTP and RTCP apart (RFC 7983), and what becomes of each."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t

from sfu._state cimport local_address
from sfu._stun cimport sockaddr_storage
from sfu._worker cimport worker

# Handles one message of the socket: one datagram, or a train of them of `segment` bytes each (UDP_GRO).
cdef void datagrams(worker *w, const sockaddr_storage *source, unsigned int source_size, const local_address *local,
                    uint8_t *data, size_t size, size_t segment) noexcept nogil
