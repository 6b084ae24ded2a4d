"""Packets that are nothing but padding, over a slot's RTX stream (`_padding.pxd` is the contract).

Receivers know them: libwebrtc's own senders probe so. They have the RTX stream's numbers, which only rise and which
retransmission shares, so none is ever sealed twice; no decoder sees them, and nobody asks for lost ones again.
"""

from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memset

from sfu._history cimport sent_note
from sfu._rtp cimport CODECS, write16, write32
from sfu._sockets cimport send_commit, send_reserve
from sfu._srtp cimport srtp_seal
from sfu._state cimport numbering

cdef enum:
    HEADER = 20                  # with the transport-wide number as its only extension


cdef uint8_t rtx_type(const numbering *numbers) noexcept nogil:
    # Any of them: what repairs nothing is of no codec
    cdef int i
    for i in range(<int>CODECS):
        if numbers.rtx_payload_types[i]:
            return numbers.rtx_payload_types[i]
    return 0


cdef downtrack *padding_slot(const transport *t) noexcept nogil:
    cdef int i
    if t.numbers.transport_cc == 0 or rtx_type(&t.numbers) == 0:
        return NULL
    for i in range(t.slot_count):
        if not t.slots[i].is_audio and t.slots[i].rtx_ssrc:
            return t.slots[i]
    return NULL


cdef size_t pad_slot(worker *w, downtrack *d, uint8_t padding) noexcept nogil:
    cdef transport *t = d.path
    cdef uint8_t *out = send_reserve(&w.outgoing)
    cdef uint8_t payload[256]
    cdef uint64_t rtx = d.rtx_next
    cdef size_t size
    out[0] = 0x80 | 0x20 | 0x10
    out[1] = rtx_type(&t.numbers)
    write16(out + 2, <unsigned short>rtx)
    write32(out + 4, d.last_timestamp)
    write32(out + 8, d.rtx_ssrc)
    write32(out + 12, <uint32_t>0xBEDE0001)
    out[16] = <uint8_t>(t.numbers.transport_cc << 4) | 1
    write16(out + 17, t.sent.next)
    out[19] = 0
    memset(payload, 0, padding)
    payload[padding - 1] = padding
    size = srtp_seal(&t.outgoing, out, HEADER, payload, padding, d.rtx_ssrc, rtx)
    d.rtx_next += 1
    if size == 0:
        return 0
    sent_note(&t.sent, w.now_us, size)
    send_commit(&w.outgoing, t, size)
    return size
