"""A receiver's line in the worker: what its RTCP says goes to the estimator, what the estimator says goes to the rest."""

from sfu._rtcp cimport report_block, rtcp_item
from sfu._state cimport downtrack, transport
from sfu._worker cimport worker

# Transport-wide feedback, a receiver's own estimate (REMB), a report about one of its slots.
cdef void congestion_feedback(worker *w, transport *t, const rtcp_item *item) noexcept nogil
cdef void congestion_remb(worker *w, transport *t, const rtcp_item *item) noexcept nogil
cdef void congestion_report(worker *w, transport *t, downtrack *d, const report_block *block) noexcept nogil
# A receive transport is new, or what it calls things is: what it is sent until its line is known.
cdef void congestion_begins(worker *w, transport *t) noexcept nogil
# Another address: it may be another line.
cdef void congestion_moved(worker *w, transport *t) noexcept nogil
# Every 100 ms for a receive transport that is open.
cdef void congestion_tick(worker *w, transport *t) noexcept nogil
# At `w.next_probe_us`: the padding that is due of all probes under way.
cdef void congestion_probe(worker *w) noexcept nogil
