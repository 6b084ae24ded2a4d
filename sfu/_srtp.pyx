"""SRTP and SRTCP of one transport on C buffers (RFC 3711, RFC 7714). Does no I/O.

Opening is libsrtp's: it owns the rollover counters and the replay windows. Sealing RTP under AES-128-GCM is
done here over OpenSSL's EVP with a context that is kept (half of libsrtp's cost), because that is what is done
once for every receiver of every packet; who calls it guarantees that no packet index comes twice. All other
sealing is libsrtp's.
"""

from libc.string cimport memcpy

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from pylibsrtp import Policy, Session, _binding

from sfu._crypto cimport EVP_CTRL_AEAD_GET_TAG, crypto, crypto_api
from sfu._rtp cimport write32

cdef extern from "arpa/inet.h" nogil:
    uint32_t htonl(uint32_t value)


cdef crypto_api api = crypto()[0]

GCM = "AEAD_AES_128_GCM"
CM = "AES128_CM_SHA1_80"
PROFILES = {
    GCM: (Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 28),
    CM: (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 30),
}


cdef int srtp_open(srtp_receiver *receiver, uint8_t *data, int *size) noexcept nogil:
    if receiver.session is NULL:
        return SRTP_OK
    return api.unprotect(receiver.session, data, size)


cdef int srtcp_open(srtp_receiver *receiver, uint8_t *data, int *size) noexcept nogil:
    if receiver.session is NULL:
        return SRTP_OK
    return api.unprotect_rtcp(receiver.session, data, size)


cdef void srtp_forget(srtp_receiver *receiver, uint32_t ssrc) noexcept nogil:
    if receiver.session is not NULL:
        api.remove_stream(receiver.session, htonl(ssrc))


cdef size_t seal_gcm(srtp_sender *sender, uint8_t *out, size_t header_size, const uint8_t *payload,
                     size_t payload_size, uint32_t ssrc, uint64_t index) noexcept nogil:
    # RFC 7714 section 8.1: 00 00 SSRC ROC SEQ, exclusive-or the salt
    cdef uint8_t iv[12]
    cdef uint8_t *body = out + header_size
    cdef int n = 0, i
    iv[0] = 0
    iv[1] = 0
    write32(iv + 2, ssrc)
    iv[6] = <uint8_t>(index >> 40)
    iv[7] = <uint8_t>(index >> 32)
    write32(iv + 8, <uint32_t>index)
    for i in range(12):
        iv[i] ^= sender.salt[i]
    if api.encrypt_init(sender.cipher, NULL, NULL, NULL, iv) != 1:
        return 0
    if api.encrypt_update(sender.cipher, NULL, &n, out, <int>header_size) != 1:
        return 0
    if api.encrypt_update(sender.cipher, body, &n, payload, <int>payload_size) != 1:
        return 0
    if api.encrypt_final(sender.cipher, body + payload_size, &n) != 1:
        return 0
    if api.cipher_ctrl(sender.cipher, EVP_CTRL_AEAD_GET_TAG, 16, body + payload_size) != 1:
        return 0
    return header_size + payload_size + 16


cdef size_t srtp_seal(srtp_sender *sender, uint8_t *out, size_t header_size, const uint8_t *payload,
                      size_t payload_size, uint32_t ssrc, uint64_t index) noexcept nogil:
    cdef int size = <int>(header_size + payload_size)
    if sender.cipher is not NULL:
        return seal_gcm(sender, out, header_size, payload, payload_size, ssrc, index)
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
    if api.protect_rtcp(sender.session, data, &length) != 0:
        return 0
    return <size_t>length


def derive(master: bytes, label: int, size: int) -> bytes:
    """A session key or salt (RFC 3711 section 4.3.1; a 96-bit salt gets two zero bytes, RFC 7714 section 11)."""
    key, salt = master[:16], master[16:].ljust(14, b"\0")
    x = int.from_bytes(salt, "big") ^ (label << 48)
    stream = Cipher(algorithms.AES(key), modes.CTR((x << 16).to_bytes(16, "big"))).encryptor()
    return stream.update(bytes(size))


cdef class Keys:
    """Both directions of one transport's SRTP, made in Python and lent to the worker. Owns what it points to."""

    def __cinit__(self, profile: str, local: bytes, remote: bytes, bint use_evp=True):
        if profile not in PROFILES:
            raise ValueError(f"unknown SRTP profile {profile!r}")
        number, length = PROFILES[profile]
        if len(local) != length or len(remote) != length:
            raise ValueError(f"{profile} takes a master key and salt of {length} bytes")
        self.inbound = Session(policy(number, Policy.SSRC_ANY_INBOUND, remote))
        self.outbound = Session(policy(number, Policy.SSRC_ANY_OUTBOUND, local))
        self.receiver.session = session_pointer(self.inbound)
        self.sender.session = session_pointer(self.outbound)
        if profile == GCM and use_evp and api.has_evp:
            self.keep_cipher(derive(local, 0, 16), derive(local, 2, 12))

    cdef int keep_cipher(self, bytes key, bytes salt) except -1:
        self.sender.cipher = api.cipher_new()
        if self.sender.cipher is NULL:
            raise MemoryError
        if api.encrypt_init(self.sender.cipher, api.aes_128_gcm(), NULL, key, NULL) != 1:
            raise ValueError("OpenSSL refuses AES-128-GCM")
        memcpy(self.sender.salt, <const uint8_t *>key_bytes(salt), 12)
        return 0

    def __dealloc__(self):
        if self.sender.cipher is not NULL:
            api.cipher_free(self.sender.cipher)

    def seal(self, header: bytes, payload: bytes, ssrc: int, index: int) -> bytes:
        """Protect one RTP packet: for tests against other implementations."""
        cdef uint8_t out[2048]
        if len(header) + len(payload) + SRTP_TRAILER > <Py_ssize_t>sizeof(out):
            raise ValueError("packet is too long")
        memcpy(out, <const uint8_t *>key_bytes(header), len(header))
        size = srtp_seal(&self.sender, out, len(header), payload, len(payload), ssrc, index)
        return out[:size]


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


def crypto_backend() -> str:
    """What seals GCM here: "evp" or "libsrtp"."""
    return "evp" if api.has_evp else "libsrtp"
