"""Probes: short bursts above what is allowed, to learn whether the line carries more. Does no I/O.

This is when to probe, how fast, and what came of it; the packets are the sender's (`_padding`). Times are
microseconds.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint64_t

from sfu._history cimport sent_log

cdef enum:
    PROBE_PACKETS = 5            # at least, of one probe
    PROBE_US = 15000             # and at least so long

# What feedback has told of one probe's packets.
cdef struct probe_result:
    int32_t told                 # packets whose fate is known: they have arrived, or not
    int32_t packets              # that have arrived, and all that follows is of these
    int64_t bytes
    int64_t first_sent
    int64_t last_sent
    int64_t last_sent_size
    int64_t first_arrived
    int64_t first_arrived_size
    int64_t last_arrived

cdef struct prober:
    uint8_t cluster              # of the last probe, 1 to 255 in turn; 0: there was none
    bint sending                 # its packets are leaving
    bint waiting                 # they have left, feedback has not come
    int64_t bps                  # asked for
    int64_t wanted_bps           # what was wanted then; once the line was full: more than ever will be
    int64_t started_us
    int64_t ended_us
    int64_t bytes                # to send
    uint64_t began_bytes         # of the log, at the start
    uint16_t began_number
    int32_t packets              # sent since, media among them
    int64_t sent                 # their bytes
    probe_result result
    bint passed                  # feedback has told of what was sent after it
    bint again                   # it is the repetition of one whose feedback was lost
    bint opened                  # the first two probes were made
    int64_t follow_bps           # the probe that comes right after this one; 0: none
    int64_t next_us              # no other before
    bint full                    # the last one concluded had filled the line
    int64_t peak_bps             # the highest estimate of the last seconds
    int64_t peak_us
    int64_t lost_bps             # what was allowed before a sharp drop; 0: no drop, or it was long ago
    int64_t dropped_us

# Begins a probe if there is reason. `wanted_bps` is what would be sent if the line were endless; `limited`: the source sends
# less than is allowed, so that growing by itself leads nowhere. More than before being wanted is a reason too. True when one
# began: its number is `cluster`.
cdef bint prober_begin(prober *p, sent_log *log, int64_t estimate_bps, int64_t wanted_bps, bint limited,
                       int64_t now_us) noexcept nogil
# Bytes that should leave by now to hold the probe's rate beside the media that leaves anyway; ends it when it is complete.
cdef int64_t prober_due(prober *p, const sent_log *log, int64_t now_us) noexcept nogil
# How large a packet should be, so that there are enough of them.
cdef int64_t prober_size(const prober *p) noexcept nogil
# The line is full: no more of this.
cdef void prober_stop(prober *p, int64_t now_us) noexcept nogil
# The estimate has moved. True when it has sunk sharply, in one step or in several.
cdef bint prober_follow(prober *p, int64_t estimate_bps, int64_t now_us) noexcept nogil
# Feedback tells of a packet of cluster `cluster` for the first time.
cdef inline void prober_told(prober *p, uint8_t cluster) noexcept nogil:
    if cluster == p.cluster:
        p.result.told += 1
# Feedback was read whose last packet has this number.
cdef void prober_read(prober *p, uint16_t last) noexcept nogil
# A packet of cluster `cluster` has arrived.
cdef void prober_acked(prober *p, uint8_t cluster, int64_t sent_us, int64_t arrived_us, size_t size) noexcept nogil
# After feedback: what the probe has shown, bits a second, and `full`; 0: nothing (yet).
cdef int64_t prober_conclude(prober *p, int64_t rtt_us, int64_t now_us) noexcept nogil
