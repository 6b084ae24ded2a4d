"""A line divided among slots: hardly ever more than it carries, the important first, and nothing flaps.

Rates are made up; the rule is held against what `sfu/_allocator.pxd` promises, and against trying every division.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from sfu._allocator import divided

Claim = tuple[int, int, int, list[int]]

MARGIN = 10
STAY_PERCENT = 80
REST = 0


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    steps = draw(st.lists(st.integers(20_000, 900_000), max_size=9))
    options = list(itertools.accumulate(steps))
    now = draw(st.integers(-1, len(options) - 1))
    most = draw(st.one_of(st.just(len(options) - 1), st.integers(now, max(now, len(options) - 1))))
    return draw(st.integers(0, 4)), now, most, options


LINES = st.lists(claims(), max_size=20)
BUDGETS = st.integers(0, 20_000_000)


def sum_of(line: Sequence[Claim], chosen: Sequence[int]) -> int:
    return sum(options[at] for (_, _, _, options), at in zip(line, chosen, strict=True) if at >= 0)


def least_for(now: int, options: Sequence[int]) -> int:
    """With how much a slot is given its first option."""
    return options[0] * STAY_PERCENT // 100 if now >= 0 else options[0] + options[0] // MARGIN


@given(LINES, BUDGETS)
def test_never_more_than_there_is_but_for_a_first_option_that_stays(line: list[Claim], bps: int) -> None:
    chosen = divided(line, bps)
    if sum_of(line, chosen) > bps:
        assert max(chosen) == 0
        kept = [options[0] for (_, now, _, options), at in zip(line, chosen, strict=True) if at == 0 and now >= 0]
        assert any(sum_of(line, chosen) - first + first * STAY_PERCENT // 100 <= bps for first in kept)
    for (_, now, most, options), at in zip(line, chosen, strict=True):
        assert -1 <= at <= min(most, len(options) - 1)
        if at > now:
            assert options[at] + options[at] // MARGIN <= bps, "what goes up leaves room"


@given(LINES, BUDGETS)
def test_dividing_again_changes_nothing(line: list[Claim], bps: int) -> None:
    chosen = divided(line, bps)
    settled = [(rank, at, most, options) for (rank, _, most, options), at in zip(line, chosen, strict=True)]
    assert divided(settled, bps) == chosen


@given(LINES, BUDGETS)
def test_nothing_is_left_that_somebody_could_use(line: list[Claim], bps: int) -> None:
    chosen = divided(line, bps)
    left = bps - sum_of(line, chosen)
    for (_, now, most, options), at in zip(line, chosen, strict=True):
        if at < 0 <= most:
            assert least_for(now, options) > left
        elif at < most:
            spare = options[at + 1] // MARGIN if at + 1 > now else 0
            assert options[at + 1] - options[at] + spare > left


@given(st.integers(20_000, 5_000_000), st.integers(0, 5_000_000))
def test_a_picture_that_is_there_outlasts_a_dip_of_a_fifth(weight: int, bps: int) -> None:
    assert divided([(REST, 0, 0, [weight])], bps) == [0 if bps >= weight * STAY_PERCENT // 100 else -1]


@given(LINES, BUDGETS)
def test_the_least_for_all_before_more_for_anybody(line: list[Claim], bps: int) -> None:
    chosen = divided(line, bps)
    if any(at > 0 for at in chosen):
        left = bps - sum(options[0] for (_, _, most, options), at in zip(line, chosen, strict=True) if at >= 0)
        for (_, now, most, options), at in zip(line, chosen, strict=True):
            if at < 0 and most >= 0:
                assert least_for(now, options) > left


@given(st.lists(claims(), min_size=2, max_size=8), BUDGETS, BUDGETS)
def test_a_wider_line_is_never_worse_for_the_first(line: list[Claim], one: int, other: int) -> None:
    # With everybody's least paid for on both lines, what the most important gets grows with the line
    ranked = [(4 if i == 0 else 1, now, most, options) for i, (_, now, most, options) in enumerate(line)]
    narrow, wide = (divided(ranked, bps) for bps in sorted((one, other)))
    if [at >= 0 for at in narrow] == [at >= 0 for at in wide]:
        assert wide[0] >= narrow[0]
    assert [at >= 0 for at in wide] >= [at >= 0 for at in narrow]


@given(st.integers(2, 12), st.lists(st.integers(20_000, 300_000), min_size=1, max_size=6), BUDGETS)
def test_equals_are_treated_alike(people: int, steps: list[int], bps: int) -> None:
    options = list(itertools.accumulate(steps))
    chosen = divided([(REST, -1, len(options) - 1, options)] * people, bps)
    left = bps - sum(options[at] for at in chosen if at >= 0)
    for low, high in itertools.product(chosen, chosen):
        if (
            low >= 0 and high > low + 1
        ):  # only where the lower one's next step was too large even without the higher's last
            needed = options[low + 1] - options[low] + options[low + 1] // MARGIN
            assert needed > left + options[high] - options[high - 1]


@given(st.lists(claims(), min_size=1, max_size=3), st.integers(0, 3_000_000))
def test_the_first_gets_what_no_other_division_could_better(line: list[Claim], bps: int) -> None:
    # Every division there is, for few claims that are new: the rank's first gets the most that leaves all others theirs
    fresh = [(3 - i, -1, len(options) - 1, options[:4]) for i, (_, _, _, options) in enumerate(line)]
    fresh = [(rank, now, len(options) - 1, options) for rank, now, _, options in fresh]
    chosen = divided(fresh, bps)
    fed = [at >= 0 for at in chosen]
    best = -1
    for tried in itertools.product(*(range(-1, len(options)) for _, _, _, options in fresh)):
        if [at >= 0 for at in tried] != fed or any(at > 0 for at in tried[1:]):
            continue
        total = sum_of(fresh, tried)
        if total + (fresh[0][3][tried[0]] // MARGIN if tried[0] >= 0 else 0) <= bps:
            best = max(best, tried[0])
    assert chosen[0] == best
