"""The choice of speakers under any course of a lesson."""

from hypothesis import given
from hypothesis import strategies as st

from sfu._speakers import Room

SPEAKERS = 4
FORGOTTEN_US = 2_000_000

voices = st.dictionaries(st.integers(0, 63), st.booleans(), max_size=20)
packets = st.lists(st.tuples(st.integers(0, 63), st.integers(0, 255)), max_size=60)
periods = st.lists(st.tuples(voices, packets, st.integers(1, 3_000_000)), max_size=12)


@given(periods)
def test_choice_keeps_its_promises(course: list[tuple[dict[int, bool], list[tuple[int, int]], int]]) -> None:
    room, now = Room(), 1
    before: list[int] = []
    heard: dict[int, int] = {}
    for allowed, sent, pause in course:
        for handle, level in sent:
            room.note(handle, level, now)
            heard[handle] = now
        now += pause
        changed, chosen = room.choose(allowed, now)
        handles = [handle for handle, _ in chosen]
        able = {h for h, may in allowed.items() if may and h in heard and now - heard[h] <= FORGOTTEN_US}
        assert len(set(handles)) == len(handles) == min(SPEAKERS, len(able))
        assert set(handles) <= able
        assert all(0 <= level <= 127 for _, level in chosen)
        assert changed == (handles != before)
        before = handles
