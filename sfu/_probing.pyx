# cython: language_level=3, cdivision=True
"""Probes: when, how fast, and what came of it (`_probing.pxd` is the contract). Nothing here allocates, locks or does I/O.

At the start two probes, at three and six times the rate begun with; a probe that succeeds is followed by one twice as
fast. Later one every five seconds, while the source sends less than is allowed or the rate has lately sunk sharply: in both
cases growing step by step would take too long, or lead nowhere. And one soon after more has come to be wanted than at the
last: what is sent then is what is allowed, but that may be much less than the line carries. A probe whose feedback is lost
is repeated once.

The class at the end is for tests only.
"""

from libc.string cimport memset

from sfu._history cimport sent_note

cdef enum:
    AGAIN_US = 5000000
    SOON_US = 1000000            # after the last probe, where more is wanted than then
    PATIENCE_US = 1000000        # on top of the round trip, for a probe's feedback,
    LOSSY_US = 200000            # and for what is missing once enough, or what was sent later, has arrived: two reports
    LONGEST_US = 200000          # a probe whose packets cannot leave is given up
    PEAK_US = 5000000
    REMEMBER_US = 60000000       # a sharp drop may be over any time
    LARGEST = 255                # bytes of padding in one packet (RFC 3550 section 5.1)
    SMALLEST = 24
    ENOUGH_PERCENT = 60          # of its packets and bytes: what is lost makes it show less, never more

cdef int64_t EVERYTHING_BPS = 0x7FFFFFFFFFFFFF
cdef double FIRST = 3.0
cdef double SECOND = 6.0
cdef double FURTHER = 2.0
cdef double SUCCESS = 0.7        # of what was asked: go on
cdef double MARGIN = 1.25        # above what is wanted: what was chosen to be sent needs some room
cdef double FULL = 0.9           # it left in less than this share of the time in which it arrived: the line is full,
cdef double USABLE = 0.95        # and so much of what arrived can be used
cdef double ABSURD = 2.0         # it cannot have come so much faster than it was sent
cdef double SHARP = 0.5
cdef double GROWN = 1.1


cdef void _start(prober *p, sent_log *log, double bps, int64_t wanted_bps, int64_t now_us) noexcept nogil:
    p.cluster = 1 if p.cluster == 255 else p.cluster + 1
    p.sending = True
    p.waiting = False
    p.bps = <int64_t>bps
    p.wanted_bps = wanted_bps
    p.started_us = now_us
    p.ended_us = 0
    p.bytes = p.bps * PROBE_US // 8000000
    p.began_bytes = log.bytes
    p.began_number = log.next
    p.packets = 0
    p.sent = 0
    log.cluster = p.cluster
    p.passed = False
    memset(&p.result, 0, sizeof(probe_result))
    p.next_us = now_us + AGAIN_US


cdef bint _has_reason(const prober *p, int64_t wanted_bps, bint limited, int64_t now_us) noexcept nogil:
    if now_us >= p.next_us and (limited or p.lost_bps):
        return True
    return wanted_bps > GROWN * p.wanted_bps and now_us - p.started_us >= SOON_US


cdef bint prober_begin(prober *p, sent_log *log, int64_t estimate_bps, int64_t wanted_bps, bint limited,
                       int64_t now_us) noexcept nogil:
    cdef double most = MARGIN * wanted_bps
    cdef double asked
    if p.sending or p.waiting:
        return False
    if wanted_bps <= estimate_bps:
        p.follow_bps = 0                   # it has shown enough
        return False
    if p.lost_bps and (now_us - p.dropped_us > REMEMBER_US or estimate_bps > SHARP * p.lost_bps):
        p.lost_bps = 0
    if not p.opened:
        p.opened = True
        asked = FIRST * estimate_bps
        p.follow_bps = <int64_t>(SECOND * estimate_bps) if asked < most else 0
    elif p.follow_bps:
        asked = p.follow_bps
        p.follow_bps = 0
    elif _has_reason(p, wanted_bps, limited, now_us):
        asked = FURTHER * estimate_bps
    else:
        return False
    asked = min(asked, most)
    if asked <= estimate_bps * 1.05:
        return False
    _start(p, log, asked, wanted_bps, now_us)
    return True


cdef int64_t prober_due(prober *p, const sent_log *log, int64_t now_us) noexcept nogil:
    cdef int64_t by_now
    if not p.sending:
        return 0
    p.packets = <int32_t><uint16_t>(log.next - p.began_number)
    p.sent = <int64_t>(log.bytes - p.began_bytes)
    if (p.packets >= PROBE_PACKETS and p.sent >= p.bytes and now_us - p.started_us >= PROBE_US
            or now_us - p.started_us > LONGEST_US):
        p.sending = False
        p.waiting = True
        p.ended_us = now_us
        return 0
    by_now = p.bps * (now_us - p.started_us) // 8000000 + 1
    if p.packets >= PROBE_PACKETS:
        by_now = min(by_now, p.bytes)
    return max(by_now - p.sent, <int64_t>0)


cdef int64_t prober_size(const prober *p) noexcept nogil:
    return min(max(p.bytes // PROBE_PACKETS, <int64_t>SMALLEST), <int64_t>LARGEST)


cdef void prober_stop(prober *p, int64_t now_us) noexcept nogil:
    p.sending = p.waiting = p.again = False
    p.follow_bps = 0
    p.wanted_bps = EVERYTHING_BPS
    p.next_us = now_us + AGAIN_US


cdef bint prober_follow(prober *p, int64_t estimate_bps, int64_t now_us) noexcept nogil:
    if estimate_bps >= p.peak_bps or now_us - p.peak_us > PEAK_US:
        p.peak_bps = estimate_bps
        p.peak_us = now_us
    if estimate_bps >= SHARP * p.peak_bps:
        return False
    p.lost_bps = max(p.peak_bps, p.lost_bps)
    p.dropped_us = now_us
    return True


cdef void prober_read(prober *p, uint16_t last) noexcept nogil:
    cdef uint16_t since = <uint16_t>(last - p.began_number)
    if p.waiting and p.packets <= since < 0x8000:
        p.passed = True


cdef void prober_acked(prober *p, uint8_t cluster, int64_t sent_us, int64_t arrived_us, size_t size) noexcept nogil:
    cdef probe_result *r = &p.result
    if cluster != p.cluster:
        return
    if r.packets == 0:
        r.first_sent = r.last_sent = sent_us
        r.first_arrived = r.last_arrived = arrived_us
        r.last_sent_size = r.first_arrived_size = <int64_t>size
    if sent_us >= r.last_sent:
        r.last_sent = sent_us
        r.last_sent_size = <int64_t>size
    r.first_sent = min(r.first_sent, sent_us)
    if arrived_us < r.first_arrived:
        r.first_arrived = arrived_us
        r.first_arrived_size = <int64_t>size
    r.last_arrived = max(r.last_arrived, arrived_us)
    r.packets += 1
    r.bytes += <int64_t>size


cdef double _shown(prober *p) noexcept nogil:
    """Bits a second; 0: too little of it has arrived to say."""
    cdef const probe_result *r = &p.result
    cdef int64_t sending = r.last_sent - r.first_sent, arriving = r.last_arrived - r.first_arrived
    cdef double sent, arrived
    if r.packets * 100 < p.packets * ENOUGH_PERCENT or r.bytes * 100 < p.sent * ENOUGH_PERCENT:
        return 0
    if sending <= 0 or arriving <= 0:
        return 0
    sent = <double>(r.bytes - r.last_sent_size) * 8000000 / sending
    arrived = <double>(r.bytes - r.first_arrived_size) * 8000000 / arriving
    if arrived > ABSURD * sent:
        return 0
    p.full = sending < FULL * arriving
    return USABLE * arrived if p.full else min(sent, arrived)


cdef void _follow_up(prober *p, double shown) noexcept nogil:
    cdef bint unheard = shown == 0 and p.passed and p.result.told < p.packets
    if unheard and not p.again:
        p.again = True
        p.follow_bps = p.bps
        return
    p.again = False
    if shown == 0 or shown * p.sent < SUCCESS * p.bps * p.result.bytes:      # what was lost on the way shows no limit
        p.follow_bps = 0
    elif p.follow_bps < FURTHER * shown:
        p.follow_bps = <int64_t>(FURTHER * shown)


cdef int64_t prober_conclude(prober *p, int64_t rtt_us, int64_t now_us) noexcept nogil:
    cdef int64_t waited = now_us - p.ended_us - rtt_us
    cdef double shown = 0
    if not p.waiting:
        return 0
    if p.result.packets == p.packets or waited >= LOSSY_US:
        shown = _shown(p)
    if shown == 0 and waited < (LOSSY_US if p.passed else PATIENCE_US):
        return 0                           # the rest may still come
    p.waiting = False
    _follow_up(p, shown)
    return <int64_t>shown


# For tests only

cdef class Prober:
    """Probes of a log of their own. For tests only."""
    cdef prober p
    cdef sent_log log

    def begin(self, int64_t estimate_bps, int64_t wanted_bps, bint limited, int64_t now_us):
        """`prober_begin`: the rate asked for, or 0."""
        return self.p.bps if prober_begin(&self.p, &self.log, estimate_bps, wanted_bps, limited, now_us) else 0

    def due(self, int64_t now_us):
        """`prober_due`, and how large packets should be."""
        cdef int64_t due = prober_due(&self.p, &self.log, now_us)
        return due, prober_size(&self.p)

    def sent(self, int64_t now_us, size_t size):
        """A packet leaves."""
        sent_note(&self.log, now_us, size)
        self.log.bytes += size             # without a ring nothing is noted

    def acked(self, int64_t sent_us, int64_t arrived_us, size_t size):
        """`prober_acked` for the probe of now."""
        prober_told(&self.p, self.p.cluster)
        prober_acked(&self.p, self.p.cluster, sent_us, arrived_us, size)

    def read(self, uint16_t last):
        """`prober_read`."""
        prober_read(&self.p, last)

    def follow(self, int64_t estimate_bps, int64_t now_us):
        """`prober_follow`."""
        return bool(prober_follow(&self.p, estimate_bps, now_us))

    def stop(self, int64_t now_us):
        """`prober_stop`."""
        prober_stop(&self.p, now_us)

    def conclude(self, int64_t rtt_us, int64_t now_us):
        """`prober_conclude`."""
        return prober_conclude(&self.p, rtt_us, now_us)

    @property
    def full(self):
        """Whether the last probe found the line full."""
        return bool(self.p.full)
