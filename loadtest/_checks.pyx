"""STUN of a line that is already connected: consent checks (RFC 7675) and answers to the other side's checks.

Every message is signed and, when it comes in, verified (RFC 8489 section 9.1); what is not ours or not whole is passed
over, as an agent does.
"""

from libc.stdint cimport int64_t, uint16_t, uint32_t
from libc.string cimport memcmp, memcpy

from loadtest._bytes cimport read16, read32, write16, write32, write64
from loadtest._libsrtp cimport hmac_sha1
from loadtest._lines cimport next_random, spread
from loadtest._net cimport MSG_DONTWAIT, send

cdef enum:
    STUN_HEADER = 20
    COOKIE = 0x2112A442
    REQUEST = 0x0001
    SUCCESS = 0x0101
    USERNAME = 0x0006
    MESSAGE_INTEGRITY = 0x0008
    XOR_MAPPED_ADDRESS = 0x0020
    PRIORITY = 0x0024
    FINGERPRINT = 0x8028
    CONTROLLED = 0x8029
    CONTROLLING = 0x802A
    DIGEST = 20
    FINGERPRINT_XOR = 0x5354554E
    HOST_PRIORITY = 2130706431    # of a host candidate, RFC 8445 section 5.1.2
    LARGEST = 1024
    CONSENT = 2500                # ms between checks, as browsers have it

cdef uint32_t crc_table[256]


cdef void fill_crc_table() noexcept nogil:
    cdef uint32_t i, value
    cdef int _bit
    for i in range(256):
        value = i
        for _bit in range(8):
            value = (value >> 1) ^ (<uint32_t>0xEDB88320 if value & 1 else 0)
        crc_table[i] = value


fill_crc_table()


cdef uint32_t crc32(const uint8_t *data, size_t size) noexcept nogil:
    cdef uint32_t crc = 0xFFFFFFFF
    cdef size_t i
    for i in range(size):
        crc = (crc >> 8) ^ crc_table[(crc ^ data[i]) & 0xFF]
    return crc ^ <uint32_t>0xFFFFFFFF


cdef size_t put(uint8_t *out, size_t at, uint16_t kind, const void *value, size_t size) noexcept nogil:
    """One attribute, padded to words; where the next one stands."""
    write16(out + at, kind)
    write16(out + at + 2, <uint16_t>size)
    memcpy(out + at + 4, value, size)
    at += 4 + size
    while at & 3:
        out[at] = 0
        at += 1
    return at


cdef size_t finish(uint8_t *out, size_t at, const uint8_t *password, size_t password_size) noexcept nogil:
    """Signs a message and puts the fingerprint behind it; its size."""
    cdef uint8_t digest[DIGEST]
    cdef uint8_t word[4]
    write16(out + 2, <uint16_t>(at + 4 + DIGEST - STUN_HEADER))
    hmac_sha1(password, password_size, out, at, digest)
    at = put(out, at, MESSAGE_INTEGRITY, digest, DIGEST)
    write16(out + 2, <uint16_t>(at + 8 - STUN_HEADER))
    write32(word, crc32(out, at) ^ <uint32_t>FINGERPRINT_XOR)
    return put(out, at, FINGERPRINT, word, 4)


cdef void check_send(engine *e, line *on) noexcept nogil:
    cdef uint8_t out[LARGEST]
    cdef uint8_t word[8]
    cdef size_t at = STUN_HEADER
    on.check_due = e.now + spread(e, <int64_t>CONSENT * 1000000)
    write32(on.transaction, <uint32_t>next_random(e))
    write64(on.transaction + 4, next_random(e))
    write16(out, REQUEST)
    write32(out + 4, COOKIE)
    memcpy(out + 8, on.transaction, 12)
    at = put(out, at, USERNAME, on.check_user, on.check_user_size)
    write32(word, HOST_PRIORITY)
    at = put(out, at, PRIORITY, word, 4)
    write64(word, on.tie_breaker)
    at = put(out, at, CONTROLLING if on.controlling else CONTROLLED, word, 8)
    at = finish(out, at, on.remote_password, on.remote_password_size)
    if send(on.fd, out, at, MSG_DONTWAIT) > 0:
        on.count.checks_sent += 1


cdef const uint8_t *find(const uint8_t *data, size_t size, uint16_t kind, size_t *value_size) noexcept nogil:
    """The value of the first attribute of a kind; NULL: there is none, or the message is not whole."""
    cdef size_t at = STUN_HEADER, length
    while at + 4 <= size:
        length = read16(data + at + 2)
        if at + 4 + length > size:
            return NULL
        if read16(data + at) == kind:
            value_size[0] = length
            return data + at + 4
        at += 4 + ((length + 3) & ~<size_t>3)
    return NULL


cdef bint verified(const uint8_t *data, size_t size, const uint8_t *password, size_t password_size) noexcept nogil:
    """RFC 8489 section 14.5: the digest is of what comes before it, with a length that ends behind it."""
    cdef uint8_t signed[LARGEST]
    cdef uint8_t digest[DIGEST]
    cdef size_t length = 0, at
    cdef const uint8_t *found = find(data, size, MESSAGE_INTEGRITY, &length)
    if found is NULL or length != DIGEST:
        return False
    at = <size_t>(found - data) - 4
    memcpy(signed, data, at)
    write16(signed + 2, <uint16_t>(at + 4 + DIGEST - STUN_HEADER))
    hmac_sha1(password, password_size, signed, at, digest)
    return memcmp(digest, found, DIGEST) == 0


cdef void answer(line *on, const uint8_t *data) noexcept nogil:
    cdef uint8_t out[LARGEST]
    cdef uint8_t address[20]
    cdef size_t at = STUN_HEADER
    cdef int i
    write16(out, SUCCESS)
    memcpy(out + 4, data + 4, 16)
    address[0] = 0
    address[1] = 1 if on.address_size == 4 else 2
    write16(address + 2, on.port ^ <uint16_t>(COOKIE >> 16))
    for i in range(on.address_size):
        address[4 + i] = on.address[i] ^ data[4 + i]       # the cookie and the transaction stand there in a row
    at = put(out, at, XOR_MAPPED_ADDRESS, address, 4 + on.address_size)
    at = finish(out, at, on.local_password, on.local_password_size)
    if send(on.fd, out, at, MSG_DONTWAIT) > 0:
        on.count.requests_answered += 1


cdef void check_receive(engine *e, line *on, const uint8_t *data, size_t size) noexcept nogil:
    cdef size_t length = 0
    cdef const uint8_t *user
    if size < STUN_HEADER or size > LARGEST or read32(data + 4) != COOKIE or read16(data + 2) != size - STUN_HEADER:
        return
    if read16(data) == SUCCESS:
        if memcmp(data + 8, on.transaction, 12) == 0 and verified(data, size, on.remote_password, on.remote_password_size):
            on.count.checks_answered += 1
    elif read16(data) == REQUEST:
        user = find(data, size, USERNAME, &length)
        if user is NULL or length != on.their_user_size or memcmp(user, on.their_user, length) != 0:
            return
        if verified(data, size, on.local_password, on.local_password_size):
            answer(on, data)
