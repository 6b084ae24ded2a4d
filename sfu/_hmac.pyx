# cython: language_level=3, cdivision=True
"""HMAC-SHA1 from the two states that SHA-1 has after the padded key (`_hmac.pxd` is the contract).

OpenSSL's own HMAC looks its algorithm up by name each time, which costs more than the arithmetic of a STUN check: it serves
where the wheel hides SHA-1 itself. The function at the end is for tests only.
"""

from libc.string cimport memcpy, memset

from sfu._crypto cimport crypto, crypto_api

cdef enum:
    BLOCK = 64                   # of SHA-1
    INNER_PAD = 0x36
    OUTER_PAD = 0x5C

cdef const crypto_api *api = crypto()


cdef bint hmac_keeps_keys() noexcept nogil:
    return api.has_sha1


cdef void take_pad(uint8_t *state, const uint8_t *block, uint8_t byte) noexcept nogil:
    cdef uint8_t pad[BLOCK]
    cdef int i
    for i in range(BLOCK):
        pad[i] = block[i] ^ byte
    api.sha1_init(state)
    api.sha1_update(state, pad, BLOCK)


cdef void hmac_key_make(hmac_key *key, const uint8_t *secret, size_t size) noexcept nogil:
    cdef uint8_t block[BLOCK]
    cdef uint8_t state[SHA1_STATE]
    memset(block, 0, BLOCK)
    if size <= BLOCK:
        memcpy(block, secret, size)
    else:
        api.sha1_init(state)
        api.sha1_update(state, secret, size)
        api.sha1_final(block, state)
    take_pad(key.inner, block, INNER_PAD)
    take_pad(key.outer, block, OUTER_PAD)


cdef void hmac_kept(const hmac_key *key, const uint8_t *data, size_t size, const uint8_t *more, size_t more_size,
                    uint8_t *out) noexcept nogil:
    cdef uint8_t state[SHA1_STATE]
    cdef uint8_t digest[HMAC_SHA1]
    memcpy(state, key.inner, SHA1_STATE)
    api.sha1_update(state, data, size)
    if more_size > 0:
        api.sha1_update(state, more, more_size)
    api.sha1_final(digest, state)
    memcpy(state, key.outer, SHA1_STATE)
    api.sha1_update(state, digest, HMAC_SHA1)
    api.sha1_final(out, state)


cdef void hmac_sha1(const uint8_t *secret, size_t secret_size, const uint8_t *data, size_t size, uint8_t *out) noexcept nogil:
    cdef hmac_key key
    cdef unsigned int written = HMAC_SHA1
    if api.has_sha1:
        hmac_key_make(&key, secret, secret_size)
        hmac_kept(&key, data, size, NULL, 0, out)
    else:
        api.hmac(api.sha1(), secret, <int>secret_size, data, size, out, &written)


# For tests only

def digest(secret: bytes, data: bytes, more: bytes = b"", whole: bool = False) -> bytes:
    """`hmac_kept` of `data` and `more`, or `hmac_sha1` of `data`. For tests only."""
    cdef hmac_key key
    cdef uint8_t out[HMAC_SHA1]
    if whole:
        hmac_sha1(secret, len(secret), data, len(data), out)
    else:
        hmac_key_make(&key, secret, len(secret))
        hmac_kept(&key, data, len(data), more, len(more), out)
    return out[:HMAC_SHA1]
