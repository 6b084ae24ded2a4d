"""Whatever pages send, in whatever order: every request gets one typed answer, no rule of the floor is broken, what
pages were told is what is so, and nothing raises."""

from __future__ import annotations

import time
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from loadtest.peers.tickets import TicketMaker
from sfu.parameters import DtlsFingerprint, DtlsParameters
from sfu.room import Room
from signalling import messages
from signalling.session import Desk, Session, State
from signalling.tickets import TicketVerifier
from tests.unit.sfu.recording import START, World, camera_parameters, microphone_parameters

KEY = Ed25519PrivateKey.generate()
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
TICKETS = TicketMaker(PEM)
PUBLIC = OKPKey.import_key(OKPKey.import_key(PEM).as_pem(private=False))
PEOPLE = [("Vera", "host"), ("Mila", "member"), ("Timur", "guest"), ("Anna", "member")]

pick = st.integers(0, 7)
"""Names one of the ids that exist at that moment, or (beyond them) one that does not."""

sources = st.sampled_from(["microphone", "camera", "screen", "screen_audio"])
optional_bool = st.none() | st.booleans()
heights = st.sampled_from([0, 90, 180, 360, 720, 16384])

requests = st.one_of(
    st.tuples(st.just("join"), st.sampled_from([1, 1, 1, 2]), st.booleans()),
    st.tuples(st.just("resume"), pick),
    st.tuples(st.just("connect"), st.sampled_from(["send", "receive"]), st.integers(0, 2)),
    st.tuples(st.just("restart_ice"), st.sampled_from(["send", "receive"])),
    st.tuples(st.just("publish"), sources, st.sampled_from([True, True, True, False]), heights, st.booleans()),
    st.tuples(st.just("unpublish"), pick),
    st.tuples(st.just("update_track"), pick, optional_bool, st.none() | heights),
    st.tuples(st.just("add_slots"), st.sampled_from([0, 1, 2, 4])),
    st.tuples(st.just("view"), st.lists(st.tuples(pick, heights, st.none() | pick), max_size=4)),
    st.tuples(st.just("raise_hand")),
    st.tuples(st.just("lower_hand"), st.none() | pick),
    st.tuples(st.just("lower_all_hands")),
    st.tuples(st.just("give_floor"), pick),
    st.tuples(st.just("take_floor"), st.none() | pick),
    st.tuples(st.just("answer_floor"), st.booleans()),
    st.tuples(st.just("mute"), pick, sources),
    st.tuples(st.just("mute_all")),
    st.tuples(st.just("ping")),
)
usual = st.one_of(
    st.tuples(st.just("publish"), sources, st.just(True), heights, st.just(True)),
    st.tuples(st.just("add_slots"), st.sampled_from([1, 3])),
    st.tuples(st.just("give_floor"), pick),
    st.tuples(st.just("take_floor"), pick),
    st.tuples(st.just("update_track"), pick, st.booleans(), st.none()),
    st.tuples(st.just("view"), st.lists(st.tuples(pick, heights, pick), min_size=1, max_size=3)),
    st.tuples(st.just("join"), st.just(1), st.just(True)),
)
endings = st.one_of(
    st.tuples(st.just("remove"), pick),
    st.tuples(st.just("leave")),
    st.tuples(st.just("leave")),
    st.tuples(st.just("end_room")),
    st.tuples(st.just("lost")),
    st.tuples(st.just("wait"), st.just(31.0)),
)
events = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([0.1, 1.0])),
    st.tuples(st.just("fed"), pick, pick),
    st.tuples(st.just("frame"), st.text(max_size=30) | st.binary(max_size=30)),
)
moves = st.one_of(requests, requests, usual, usual, usual, events, st.one_of(usual, endings))
steps = st.lists(st.tuples(st.sampled_from([0, 0, 0, 1, 2, 3]), moves), min_size=25, max_size=70)


class Mirror:
    """A page: what it knows of the room from `joined` and the events after it."""

    def __init__(self, joined: messages.Joined) -> None:
        self.me = joined.participant
        self.participants = {info.id for info in joined.participants}
        self.tracks = {track.id: track for track in joined.tracks}
        self.hands = [hand.participant for hand in joined.hands]
        self.floor = joined.floor
        self.feeds = {feed.slot: feed.track for feed in joined.feeds}

    def take(self, message: messages.ServerMessage) -> None:
        match message:
            case messages.ParticipantJoined(participant=info):
                assert info.id not in self.participants
                self.participants.add(info.id)
            case messages.ParticipantLeft(participant=participant):
                self.participants.remove(participant)
                self.tracks = {id: track for id, track in self.tracks.items() if track.participant != participant}
                self.hands = [hand for hand in self.hands if hand != participant]
                self.floor = [holder for holder in self.floor if holder != participant]
            case messages.TrackPublished(track=track):
                assert track.id not in self.tracks
                self.tracks[track.id] = track
            case messages.TrackUpdated(track=track):
                assert track.id in self.tracks
                self.tracks[track.id] = track
            case messages.TrackUnpublished(track=track_id):
                del self.tracks[track_id]
            case messages.Hands(hands=hands):
                self.hands = [hand.participant for hand in hands]
            case messages.Floor(holders=holders):
                self.floor = holders
            case messages.Feeds(feeds=feeds):
                self.feeds.update({feed.slot: feed.track for feed in feeds})
            case messages.Slots(slots=slots):
                self.feeds = {slot.id: self.feeds.get(slot.id) for slot in slots}
            case _:
                pass


class Page:
    """One person's page, with its present socket."""

    def __init__(self, game: Game, name: str, role: str) -> None:
        self.game = game
        self.name = name
        self.role = role
        self.token = "none"
        self.mirror: Mirror | None = None
        self.open()

    def open(self) -> None:
        self.mirror = None
        self.session = Session(self.game.desk, self.game.world.now, lambda: None)

    def ask(self, message: messages.ClientMessage) -> None:
        """Send a request over the wire's own form; there must be one answer, and it comes before what it caused."""
        before = self.session.state
        self.session.receive_frame(messages.encoder.encode(message), self.game.world.now)
        heard = self.read()
        answers = [told for told in heard if isinstance(told, messages.Reply) and told.re == message.id]
        if before is State.CLOSED:
            assert not answers
        else:
            assert len(answers) == 1, (message, heard)
            first = next(told for told in heard if not isinstance(told, messages.Error) or told.re is not None)
            assert first is answers[0]

    def read(self) -> list[messages.ServerMessage]:
        heard = []
        while self.session.outbox:
            told = messages.server_decoder.decode(messages.encoder.encode(self.session.outbox.popleft()))
            heard.append(told)
            if isinstance(told, messages.Joined):
                self.mirror = Mirror(told)
                self.token = told.resume_token
            elif self.mirror is not None:
                self.mirror.take(told)
            if isinstance(told, messages.Closed):
                self.mirror = None
                assert not self.session.outbox, "closed is the last message"
        if self.session.closing is not None:
            self.mirror = None
        return heard


class Game:
    """A node, four people, and their pages."""

    def __init__(self, floor: str, lobby: bool, limit: int = 4) -> None:
        self.world = World()
        self.floor = floor
        self.lobby = lobby
        self.limit = limit
        self.number = 0
        unix = time.time()
        self.desk = Desk(
            node=self.world.node,
            tickets=TicketVerifier(PUBLIC),
            ice_servers=[],
            unix=lambda at: unix + at - START,
            defect=lambda _where, error: self.world.defects.append(error),
        )
        self.unix = int(unix)
        self.pages = [Page(self, name, role) for name, role in PEOPLE]

    @property
    def rooms(self) -> list[Room]:
        return list(self.world.node.rooms.values())

    def play(self, who: int, step: tuple[Any, ...]) -> None:
        page = self.pages[who]
        kind, *arguments = step
        if kind == "lost":
            page.session.lost(self.world.now)
            page.open()
        elif kind == "wait":
            self.world.later(arguments[0])
            page.session.handle_timer(self.world.now)
        elif kind == "fed":
            slots, tracks = list(self.world.node.links[0].slots), [-1, *self.world.node.links[0].uptracks]
            self.world.fed((*slots, 999)[arguments[0] % (len(slots) + 1)], tracks[arguments[1] % len(tracks)])
        elif kind == "frame":
            page.session.receive_frame(arguments[0], self.world.now)
        else:
            if page.session.state is State.CLOSED:
                page.open()
            self.number += 1
            page.ask(self.request(page, kind, arguments))
        for other in self.pages:
            other.read()

    def request(self, page: Page, kind: str, arguments: list[Any]) -> messages.ClientMessage:
        participants = [id for room in self.rooms for id in room.participants]
        tracks = [track.id for room in self.rooms for track in room.tracks]
        mine = page.mirror
        slots = list(mine.feeds) if mine is not None else []

        def named(ids: list[str], index: int | None) -> str | None:
            if index is None:
                return None
            return ids[index % len(ids)] if ids and index < 7 else "nobody"

        fields: dict[str, Any] = {"id": self.number, "type": kind}
        match kind, arguments:
            case "join", [protocol, honest]:
                issued = self.unix + int(self.world.now - START)
                ticket = TICKETS.make(
                    "lesson",
                    person=page.name,
                    name=page.name,
                    role=page.role,
                    device=page.name,
                    floor=self.floor,
                    lobby=self.lobby,
                    issued_at=issued,
                    limit=self.limit,
                )
                fields |= {"protocol": protocol, "ticket": ticket if honest else "x" + ticket}
            case "resume", [index]:
                tokens = [other.token for other in self.pages]
                fields |= {"protocol": 1, "token": page.token if index < 5 else tokens[index % len(tokens)]}
            case "connect", [path, finger]:
                prints = [DtlsFingerprint(algorithm="sha-256", value=f"0{finger}:AA")]
                fields |= {"transport": path, "dtls_parameters": DtlsParameters(fingerprints=prints)}
            case "restart_ice", [path]:
                fields |= {"transport": path}
            case "publish", [source, right, height, on]:
                audio = (source in {"microphone", "screen_audio"}) is right
                parameters = microphone_parameters() if audio else camera_parameters()
                fields |= {"source": source, "rtp_parameters": parameters, "height": height, "width": height, "on": on}
            case "unpublish", [index]:
                fields |= {"track": named(tracks, index)}
            case "update_track", [index, on, height]:
                fields |= {"track": named(tracks, index), "on": on, "height": height}
            case "add_slots", [video]:
                fields |= {"video": video}
            case "view", [wishes]:
                fields |= {
                    "slots": [
                        {"slot": named(slots, slot), "max_height": height, "track": named(tracks, track)}
                        for slot, height, track in wishes
                    ]
                }
            case "take_floor", [index]:
                holders = [who for room in self.rooms for who in room.floor.holders]
                fields |= {"participant": named(holders or participants, index)}
            case "lower_hand" | "give_floor" | "remove", [index]:
                fields |= {"participant": named(participants, index)}
            case "answer_floor", [accept]:
                fields |= {"accept": accept}
            case "mute", [index, source]:
                fields |= {"participant": named(participants, index), "source": source}
        return msgspec.convert(msgspec.to_builtins(fields), messages.ClientMessage)  # type: ignore[no-any-return]

    def check(self) -> None:
        """What must hold after every step."""
        world = self.world
        assert world.defects == []
        known = {}
        for room in self.rooms:
            for track in room.tracks:
                known[track.handle] = track
                owner = track.participant
                if owner.role != "host" and track.source != "camera" and self.floor == "hand":
                    assert not track.forwarded or room.floor.holds(owner.id), "heard without the floor"
                assert world.worker.allowed[track.handle] == (track.on and track.allowed)
            for participant in room.participants.values():
                for slot in participant.video_slots:
                    uptrack, layer = world.worker.fed.get(slot.handle, (-1, 0))
                    if uptrack >= 0:
                        track = known.get(uptrack) or next(t for t in room.tracks if t.handle == uptrack)
                        assert track.visible and track.participant is not participant and slot.max_height > 0
                        assert 0 <= layer < len(track.scales)
            assert len(room.participants) + len(room.visitors) <= self.limit
            assert set(room.floor.holders) | {who for who, _ in room.floor.hands} <= set(room.participants)
            if self.lobby and room.visitors:
                assert not room.host_present
        for page in self.pages:
            mirror = page.mirror
            if mirror is None or page.session.state is not State.JOINED:
                continue
            room = next(room for room in self.rooms if mirror.me in room.participants)
            assert mirror.participants == set(room.participants)
            assert {id: (t.on, t.allowed, t.height) for id, t in mirror.tracks.items()} == {
                t.id: (t.on, t.allowed, t.height) for t in room.tracks
            }
            assert mirror.hands == [who for who, _ in room.floor.hands]
            assert mirror.floor == room.floor.holders
            slots = room.participants[mirror.me].slots.values()
            assert mirror.feeds == {slot.id: slot.live.id if slot.live else None for slot in slots}


@settings(max_examples=150)
@given(st.sampled_from(["hand", "hand", "open"]), st.booleans(), st.sampled_from([3, 4, 4]), steps)
def test_any_sequence_of_messages(
    floor: str, lobby: bool, limit: int, played: list[tuple[int, tuple[Any, ...]]]
) -> None:
    game = Game(floor, lobby, limit)
    begin = [("join", 1, True), ("publish", "microphone", True, 0, True), ("add_slots", 2)]
    for who in range(len(PEOPLE)):
        for step in begin:
            game.play(who, step)
            game.check()
    for who, step in played:
        game.play(who, step)
        game.check()


@given(st.lists(st.text(max_size=60) | st.binary(max_size=60), max_size=30))
def test_any_frames(frames: list[str | bytes]) -> None:
    game = Game("hand", False)
    session = game.pages[0].session
    for frame in frames:
        session.receive_frame(frame, game.world.now)
    game.check()
    assert all(isinstance(told, messages.Error) for told in game.pages[0].read())
