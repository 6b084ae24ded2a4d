"""Slots: what feeds them, as the page asked and as the room chooses."""

from __future__ import annotations

import pytest

from sfu import events
from sfu.errors import Refused
from sfu.participant import Participant, Track
from sfu.slots import RANK_HOST_SCREEN, RANK_REST, RANK_STAGE, Slot, SsrcPool, choose_layer
from signalling.messages import SlotView
from tests.unit.sfu.recording import Seen, World, publish


def video_feeds(world: World, viewer: Participant) -> list[int]:
    """Which uptrack the worker was told to feed each video slot with, -1 for none."""
    return [world.worker.fed.get(slot.handle, (-1, 0))[0] for slot in viewer.video_slots]


def see(world: World, viewer: Participant, *wishes: SlotView) -> None:
    world.room.feeding.view(viewer, wishes)


def slots(world: World, viewer: Participant, video: int) -> list[Slot]:
    world.room.feeding.add_slots(viewer, video)
    return viewer.video_slots


def seen_by(world: World, viewer: Participant, tracks: dict[str, Track]) -> list[str | None]:
    """Names of those in the slots."""
    names = {track.handle: name for name, track in tracks.items()}
    return [names.get(handle) for handle in video_feeds(world, viewer)]


@pytest.mark.parametrize(
    ("height", "scales", "max_height", "layer"),
    [
        (720, [4.0, 2.0, 1.0], 720, 2),
        (720, [4.0, 2.0, 1.0], 719, 1),
        (720, [4.0, 2.0, 1.0], 360, 1),
        (720, [4.0, 2.0, 1.0], 180, 0),
        (720, [4.0, 2.0, 1.0], 90, 0),
        (360, [2.0, 1.0], 360, 1),
        (0, [4.0, 2.0, 1.0], 360, 1),
        (1080, [1.0], 180, 0),
    ],
)
def test_the_highest_layer_that_fits(height: int, scales: list[float], max_height: int, layer: int) -> None:
    assert choose_layer(height, scales, max_height) == layer


def test_ssrcs_are_distinct_and_never_the_probators() -> None:
    pool = SsrcPool()
    taken = [pool.take() for _ in range(2000)]
    assert len(set(taken)) == 2000
    assert not {0, 1234} & set(taken)


def test_the_first_call_makes_three_audio_slots_and_slots_only_grow() -> None:
    world = World()
    mila, _ = world.enter("Mila")
    assert [slot.kind for slot in world.room.feeding.add_slots(mila, 2)] == ["audio"] * 3 + ["video"] * 2
    first = list(mila.slots)
    assert len(world.room.feeding.add_slots(mila, 1)) == 5
    assert len(world.room.feeding.add_slots(mila, 4)) == 7
    assert list(mila.slots)[:5] == first
    mids = [slot.parameters.mid for slot in mila.slots.values()]
    assert len(set(mids)) == 7 and mids[0] == "a0" and mids[3] == "v0"
    ssrcs = [command[3] for command in world.worker.told("add_slot")]
    assert ssrcs == [slot.ssrc for slot in mila.slots.values()]
    assert len({slot.parameters.msid for slot in mila.slots.values()}) == 7


def test_the_room_shows_screens_then_the_floor_then_hosts_then_the_register() -> None:
    world = World()
    viewer, _ = world.enter("Zoya")
    vera, _ = world.enter("Vera", "host")
    tracks = {}
    for name in ("Timur", "Anna", "Mila"):
        member, _ = world.enter(name)
        tracks[name] = publish(world.room, member, "camera")
    tracks["Vera"] = publish(world.room, vera, "camera")
    tracks["screen"] = publish(world.room, vera, "screen")
    world.room.moderation.give_floor(vera, tracks["Timur"].participant.id, world.now)
    slots(world, viewer, 5)
    assert seen_by(world, viewer, tracks) == ["screen", "Timur", "Vera", "Anna", "Mila"]


def test_nobody_is_shown_their_own_picture() -> None:
    world = World()
    mila, _ = world.enter("Mila")
    publish(world.room, mila, "camera")
    slots(world, mila, 2)
    assert video_feeds(world, mila) == [-1, -1]


def test_a_track_keeps_its_slot_when_others_come_and_go() -> None:
    world = World()
    viewer, _ = world.enter("Zoya")
    slots(world, viewer, 3)
    tracks = {}
    for name in ("Mila", "Timur"):
        member, _ = world.enter(name)
        tracks[name] = publish(world.room, member, "camera")
    assert seen_by(world, viewer, tracks) == ["Mila", "Timur", None]
    anna, _ = world.enter("Anna")
    tracks["Anna"] = publish(world.room, anna, "camera")
    assert seen_by(world, viewer, tracks) == ["Mila", "Timur", "Anna"]
    boris, _ = world.enter("Boris")
    tracks["Boris"] = publish(world.room, boris, "camera")
    assert seen_by(world, viewer, tracks) == ["Mila", "Timur", "Anna"], "the register does not displace"
    world.room.leave(tracks["Timur"].participant, "left", world.now)
    assert seen_by(world, viewer, tracks) == ["Mila", "Boris", "Anna"]


def test_a_screen_displaces_and_is_followed_by_what_was_there() -> None:
    world = World()
    viewer, _ = world.enter("Zoya")
    slots(world, viewer, 1)
    vera, _ = world.enter("Vera", "host")
    tracks = {"Vera": publish(world.room, vera, "camera")}
    assert seen_by(world, viewer, tracks) == ["Vera"]
    tracks["screen"] = publish(world.room, vera, "screen")
    assert seen_by(world, viewer, tracks) == ["screen"]
    world.room.publishing.unpublish(vera, tracks["screen"].id)
    assert seen_by(world, viewer, tracks) == ["Vera"]


def test_a_page_asks_for_a_track_and_a_height() -> None:
    world = World()
    viewer, _ = world.enter("Zoya")
    one, two = slots(world, viewer, 2)
    mila, _ = world.enter("Mila")
    camera = publish(world.room, mila, "camera", height=720)
    see(world, viewer, SlotView(slot=two.id, max_height=720, track=camera.id))
    assert world.worker.fed[two.handle] == (camera.handle, 2)
    assert world.worker.fed[one.handle] == (-1, 0), "a track that was asked for is not shown twice"
    see(world, viewer, SlotView(slot=two.id, max_height=200, track=camera.id))
    assert world.worker.fed[two.handle] == (camera.handle, 0)
    see(world, viewer, SlotView(slot=two.id, max_height=0, track=camera.id))
    assert world.worker.fed[two.handle] == (-1, 0)


def test_the_worker_is_told_only_of_changes() -> None:
    world = World()
    viewer, _ = world.enter("Zoya")
    (slot,) = slots(world, viewer, 1)
    mila, _ = world.enter("Mila")
    camera = publish(world.room, mila, "camera")
    before = len(world.worker.told("feed"))
    for height in (180, 181, 200, 359):
        see(world, viewer, SlotView(slot=slot.id, max_height=height, track=camera.id))
    assert len(world.worker.told("feed")) == before


def test_a_picture_that_grows_changes_the_layer() -> None:
    world = World()
    viewer, _ = world.enter("Zoya")
    (slot,) = slots(world, viewer, 1)
    mila, _ = world.enter("Mila")
    camera = publish(world.room, mila, "camera", height=360)
    see(world, viewer, SlotView(slot=slot.id, max_height=360, track=camera.id))
    assert world.worker.fed[slot.handle] == (camera.handle, 2)
    world.room.publishing.update_track(mila, camera.id, None, 1280, 720)
    assert world.worker.fed[slot.handle] == (camera.handle, 1)


def test_what_one_may_not_see_is_refused_and_nothing_changes() -> None:
    world = World()
    viewer, _ = world.enter("Zoya")
    own = publish(world.room, viewer, "camera")
    (slot,) = slots(world, viewer, 1)
    audio = next(iter(viewer.slots.values()))
    mila, _ = world.enter("Mila")
    camera = publish(world.room, mila, "camera")
    voice = publish(world.room, mila, "microphone")
    see(world, viewer, SlotView(slot=slot.id, max_height=180, track=camera.id))
    for track in ("t-unknown", voice.id, own.id):
        with pytest.raises(Refused) as caught:
            see(world, viewer, SlotView(slot=slot.id, max_height=720, track=track))
        assert caught.value.code == "bad_track"
    for other in ("s-unknown", audio.id):
        with pytest.raises(Refused) as caught:
            see(world, viewer, SlotView(slot=other, max_height=720))
        assert caught.value.code == "bad_slot"
    assert world.worker.fed[slot.handle] == (camera.handle, 0)


def test_a_camera_switched_off_leaves_its_slot_and_comes_back_to_it() -> None:
    world = World()
    viewer, _ = world.enter("Zoya")
    (slot,) = slots(world, viewer, 1)
    mila, _ = world.enter("Mila")
    camera = publish(world.room, mila, "camera")
    see(world, viewer, SlotView(slot=slot.id, max_height=180, track=camera.id))
    world.room.publishing.update_track(mila, camera.id, False, None, None)
    assert world.worker.fed[slot.handle] == (-1, 0)
    world.room.publishing.update_track(mila, camera.id, True, None, None)
    assert world.worker.fed[slot.handle] == (camera.handle, 0)


def test_feeds_are_told_when_the_worker_says_so_in_one_message() -> None:
    world = World()
    viewer, page = world.enter("Zoya")
    one, two = slots(world, viewer, 2)
    tracks = []
    for name in ("Anna", "Mila"):
        member, _ = world.enter(name)
        tracks.append(publish(world.room, member, "camera"))
    assert not page.all(events.FeedsChanged), "asked for is not yet shown"
    world.see(Seen("fed", one.handle, tracks[0].handle), Seen("fed", two.handle, tracks[1].handle))
    assert page.last(events.FeedsChanged).slots == [one, two]
    assert one.live is tracks[0]
    world.see(Seen("fed", one.handle, tracks[0].handle, 2))
    assert len(page.all(events.FeedsChanged)) == 1, "another layer of the same track is no news"


def test_audio_slots_are_fed_by_the_worker() -> None:
    world = World()
    viewer, page = world.enter("Zoya")
    world.room.feeding.add_slots(viewer, 0)
    vera, _ = world.enter("Vera", "host")
    voice = publish(world.room, vera, "microphone")
    slot = next(iter(viewer.slots.values()))
    world.fed(slot.handle, voice.handle)
    assert page.last(events.FeedsChanged).slots[0].live is voice
    assert not world.worker.told("feed")


def test_a_track_that_ends_leaves_the_slots_at_once() -> None:
    world = World()
    viewer, page = world.enter("Zoya")
    (slot,) = slots(world, viewer, 1)
    mila, _ = world.enter("Mila")
    camera = publish(world.room, mila, "camera")
    world.fed(slot.handle, camera.handle)
    world.room.leave(mila, "left", world.now)
    assert world.worker.fed[slot.handle] == (-1, 0)
    assert slot.live is None
    assert page.last(events.FeedsChanged).slots == [slot]
    names = [command[0] for command in world.worker.commands]
    assert names.index("feed") < names.index("remove_transport"), "slots let go before the track disappears"


def test_a_paused_slot_says_whose_picture_is_missing() -> None:
    world = World()
    teacher, page = world.enter("teacher", "host")
    student, _ = world.enter("student")
    camera = publish(world.room, student, "camera")
    (slot,) = slots(world, teacher, 1)
    world.fed(slot.handle, camera.handle)
    world.see(Seen("paused", slot.handle, camera.handle, 0))
    assert page.last(events.FeedsChanged).slots == [slot] and slot.paused and slot.live is camera
    assert world.metric("slots_paused_total") == 1
    world.fed(slot.handle, camera.handle)
    assert len(page.all(events.FeedsChanged)) == 3 and not slot.paused, "it goes on, with the same picture"


def test_a_publisher_hears_which_layers_nobody_receives() -> None:
    world = World()
    _, bystander = world.enter("teacher", "host")
    student, page = world.enter("student")
    camera = publish(world.room, student, "camera")
    for layer, unused in ((2, 1), (1, 1), (2, 0)):
        world.see(Seen("unused", camera.handle, layer, unused))
    assert [told.track for told in page.all(events.LayersWanted)] == [camera] * 3
    assert camera.unused == {1}
    assert not bystander.all(events.LayersWanted)


def test_what_matters_most_on_a_thin_line() -> None:
    world = World()
    teacher, _ = world.enter("teacher", "host")
    viewer, _ = world.enter("viewer")
    others = [world.enter(f"student{i}")[0] for i in range(2)]
    screen = publish(world.room, teacher, "screen")
    cameras = [publish(world.room, one, "camera") for one in others]
    made = slots(world, viewer, 3)
    tracks = [screen, *cameras]
    see(
        world,
        viewer,
        *(SlotView(slot=s.id, track=t.id, max_height=h) for s, t, h in zip(made, tracks, (720, 360, 180), strict=True)),
    )
    ranks = [world.worker.ranks[slot.handle] for slot in made]
    assert ranks == [(RANK_HOST_SCREEN, True), (RANK_STAGE, False), (RANK_REST, False)]
    see(world, viewer, SlotView(slot=made[1].id, track=cameras[0].id, max_height=180))
    assert world.worker.ranks[made[1].handle] == (RANK_REST, False), "among equals nobody is on stage"
