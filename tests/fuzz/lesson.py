"""People in a room, led by a fuzzer's bytes: the property test's pages and model, every rule checked after each step.

Hypothesis draws the same moves from its own bytes; here a byte is one choice, so that what libFuzzer changes in an
input changes one step of it, and an input costs a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from signalling.session import State
from tests.property.test_session import PEOPLE, Game

T = TypeVar("T")

MOST_STEPS: Final = 150
BEGIN: Final = (("join", 1, True), ("publish", "microphone", True, 0, True), ("add_slots", 2))
"""What everybody does first, so that an input need not."""

SOURCES: Final = ("microphone", "camera", "screen", "screen_audio")
HEIGHTS: Final = (0, 90, 180, 360, 720, 16384)


class Choices:
    """The fuzzer's bytes, read as choices; 0 when they are at an end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def number(self, limit: int) -> int:
        """Below `limit`, which is at most 256."""
        self._at += 1
        return self._data[self._at - 1] % limit if self._at <= len(self._data) else 0

    def of(self, choices: Sequence[T]) -> T:
        """One of them."""
        return choices[self.number(len(choices))]

    def index(self) -> int:
        """Names one of the ids that exist at that moment, or one that does not."""
        return self.number(8)

    def yes(self) -> bool:
        """One of two."""
        return self.number(2) == 1

    def maybe(self, choice: Callable[[], T]) -> T | None:
        """Nothing in a quarter of all cases."""
        return choice() if self.number(4) else None

    def bytes(self) -> bytes:
        """At most 30."""
        size = self.number(31)
        self._at += size
        return self._data[self._at - size : self._at]


def wishes(c: Choices) -> list[tuple[int, int, int | None]]:
    """Of a view."""
    return [(c.index(), c.of(HEIGHTS), c.maybe(c.index)) for _ in range(c.number(5))]


Move = Callable[[Choices], tuple[Any, ...]]
MOVES: Final[tuple[Move, ...]] = (
    lambda c: ("join", c.of((1, 1, 1, 2)), c.number(4) > 0),
    lambda c: ("resume", c.index()),
    lambda c: ("connect", c.of(("send", "receive")), c.number(3)),
    lambda c: ("restart_ice", c.of(("send", "receive"))),
    lambda c: ("publish", c.of(SOURCES), c.number(4) > 0, c.of(HEIGHTS), c.number(4) > 0),
    lambda c: ("publish", c.of(SOURCES), True, c.of(HEIGHTS), True),
    lambda c: ("unpublish", c.index()),
    lambda c: ("update_track", c.index(), c.maybe(c.yes), c.maybe(lambda: c.of(HEIGHTS))),
    lambda c: ("add_slots", c.of((0, 1, 2, 4))),
    lambda c: ("view", wishes(c)),
    lambda c: ("view", wishes(c)),
    lambda _: ("raise_hand",),
    lambda c: ("lower_hand", c.maybe(c.index)),
    lambda _: ("lower_all_hands",),
    lambda c: ("give_floor", c.index()),
    lambda c: ("give_floor", c.index()),
    lambda c: ("take_floor", c.maybe(c.index)),
    lambda c: ("answer_floor", c.yes()),
    lambda c: ("mute", c.index(), c.of(SOURCES)),
    lambda _: ("mute_all",),
    lambda _: ("ping",),
    lambda c: ("remove", c.index()),
    lambda _: ("leave",),
    lambda _: ("end_room",),
    lambda _: ("lost",),
    lambda c: ("wait", c.of((0.1, 1.0, 31.0))),
    lambda c: ("fed", c.index(), c.index()),
    lambda c: ("fed", c.index(), c.index()),
    lambda c: ("frame", c.bytes()),
)


def play(data: bytes) -> None:
    """One input: the room's policy, then steps (whose, which, and what it takes)."""
    c = Choices(data)
    game = Game(c.of(("hand", "hand", "open")), c.yes(), c.of((3, 4, 4)))
    for who in range(len(PEOPLE)):
        for begin in BEGIN:
            game.play(who, begin)
    game.check()
    for _ in range(MOST_STEPS):
        if not c:
            return
        game.play(c.of((0, 0, 0, 1, 2, 3)), c.of(MOVES)(c))
        game.check()


def frames(data: bytes) -> None:
    """One input: lines that a page which has joined sends as frames, as they are.

    What no fuzzer can guess has names: `<p0>` is the first participant's id, `<t0>` a track's, `<s0>` an own slot's,
    `<r>` the page's resume token.
    """
    game = Game("hand", False)
    for who in range(2):
        for begin in BEGIN:
            game.play(who, begin)
    page = game.pages[0]
    for line in data.split(b"\n")[:MOST_STEPS]:
        if page.session.state is State.CLOSED:
            return
        frame = line
        for name, id in names(game).items():
            frame = frame.replace(b"<%b>" % name.encode(), id.encode())
        try:
            page.session.receive_frame(frame.decode(), game.world.now)
        except UnicodeDecodeError:
            page.session.receive_frame(frame, game.world.now)
        for other in game.pages:
            other.read()
        game.check()


def names(game: Game) -> dict[str, str]:
    """The ids there are now."""
    found = {f"p{n}": id for room in game.rooms for n, id in enumerate(room.participants)}
    found |= {f"t{n}": track.id for room in game.rooms for n, track in enumerate(room.tracks)}
    mirror = game.pages[0].mirror
    found |= {f"s{n}": id for n, id in enumerate(mirror.feeds if mirror else [])}
    return found | {"r": game.pages[0].token}
