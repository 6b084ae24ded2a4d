"""What Python asks of a worker, carried out on the worker's thread."""

from libc.stdint cimport int32_t, uint8_t

from sfu._state cimport CREDENTIAL, downtrack, local_address, room, transport, uptrack
from sfu._srtp cimport srtp_receiver, srtp_sender
from sfu._worker cimport worker

cdef struct credentials:
    char ufrag[CREDENTIAL]
    uint8_t ufrag_size
    char password[CREDENTIAL]
    uint8_t password_size

cdef struct key_pair:
    srtp_receiver incoming
    srtp_sender outgoing

# How a slot stands among the others of its line (`_allocator`).
cdef struct importance:
    int32_t rank
    bint keeps_size

# Carries out every command that waits. False after DO_STOP.
cdef bint carry_out(worker *w) noexcept nogil
# Tells of the ends of things that found no place in the ring of events before.
cdef void tell_what_is_gone(worker *w) noexcept nogil
# Tells Python which address is in use now, if it does not know.
cdef void tell_selected(worker *w, transport *t) noexcept nogil
# Frees everything that is still there, when the thread has ended.
cdef void free_everything(worker *w) noexcept nogil
# Makes `address` a validated one of the transport, the oldest making room; `selected` makes it the one that is sent to.
cdef void note_address(worker *w, transport *t, const void *address, int32_t size, const local_address *local,
                       bint selected) noexcept nogil
