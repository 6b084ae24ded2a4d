"""Rates that are allowed, and the one mechanism that holds them: a token bucket kept as a single moment.

Taking something costs time; what was taken is paid for when that time has gone by. Nothing may be taken whose bill would
reach further ahead than the burst (the generic cell rate algorithm of ITU-T I.371). No timer, no division, no branch on an
idle path.
"""

from libc.stdint cimport int64_t

# A rate: what one unit costs, and how far ahead of the clock the bill may run. cost_ns 0: everything is allowed.
cdef struct allowance:
    int64_t cost_ns
    int64_t burst_ns

# What was taken under one allowance.
cdef struct gate:
    int64_t paid_ns              # CLOCK_MONOTONIC: then everything taken is paid for

# Of one worker. Rates of one transport are kept there, the others in the worker.
cdef struct limits:
    allowance packets            # of one transport's media: authenticated RTP and RTCP
    allowance bytes
    allowance checks             # STUN checks of one transport that are answered
    allowance moves              # of one transport: how often Python hears of its address at once
    allowance dtls               # DTLS datagrams of one transport that reach Python
    allowance all_dtls           # of all transports together
    allowance keyframes          # requests of one receiver that reach publishers
    allowance feedback           # transport-wide feedback of one transport that is read
    allowance wakes              # how often Python is woken

cdef inline void allow(allowance *rate, double units_a_second, double burst) noexcept nogil:
    rate.cost_ns = <int64_t>(1e9 / units_a_second) if units_a_second > 0 else 0
    rate.burst_ns = <int64_t>(burst * 1e9 / units_a_second) if units_a_second > 0 else 0

cdef inline bint take(gate *g, const allowance *rate, int64_t now_us, int64_t units) noexcept nogil:
    cdef int64_t now = now_us * 1000
    cdef int64_t bill = (g.paid_ns if g.paid_ns > now else now) + units * rate.cost_ns
    if bill - now > rate.burst_ns:
        return False
    g.paid_ns = bill
    return True
