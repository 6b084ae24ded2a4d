"""A track as it comes in: numbering, loss, what its publisher must be asked for. Does no I/O but through the worker's batch."""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t

from sfu._rtp cimport rtp_header
from sfu._state cimport layer, packet, ssrc_entry, transport
from sfu._worker cimport worker

# Sorts one packet (header `h`, payload `data`) into its layer. Returns it, or NULL when nothing is to be forwarded.
cdef packet *layer_receive(worker *w, layer *lr, const rtp_header *h, const uint8_t *data, size_t size,
                           bint repaired) noexcept nogil
# The entry of an SSRC, made when it is new: the place of one long unused is taken when all are. NULL when all are in use.
# Call it for authentic packets only, and `ssrc_fits` before libsrtp sees a packet: it keeps a stream for each SSRC.
cdef ssrc_entry *ssrc_admit(transport *t, unsigned int ssrc) noexcept nogil
cdef bint ssrc_fits(transport *t, unsigned int ssrc) noexcept nogil
# Which layer an SSRC belongs to, learnt when it is new: from mid (else a payload type of one track only) and rid. NULL:
# not one of ours.
cdef layer *find_layer(transport *t, const rtp_header *h, bint *is_rtx) noexcept nogil
# The capture time, on the worker's clock, of the publisher's RTP timestamp; 0 while no sender report has come.
cdef int64_t capture_us(const layer *lr, unsigned int timestamp) noexcept nogil
cdef void note_sender_report(worker *w, layer *lr, unsigned long long ntp, unsigned int rtp) noexcept nogil
cdef bint layer_prepare(layer *lr, bint is_audio) noexcept nogil
cdef void layer_release(layer *lr) noexcept nogil
