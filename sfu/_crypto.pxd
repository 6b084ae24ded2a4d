"""Addresses of the crypto functions inside pylibsrtp's own libsrtp and OpenSSL, callable without the GIL."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t

cdef enum srtp_result:
    SRTP_NO_WINDOW = -1          # ours alone: not tried
    SRTP_OK = 0
    SRTP_AUTH = 7                # libsrtp's srtp_err_status_auth_fail
    SRTP_REPLAY = 9              # srtp_err_status_replay_fail
    SRTP_OLD = 10                # srtp_err_status_replay_old

ctypedef int (*srtp_function)(void *session, void *packet, int *size) noexcept nogil
ctypedef int (*init_function)(void *, const void *, void *, const uint8_t *, const uint8_t *) noexcept nogil
ctypedef int (*update_function)(void *, uint8_t *, int *, const uint8_t *, int) noexcept nogil
ctypedef uint8_t *(*hmac_function)(const void *, const void *, int, const uint8_t *, size_t, uint8_t *,
                                   unsigned int *) noexcept nogil

cdef struct crypto_api:
    # libsrtp; 0 is success (enum srtp_err_status_t)
    srtp_function protect
    srtp_function unprotect
    srtp_function protect_rtcp
    srtp_function unprotect_rtcp
    int (*remove_stream)(void *, unsigned int) noexcept nogil
    # OpenSSL EVP; `has_evp` is false where the wheel hides these names, then libsrtp does everything
    bint has_evp
    void *(*cipher_new)() noexcept nogil
    void (*cipher_free)(void *) noexcept nogil
    const void *(*aes_128_gcm)() noexcept nogil
    const void *(*aes_128_ctr)() noexcept nogil
    init_function encrypt_init
    update_function encrypt_update
    int (*encrypt_final)(void *, uint8_t *, int *) noexcept nogil
    int (*cipher_get_params)(void *, void *) noexcept nogil
    # SHA-1 by itself, whose state can be copied; `has_sha1` is false where it is hidden
    bint has_sha1
    int (*sha1_init)(void *state) noexcept nogil
    int (*sha1_update)(void *state, const void *data, size_t size) noexcept nogil
    int (*sha1_final)(uint8_t *digest, void *state) noexcept nogil
    const void *(*sha1)() noexcept nogil
    hmac_function hmac

cdef const crypto_api *crypto() noexcept nogil
