"""Messages of the signalling WebSocket, both directions, as typed structs.

One JSON text frame holds one message: an object whose `type` names its struct here in snake case. A request of the
page may carry `id`; the answer to it carries the same number as `re`. Answers come in the order of the requests.
Everything without `re` is an event. ORTC dictionaries (`rtp_parameters`, `dtls_parameters`, ...) are passed in the
form mediasoup-client uses, camelCase inside, and are typed in `sfu.parameters`.

Unknown fields and unknown types are refused with `error`, code `bad_message`. docs/signalling.md explains the flow.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from sfu.parameters import (
    DtlsParameters,
    IceCandidate,
    IceParameters,
    RtpCapabilities,
    RtpParameters,
)

PROTOCOL = 1
"""Version of this protocol; `join` states it and the server refuses others with `unsupported_protocol`."""

MAX_MESSAGE_BYTES = 64 * 1024
"""Longest text frame the server reads; a longer one is answered with `message_too_large`."""

MAX_VIDEO_SLOTS = 50
"""Video slots of one participant: 49 tiles and the stage."""

RequestId = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
Token = Annotated[str, Meta(min_length=1, max_length=4096)]
Pixels = Annotated[int, Meta(ge=0, le=16384)]

Role = Literal["host", "member", "guest"]
Source = Literal["microphone", "camera", "screen", "screen_audio"]
Path = Literal["send", "receive"]


class Message(Struct, forbid_unknown_fields=True, tag_field="type", kw_only=True, omit_defaults=True, frozen=True):
    """Base of every message."""


# --- what a page sends ------------------------------------------------------------------------------------------


class Request(Message, frozen=True, kw_only=True):
    """Base of what a page sends; `id` is echoed as `re` in the answer."""

    id: RequestId | None = None


class Join(Request, tag="join", frozen=True, kw_only=True):
    """Enter the room named by the ticket. Answered by `joined`, or by `waiting` and later `joined`, or `error`."""

    protocol: int
    ticket: Token


class Resume(Request, tag="resume", frozen=True, kw_only=True):
    """Come back on a new socket as the same participant. Answered by `joined` (with a new resume token)."""

    protocol: int
    token: Token


class Connect(Request, tag="connect", frozen=True, kw_only=True):
    """Give the page's DTLS fingerprint for one transport. Answered by `ok`."""

    transport: Path
    dtls_parameters: DtlsParameters


class RestartIce(Request, tag="restart_ice", frozen=True, kw_only=True):
    """Ask for new ICE credentials of one transport. Answered by `ice_restarted`."""

    transport: Path


class Publish(Request, tag="publish", frozen=True, kw_only=True):
    """Publish a track on the send transport. One track a source. Answered by `published`.

    `width` and `height` are what the camera or screen captures, in pixels; the heights of the simulcast layers
    follow from them and each encoding's scaleResolutionDownBy.
    """

    source: Source
    rtp_parameters: RtpParameters
    width: Pixels = 0
    height: Pixels = 0
    on: bool = True


class Unpublish(Request, tag="unpublish", frozen=True, kw_only=True):
    """Stop publishing a track. Answered by `ok`."""

    track: Id


class UpdateTrack(Request, tag="update_track", frozen=True, kw_only=True):
    """Say that an own track was switched on or off, or captures another size. Answered by `ok`."""

    track: Id
    on: bool | None = None
    width: Pixels | None = None
    height: Pixels | None = None


class AddSlots(Request, tag="add_slots", frozen=True, kw_only=True):
    """Have at least `video` video slots; slots only grow in number. Answered by `slots` with all of them.

    The first call also makes the three audio slots.
    """

    video: Annotated[int, Meta(ge=0, le=MAX_VIDEO_SLOTS)]


class SlotView(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, omit_defaults=True):
    """What the page wants of one video slot.

    `track` is a video track, or absent to let the room choose (screens, then the floor, hosts, the register).
    `max_height` is the tallest picture wanted, in pixels; 0 pauses the slot.
    """

    slot: Id
    max_height: Pixels
    track: Id | None = None


class View(Request, tag="view", frozen=True, kw_only=True):
    """Say what is on the screen. Slots not named keep what they had. Answered by `ok`, then `feeds` events."""

    slots: Annotated[list[SlotView], Meta(max_length=MAX_VIDEO_SLOTS)]


class RaiseHand(Request, tag="raise_hand", frozen=True, kw_only=True):
    """Ask for the floor. Answered by `ok`; everybody gets `hands`."""


class LowerHand(Request, tag="lower_hand", frozen=True, kw_only=True):
    """Lower one's own hand, or (host) that of `participant`. Answered by `ok`."""

    participant: Id | None = None


class LowerAllHands(Request, tag="lower_all_hands", frozen=True, kw_only=True):
    """Host: lower every hand. Answered by `ok`."""


class GiveFloor(Request, tag="give_floor", frozen=True, kw_only=True):
    """Host: give `participant` the floor. That page gets `floor_given`; everybody gets `floor`. Answered by `ok`."""

    participant: Id


class TakeFloor(Request, tag="take_floor", frozen=True, kw_only=True):
    """Host: take the floor back, or (holder) give up one's own when absent. Answered by `ok`."""

    participant: Id | None = None


class AnswerFloor(Request, tag="answer_floor", frozen=True, kw_only=True):
    """The person's answer to `floor_given`: true when the microphone is on, false gives the floor back."""

    accept: bool


class Mute(Request, tag="mute", frozen=True, kw_only=True):
    """Host: stop forwarding a participant's `source` until that page publishes it anew or switches it on again."""

    participant: Id
    source: Source = "microphone"


class MuteAll(Request, tag="mute_all", frozen=True, kw_only=True):
    """Host: take the floor from every member and mute every microphone but the hosts'. Answered by `ok`."""


class Remove(Request, tag="remove", frozen=True, kw_only=True):
    """Host: remove a participant; their ticket and resume token are dead. Answered by `ok`."""

    participant: Id


class EndRoom(Request, tag="end_room", frozen=True, kw_only=True):
    """Host: end the lesson for all. Answered by `ok`, then everybody gets `closed`."""


class Leave(Request, tag="leave", frozen=True, kw_only=True):
    """Leave for good (a lost socket only suspends). Answered by `ok`, then the socket closes."""


class Ping(Request, tag="ping", frozen=True, kw_only=True):
    """Ask for `pong`; a page sends one every 5 s to notice a dead socket."""


ClientMessage = (
    Join
    | Resume
    | Connect
    | RestartIce
    | Publish
    | Unpublish
    | UpdateTrack
    | AddSlots
    | View
    | RaiseHand
    | LowerHand
    | LowerAllHands
    | GiveFloor
    | TakeFloor
    | AnswerFloor
    | Mute
    | MuteAll
    | Remove
    | EndRoom
    | Leave
    | Ping
)


# --- what the server sends --------------------------------------------------------------------------------------


class Plain(Struct, frozen=True, kw_only=True):
    """Base of the records inside server messages."""


class TransportInfo(Plain, frozen=True, kw_only=True):
    """One transport as mediasoup-client's createSendTransport and createRecvTransport take it."""

    id: str
    iceParameters: IceParameters
    iceCandidates: list[IceCandidate]
    dtlsParameters: DtlsParameters


class ParticipantInfo(Plain, frozen=True, kw_only=True):
    """A participant as others see them. `person` is the platform's id; `joined_at` is Unix time in seconds."""

    id: str
    person: str
    name: str
    role: Role
    joined_at: float


class TrackInfo(Plain, frozen=True, kw_only=True):
    """A published track. `on` is false while its owner has it off; `allowed` is false while it is not forwarded
    (no floor, or muted by a host)."""

    id: str
    participant: str
    source: Source
    kind: Literal["audio", "video"]
    on: bool
    allowed: bool
    width: int = 0
    height: int = 0


class SlotInfo(Plain, frozen=True, kw_only=True):
    """A slot, ready for mediasoup-client's consume (`producerId` there is the slot's id)."""

    id: str
    kind: Literal["audio", "video"]
    rtp_parameters: RtpParameters


class HandInfo(Plain, frozen=True, kw_only=True):
    """A raised hand; `since` is Unix time in seconds."""

    participant: str
    since: float


class SpeakerInfo(Plain, frozen=True, kw_only=True):
    """Somebody heard now; `level` is 0 (loudest) to 127 (silent), as in RFC 6464."""

    participant: str
    level: int


class FeedInfo(Plain, frozen=True, kw_only=True):
    """Which track a slot carries now; null when none. `paused`: the page's line does not carry it at the moment, so
    nothing of it comes until `feeds` says so."""

    slot: str
    track: str | None
    paused: bool = False


class Reply(Message, frozen=True, kw_only=True):
    """Base of answers; `re` is the request's `id`."""

    re: RequestId | None = None


class Ok(Reply, tag="ok", frozen=True, kw_only=True):
    """Done."""


class Pong(Reply, tag="pong", frozen=True, kw_only=True):
    """Answer to `ping`."""


class Error(Reply, tag="error", frozen=True, kw_only=True):
    """A request that was refused, or (without `re`) a message that could not be read. `code` is stable."""

    code: str
    message: str
    fatal: bool = False


class Waiting(Reply, tag="waiting", frozen=True, kw_only=True):
    """In the lobby: no media, no names. `joined` follows by itself, on the same socket, with the same `re`."""

    reason: Literal["host"]


class Joined(Reply, tag="joined", frozen=True, kw_only=True):
    """The whole state of the room, and what is needed to connect. After `resume` the transports are the old ones."""

    participant: str
    room: str
    title: str
    role: Role
    resume_token: str
    resumed: bool
    floor_policy: Literal["hand", "open"]
    rtp_capabilities: RtpCapabilities
    ice_servers: list[dict[str, str | list[str]]]
    send: TransportInfo
    receive: TransportInfo
    slots: list[SlotInfo]
    participants: list[ParticipantInfo]
    tracks: list[TrackInfo]
    hands: list[HandInfo]
    floor: list[str]
    feeds: list[FeedInfo]
    started_at: float
    now: float


class IceRestarted(Reply, tag="ice_restarted", frozen=True, kw_only=True):
    """New ICE credentials of a transport."""

    iceParameters: IceParameters


class Published(Reply, tag="published", frozen=True, kw_only=True):
    """The track's id."""

    track: str


class Slots(Reply, tag="slots", frozen=True, kw_only=True):
    """All slots of the participant, oldest first."""

    slots: list[SlotInfo]


class ParticipantJoined(Message, tag="participant_joined", frozen=True, kw_only=True):
    """Somebody came in."""

    participant: ParticipantInfo


class ParticipantLeft(Message, tag="participant_left", frozen=True, kw_only=True):
    """Somebody went; their tracks, hand and floor are gone with them."""

    participant: str
    reason: Literal["left", "removed", "lost", "replaced"]


class TrackPublished(Message, tag="track_published", frozen=True, kw_only=True):
    """A new track."""

    track: TrackInfo


class TrackUpdated(Message, tag="track_updated", frozen=True, kw_only=True):
    """A track is on, off, allowed, not allowed or of another size."""

    track: TrackInfo


class TrackUnpublished(Message, tag="track_unpublished", frozen=True, kw_only=True):
    """A track is gone."""

    track: str


class Hands(Message, tag="hands", frozen=True, kw_only=True):
    """All raised hands, first come first."""

    hands: list[HandInfo]


class Floor(Message, tag="floor", frozen=True, kw_only=True):
    """The members who hold the floor (hosts always may speak and are not listed)."""

    holders: list[str]


class FloorGiven(Message, tag="floor_given", frozen=True, kw_only=True):
    """To the one who was given the floor: ask the person to switch the microphone on, then send `answer_floor`."""

    by: str


class FloorTaken(Message, tag="floor_taken", frozen=True, kw_only=True):
    """To the one whose floor was taken back."""

    by: str | None


class Muted(Message, tag="muted", frozen=True, kw_only=True):
    """To the one whose track a host muted: switch it off."""

    track: str
    by: str


class Speakers(Message, tag="speakers", frozen=True, kw_only=True):
    """Who is heard now, loudest first; sent when it changes, at most every 300 ms."""

    speakers: list[SpeakerInfo]


class Feeds(Message, tag="feeds", frozen=True, kw_only=True):
    """Slots whose source has changed, at the moment the first packet of the new one left."""

    feeds: list[FeedInfo]


class Layers(Message, tag="layers", frozen=True, kw_only=True):
    """To the owner of a video track: which of its encodings anybody receives, in the order of their size, the smallest
    first. The page need not send the others (`RTCRtpEncodingParameters.active`) until it hears of them again."""

    track: str
    wanted: list[bool]


class Closed(Message, tag="closed", frozen=True, kw_only=True):
    """The last message on this socket. On `draining` ask the platform for a new ticket and join again."""

    reason: Literal["ended", "removed", "replaced", "left", "draining", "too_slow"]


ServerMessage = (
    Ok
    | Pong
    | Error
    | Waiting
    | Joined
    | IceRestarted
    | Published
    | Slots
    | ParticipantJoined
    | ParticipantLeft
    | TrackPublished
    | TrackUpdated
    | TrackUnpublished
    | Hands
    | Floor
    | FloorGiven
    | FloorTaken
    | Muted
    | Speakers
    | Feeds
    | Layers
    | Closed
)

decoder = msgspec.json.Decoder(ClientMessage)
"""Reads what a page sent; raises `msgspec.ValidationError` or `msgspec.DecodeError` (both `ValueError`)."""

server_decoder = msgspec.json.Decoder(ServerMessage)
"""Reads what the server sent: for the load tester and tests."""

encoder = msgspec.json.Encoder()
