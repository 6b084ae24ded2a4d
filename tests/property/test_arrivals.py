"""Transport-wide feedback over any arrivals: loss, reordering, doubles, gaps, pauses, the wrap of sequence numbers."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from sfu._arrivals import Arrivals
from tests.property.feedback import read_feedback

LAP_US = (1 << 24) * 64_000  # the reference time wraps
ARRIVALS = 512  # as many numbers a log remembers


@dataclass
class Step:
    """One packet sent: how far its number is from the one before, how long after it, and what the path does to it."""

    gap: int
    pause_us: int
    delay_us: int
    copies: int
    report: bool


# Mostly the next number, soon after; sometimes lost ones between, a long pause, or a packet held up on its way.
steps = st.builds(
    Step,
    gap=st.one_of(st.just(1), st.integers(1, 3), st.integers(1, 100)),
    pause_us=st.one_of(st.integers(0, 2_000), st.integers(0, 100_000), st.integers(0, 9_000_000)),
    delay_us=st.one_of(st.just(0), st.integers(0, 60_000)),
    copies=st.sampled_from([1, 1, 1, 1, 0, 2]),
    report=st.booleans(),
)


@dataclass
class Path:
    """Sends packets through a log and keeps what truly arrived and what was said of it."""

    capacity: int
    log: Arrivals = field(default_factory=Arrivals)
    arrived: dict[int, int] = field(default_factory=dict)
    said: dict[int, int | None] = field(default_factory=dict)
    packets: int = 0
    highest: int = 0
    unsaid: int = 0  # the lowest number that the next report begins with

    def arrive(self, number: int, now_us: int) -> None:
        """Takes one packet, reporting before the log would overflow; leaves out what no log could place."""
        if not self.arrived:
            self.highest, self.unsaid = number, number
        elif abs(number - self.highest) >= ARRIVALS:
            return
        elif number - self.unsaid >= ARRIVALS:
            self.report()
        self.log.add(number % 65536, now_us)
        if number not in self.arrived:
            self.arrived[number] = now_us
            self.unsaid = min(self.unsaid, number)
        self.highest = max(self.highest, number)

    def report(self) -> None:
        while packet := self.log.write(9, 10, self.capacity):
            assert len(packet) <= self.capacity
            feedback = read_feedback(packet)
            assert (feedback.sender, feedback.media, feedback.count) == (9, 10, self.packets % 256)
            assert feedback.arrivals[0][0] == self.unsaid % 65536
            assert feedback.arrivals[-1][1] is not None
            self.packets += 1
            for _, at in feedback.arrivals:
                self.said[self.unsaid] = at
                self.unsaid += 1
        assert self.unsaid == self.highest + 1


def errors(path: Path) -> list[int]:
    """By how many microseconds what was said of each arrival is too early."""
    found = []
    for number, at in path.arrived.items():
        said = path.said[number]
        assert said is not None
        found.append((at - said) % LAP_US)
    return found


def arrivals(sent: list[Step], start: int) -> list[tuple[int, int, bool]]:
    """(number, microseconds, report then) in order of arrival."""
    number, clock, found = start, 1_000, []
    for step in sent:
        number += step.gap
        clock += step.pause_us
        found += [(clock + step.delay_us * (copy + 1), number, step.report) for copy in range(step.copies)]
    return [(number, at, report) for at, number, report in sorted(found)]


@given(
    st.lists(steps, min_size=1, max_size=120),
    st.integers(1 << 20, (1 << 20) + 65535),
    st.integers(0, 1 << 45),
    st.integers(256, 1200),
)
def test_feedback_says_when_everything_came(sent: list[Step], start: int, epoch: int, capacity: int) -> None:
    path = Path(capacity)
    for number, at, report in arrivals(sent, start):
        path.arrive(number, epoch + at)
        if report:
            path.report()
    if not path.arrived:
        return
    path.report()
    assert all(0 <= error < 250 for error in errors(path))
    missing = {number for number, at in path.said.items() if at is None}
    assert missing == set(range(min(path.arrived), path.highest)) - set(path.arrived)


@given(st.lists(st.tuples(st.integers(0, 65535), st.integers(-(2**63), 2**63 - 1), st.booleans()), max_size=60))
def test_any_numbers_and_times_are_survived(sent: list[tuple[int, int, bool]]) -> None:
    log = Arrivals()
    for number, now_us, report in sent:
        log.add(number, now_us)
        if report and (packet := log.write(1, 2, 1200)):
            read_feedback(packet)
    while packet := log.write(1, 2, 300):
        read_feedback(packet)
