"""Numbers in network byte order on C buffers."""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef inline uint16_t read16(const uint8_t *p) noexcept nogil:
    return <uint16_t>((p[0] << 8) | p[1])

cdef inline uint32_t read32(const uint8_t *p) noexcept nogil:
    return (<uint32_t>p[0] << 24) | (<uint32_t>p[1] << 16) | (<uint32_t>p[2] << 8) | p[3]

cdef inline uint64_t read64(const uint8_t *p) noexcept nogil:
    return (<uint64_t>read32(p) << 32) | read32(p + 4)

cdef inline void write16(uint8_t *p, uint16_t v) noexcept nogil:
    p[0] = <uint8_t>(v >> 8)
    p[1] = <uint8_t>v

cdef inline void write24(uint8_t *p, uint32_t v) noexcept nogil:
    p[0] = <uint8_t>(v >> 16)
    p[1] = <uint8_t>(v >> 8)
    p[2] = <uint8_t>v

cdef inline void write32(uint8_t *p, uint32_t v) noexcept nogil:
    write16(p, <uint16_t>(v >> 16))
    write16(p + 2, <uint16_t>v)

cdef inline void write64(uint8_t *p, uint64_t v) noexcept nogil:
    write32(p, <uint32_t>(v >> 32))
    write32(p + 4, <uint32_t>v)

# The 64-bit number whose low 16 bits are `low` and which is nearest to `near`.
cdef inline uint64_t extend16(uint16_t low, uint64_t near) noexcept nogil:
    cdef int delta = <int>low - <int>(near & 0xFFFF)
    if delta > 0x8000:
        delta -= 0x10000
    elif delta < -0x8000:
        delta += 0x10000
    return near + <uint64_t>(<int64_t>delta)
