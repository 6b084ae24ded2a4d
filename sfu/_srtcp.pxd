"""SRTCP of one transport under AES-GCM with keys that are kept (RFC 7714 section 9). Does no I/O."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint32_t

from sfu._gcm cimport gcm_key
from sfu._replay cimport replay_table

cdef enum:
    SRTCP_OVERHEAD = 20          # tag and index

# Both directions.
cdef struct srtcp_keys:
    gcm_key opening
    gcm_key sealing
    uint8_t opening_salt[12]
    uint8_t sealing_salt[12]
    uint32_t index               # of the last packet that was sealed
    replay_table came

# In place; `size` is changed. Returns an srtp_result; SRTP_NO_WINDOW: untouched, of an SSRC that found no room.
cdef int srtcp_gcm_open(srtcp_keys *keys, uint8_t *data, int *size) noexcept nogil
# In place, with room for SRTCP_OVERHEAD more bytes. Returns the whole size, 0 on failure.
cdef size_t srtcp_gcm_seal(srtcp_keys *keys, uint8_t *data, size_t size) noexcept nogil
