"""SRTCP of one transport under AES-GCM with keys that are kept (RFC 7714 section 9).

Fifty receivers of a lesson report and feed back some five hundred times a second, and a report is short: libsrtp, which sets
its cipher up for every packet, took an eighth of a small lesson's processor time for them. The index stands in each packet,
so that a window for each SSRC is all there is to keep.
"""

from libc.string cimport memcpy

from sfu._crypto cimport SRTP_AUTH, SRTP_NO_WINDOW, SRTP_OK
from sfu._gcm cimport GCM_TAG, gcm_iv
from sfu._replay cimport replay_find, replay_note, replay_seen, replay_window
from sfu._rtp cimport read32, write32

cdef enum:
    HEADER = 8                   # in the clear: the first packet's header and its sender's SSRC
    TRAILER = 4                  # the flag that says it is encrypted, and the index
    LAST_INDEX = 0x7FFFFFFF

cdef uint32_t ENCRYPTED = 0x80000000


cdef int srtcp_gcm_open(srtcp_keys *keys, uint8_t *data, int *size) noexcept nogil:
    # A sender's window is only made when a packet of it was authentic
    cdef uint8_t iv[12]
    cdef uint8_t associated[HEADER + TRAILER]
    cdef int plain = size[0] - HEADER - <int>GCM_TAG - TRAILER, result
    cdef uint32_t ssrc, word, index
    cdef replay_window *window
    cdef bint has_room = True
    if plain < 0:
        return SRTP_AUTH
    ssrc = read32(data + 4)
    window = replay_find(&keys.came, ssrc, &has_room)
    if not has_room:
        return SRTP_NO_WINDOW
    word = read32(data + size[0] - TRAILER)
    index = word & LAST_INDEX
    if not word & ENCRYPTED:
        return SRTP_AUTH
    result = replay_seen(window, index)
    if result != SRTP_OK:
        return result
    gcm_iv(iv, keys.opening_salt, ssrc, index)
    memcpy(associated, data, HEADER)
    write32(associated + HEADER, word)
    if not keys.opening.open(keys.opening.state, iv, associated, HEADER + TRAILER, data + HEADER, data + HEADER,
                             <size_t>plain):
        return SRTP_AUTH
    replay_note(&keys.came, window, ssrc, index)
    size[0] = HEADER + plain
    return SRTP_OK


cdef size_t srtcp_gcm_seal(srtcp_keys *keys, uint8_t *data, size_t size) noexcept nogil:
    cdef uint8_t iv[12]
    cdef uint8_t associated[HEADER + TRAILER]
    if size < HEADER or keys.index == LAST_INDEX:      # all indices used: the key is worn out (RFC 3711 section 9.2)
        return 0
    keys.index += 1
    gcm_iv(iv, keys.sealing_salt, read32(data + 4), keys.index)
    memcpy(associated, data, HEADER)
    write32(associated + HEADER, ENCRYPTED | keys.index)
    if not keys.sealing.seal(keys.sealing.state, iv, associated, HEADER + TRAILER, data + HEADER, data + HEADER,
                             size - HEADER):
        return 0
    write32(data + size + GCM_TAG, ENCRYPTED | keys.index)
    return size + GCM_TAG + TRAILER
