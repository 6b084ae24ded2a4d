"""Whether a queue grows on the way to a receiver: the delay gradient of Google's congestion control. Does no I/O.

draft-ietf-rmcat-gcc-02 section 5, with the trendline filter that libwebrtc has put in place of the Kalman filter. Times
are microseconds; send times are on our clock, arrivals on the receiver's, and only differences of either are ever used.
"""

from libc.stdint cimport int32_t, int64_t

cdef enum delay_signal:
    DELAY_NORMAL
    DELAY_OVERUSE                # a queue grows
    DELAY_UNDERUSE               # a queue drains

cdef enum:
    TREND_WINDOW = 20            # groups

# Packets that left within 5 ms, or that came in one burst: together they are one sample.
cdef struct delay_group:
    int64_t first_send
    int64_t last_send
    int64_t first_arrival
    int64_t last_arrival

cdef struct delay_detector:
    delay_signal signal
    # groups
    int32_t groups               # complete ones seen, at most 2: the last of them is `before`
    bint open
    delay_group now
    delay_group before
    # the trendline: accumulated delay over arrival time
    int32_t samples              # ever, up to a bound
    int32_t next
    int64_t started              # arrival of the first group
    double accumulated           # ms
    double smoothed              # ms
    double x[TREND_WINDOW]       # ms since `started`
    double y[TREND_WINDOW]       # smoothed accumulated delay, ms
    # the detector
    double trend                 # the last modified trend, ms
    double slope
    double threshold             # ms
    int64_t threshold_at         # arrival; 0: never
    double over_ms               # how long the trend has been above the threshold
    int32_t over_count
    double surge_ms              # by how much the way has lately grown
    int32_t surges               # in so many steps

cdef void delay_reset(delay_detector *d) noexcept nogil
# What was seen no longer counts (a probe filled the queue); the threshold stays.
cdef void delay_restart(delay_detector *d) noexcept nogil
# One packet that arrived, in the order of sending. True when a group was completed: `signal` is as of it.
cdef bint delay_packet(delay_detector *d, int64_t sent, int64_t arrived) noexcept nogil
