"""Many packet workers: where rooms go, what waits for a worker, and a worker that does not answer."""

from __future__ import annotations

import pytest

from sfu import events
from sfu.errors import Refused
from sfu.link import MAX_ROOM_COMMANDS, MAX_WAITING_COMMANDS
from sfu.load import PROMISE_SECONDS, Load
from sfu.pulse import STOPPED_SECONDS, Pulse
from sfu.room import Room
from tests.unit.sfu.recording import World, publish

SECOND = 1_000_000_000


def open_room(world: World, name: str) -> Room:
    return world.node.open_room(name, name, world.policy, world.now)


def work(world: World, seconds: int, *shares: float) -> None:
    """Time goes by in which each worker uses such a share of a processor."""
    for _ in range(seconds):
        for worker, share in zip(world.workers, shares, strict=True):
            worker.cpu += int(share * SECOND)
        world.later(1.0)


# --- placing ---


def test_rooms_opened_at_once_are_spread() -> None:
    world = World(workers=3)
    world.later(1)
    assert [open_room(world, f"r{number}").link.index for number in range(6)] == [0, 1, 2, 0, 1, 2]


def test_a_room_goes_where_the_processor_is_least_busy_however_many_rooms_are_there() -> None:
    world = World(workers=2)
    world.later(1)
    first = [open_room(world, f"quiet{number}") for number in range(2)]
    assert [room.link.index for room in first] == [0, 1]
    for number in range(5):
        world.node.links[1].rooms[100 + number] = first[1]  # many rooms in which nothing happens
    work(world, int(PROMISE_SECONDS) + 1, 0.4, 0.1)
    assert open_room(world, "next").link.index == 1
    work(world, int(PROMISE_SECONDS) + 1, 0.1, 0.4)
    assert open_room(world, "after").link.index == 0
    assert world.metric("worker_load", worker="1") == pytest.approx(0.4, abs=0.01)


def test_a_worker_that_has_fallen_behind_gets_no_new_room() -> None:
    world = World(workers=2)
    world.later(1)
    work(world, 20, 0.0, 0.9)
    world.node.links[0].overflowed = True
    assert open_room(world, "next").link.index == 1


def test_what_is_promised_is_forgotten_as_it_is_measured() -> None:
    load = Load()
    load.sample(0, 10.0)
    load.promise(10.0)
    assert load.expected(10.0) > load.expected(10.0 + PROMISE_SECONDS / 2) > 0
    load.promise(10.0 + PROMISE_SECONDS / 2)
    assert load.expected(10.0 + 2 * PROMISE_SECONDS) == 0


# --- commands that wait ---


def test_commands_wait_in_order_and_go_when_there_is_room() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    publish(world.room, vera, "camera")
    world.worker.full = True
    link, lane = world.node.links[0], world.room.lane
    before = len(world.worker.commands)
    for number in range(100):
        lane.do(world.worker.feed, 1, number, 0)
    assert link.waiting == lane.waiting == 100
    with pytest.raises(Refused) as refused:
        world.enter("Oleg")
    assert refused.value.code == "overloaded"
    world.worker.full = False
    world.later(0.05)
    assert [command[2] for command in world.worker.commands[before:]] == list(range(100))
    assert link.waiting == lane.waiting == 0 and world.node.healthy


def test_a_room_whose_commands_do_not_fit_ends_and_its_people_are_told_to_come_back() -> None:
    world = World()
    _, page = world.enter("Vera", "host")
    other = open_room(world, "other")
    room = world.room
    world.worker.full = True
    for number in range(MAX_ROOM_COMMANDS + 500):
        room.lane.do(world.worker.feed, 1, number, 0)
    assert room.lane.failed and room.lane.waiting == MAX_ROOM_COMMANDS
    assert not world.node.healthy
    other.lane.do(world.worker.feed, 2, 7, 0)
    assert not other.lane.failed and room.lane.waiting == 0, "what the failed room wanted is nobody's burden"
    with pytest.raises(Refused) as refused:
        room.lane.make(world.worker.add_room)
    assert (refused.value.code, refused.value.fatal) == ("overloaded", True)

    world.later(0.05)
    assert page.heard[-1] == events.Closed("overloaded")
    assert world.reports[-1].event == "room_ended" and world.reports[-1].data == {"reason": "overloaded"}
    assert world.metric("rooms_overloaded_total") == 1
    assert room.id not in world.node.rooms and not world.node.has_ended(room.id, world.now)
    assert not world.defects

    # What the worker has of the room is taken down all the same, and nothing else of it is carried out.
    world.worker.full = False
    before = len(world.worker.commands)
    world.later(0.05)
    later = world.worker.commands[before:]
    assert [command[0] for command in later] == ["feed", "remove_transport", "remove_transport", "remove_room"]
    assert later[0] == ("feed", 2, 7, 0)
    assert world.node.healthy and world.node.links[0].waiting == 0
    again = world.room
    assert again is not room and not again.lane.failed


def test_what_waits_is_bounded_whatever_rooms_do() -> None:
    world = World()
    rooms = [open_room(world, f"r{number}") for number in range(10)]
    people = [world.enter("Vera", "host")]
    world.worker.full = True
    for _ in range(MAX_ROOM_COMMANDS):
        for room in rooms:
            room.lane.do(world.worker.feed, 1, 2, 0)
    assert world.node.links[0].waiting == MAX_WAITING_COMMANDS
    for _ in range(100):
        world.later(0.05)
    # Each failed room adds its end, once: what takes things down is as many commands as there are things.
    assert world.node.links[0].waiting <= MAX_WAITING_COMMANDS + len(rooms) + 1 + 2 * len(people)
    world.worker.full = False
    world.later(0.05)
    assert world.node.links[0].waiting == 0


# --- a loop that stands still ---


def test_a_worker_that_stands_still_is_noticed_within_two_seconds_and_told_once() -> None:
    world = World(workers=2)
    for _ in range(100):
        world.later(0.05)
    assert not world.stopped and world.node.healthy
    world.workers[1].hung = True
    since = world.now
    while not world.stopped:
        world.later(0.05)
    assert world.stopped == [1]
    assert STOPPED_SECONDS <= world.now - since < 2.0
    assert not world.node.healthy
    for _ in range(100):
        world.later(0.05)
    assert world.stopped == [1]


def test_a_worker_is_not_blamed_for_time_in_which_nobody_looked() -> None:
    pulse = Pulse()
    assert not pulse.look(5.0, 10.0)
    assert not pulse.look(5.0, 100.0), "the whole process stood still, the worker's first turn is yet to come"
    assert not pulse.look(5.2, 100.05)
    assert pulse.still == 0


def test_a_worker_that_has_not_begun_is_not_stopped() -> None:
    pulse = Pulse()
    for number in range(100):
        assert not pulse.look(0.0, number * 0.05)
