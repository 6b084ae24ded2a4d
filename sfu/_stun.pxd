"""STUN binding requests and answers on C buffers (RFC 8489, RFC 8445). Does no I/O."""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint16_t, uint32_t

cdef extern from "sys/socket.h":
    cdef struct sockaddr_storage:
        unsigned short ss_family

cdef enum:
    STUN_LARGEST = 1500       # a longer message is malformed: it must fit a copy on the stack

cdef enum stun_verdict:
    STUN_OK = 0
    STUN_MALFORMED = 1        # not a well-formed STUN message
    STUN_NOT_BINDING = 2      # another method or class
    STUN_NO_INTEGRITY = 3     # no USERNAME or no MESSAGE-INTEGRITY
    STUN_BAD_FINGERPRINT = 4

cdef struct stun_request:
    const uint8_t *username   # points into the datagram; "ours:theirs"
    uint16_t username_size
    uint16_t integrity_offset  # of the attribute MESSAGE-INTEGRITY, its header
    bint use_candidate
    bint controlling          # ICE-CONTROLLING present
    uint32_t priority

# `out` points into `data`.
cdef int stun_parse(const uint8_t *data, size_t size, stun_request *out) noexcept nogil
# Whether the request that `stun_parse` found in these `data` is signed with `password`.
cdef bint stun_verify(const uint8_t *data, size_t size, const stun_request *request,
                      const uint8_t *password, size_t password_size) noexcept nogil
# Writes the success response (XOR-MAPPED-ADDRESS, MESSAGE-INTEGRITY, FINGERPRINT); returns its size, 0 if it does not
# fit `capacity` (the caller passes the request's size: no answer is larger than its question).
cdef size_t stun_answer(const uint8_t *request, const sockaddr_storage *source,
                        const uint8_t *password, size_t password_size,
                        uint8_t *out, size_t capacity) noexcept nogil
