# cython: language_level=3, cdivision=True
"""STUN binding requests, answered on C buffers (`_stun.pxd` is the contract). No allocation, locks or I/O here.

An ICE-lite agent (RFC 8445 section 2.5) only answers: it reads requests signed with its own password (RFC 8489 section
9.1, short-term credentials) and says where they came from. The `def` functions at the end are for tests only.
"""

from cpython.buffer cimport Py_buffer, PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from libc.string cimport memcpy, memset

from sfu._hmac cimport hmac_sha1
from sfu._rtp cimport read16, read32, write16, write32

import socket

cdef extern from "sys/socket.h":
    enum:
        AF_INET
        AF_INET6

cdef extern from "netinet/in.h":
    cdef struct in_addr:
        uint32_t s_addr
    cdef struct sockaddr_in:
        uint16_t sin_port
        in_addr sin_addr
    cdef struct in6_addr:
        uint8_t s6_addr[16]
    cdef struct sockaddr_in6:
        uint16_t sin6_port
        in6_addr sin6_addr

cdef enum:
    HEADER = 20
    COOKIE = 0x2112A442
    BINDING_REQUEST = 0x0001
    BINDING_SUCCESS = 0x0101
    USERNAME = 0x0006
    MESSAGE_INTEGRITY = 0x0008
    XOR_MAPPED_ADDRESS = 0x0020
    PRIORITY = 0x0024
    USE_CANDIDATE = 0x0025
    OPTIONAL = 0x8000             # this and above may be ignored when unknown (RFC 8489 section 14)
    FINGERPRINT = 0x8028
    CONTROLLING = 0x802A
    DIGEST = 20                   # of HMAC-SHA1
    INTEGRITY = 4 + DIGEST        # the whole attribute
    FINGERPRINT_XOR = 0x5354554E

cdef uint32_t crc_table[256]


cdef void _fill_crc_table() noexcept nogil:
    """CRC-32 as ITU-T V.42 defines it (the zlib one), a byte a step."""
    cdef uint32_t i, value
    cdef int _bit
    for i in range(256):
        value = i
        for _bit in range(8):
            value = (value >> 1) ^ (<uint32_t>0xEDB88320 if value & 1 else 0)
        crc_table[i] = value


_fill_crc_table()


cdef uint32_t _fingerprint(const uint8_t *data, size_t size) noexcept nogil:
    """RFC 8489 section 14.7, of everything before the attribute."""
    cdef uint32_t crc = 0xFFFFFFFF
    cdef size_t i
    for i in range(size):
        crc = (crc >> 8) ^ crc_table[(crc ^ data[i]) & 0xFF]
    return crc ^ <uint32_t>0xFFFFFFFF ^ <uint32_t>FINGERPRINT_XOR


# Requests

cdef bint _note(stun_request *out, uint16_t kind, const uint8_t *value, uint16_t length) noexcept nogil:
    """Notes one attribute that stands before MESSAGE-INTEGRITY; of several alike the first counts. False: malformed."""
    if kind == USERNAME:
        if length == 0:
            return False
        if out.username == NULL:
            out.username = value
            out.username_size = length
    elif kind == PRIORITY:
        if length != 4:
            return False
        out.priority = read32(value)
    elif kind == USE_CANDIDATE:
        if length != 0:
            return False
        out.use_candidate = True
    elif kind == CONTROLLING:
        if length != 8:
            return False
        out.controlling = True
    elif kind < OPTIONAL:
        return False
    return True


cdef int stun_parse(const uint8_t *data, size_t size, stun_request *out) noexcept nogil:
    """RFC 8489 sections 5, 6.3 and 14.

    What follows MESSAGE-INTEGRITY is not signed and is ignored, except FINGERPRINT, which may be absent but where it
    stands must be right and last. Attributes that must be understood (below 0x8000) and that checks of ICE do not carry
    make a request malformed.
    """
    cdef size_t at = HEADER
    cdef size_t padded
    cdef uint16_t kind, length
    memset(out, 0, sizeof(stun_request))
    if size < HEADER or size > STUN_LARGEST or data[0] & 0xC0:
        return STUN_MALFORMED
    if read32(data + 4) != COOKIE or read16(data + 2) != size - HEADER:
        return STUN_MALFORMED
    if read16(data) != BINDING_REQUEST:
        return STUN_NOT_BINDING
    while at < size:
        if size - at < 4:
            return STUN_MALFORMED
        kind = read16(data + at)
        length = read16(data + at + 2)
        padded = (<size_t>length + 3) // 4 * 4
        if padded > size - at - 4:
            return STUN_MALFORMED
        if kind == FINGERPRINT:
            if length != 4:
                return STUN_MALFORMED
            if at + 8 != size or read32(data + at + 4) != _fingerprint(data, at):
                return STUN_BAD_FINGERPRINT
        elif out.integrity_offset == 0:
            if kind == MESSAGE_INTEGRITY:
                if length != DIGEST:
                    return STUN_MALFORMED
                out.integrity_offset = <uint16_t>at
            elif not _note(out, kind, data + at + 4, length):
                return STUN_MALFORMED
        at += 4 + padded
    if out.username == NULL or out.integrity_offset == 0:
        return STUN_NO_INTEGRITY
    return STUN_OK


cdef bint stun_verify(const uint8_t *data, size_t size, const stun_request *request,
                      const uint8_t *password, size_t password_size) noexcept nogil:
    """RFC 8489 section 14.5: the digest is of what comes before it, with a length that ends behind it.

    The comparison takes the same time wherever the digests differ.
    """
    cdef uint8_t signed[STUN_LARGEST]
    cdef uint8_t digest[DIGEST]
    cdef uint8_t difference = 0
    cdef size_t at = request.integrity_offset
    cdef int i
    if size > STUN_LARGEST or at < HEADER or at + INTEGRITY > size:
        return False
    memcpy(signed, data, at)
    write16(signed + 2, <uint16_t>(at + INTEGRITY - HEADER))
    hmac_sha1(password, password_size, signed, at, digest)
    for i in range(DIGEST):
        difference |= digest[i] ^ data[at + 4 + i]
    return difference == 0


# Answers

cdef size_t _source(const sockaddr_storage *source, const uint8_t **address, uint16_t *port) noexcept nogil:
    """The bytes of an address (4 or 16; 4 for IPv4 mapped into IPv6, as dual sockets have it) and its port. 0: none."""
    cdef const sockaddr_in *four = <const sockaddr_in *>source
    cdef const sockaddr_in6 *six = <const sockaddr_in6 *>source
    cdef int i
    if source.ss_family == AF_INET:
        address[0] = <const uint8_t *>&four.sin_addr
        port[0] = read16(<const uint8_t *>&four.sin_port)
        return 4
    if source.ss_family != AF_INET6:
        return 0
    address[0] = <const uint8_t *>&six.sin6_addr
    port[0] = read16(<const uint8_t *>&six.sin6_port)
    for i in range(10):
        if address[0][i] != 0:
            return 16
    if address[0][10] != 0xFF or address[0][11] != 0xFF:
        return 16
    address[0] += 12
    return 4


cdef size_t stun_answer(const uint8_t *request, const sockaddr_storage *source,
                        const uint8_t *password, size_t password_size,
                        uint8_t *out, size_t capacity) noexcept nogil:
    """RFC 8489 sections 6.3.1.1, 14.2, 14.5 and 14.7."""
    cdef const uint8_t *address = NULL
    cdef uint16_t port = 0
    cdef size_t width = _source(source, &address, &port)
    cdef size_t signed = HEADER + 8 + width
    cdef size_t size = signed + INTEGRITY + 8
    cdef size_t i
    if width == 0 or size > capacity:
        return 0
    write16(out, BINDING_SUCCESS)
    memcpy(out + 4, request + 4, HEADER - 4)
    write16(out + HEADER, XOR_MAPPED_ADDRESS)
    write16(out + HEADER + 2, <uint16_t>(4 + width))
    write16(out + HEADER + 4, 1 if width == 4 else 2)
    write16(out + HEADER + 6, port ^ <uint16_t>(COOKIE >> 16))
    for i in range(width):
        out[HEADER + 8 + i] = address[i] ^ out[4 + i]      # the cookie and the transaction id stand there in a row
    write16(out + 2, <uint16_t>(signed + INTEGRITY - HEADER))
    write16(out + signed, MESSAGE_INTEGRITY)
    write16(out + signed + 2, DIGEST)
    hmac_sha1(password, password_size, out, signed, out + signed + 4)
    write16(out + 2, <uint16_t>(size - HEADER))
    write16(out + size - 8, FINGERPRINT)
    write16(out + size - 6, 4)
    write32(out + size - 4, _fingerprint(out, size - 8))
    return size


# For tests only

def parse_request(data):
    """(verdict, username, use_candidate, controlling, priority) of one datagram. For tests only."""
    cdef Py_buffer view
    cdef stun_request request
    cdef int verdict
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        verdict = stun_parse(<const uint8_t *>view.buf, <size_t>view.len, &request)
        if verdict != STUN_OK:
            return verdict, b"", False, False, 0
        return (verdict, request.username[:request.username_size], bool(request.use_candidate),
                bool(request.controlling), request.priority)
    finally:
        PyBuffer_Release(&view)


def verify_request(data, bytes password):
    """Whether `data` is a whole request signed with `password`. For tests only."""
    cdef Py_buffer view
    cdef stun_request request
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        if stun_parse(<const uint8_t *>view.buf, <size_t>view.len, &request) != STUN_OK:
            return False
        return bool(stun_verify(<const uint8_t *>view.buf, <size_t>view.len, &request, password, <size_t>len(password)))
    finally:
        PyBuffer_Release(&view)


cdef void _sockaddr(sockaddr_storage *out, bytes packed, uint16_t port) noexcept:
    memset(out, 0, sizeof(sockaddr_storage))
    if len(packed) == 4:
        out.ss_family = AF_INET
        memcpy(&(<sockaddr_in *>out).sin_addr, <const char *>packed, 4)
        write16(<uint8_t *>&(<sockaddr_in *>out).sin_port, port)
    else:
        out.ss_family = AF_INET6
        memcpy(&(<sockaddr_in6 *>out).sin6_addr, <const char *>packed, 16)
        write16(<uint8_t *>&(<sockaddr_in6 *>out).sin6_port, port)


def answer_request(data, address, bytes password, size_t capacity=0):
    """The answer to a request from `address` (host, port), or None where the worker would stay silent. For tests only.

    `capacity` 0 is the size of the request, as the worker has it.
    """
    cdef Py_buffer view
    cdef sockaddr_storage source
    cdef uint8_t out[STUN_LARGEST]
    cdef size_t size
    host, port = address
    _sockaddr(&source, socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host), port)
    if not verify_request(data, password):
        return None
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        size = stun_answer(<const uint8_t *>view.buf, &source, password, <size_t>len(password), out,
                           min(<size_t>STUN_LARGEST, capacity or <size_t>view.len))
        return out[:size] if size else None
    finally:
        PyBuffer_Release(&view)
