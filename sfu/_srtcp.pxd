"""SRTCP of one transport under AES-GCM with keys that are kept (RFC 7714 section 9). Does no I/O."""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t

from sfu._gcm cimport gcm_key

cdef enum:
    SRTCP_SSRCS = 16             # whose packets are told apart here
    SRTCP_OVERHEAD = 20          # tag and index

# Which packets of one SSRC have come (RFC 3711 section 3.3.2).
cdef struct srtcp_window:
    uint32_t ssrc
    uint32_t highest             # index
    uint64_t bits                # bit n: highest - n has come

# Both directions.
cdef struct srtcp_keys:
    gcm_key opening
    gcm_key sealing
    uint8_t opening_salt[12]
    uint8_t sealing_salt[12]
    uint32_t index               # of the last packet that was sealed
    int32_t count
    srtcp_window windows[SRTCP_SSRCS]

# Whether packets of this SSRC are opened here: there is a window for it, or room for one. Once they are, they always are.
cdef bint srtcp_knows(const srtcp_keys *keys, uint32_t ssrc) noexcept nogil
# In place; `size` is changed. Returns an srtp_result.
cdef int srtcp_gcm_open(srtcp_keys *keys, uint8_t *data, int *size) noexcept nogil
# In place, with room for SRTCP_OVERHEAD more bytes. Returns the whole size, 0 on failure.
cdef size_t srtcp_gcm_seal(srtcp_keys *keys, uint8_t *data, size_t size) noexcept nogil
