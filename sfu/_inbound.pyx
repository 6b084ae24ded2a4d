"""RTP of one transport opened under AES-GCM with a key that is kept (RFC 7714 section 8).

A packet carries 16 of its index's 48 bits; the rollover counter is guessed from the highest index that was authentic
(RFC 3711 section 3.3.1), so that a forged packet moves nothing.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint16_t, uint64_t

from sfu._crypto cimport SRTP_AUTH, SRTP_NO_WINDOW, SRTP_OK, SRTP_OLD
from sfu._gcm cimport GCM_TAG, gcm_iv
from sfu._replay cimport replay_find, replay_forget, replay_note, replay_seen, replay_window
from sfu._rtp cimport read16, read32

cdef enum:
    HEADER = 12
    HAS_EXTENSION = 0x10
    CSRCS = 0x0F

cdef int64_t LAST_INDEX = (<int64_t>1 << 48) - 1


cdef size_t header_size(const uint8_t *data, size_t size) noexcept nogil:
    # What is in the clear: contributing sources and extensions too. 0: there is not that much.
    cdef size_t found = HEADER
    if size < HEADER:
        return 0
    found += 4 * (data[0] & CSRCS)
    if data[0] & HAS_EXTENSION:
        if size < found + 4:
            return 0
        found += 4 + 4 * <size_t>read16(data + found + 2)
    return found if found <= size else 0


cdef int64_t whole_index(const replay_window *window, uint16_t number) noexcept nogil:
    # The index nearest to the highest of those there can be
    cdef int64_t turns, highest
    if window is NULL:
        return number
    turns = <int64_t>(window.highest >> 16)
    highest = <int64_t>(window.highest & 0xFFFF)
    if highest < 0x8000:
        turns -= turns > 0 and number - highest > 0x8000
    else:
        turns += highest - 0x8000 > number
    return turns * 0x10000 + number


cdef int inbound_open(inbound_key *kept, uint8_t *data, int *size) noexcept nogil:
    cdef uint8_t iv[12]
    cdef size_t clear, plain
    cdef uint32_t ssrc
    cdef int64_t index
    cdef int result
    cdef bint has_room = True
    cdef replay_window *window
    if size[0] < HEADER + <int>GCM_TAG:
        return SRTP_AUTH
    clear = header_size(data, <size_t>size[0] - GCM_TAG)
    if clear == 0:
        return SRTP_AUTH
    ssrc = read32(data + 8)
    window = replay_find(&kept.came, ssrc, &has_room)
    if not has_room:
        return SRTP_NO_WINDOW
    index = whole_index(window, read16(data + 2))
    if index > LAST_INDEX:
        return SRTP_OLD
    result = replay_seen(window, <uint64_t>index)
    if result != SRTP_OK:
        return result
    plain = <size_t>size[0] - GCM_TAG - clear
    gcm_iv(iv, kept.salt, ssrc, <uint64_t>index)
    if not kept.key.open(kept.key.state, iv, data, clear, data + clear, data + clear, plain):
        return SRTP_AUTH
    replay_note(&kept.came, window, ssrc, <uint64_t>index)
    size[0] = <int>(clear + plain)
    return SRTP_OK


cdef void inbound_forget(inbound_key *kept, uint32_t ssrc) noexcept nogil:
    replay_forget(&kept.came, ssrc)
