"""SRTP and SRTCP of one transport on C buffers (RFC 3711, RFC 7714). Does no I/O."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint32_t, uint64_t

from sfu._cm cimport cm_key
from sfu._gcm cimport gcm_key
from sfu._inbound cimport inbound_key
from sfu._srtcp cimport srtcp_keys

cdef enum:
    SRTP_TRAILER = 16            # longest addition to an RTP packet (GCM tag; HMAC-SHA1-80 is 10)
    SRTCP_TRAILER = 20

# Both without a session are a plain transport: nothing is protected (a tap, to this machine only).

# What the other side protected.
cdef struct srtp_receiver:
    void *session
    inbound_key *media           # NULL, both: all is libsrtp's
    srtcp_keys *control

# What we protect. RTP goes through `_gcm` or `_cm` with the keys kept, RTCP through `_srtcp` where that can be.
cdef struct srtp_sender:
    void *session
    gcm_key key                  # none of both: libsrtp protects RTP too
    uint8_t salt[12]
    srtcp_keys *control          # the receiver's; NULL: RTCP is libsrtp's
    cm_key cm

# In place; `size` is changed. Returns an srtp_result of `_crypto` (other values are libsrtp's).
cdef int srtp_open(srtp_receiver *receiver, uint8_t *data, int *size) noexcept nogil
cdef int srtcp_open(srtp_receiver *receiver, uint8_t *data, int *size) noexcept nogil
# Drops what is kept of one SSRC.
cdef void srtp_forget(srtp_receiver *receiver, uint32_t ssrc) noexcept nogil

# Protects the RTP packet that consists of the header already at `out` and of `payload`, which is copied or encrypted
# to behind the header. `index` is the 48-bit packet index (rollover counter and sequence number): the caller never gives
# the same one twice for an SSRC. Returns the whole size, 0 on failure. `out` has room for SRTP_TRAILER more bytes.
cdef size_t srtp_seal(srtp_sender *sender, uint8_t *out, size_t header_size, const uint8_t *payload,
                      size_t payload_size, uint32_t ssrc, uint64_t index) noexcept nogil
# In place, with room for SRTCP_TRAILER more bytes. Returns the whole size, 0 on failure.
cdef size_t srtcp_seal(srtp_sender *sender, uint8_t *data, size_t size) noexcept nogil

ctypedef int (*open_function)(srtp_receiver *receiver, uint8_t *data, int *size) noexcept nogil

cdef class Keys:
    cdef srtp_receiver receiver
    cdef srtp_sender sender
    cdef inbound_key media
    cdef srtcp_keys control
    cdef tuple opened(self, bytes datagram, open_function function)
    cdef object inbound
    cdef object outbound
