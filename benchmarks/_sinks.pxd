"""Receivers that drain: what arrives is counted by a native thread, and a sample of it is kept for checking."""

from libc.stdint cimport uint8_t, uint32_t, uint64_t

from benchmarks._source cimport Source

cdef enum:
    DRAIN = 32                    # datagrams a call
    HEAD = 256                    # bytes looked at of a datagram that is only counted
    LARGEST = 65536
    SAMPLE_SIZE = 2048
    SAMPLES = 1024

cdef struct sink_state:
    int fd
    uint64_t packets
    uint64_t next_sample          # taken when `packets` reaches it

cdef struct sample_slot:
    uint32_t sink
    uint32_t size
    uint8_t data[SAMPLE_SIZE]

cdef struct sink_totals:
    uint64_t packets              # RTP packets
    uint64_t messages             # as they came: with UDP_GRO one message may hold many packets
    uint64_t rtcp                 # RTCP datagrams
    uint64_t skipped              # samples there was no room for

cdef class Sinks:
    cdef sink_state *sinks
    cdef int count
    cdef readonly uint32_t sample_every
    cdef sink_totals totals
    cdef sample_slot *ring
    cdef uint64_t written         # by the thread
    cdef uint64_t taken           # by Python
    cdef bint stopping
    cdef uint8_t *space
    cdef Source source
    cdef list sockets
    cdef void loop(self) noexcept nogil
    cdef void drain(self, uint32_t number) noexcept nogil
    cdef void keep(self, uint32_t number, const uint8_t *data, uint32_t size) noexcept nogil
