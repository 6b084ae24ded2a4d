"""Rooms: who comes in, who is heard, who leaves. The worker here only writes down what it is told."""

from __future__ import annotations

import gc
from collections import Counter

import pytest

from sfu import events
from sfu.errors import Refused
from sfu.node import MAX_ROOMS
from sfu.participant import Participant, Track
from sfu.room import RoomPolicy, Visitor
from sfu.slots import Slot
from sfu.transport import Transport
from tests.unit.sfu.recording import START, UNIX, Seen, World, camera_parameters, microphone_parameters, publish


def refused(code: str) -> pytest.RaisesExc[Refused]:
    """A request refused with this code."""
    return pytest.RaisesExc(Refused, check=lambda error: error.code == code)


# --- coming in ---


def test_students_wait_until_a_teacher_is_in() -> None:
    world = World(RoomPolicy(lobby=True))
    mila, mila_page = world.knock("Mila")
    timur, _ = world.knock("Timur")
    assert isinstance(mila, Visitor) and isinstance(timur, Visitor)
    assert mila_page.heard == [], "no names and no media in the lobby"
    assert world.metric("waiting") == 2
    _, vera_page = world.enter("Vera", "host")
    assert [event.participant.name for event in vera_page.all(events.ParticipantJoined)] == ["Mila", "Timur"]
    assert mila_page.last(events.Admitted).participant.name == "Mila"
    assert world.metric("waiting") == 0


def test_those_inside_stay_when_the_teacher_leaves_and_new_ones_wait() -> None:
    world = World(RoomPolicy(lobby=True))
    vera, _ = world.enter("Vera", "host")
    mila, mila_page = world.enter("Mila")
    world.room.leave(vera, "left", world.now)
    assert mila.id in world.room.participants
    assert not mila_page.all(events.Closed)
    timur, timur_page = world.knock("Timur")
    assert isinstance(timur, Visitor)
    world.enter("Vera", "host")
    assert timur_page.all(events.Admitted)


def test_a_teacher_whose_socket_is_gone_for_a_moment_keeps_the_lobby_open() -> None:
    world = World(RoomPolicy(lobby=True))
    vera, _ = world.enter("Vera", "host")
    world.room.suspend(vera, world.now)
    entered, _ = world.knock("Mila")
    assert isinstance(entered, Participant)


def test_a_full_room_says_so_and_keeps_a_seat_for_the_teacher() -> None:
    world = World(RoomPolicy(max=3, lobby=True))
    world.knock("Mila")
    world.knock("Timur")
    with refused("call_full"):
        world.knock("Anna")
    world.enter("Vera", "host")
    assert len(world.room.participants) == 3
    with refused("call_full"):
        world.knock("Anna")


def test_the_same_page_again_replaces_its_old_presence() -> None:
    world = World()
    _, vera_page = world.enter("Vera", "host")
    old, old_page = world.enter("Mila")
    publish(world.room, old, "camera")
    new, _ = world.enter("Mila")
    assert old_page.last(events.Closed).reason == "replaced"
    left = vera_page.last(events.ParticipantLeft)
    assert left.participant is old and left.reason == "replaced"
    assert list(world.room.participants.values())[-1] is new
    assert (old.send.handle,) in world.worker.told("remove_transport")


def test_one_person_with_two_devices_is_there_twice() -> None:
    world = World()
    world.enter("Mila", device="phone")
    world.enter("Mila", device="laptop")
    assert len(world.room.participants) == 2


def test_an_ended_room_stays_ended_for_ten_minutes() -> None:
    world = World()
    _, page = world.enter("Vera", "host")
    world.node.end_room(world.room, world.now)
    assert page.last(events.Closed).reason == "ended"
    with refused("room_ended"):
        world.enter("Mila")
    world.later(601)
    world.enter("Mila")


def test_a_room_ended_before_it_was_here_is_ended_all_the_same() -> None:
    world = World()
    world.node.end_room_id("lesson", world.now)
    with refused("room_ended"):
        world.enter("Mila")


def test_a_room_nobody_is_in_ends_by_itself_and_may_begin_anew() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    world.room.leave(vera, "left", world.now)
    world.later(1799)
    assert "lesson" in world.node.rooms
    world.later(2)
    assert "lesson" not in world.node.rooms
    assert world.reports[-1].event == "room_ended"
    assert world.reports[-1].data == {"reason": "empty"}
    world.enter("Vera", "host")


def test_rooms_are_bounded_and_empty_ones_make_place() -> None:
    world = World()
    policy = RoomPolicy()
    for index in range(MAX_ROOMS):
        world.node.open_room(f"room-{index}", "", policy, world.now + index / 1000)
    world.node.open_room("one-more", "", policy, world.now)
    assert len(world.node.rooms) == MAX_ROOMS
    assert "room-0" not in world.node.rooms and "one-more" in world.node.rooms


def test_a_worker_that_has_fallen_behind_refuses_newcomers_and_loses_no_command() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    mila, _ = world.enter("Mila")
    track = publish(world.room, mila, "microphone")
    world.room.moderation.give_floor(vera, mila.id, world.now)
    world.worker.full = True
    world.room.moderation.take_floor(vera, mila.id, world.now)
    world.room.moderation.give_floor(vera, mila.id, world.now)
    world.room.moderation.take_floor(vera, mila.id, world.now)
    with refused("overloaded"):
        world.enter("Timur")
    assert "Timur" not in {p.name for p in world.room.participants.values()}
    world.worker.full = False
    world.later(0.05)
    assert world.worker.told("set_allowed")[-3:] == [
        (track.handle, False),
        (track.handle, True),
        (track.handle, False),
    ]


# --- going and coming back ---


def test_a_lost_socket_keeps_the_place_for_thirty_seconds() -> None:
    world = World()
    _, vera_page = world.enter("Vera", "host")
    mila, _ = world.enter("Mila")
    world.room.suspend(mila, world.now)
    world.later(29)
    assert mila.id in world.room.participants
    assert not world.worker.told("remove_transport"), "media is untouched"
    world.later(2)
    assert vera_page.last(events.ParticipantLeft).reason == "lost"
    assert {(mila.send.handle,), (mila.receive.handle,)} <= set(world.worker.told("remove_transport"))
    assert world.metric("participants_suspended") == 0
    assert world.metric("participants") == 1


def test_whoever_resumes_in_time_was_never_gone() -> None:
    world = World()
    _, vera_page = world.enter("Vera", "host")
    mila, _ = world.enter("Mila")
    world.room.suspend(mila, world.now)
    world.later(20)
    world.room.resume(mila, lambda event: None)
    world.later(100)
    assert mila.id in world.room.participants
    assert not vera_page.all(events.ParticipantLeft)


def test_removing_a_person_removes_every_device_and_the_one_in_the_lobby() -> None:
    world = World(RoomPolicy(lobby=True))
    vera, _ = world.enter("Vera", "host")
    _, phone = world.enter("Mila", device="phone")
    world.room.leave(vera, "left", world.now)
    _, laptop = world.knock("Mila", device="laptop")
    world.room.remove_person("person-Mila", world.now)
    assert phone.last(events.Closed).reason == "removed"
    assert laptop.last(events.Closed).reason == "removed"
    assert not world.room.participants and not world.room.visitors


def test_draining_sends_everybody_away_and_takes_nobody() -> None:
    world = World()
    _, page = world.enter("Vera", "host")
    world.node.drain(world.now)
    assert page.last(events.Closed).reason == "draining"
    with refused("draining"):
        world.enter("Mila")


def test_the_platform_hears_of_it_all() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    mila, _ = world.enter("Mila")
    conduct = world.room.moderation
    conduct.raise_hand(mila, world.now)
    conduct.give_floor(vera, mila.id, world.now)
    conduct.take_floor(vera, mila.id, world.now)
    world.room.leave(mila, "left", world.now)
    world.node.end_room(world.room, world.now)
    assert [report.event for report in world.reports] == [
        "room_started",
        "participant_joined",
        "participant_joined",
        "hand_raised",
        "hand_lowered",
        "floor_given",
        "floor_taken",
        "participant_left",
        "room_ended",
    ]
    assert world.reports[3].person == "person-Mila"
    assert world.reports[3].at == UNIX + (world.now - START)


# --- who is heard ---


def test_students_join_muted_and_are_heard_while_they_hold_the_floor() -> None:
    world = World()
    vera, vera_page = world.enter("Vera", "host")
    mila, mila_page = world.enter("Mila")
    track = publish(world.room, mila, "microphone")
    assert world.worker.allowed[track.handle] is False
    assert vera_page.last(events.TrackPublished).track.allowed is False
    world.room.moderation.raise_hand(mila, world.now)
    assert vera_page.last(events.HandsChanged).hands == [(mila.id, UNIX)]
    world.room.moderation.give_floor(vera, mila.id, world.now)
    assert world.worker.allowed[track.handle] is True
    assert mila_page.last(events.FloorGiven).by == vera.id
    assert vera_page.last(events.FloorChanged).holders == [mila.id]
    assert vera_page.last(events.HandsChanged).hands == [], "giving the floor lowers the hand"
    world.room.moderation.take_floor(vera, mila.id, world.now)
    assert world.worker.allowed[track.handle] is False
    assert mila_page.last(events.FloorTaken).by == vera.id
    assert track.allowed is False


def test_the_worker_stops_forwarding_before_anybody_is_told() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    mila, _ = world.enter("Mila")
    track = publish(world.room, mila, "microphone")
    world.room.moderation.give_floor(vera, mila.id, world.now)
    at_the_news: list[bool] = []

    def watch(event: events.Event) -> None:
        if isinstance(event, events.FloorChanged | events.TrackUpdated | events.FloorTaken):
            at_the_news.append(world.worker.allowed[track.handle])

    mila.listener = vera.listener = watch
    world.room.moderation.take_floor(vera, mila.id, world.now)
    assert at_the_news and not any(at_the_news)


def test_a_doctored_page_that_says_it_is_on_is_not_forwarded() -> None:
    world = World()
    world.enter("Vera", "host")
    mila, _ = world.enter("Mila")
    for source in ("microphone", "screen", "screen_audio"):
        track = publish(world.room, mila, source)
        world.room.publishing.update_track(mila, track.id, True, None, None)
        assert world.worker.allowed[track.handle] is False


def test_hosts_are_always_heard_and_cameras_of_everybody_seen() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    mila, _ = world.enter("Mila", "guest")
    for source in ("microphone", "camera", "screen", "screen_audio"):
        assert world.worker.allowed[publish(world.room, vera, source).handle]
    assert world.worker.allowed[publish(world.room, mila, "camera").handle]


def test_in_an_open_call_everybody_is_heard() -> None:
    world = World(RoomPolicy(floor="open", lobby=False))
    mila, _ = world.enter("Mila")
    assert world.worker.allowed[publish(world.room, mila, "microphone").handle]


def test_what_its_owner_has_switched_off_is_not_forwarded() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    _, mila_page = world.enter("Mila")
    track = publish(world.room, vera, "microphone", on=False)
    assert world.worker.allowed[track.handle] is False
    world.room.publishing.update_track(vera, track.id, True, None, None)
    assert world.worker.allowed[track.handle] is True
    assert mila_page.last(events.TrackUpdated).track.on is True


def test_declining_the_floor_gives_it_back() -> None:
    world = World()
    vera, vera_page = world.enter("Vera", "host")
    mila, mila_page = world.enter("Mila")
    track = publish(world.room, mila, "microphone")
    world.room.moderation.give_floor(vera, mila.id, world.now)
    world.room.moderation.answer_floor(mila, False, world.now)
    assert world.worker.allowed[track.handle] is False
    assert vera_page.last(events.FloorChanged).holders == []
    assert not mila_page.all(events.FloorTaken), "nobody took it: it was given back"
    with refused("no_floor"):
        world.room.moderation.answer_floor(mila, True, world.now)


def test_a_muted_camera_stays_dark_until_its_owner_switches_it_on() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    mila, mila_page = world.enter("Mila")
    track = publish(world.room, mila, "camera")
    world.room.moderation.mute(vera, mila.id, "camera", world.now)
    assert world.worker.allowed[track.handle] is False
    assert mila_page.last(events.TrackMuted).by == vera.id
    world.room.publishing.update_track(mila, track.id, False, None, None)
    assert world.worker.allowed[track.handle] is False
    world.room.publishing.update_track(mila, track.id, True, None, None)
    assert world.worker.allowed[track.handle] is True


def test_mute_all_leaves_hosts_and_takes_every_floor() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    own = publish(world.room, vera, "microphone")
    members = [world.enter(name) for name in ("Mila", "Timur")]
    tracks = [publish(world.room, member, "microphone") for member, _ in members]
    for member, _ in members:
        world.room.moderation.give_floor(vera, member.id, world.now)
    world.room.moderation.mute_all(vera, world.now)
    assert world.worker.allowed[own.handle] is True
    assert [world.worker.allowed[track.handle] for track in tracks] == [False, False]
    assert all(page.all(events.FloorTaken) and page.all(events.TrackMuted) for _, page in members)
    assert world.room.floor.holders == []
    world.room.publishing.update_track(members[0][0], tracks[0].id, True, None, None)
    assert world.worker.allowed[tracks[0].handle] is False, "without the floor, switching on does not help"


def test_members_may_not_do_what_hosts_do() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    mila, _ = world.enter("Mila")
    conduct = world.room.moderation
    with refused("not_allowed"):
        conduct.give_floor(mila, mila.id, world.now)
    with refused("not_allowed"):
        conduct.take_floor(mila, vera.id, world.now)
    with refused("not_allowed"):
        conduct.lower_hand(mila, vera.id, world.now)
    with refused("not_allowed"):
        conduct.lower_all_hands(mila, world.now)
    with refused("not_allowed"):
        conduct.mute(mila, vera.id, "microphone", world.now)
    with refused("not_allowed"):
        conduct.mute_all(mila, world.now)
    with refused("not_allowed"):
        conduct.remove(mila, vera.id, world.now)
    with refused("not_allowed"):
        conduct.check_end(mila)
    with refused("no_participant"):
        conduct.give_floor(vera, "p-nobody", world.now)


def test_a_policy_changed_by_the_platform_takes_effect_at_once() -> None:
    world = World(RoomPolicy(floor="hand", lobby=True))
    vera, _ = world.enter("Vera", "host")
    mila, _ = world.enter("Mila")
    track = publish(world.room, mila, "microphone")
    world.room.leave(vera, "left", world.now)
    _, timur_page = world.knock("Timur")
    world.node.configure_room("lesson", "Algebra", RoomPolicy(floor="open", lobby=False), world.now)
    assert world.worker.allowed[track.handle] is True
    assert timur_page.all(events.Admitted)


# --- tracks and what the worker says ---


def test_one_track_a_source() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    first = publish(world.room, vera, "camera")
    with refused("source_taken"):
        publish(world.room, vera, "camera")
    world.room.publishing.unpublish(vera, first.id)
    publish(world.room, vera, "camera")
    with refused("no_track"):
        world.room.publishing.unpublish(vera, first.id)


def test_a_track_of_the_wrong_kind_is_refused_and_nothing_is_left_of_it() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    with refused("codec_not_supported"):
        world.room.publishing.publish(vera, "camera", microphone_parameters(), 0, 0, True)
    with refused("codec_not_supported"):
        world.room.publishing.publish(vera, "microphone", camera_parameters(), 0, 0, True)
    assert not vera.tracks and not world.worker.told("add_uptrack")


def test_speakers_are_people_and_are_told_when_they_change() -> None:
    world = World()
    vera, page = world.enter("Vera", "host")
    voice = publish(world.room, vera, "microphone")
    film = publish(world.room, vera, "screen_audio")
    mila, _ = world.enter("Mila")
    muted = publish(world.room, mila, "microphone")
    world.speak(world.room, (voice.handle, 20), (film.handle, 30), (muted.handle, 1), (9999, 5))
    assert page.last(events.SpeakersChanged).speakers == [(vera.id, 20)]
    world.speak(world.room, (voice.handle, 22))
    assert len(page.all(events.SpeakersChanged)) == 1, "a level that hardly moved is no news"
    world.speak(world.room, (voice.handle, 40))
    world.speak(world.room)
    assert [event.speakers for event in page.all(events.SpeakersChanged)][1:] == [[(vera.id, 40)], []]


def test_events_of_things_that_are_gone_are_dropped() -> None:
    world = World()
    world.enter("Vera", "host")
    for kind in ("dtls", "selected", "silent", "layer", "fed", "speakers", "something new"):
        world.see(Seen(kind, 987654, 1, 0, b"\xff"))
    assert world.defects == []


def test_silence_is_counted_and_nobody_is_thrown_out_for_it() -> None:
    world = World()
    vera, _ = world.enter("Vera", "host")
    world.see(Seen("silent", vera.send.handle, 6000))
    assert world.metric("transports_silent_total") == 1
    world.later(60)
    assert vera.id in world.room.participants


def test_everything_given_to_the_worker_is_taken_back() -> None:
    world = World()
    for name in ("Vera", "Mila", "Timur"):
        participant, _ = world.enter(name, "host")
        publish(world.room, participant, "camera")
        world.room.feeding.add_slots(participant, 4)
    for participant in list(world.room.participants.values()):
        world.room.leave(participant, "left", world.now)
    link = world.node.links[0]
    assert not link.transports and not link.uptracks and not link.slots and link.participants == 0
    assert len(world.worker.told("add_transport")) == len(world.worker.told("remove_transport")) == 6
    world.node.end_room(world.room, world.now)
    assert not link.rooms and world.worker.told("remove_room")
    assert world.metric("slots", kind="video") == 0 and world.metric("tracks", source="camera") == 0


def test_those_who_left_are_freed_at_once_and_not_when_the_collector_comes() -> None:
    world = World()
    world.enter("Vera", "host")
    gc.collect()
    gc.disable()
    try:
        before = objects()
        for round in range(3):
            participant, page = world.enter("Mila")
            publish(world.room, participant, "microphone")
            publish(world.room, participant, "camera")
            world.room.feeding.add_slots(participant, 4)
            world.room.suspend(participant, world.now)
            world.room.resume(participant, page)
            world.room.leave(participant, "left", world.now)
            if round == 2:
                world.enter("Timur")
                world.node.end_room(world.room, world.now)
        world.worker.commands.clear()
        del participant, page
        after = objects()
    finally:
        gc.enable()
    assert after - before == Counter()


def objects() -> Counter[str]:
    """How many of what a participant is made of there are in this process."""
    kinds = (Participant, Track, Slot, Transport)
    return Counter(type(thing).__name__ for thing in gc.get_objects() if isinstance(thing, kinds))
