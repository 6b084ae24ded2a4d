"""The rate that losses allow (draft-ietf-rmcat-gcc-02 section 6). Does no I/O. Times are microseconds.

Below 2% of loss nothing is wrong, clearly above 10% the line is full, whatever the delay says; between the two nothing is
done. Clearly: few packets of a line that loses 5% may well lack a tenth.
"""

from libc.stdint cimport int64_t

cdef struct loss_bound:
    int64_t bps                  # 0: losses bound nothing
    double lost                  # of the packets below
    double told                  # packets whose fate was told, the older the less they count
    int64_t changed_us           # of the last judgement
    int64_t lowered_us
    double fraction              # at the last judgement

# At the last judgement more was lost than is always lost, and less than a full line loses.
cdef bint loss_is_felt(const loss_bound *b) noexcept nogil
# `lost` may be negative: what was believed lost has come.
cdef void loss_note(loss_bound *b, int64_t lost, int64_t told) noexcept nogil
# Judges what was noted, once it is enough. `target_bps` is what is allowed now.
cdef void loss_update(loss_bound *b, int64_t target_bps, int64_t rtt_us, int64_t now_us) noexcept nogil
