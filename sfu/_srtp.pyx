"""SRTP and SRTCP of one transport on C buffers (RFC 3711, RFC 7714). Does no I/O.

Sealing RTP is done here over `_gcm` and `_cm` with keys that are kept (half to a quarter of libsrtp's cost), because that is
what is done once for every receiver of every packet; who calls it guarantees that no packet index comes twice. Where
ipsec-mb is there for AES-GCM, opening RTP is `_inbound`'s and RTCP is `_srtcp`'s, each with its own replay windows; else
both are libsrtp's, and so is an SSRC that finds no window there.
"""

from libc.string cimport memcpy

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from pylibsrtp import Policy, Session, _binding

from sfu._cm cimport cm_available, cm_key_free, cm_key_make, cm_seal
from sfu._crypto cimport SRTP_NO_WINDOW, SRTP_OK, crypto, crypto_api
from sfu._gcm cimport GCM_TAG, gcm_iv, gcm_key, gcm_key_make
from sfu._inbound cimport inbound_forget, inbound_open
from sfu._srtcp cimport SRTCP_OVERHEAD, srtcp_gcm_open, srtcp_gcm_seal

from sfu._gcm import BACKENDS

cdef extern from "arpa/inet.h" nogil:
    uint32_t htonl(uint32_t value)


cdef crypto_api api = crypto()[0]

GCM = "AEAD_AES_128_GCM"
CM = "AES128_CM_SHA1_80"
LIBSRTP = "libsrtp"
PROFILES = {
    GCM: (Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 28),
    CM: (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 30),
}


cdef int srtp_open(srtp_receiver *receiver, uint8_t *data, int *size) noexcept nogil:
    cdef int result
    if receiver.session is NULL:
        return SRTP_OK
    if receiver.media is not NULL:
        result = inbound_open(receiver.media, data, size)
        if result != SRTP_NO_WINDOW:
            return result
    return api.unprotect(receiver.session, data, size)


cdef int srtcp_open(srtp_receiver *receiver, uint8_t *data, int *size) noexcept nogil:
    cdef int result
    if receiver.session is NULL:
        return SRTP_OK
    if receiver.control is not NULL:
        result = srtcp_gcm_open(receiver.control, data, size)
        if result != SRTP_NO_WINDOW:
            return result
    return api.unprotect_rtcp(receiver.session, data, size)


cdef void srtp_forget(srtp_receiver *receiver, uint32_t ssrc) noexcept nogil:
    if receiver.media is not NULL:
        inbound_forget(receiver.media, ssrc)
    if receiver.session is not NULL:
        api.remove_stream(receiver.session, htonl(ssrc))


cdef size_t seal_gcm(srtp_sender *sender, uint8_t *out, size_t header_size, const uint8_t *payload,
                     size_t payload_size, uint32_t ssrc, uint64_t index) noexcept nogil:
    cdef uint8_t iv[12]
    gcm_iv(iv, sender.salt, ssrc, index)
    if not sender.key.seal(sender.key.state, iv, out, header_size, payload, out + header_size, payload_size):
        return 0
    return header_size + payload_size + GCM_TAG


cdef size_t srtp_seal(srtp_sender *sender, uint8_t *out, size_t header_size, const uint8_t *payload,
                      size_t payload_size, uint32_t ssrc, uint64_t index) noexcept nogil:
    cdef int size = <int>(header_size + payload_size)
    if sender.key.state is not NULL:
        return seal_gcm(sender, out, header_size, payload, payload_size, ssrc, index)
    if sender.cm.cipher is not NULL:
        return cm_seal(&sender.cm, out, header_size, payload, payload_size, ssrc, index)
    memcpy(out + header_size, payload, payload_size)
    if sender.session is NULL:
        return header_size + payload_size
    if api.protect(sender.session, out, &size) != 0:
        return 0
    return <size_t>size


cdef size_t srtcp_seal(srtp_sender *sender, uint8_t *data, size_t size) noexcept nogil:
    cdef int length = <int>size
    if sender.session is NULL:
        return size
    if sender.control is not NULL:
        return srtcp_gcm_seal(sender.control, data, size)
    if api.protect_rtcp(sender.session, data, &length) != 0:
        return 0
    return <size_t>length


def derive(master: bytes, label: int, size: int) -> bytes:
    """A session key or salt (RFC 3711 section 4.3.1; a 96-bit salt gets two zero bytes, RFC 7714 section 11)."""
    key, salt = master[:16], master[16:].ljust(14, b"\0")
    x = int.from_bytes(salt, "big") ^ (label << 48)
    stream = Cipher(algorithms.AES(key), modes.CTR((x << 16).to_bytes(16, "big"))).encryptor()
    return stream.update(bytes(size))


def best_backend() -> str:
    """What seals GCM here when nothing else is asked for: the first of `_gcm.BACKENDS`, else libsrtp."""
    return BACKENDS[0] if BACKENDS else LIBSRTP


cdef class Keys:
    """Both directions of one transport's SRTP, made in Python and lent to the worker. Owns what it points to."""

    def __cinit__(self, profile: str, local: bytes, remote: bytes, backend: str = best_backend()):
        if profile not in PROFILES:
            raise ValueError(f"unknown SRTP profile {profile!r}")
        number, length = PROFILES[profile]
        if len(local) != length or len(remote) != length:
            raise ValueError(f"{profile} takes a master key and salt of {length} bytes")
        self.inbound = Session(policy(number, Policy.SSRC_ANY_INBOUND, remote))
        self.outbound = Session(policy(number, Policy.SSRC_ANY_OUTBOUND, local))
        self.receiver.session = session_pointer(self.inbound)
        self.sender.session = session_pointer(self.outbound)
        if profile == GCM and backend != LIBSRTP:
            if backend not in BACKENDS:
                raise ValueError(f"{backend!r} does not seal GCM here, only {', '.join((*BACKENDS, LIBSRTP))}")
            keep(&self.sender.key, self.sender.salt, backend, local, 0)
            if self.sender.key.open is not NULL:
                keep(&self.media.key, self.media.salt, backend, remote, 0)
                keep(&self.control.opening, self.control.opening_salt, backend, remote, 3)
                keep(&self.control.sealing, self.control.sealing_salt, backend, local, 3)
                self.receiver.media = &self.media
                self.receiver.control = self.sender.control = &self.control
        elif profile == CM and backend != LIBSRTP and cm_available():
            cm_key_make(&self.sender.cm, derive(local, 0, 16), derive(local, 1, 20), derive(local, 2, 14))

    def __dealloc__(self):
        if self.sender.cm.cipher is not NULL:
            cm_key_free(&self.sender.cm)
        free_key(&self.sender.key)
        free_key(&self.media.key)
        free_key(&self.control.opening)
        free_key(&self.control.sealing)

    def seal_rtcp(self, compound: bytes) -> bytes:
        """Protect one compound, at least a header with its SSRC: for tests against other implementations."""
        cdef uint8_t data[2048]
        if not 8 <= len(compound) <= <Py_ssize_t>sizeof(data) - SRTCP_OVERHEAD:
            raise ValueError(f"a compound of {len(compound)} bytes")
        memcpy(data, key_bytes(compound), len(compound))
        size = srtcp_seal(&self.sender, data, len(compound))
        return data[:size]

    def open_rtcp(self, datagram: bytes) -> tuple[int, bytes]:
        """What has come of it (0: opened, 7: not authentic, 9: a replay, 10: too old to tell), and the compound: for tests."""
        return self.opened(datagram, srtcp_open)

    def open(self, datagram: bytes) -> tuple[int, bytes]:
        """The same of an RTP packet."""
        return self.opened(datagram, srtp_open)

    cdef tuple opened(self, bytes datagram, open_function function):
        cdef uint8_t data[2048]
        cdef int size = <int>len(datagram)
        if len(datagram) > <Py_ssize_t>sizeof(data):
            raise ValueError(f"a datagram of {len(datagram)} bytes")
        memcpy(data, key_bytes(datagram), len(datagram))
        result = function(&self.receiver, data, &size)
        return result, data[:size] if result == SRTP_OK else b""

    def forget(self, ssrc: int) -> None:
        """Nothing is known any more of what has come of this SSRC: for tests."""
        srtp_forget(&self.receiver, ssrc)

    def seal(self, header: bytes, payload: bytes, ssrc: int, index: int) -> bytes:
        """Protect one RTP packet: for tests against other implementations."""
        cdef uint8_t out[2048]
        if len(header) + len(payload) + SRTP_TRAILER > <Py_ssize_t>sizeof(out):
            raise ValueError("packet is too long")
        memcpy(out, key_bytes(header), len(header))
        size = srtp_seal(&self.sender, out, len(header), payload, len(payload), ssrc, index)
        return out[:size]


cdef int keep(gcm_key *key, uint8_t *salt, str backend, bytes master, int label) except -1:
    # The session key of this label, and its salt: two labels further (RFC 3711 section 4.3.2)
    found = derive(master, label + 2, 12)
    gcm_key_make(key, backend, derive(master, label, 16))
    memcpy(salt, key_bytes(found), 12)
    return 0


cdef void free_key(gcm_key *key):
    if key.state is not NULL:
        key.free(key.state)


cdef const uint8_t *key_bytes(bytes data):
    return <const uint8_t *>data


cdef object policy(int profile, int ssrc_type, bytes key):
    made = Policy(key=key, ssrc_type=ssrc_type, srtp_profile=profile)
    made.window_size = 1024
    made.allow_repeat_tx = False
    return made


cdef void *session_pointer(object session) except NULL:
    cdef size_t address = int(_binding.ffi.cast("uintptr_t", session._srtp[0]))
    return <void *>address
