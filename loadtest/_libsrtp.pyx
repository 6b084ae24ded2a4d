"""libsrtp, and OpenSSL's HMAC, as they stand inside pylibsrtp's wheel, callable without the GIL.

The load tester seals and opens with libsrtp itself and shares no line of the server's own SRTP: the two meet on the wire
only, so that what one gets wrong the other notices. It can afford to: what it sends is a fortieth of what it receives,
and of that it opens one participant in ten.
"""

from libc.stdint cimport uintptr_t

from pylibsrtp import Policy, Session, _binding

from loadtest.peers.dtls import CM, GCM

cdef extern from "dlfcn.h" nogil:
    void *dlopen(const char *path, int flags)
    void *dlsym(void *library, const char *name)
    const int RTLD_NOW
    const int RTLD_LOCAL

ctypedef const void *(*digest_call)() noexcept nogil
ctypedef uint8_t *(*hmac_call)(const void *, const void *, int, const uint8_t *, size_t, uint8_t *,
                               unsigned int *) noexcept nogil

PROFILES = {GCM: Policy.SRTP_PROFILE_AEAD_AES_128_GCM, CM: Policy.SRTP_PROFILE_AES128_CM_SHA1_80}
REPLAY_WINDOW = 1024

cdef libsrtp_calls calls
cdef hmac_call hmac_function
cdef const void *sha1


cdef const libsrtp_calls *libsrtp() noexcept nogil:
    return &calls


cdef void hmac_sha1(const uint8_t *key, size_t key_size, const uint8_t *data, size_t size, uint8_t *out) noexcept nogil:
    cdef unsigned int written = 20
    hmac_function(sha1, key, <int>key_size, data, size, out, &written)


cdef void *named(void *library, bytes name) except NULL:
    cdef void *found = dlsym(library, name)
    if found is NULL:
        raise ImportError(f"pylibsrtp's extension does not export {name.decode()}: install the pinned version")
    return found


cdef int load() except -1:
    global hmac_function, sha1
    cdef void *library = dlopen(_binding.__file__.encode(), RTLD_NOW | RTLD_LOCAL)
    if library is NULL:
        raise ImportError("pylibsrtp's extension cannot be opened")
    calls.protect = <srtp_call>named(library, b"srtp_protect")
    calls.unprotect = <srtp_call>named(library, b"srtp_unprotect")
    calls.protect_rtcp = <srtp_call>named(library, b"srtp_protect_rtcp")
    calls.unprotect_rtcp = <srtp_call>named(library, b"srtp_unprotect_rtcp")
    hmac_function = <hmac_call>named(library, b"HMAC")
    sha1 = (<digest_call>named(library, b"EVP_sha1"))()
    return 0


load()


def _session(key: bytes, profile: str, direction: int) -> Session:
    policy = Policy(key, direction, 0, PROFILES[profile])
    policy.window_size = REPLAY_WINDOW
    return Session(policy)


cdef class Sessions:
    def __init__(self, keys):
        """`keys`: of `loadtest.peers.dtls`. Raises `KeyError` and `ValueError` for a profile or lengths that do not exist."""
        outbound = _session(keys.local, keys.profile, Policy.SSRC_ANY_OUTBOUND)
        inbound = _session(keys.remote, keys.profile, Policy.SSRC_ANY_INBOUND)
        self.kept = (outbound, inbound)
        self.outbound = <void *><uintptr_t>int(_binding.ffi.cast("uintptr_t", outbound._srtp[0]))
        self.inbound = <void *><uintptr_t>int(_binding.ffi.cast("uintptr_t", inbound._srtp[0]))
