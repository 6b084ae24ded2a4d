# cython: language_level=3, cdivision=True
"""Whether a queue grows on the way to a receiver (`_delay.pxd` is the contract). Nothing here allocates, locks or does I/O.

Packets are put in groups by when they left; how much longer the way of one group took than that of the group before is a
sample. Samples add up to a delay, which is smoothed; the slope of a line through its last 20 points says whether a queue
grows, and a threshold that adapts (so that a TCP flow in the same queue does not starve us) says when that counts.

The class at the end is for tests only.
"""

from libc.math cimport fabs
from libc.string cimport memset

cdef enum:
    GROUP_US = 5000              # send time of one group
    BURST_GAP_US = 5000          # arrivals of one burst are no farther apart,
    BURST_US = 100000            # and all of it is no longer
    SPREAD_US = 50000            # a group whose arrivals lie farther apart is cut: it is the queue itself that is seen
    LEAP_US = 3000000            # a step of arrival beyond the step of sending by this much: another clock
    ENOUGH = 60                  # samples that make a slope count fully
    PATIENCE_US = 10000          # above the threshold for so long: overuse

cdef double SURGE = 100.0        # ms by which the way has grown, what it may grow by not counted,
cdef int SURGES = 3              # in so many steps at least
cdef double LEAK = 0.1           # of the time that goes by: a queue that fills more slowly is the trend's business
cdef double STEP = 5.0           # of more than this: the line has lost most of its rate
cdef double SMOOTHING = 0.9
cdef double GAIN = 4.0
cdef double THRESHOLD = 12.5     # ms, at the start
cdef double LEAST_THRESHOLD = 6.0
cdef double MOST_THRESHOLD = 600.0
cdef double SLOWLY_UP = 0.01
cdef double SLOWLY_DOWN = 0.00018
cdef double SPIKE = 15.0         # ms above the threshold: an outlier, to which the threshold does not adapt
cdef double LONGEST_STEP = 100.0  # ms


cdef void delay_reset(delay_detector *d) noexcept nogil:
    memset(d, 0, sizeof(delay_detector))
    d.threshold = THRESHOLD


cdef void delay_restart(delay_detector *d) noexcept nogil:
    cdef double threshold = d.threshold
    delay_reset(d)
    d.threshold = threshold


cdef double _slope(const delay_detector *d) noexcept nogil:
    """Of the least squares line through the window."""
    cdef double mean_x = 0, mean_y = 0, above = 0, below = 0, dx
    cdef int i
    for i in range(TREND_WINDOW):
        mean_x += d.x[i]
        mean_y += d.y[i]
    mean_x /= TREND_WINDOW
    mean_y /= TREND_WINDOW
    for i in range(TREND_WINDOW):
        dx = d.x[i] - mean_x
        above += dx * (d.y[i] - mean_y)
        below += dx * dx
    return above / below if below > 0 else d.slope


cdef void _adapt(delay_detector *d, int64_t arrived) noexcept nogil:
    """The threshold follows the trend, slowly, and faster down than up."""
    cdef double size = fabs(d.trend), step
    if d.threshold_at == 0:
        d.threshold_at = arrived
    step = min(<double>(arrived - d.threshold_at) / 1000, LONGEST_STEP)
    d.threshold_at = arrived
    if size > d.threshold + SPIKE:
        return
    d.threshold += (SLOWLY_DOWN if size < d.threshold else SLOWLY_UP) * (size - d.threshold) * step
    d.threshold = min(max(d.threshold, LEAST_THRESHOLD), MOST_THRESHOLD)


cdef void _detect(delay_detector *d, double send_step, int64_t arrived) noexcept nogil:
    """Overuse is a trend above the threshold for more than 10 ms that does not fall."""
    cdef double slope = d.slope
    cdef double previous = d.trend
    if d.samples >= TREND_WINDOW:
        slope = _slope(d)
    elif d.samples >= 2:
        slope = (d.smoothed - d.y[0]) / max(d.x[d.samples - 1] - d.x[0], 1.0)
    d.slope = slope
    d.trend = (d.samples if d.samples < ENOUGH else ENOUGH) * slope * GAIN
    if d.samples < 2:
        return
    if d.surges >= SURGES and d.surge_ms >= SURGE:
        d.over_ms = 0
        d.over_count = 0
        d.signal = DELAY_OVERUSE
    elif d.trend > d.threshold:
        d.over_ms += send_step if d.over_count else send_step / 2
        d.over_count += 1
        if d.over_ms * 1000 > PATIENCE_US and d.over_count > 1 and d.trend >= previous:
            d.over_ms = 0
            d.over_count = 0
            d.signal = DELAY_OVERUSE
    else:
        d.over_ms = 0
        d.over_count = 0
        d.signal = DELAY_UNDERUSE if d.trend < -d.threshold else DELAY_NORMAL
    _adapt(d, arrived)


cdef void _note_surge(delay_detector *d, double longer, double step) noexcept nogil:
    """A pause of the air is one step, made up for at once; a line that sinks to a fraction takes step after step."""
    d.surge_ms += longer - LEAK * step
    if d.surge_ms <= 0:
        d.surges = 0
        d.surge_ms = 0
    elif longer > STEP:
        d.surges += 1


cdef void _sample(delay_detector *d, double send_step, double arrival_step, int64_t arrived) noexcept nogil:
    """Both steps in ms, between the last packets of two groups."""
    if d.samples == 0:
        d.started = arrived
    _note_surge(d, arrival_step - send_step, arrival_step)
    d.accumulated += arrival_step - send_step
    d.smoothed = SMOOTHING * d.smoothed + (1 - SMOOTHING) * d.accumulated
    d.x[d.next] = <double>(arrived - d.started) / 1000
    d.y[d.next] = d.smoothed
    d.next = (d.next + 1) % TREND_WINDOW
    if d.samples < 1000:
        d.samples += 1
    _detect(d, send_step, arrived)


cdef bint _joins(const delay_detector *d, int64_t sent, int64_t arrived) noexcept nogil:
    cdef int64_t step = arrived - d.now.last_arrival
    if arrived - d.now.first_arrival > SPREAD_US:
        return False
    if sent - d.now.first_send <= GROUP_US:
        return True
    # What was held up and let go together (Wi-Fi, a modem's frame): it came faster than it was sent
    return (step <= BURST_GAP_US and step < sent - d.now.last_send
            and arrived - d.now.first_arrival < BURST_US)


cdef void _begin(delay_group *g, int64_t sent, int64_t arrived) noexcept nogil:
    g.first_send = g.last_send = sent
    g.first_arrival = g.last_arrival = arrived


cdef bint _complete(delay_detector *d) noexcept nogil:
    """The open group is whole. True when there is one before it to compare with."""
    cdef int64_t send_step = d.now.last_send - d.before.last_send
    cdef int64_t arrival_step = d.now.last_arrival - d.before.last_arrival
    cdef bint paired = d.groups > 0
    d.before = d.now
    d.groups = min(d.groups + 1, 2)
    if not paired:
        return False
    _sample(d, <double>send_step / 1000, <double>arrival_step / 1000, d.now.last_arrival)
    return True


cdef bint delay_packet(delay_detector *d, int64_t sent, int64_t arrived) noexcept nogil:
    cdef bint done = False
    cdef int64_t leap
    if not d.open:
        d.open = True
        _begin(&d.now, sent, arrived)
        return False
    if sent < d.now.first_send:
        return False                       # from before the group: its place is gone
    leap = (arrived - d.now.last_arrival) - (sent - d.now.last_send)
    if leap > LEAP_US or leap < -LEAP_US:
        delay_reset(d)
        d.open = True
        _begin(&d.now, sent, arrived)
        return False
    if _joins(d, sent, arrived):
        d.now.last_send = max(d.now.last_send, sent)
        d.now.last_arrival = max(d.now.last_arrival, arrived)
        return False
    done = _complete(d)
    _begin(&d.now, sent, arrived)
    return done


# For tests only

cdef class Delay:
    """A detector. For tests only."""
    cdef delay_detector d

    def __cinit__(self):
        delay_reset(&self.d)

    def packet(self, int64_t sent, int64_t arrived):
        """`delay_packet`."""
        return bool(delay_packet(&self.d, sent, arrived))

    @property
    def signal(self):
        return ("normal", "overuse", "underuse")[<int>self.d.signal]

    @property
    def threshold(self):
        return self.d.threshold

    @property
    def trend(self):
        return self.d.trend
