"""RTP of one transport opened under AES-GCM with a key that is kept (RFC 7714 section 8). Does no I/O."""

from libc.stdint cimport uint8_t, uint32_t

from sfu._gcm cimport gcm_key
from sfu._replay cimport replay_table

cdef struct inbound_key:
    gcm_key key
    uint8_t salt[12]
    replay_table came

# In place; `size` is changed. Returns an srtp_result; SRTP_NO_WINDOW: untouched, of an SSRC that found no room.
cdef int inbound_open(inbound_key *kept, uint8_t *data, int *size) noexcept nogil
cdef void inbound_forget(inbound_key *kept, uint32_t ssrc) noexcept nogil
