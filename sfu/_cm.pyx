"""AES-128 in counter mode with HMAC-SHA1-80 (RFC 3711), sealing with keys that are kept.

What libsrtp does anew for each packet is done once for each key: OpenSSL's cipher context is kept and only its counter is set,
and HMAC begins from what SHA-1 makes of the key (`_hmac`). Half of libsrtp's cost.
"""

from libc.string cimport memcpy

from sfu._crypto cimport crypto, crypto_api
from sfu._hmac cimport HMAC_SHA1, hmac_keeps_keys, hmac_kept, hmac_key_make
from sfu._rtp cimport write32

cdef crypto_api api = crypto()[0]


cdef bint cm_available() noexcept:
    return api.has_evp and hmac_keeps_keys()


cdef int cm_key_make(cm_key *key, bytes secret, bytes authentication, bytes salt) except -1:
    if len(secret) != 16 or len(authentication) != 20 or len(salt) != 14:
        raise ValueError("AES128_CM_SHA1_80 takes keys of 16 and 20 bytes and a salt of 14")
    key.cipher = api.cipher_new()
    if key.cipher is NULL:
        raise MemoryError
    if api.encrypt_init(key.cipher, api.aes_128_ctr(), NULL, <const uint8_t *><const char *>secret, NULL) != 1:
        raise ValueError("OpenSSL refuses AES-128-CTR")
    memcpy(key.salt, <const char *>salt, 14)
    hmac_key_make(&key.authentication, <const uint8_t *><const char *>authentication, 20)
    return 0


cdef void cm_key_free(cm_key *key) noexcept nogil:
    api.cipher_free(key.cipher)


cdef void authenticate(const cm_key *key, const uint8_t *data, size_t size, uint32_t rollovers, uint8_t *tag) noexcept nogil:
    # RFC 3711 section 4.2: the packet, then the rollover counter
    cdef uint8_t digest[HMAC_SHA1]
    cdef uint8_t counter[4]
    write32(counter, rollovers)
    hmac_kept(&key.authentication, data, size, counter, 4, digest)
    memcpy(tag, digest, CM_TAG)


cdef size_t cm_seal(cm_key *key, uint8_t *out, size_t header_size, const uint8_t *plain, size_t size, uint32_t ssrc,
                    uint64_t index) noexcept nogil:
    # RFC 3711 section 4.1.1: IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16)
    cdef uint8_t iv[16]
    cdef int i, n = 0
    memcpy(iv, key.salt, 14)
    iv[14] = iv[15] = 0
    for i in range(4):
        iv[4 + i] ^= <uint8_t>(ssrc >> (24 - 8 * i))
    for i in range(6):
        iv[8 + i] ^= <uint8_t>(index >> (40 - 8 * i))
    if api.encrypt_init(key.cipher, NULL, NULL, NULL, iv) != 1:
        return 0
    if api.encrypt_update(key.cipher, out + header_size, &n, plain, <int>size) != 1:
        return 0
    authenticate(key, out, header_size + size, <uint32_t>(index >> 16), out + header_size + size)
    return header_size + size + CM_TAG
