"""Who is chosen to be heard: what people in a room would notice."""

from collections.abc import Iterable

from sfu._speakers import Room

PERIOD = 300_000
FRAME = 20_000
SILENCE = 127
QUIET, NORMAL, LOUD = 60, 40, 20  # -dBov


class Lesson:
    """Voices sending a packet every 20 ms, level by handle."""

    def __init__(self, levels: dict[int, int]) -> None:
        self.room = Room()
        self.levels = levels
        self.allowed = dict.fromkeys(levels, True)
        self.now = 1_000_000

    def period(self, silent: Iterable[int] = ()) -> tuple[bool, list[int]]:
        """One period in which all but `silent` send; whether the choice changed, and the chosen."""
        for _ in range(PERIOD // FRAME):
            self.now += FRAME
            for handle in self.levels.keys() - set(silent):
                self.room.note(handle, self.levels[handle], self.now)
        changed, chosen = self.room.choose(self.allowed, self.now)
        return changed, [handle for handle, _ in chosen]

    def settled(self) -> list[int]:
        for _ in range(10):
            self.period()
        return self.period()[1]


def test_nobody_in_an_empty_room() -> None:
    assert Room().choose({}, 0) == (False, [])


def test_few_voices_are_all_chosen_even_when_silent() -> None:
    lesson = Lesson(dict.fromkeys(range(4), SILENCE))
    changed, chosen = lesson.period()
    assert changed
    assert sorted(chosen) == [0, 1, 2, 3]
    assert lesson.period() == (False, chosen)


def test_loudest_are_chosen_loudest_first() -> None:
    lesson = Lesson(dict.fromkeys(range(50), SILENCE) | {7: QUIET, 30: LOUD, 31: NORMAL, 49: 50})
    assert lesson.period()[1] == [30, 31, 49, 7]


def test_levels_are_those_of_the_extension() -> None:
    lesson = Lesson({3: 35, 4: SILENCE})
    lesson.settled()
    for _ in range(PERIOD // FRAME):
        lesson.room.note(3, 35, lesson.now)
        lesson.room.note(4, SILENCE, lesson.now)
    levels = dict(lesson.room.choose(lesson.allowed, lesson.now)[1])
    assert abs(levels[3] - 35) <= 1
    assert levels[4] == SILENCE


def test_who_begins_to_speak_is_chosen_at_the_next_choice() -> None:
    lesson = Lesson(dict.fromkeys(range(10), SILENCE))
    assert 9 not in lesson.settled()
    lesson.levels[9] = NORMAL
    changed, chosen = lesson.period()
    assert changed
    assert chosen[0] == 9


def test_voices_alike_do_not_take_turns() -> None:
    lesson = Lesson(dict.fromkeys(range(8), NORMAL))
    first = lesson.settled()
    for i in range(40):
        lesson.levels = {handle: NORMAL + (handle * 7 + i * 3) % 5 - 2 for handle in range(8)}
        assert lesson.period() == (False, first)


def test_clearly_louder_takes_the_place_of_the_softest() -> None:
    lesson = Lesson({0: LOUD, 1: LOUD, 2: LOUD, 3: NORMAL, 4: QUIET, 5: QUIET})
    assert set(lesson.settled()) == {0, 1, 2, 3}
    lesson.levels[5] = LOUD
    lesson.period()
    assert set(lesson.settled()) == {0, 1, 2, 5}


def test_pause_for_breath_costs_nobody_their_place() -> None:
    lesson = Lesson({0: NORMAL, 1: NORMAL, 2: NORMAL, 3: NORMAL, 4: 80, 5: 80})
    speaking = lesson.settled()
    lesson.levels[0] = SILENCE
    assert set(lesson.period()[1]) == set(speaking)
    lesson.levels[0] = NORMAL
    assert set(lesson.settled()) == set(speaking)


def test_who_may_not_be_heard_is_never_chosen() -> None:
    lesson = Lesson({0: LOUD, 1: QUIET})
    assert lesson.period()[1] == [0, 1]
    lesson.allowed[0] = False
    assert lesson.period() == (True, [1])
    lesson.allowed[0] = True
    assert lesson.period()[1] == [0, 1]


def test_what_was_said_without_the_floor_does_not_count() -> None:
    lesson = Lesson({0: QUIET, 1: QUIET, 2: QUIET, 3: QUIET, 4: LOUD})
    lesson.allowed[4] = False
    assert set(lesson.settled()) == {0, 1, 2, 3}
    lesson.allowed[4], lesson.levels[4] = True, SILENCE
    assert set(lesson.period()[1]) == {0, 1, 2, 3}


def test_a_click_is_not_a_voice() -> None:
    lesson = Lesson({0: NORMAL, 1: NORMAL, 2: NORMAL, 3: NORMAL, 4: SILENCE})
    speaking = lesson.settled()
    lesson.room.note(4, 0, lesson.now + FRAME)
    assert lesson.period(silent=[4]) == (False, speaking)


def test_who_sends_nothing_for_two_seconds_is_forgotten() -> None:
    lesson = Lesson({0: NORMAL, 1: NORMAL})
    assert set(lesson.settled()) == {0, 1}
    for _ in range(6):  # 1.8 s
        assert set(lesson.period(silent=[1])[1]) == {0, 1}
    assert lesson.period(silent=[1]) == (True, [0])
    assert lesson.period()[0]


def test_who_has_left_is_no_longer_chosen() -> None:
    lesson = Lesson(dict.fromkeys(range(5), NORMAL))
    gone = lesson.settled()[0]
    del lesson.levels[gone], lesson.allowed[gone]
    changed, chosen = lesson.period()
    assert changed
    assert set(chosen) == set(range(5)) - {gone}


def test_choices_are_due_every_300_ms_and_missed_ones_are_not_made_up() -> None:
    room = Room()
    assert room.due == 0
    room.choose({}, 10_000_000)
    assert room.due == 10_300_000
    room.choose({}, 10_300_400)
    assert room.due == 10_600_000  # no drift
    room.choose({}, 15_000_000)
    assert room.due == 15_300_000


def test_choices_made_early_neither_wear_voices_down_nor_put_off_the_next() -> None:
    lesson = Lesson({0: NORMAL, 1: NORMAL, 2: NORMAL, 3: NORMAL, 4: QUIET})
    speaking = lesson.settled()
    due = lesson.room.due
    for _ in range(20):
        assert lesson.room.choose(lesson.allowed, lesson.now + 1)[0] is False
    assert lesson.room.due == due
    assert lesson.period() == (False, speaking)


def test_floor_taken_counts_at_once() -> None:
    lesson = Lesson({0: LOUD, 1: QUIET})
    lesson.settled()
    lesson.allowed[0] = False
    changed, chosen = lesson.room.choose(lesson.allowed, lesson.now + 1)
    assert changed
    assert [handle for handle, _ in chosen] == [1]
