"""libsrtp, and OpenSSL's HMAC, as they stand inside pylibsrtp's wheel, callable without the GIL."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t

# In place; `size` is changed. 0 is success (enum srtp_err_status_t). What protects needs room for 148 bytes more.
ctypedef int (*srtp_call)(void *session, void *packet, int *size) noexcept nogil

cdef struct libsrtp_calls:
    srtp_call protect
    srtp_call unprotect
    srtp_call protect_rtcp
    srtp_call unprotect_rtcp

cdef const libsrtp_calls *libsrtp() noexcept nogil

# HMAC-SHA1 (RFC 2104) of `data`: 20 bytes at `out`.
cdef void hmac_sha1(const uint8_t *key, size_t key_size, const uint8_t *data, size_t size, uint8_t *out) noexcept nogil

cdef class Sessions:
    """Both directions of a path."""

    cdef object kept
    cdef void *outbound
    cdef void *inbound
