"""One signalling socket as a state machine: messages and moments in, messages and at most one close out. No I/O.

Answers stand before the events their request caused. A request is refused with `error` and never with an exception;
what our own code does wrong is answered with code `internal` and reported.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

import msgspec

from sfu import events
from sfu.errors import Refused
from sfu.node import Node
from sfu.participant import Participant
from sfu.room import Room, Visitor
from signalling import messages
from signalling.limits import TokenBucket
from signalling.render import event_message, joined, slot_info
from signalling.tickets import TicketVerifier, issue_resume_token, redeem_resume_token

JOIN_SECONDS: Final = 10.0
"""A socket must be in a room, or in its lobby, this long after it opened."""

MESSAGES_PER_SECOND: Final = 50.0
MESSAGES_BURST: Final = 200.0

MAX_LIMITED_MESSAGES: Final = 500
"""Messages refused for their rate before the socket closes."""

MAX_BAD_MESSAGES: Final = 20
"""Unreadable messages taken from one socket; after one more it closes."""

MAX_QUEUED: Final = 1000
"""Messages waiting to be sent; a page that falls further behind is closed as too slow."""


class State(Enum):
    """Where a socket stands."""

    NEW = auto()
    WAITING = auto()
    JOINED = auto()
    CLOSED = auto()


class CloseCode:
    """WebSocket close codes in use (RFC 6455, section 7.4)."""

    NORMAL: Final = 1000
    POLICY: Final = 1008
    TOO_BIG: Final = 1009
    TRY_LATER: Final = 1013


@dataclass(frozen=True, slots=True)
class Close:
    """Close the socket once the queued messages are out. `cause` is for metrics and the close frame's text."""

    code: int
    cause: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What all sessions share. `unix` turns a monotonic moment into Unix time; `defect` hears of our own failures."""

    node: Node
    tickets: TicketVerifier
    ice_servers: list[dict[str, Any]]
    unix: Callable[[float], float]
    defect: Callable[[str, Exception], None]


class _IdOnly(msgspec.Struct):
    """Finds the id of a message that is wrong otherwise, so that its sender does not wait for an answer."""

    id: messages.RequestId | None = None


_id_decoder = msgspec.json.Decoder(_IdOnly)


class Session:
    """One socket. `outbox` holds what is to be sent, `closing` is set when nothing follows; `wake` is called for both.

    The caller gives every text frame to `receive_frame`, calls `handle_timer` when `timer` is due, and `lost` when the
    socket is gone.
    """

    def __init__(self, desk: Desk, now: float, wake: Callable[[], None]) -> None:
        self.state = State.NEW
        self.outbox: deque[messages.Message] = deque()
        self.closing: Close | None = None
        self._desk = desk
        self._wake = wake
        self._bucket = TokenBucket(MESSAGES_PER_SECOND, MESSAGES_BURST, now)
        self._bad = 0
        self._limited = 0
        self._deadline = now + JOIN_SECONDS
        self._now = now
        self._room: Room | None = None
        self._participant: Participant | None = None
        self._visitor: Visitor | None = None
        self._join_re: int | None = None
        self._held: list[events.Event] | None = None

    # --- what comes in ---

    def receive_frame(self, data: bytes | str, now: float) -> None:
        """A text frame, as it came."""
        if self.state is State.CLOSED:
            return
        size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))
        if size > messages.MAX_MESSAGE_BYTES:
            self.refuse_too_large()
            return
        if not self._bucket.take(now):
            self._refuse_for_now(_request_id(data))
            return
        try:
            message = messages.decoder.decode(data)
        except ValueError as error:  # msgspec's errors, and text that is not UTF-8
            self._refuse_unreadable(str(error), _request_id(data))
            return
        self.receive(message, now)

    def refuse_binary(self) -> None:
        """A binary frame came; messages are text."""
        if self.state is not State.CLOSED:
            self._refuse_unreadable("messages are text frames", None)

    def refuse_too_large(self) -> None:
        """A frame came that is longer than messages may be."""
        if self.state is not State.CLOSED:
            self._refuse("message_too_large", f"messages are at most {messages.MAX_MESSAGE_BYTES} bytes", None, True)
            self._close(CloseCode.TOO_BIG, "message_too_large")

    def receive(self, message: messages.ClientMessage, now: float) -> None:
        """A message. Its answer comes first, then the events it caused in this same room."""
        if self.state is State.CLOSED:
            return
        self._now = now
        self._desk.node.metrics.messages.labels(_tag(message)).inc()
        self._held = []
        try:
            answer = self._handle(message)
        except Refused as refused:
            self._refuse(refused.code, refused.message, message.id, refused.fatal)
            if refused.fatal:
                self._detach()
                self._close(CloseCode.POLICY, refused.code)
        except Exception as error:  # a defect of ours costs one answer, not the socket
            self._desk.defect("signalling", error)
            self._refuse("internal", "the server failed at this; it is not your fault", message.id)
        else:
            if answer is not None:
                self._send(answer)
        held, self._held = self._held, None
        for event in held:
            self._on_event(event)

    def timer(self) -> float | None:
        """When `handle_timer` wants to be called."""
        return self._deadline if self.state is State.NEW else None

    def handle_timer(self, now: float) -> None:
        """Close a socket that asks for nothing."""
        if self.state is State.NEW and now >= self._deadline:
            self._refuse("join_timeout", "join or resume must come first and soon", None, True)
            self._close(CloseCode.POLICY, "join_timeout")

    def lost(self, now: float) -> None:
        """The socket is gone: the participant may resume, a visitor of the lobby is forgotten."""
        if self.state is State.JOINED and self._room is not None and self._participant is not None:
            self._room.suspend(self._participant, now)
        elif self.state is State.WAITING and self._room is not None and self._visitor is not None:
            self._room.forget_visitor(self._visitor, now)
        self.state = State.CLOSED
        self._room = self._participant = self._visitor = None  # a socket that is gone may be kept by its own errors

    # --- requests ---

    def _handle(self, message: messages.ClientMessage) -> messages.Message | None:
        if isinstance(message, messages.Ping):
            return messages.Pong(re=message.id)
        if isinstance(message, messages.Join | messages.Resume):
            if self.state is not State.NEW:
                raise Refused("already_joined", "this socket has joined already")
            if message.protocol != messages.PROTOCOL:
                raise Refused("unsupported_protocol", f"this node speaks protocol {messages.PROTOCOL}", fatal=True)
            return self._join(message) if isinstance(message, messages.Join) else self._resume(message)
        if self.state is State.WAITING and isinstance(message, messages.Leave):
            self._detach()
            self._on_event(events.Closed("left"))
            return messages.Ok(re=message.id)
        if self.state is not State.JOINED or self._room is None or self._participant is None:
            raise Refused("not_joined", "join or resume comes first")
        return self._request(message, self._room, self._participant)

    def _join(self, message: messages.Join) -> messages.Message | None:
        desk = self._desk
        try:
            ticket = desk.tickets.take(message.ticket, desk.unix(self._now))
        except Refused as refused:
            desk.node.metrics.tickets_refused.labels(refused.code).inc()
            raise
        try:
            room = desk.node.open_room(ticket.room, ticket.title, ticket.room_policy, self._now)
            entered = room.enter(ticket.arrival, self._on_event, self._now)
        except Refused as refused:
            desk.node.metrics.tickets_refused.labels(refused.code).inc()
            raise
        self._room = room
        self._join_re = message.id
        if isinstance(entered, Visitor):
            self._visitor = entered
            self.state = State.WAITING
            return messages.Waiting(re=message.id, reason="host")
        self._settle(entered, resumed=False)
        room.open_lobby(self._now)
        return None

    def _resume(self, message: messages.Resume) -> messages.Message | None:
        room, participant = redeem_resume_token(message.token, self._desk.node)
        room.resume(participant, self._on_event)
        self._room = room
        self._join_re = message.id
        self._settle(participant, resumed=True)
        for track in participant.tracks.values():
            if track.kind == "video":  # what changed meanwhile went past this page
                self._on_event(events.LayersWanted(track))
        return None

    def _settle(self, participant: Participant, *, resumed: bool) -> None:
        """In the room: tell the page everything, at once, so that later events find it told."""
        assert self._room is not None
        self._participant = participant
        self._visitor = None
        self.state = State.JOINED
        self._send(
            joined(
                self._room,
                participant,
                re=self._join_re,
                resume_token=issue_resume_token(participant),
                resumed=resumed,
                ice_servers=self._desk.ice_servers,
                now=self._desk.unix(self._now),
            )
        )

    def _request(self, message: messages.ClientMessage, room: Room, me: Participant) -> messages.Message | None:
        ok = messages.Ok(re=message.id)
        now = self._now
        conduct = room.moderation
        match message:
            case messages.Connect():
                me.transport(message.transport).connect(message.dtls_parameters)
            case messages.RestartIce():
                return messages.IceRestarted(re=message.id, iceParameters=me.transport(message.transport).restart_ice())
            case messages.Publish():
                track = room.publishing.publish(
                    me, message.source, message.rtp_parameters, message.width, message.height, message.on
                )
                return messages.Published(re=message.id, track=track.id)
            case messages.Unpublish():
                room.publishing.unpublish(me, message.track)
            case messages.UpdateTrack():
                room.publishing.update_track(me, message.track, message.on, message.width, message.height)
            case messages.AddSlots():
                slots = room.feeding.add_slots(me, message.video)
                return messages.Slots(re=message.id, slots=[slot_info(slot) for slot in slots])
            case messages.View():
                room.feeding.view(me, message.slots)
            case messages.RaiseHand():
                conduct.raise_hand(me, now)
            case messages.LowerHand():
                conduct.lower_hand(me, message.participant, now)
            case messages.LowerAllHands():
                conduct.lower_all_hands(me, now)
            case messages.GiveFloor():
                conduct.give_floor(me, message.participant, now)
            case messages.TakeFloor():
                conduct.take_floor(me, message.participant, now)
            case messages.AnswerFloor():
                conduct.answer_floor(me, message.accept, now)
            case messages.Mute():
                conduct.mute(me, message.participant, message.source, now)
            case messages.MuteAll():
                conduct.mute_all(me, now)
            case messages.Remove():
                conduct.remove(me, message.participant, now)
            case messages.EndRoom():
                conduct.check_end(me)
                self._desk.node.end_room(room, now)
            case messages.Leave():
                room.leave(me, "left", now)
                self._on_event(events.Closed("left"))
            case _:
                raise Refused("bad_message", "this message is not for the server")
        return ok

    # --- what goes out ---

    def _on_event(self, event: events.Event) -> None:
        """What the room tells this page. During a request it waits for the answer."""
        if self.state is State.CLOSED:
            return
        if self._held is not None:
            self._held.append(event)
            return
        if isinstance(event, events.Admitted):
            self._settle(event.participant, resumed=False)
            return
        if isinstance(event, events.NotAdmitted):
            self._refuse(event.code, event.message, self._join_re, True)
            self._close(CloseCode.POLICY, event.code)
            return
        message = event_message(event)
        if message is not None:
            self._send(message)
        if isinstance(event, events.Closed):
            self._participant = None  # the room has let go of this socket already
            self._close(CloseCode.NORMAL, event.reason)

    def _send(self, message: messages.Message) -> None:
        if self.state is State.CLOSED:
            return
        if len(self.outbox) >= MAX_QUEUED:
            self.outbox.clear()
            self.outbox.append(messages.Closed(reason="too_slow"))
            self.lost(self._now)
            self._close(CloseCode.TRY_LATER, "too_slow")
            return
        self.outbox.append(message)
        self._wake()

    def _refuse(self, code: str, text: str, re: int | None, fatal: bool = False) -> None:
        self._desk.node.metrics.refused.labels(code).inc()
        self._send(messages.Error(re=re, code=code, message=text, fatal=fatal))

    def _refuse_unreadable(self, text: str, re: int | None) -> None:
        self._bad += 1
        if self._bad > MAX_BAD_MESSAGES:
            self._refuse("too_many_bad_messages", "too many messages that cannot be read", re, True)
            self._close(CloseCode.POLICY, "too_many_bad_messages")
        else:
            self._refuse("bad_message", text, re)

    def _refuse_for_now(self, re: int | None) -> None:
        self._limited += 1
        if self._limited > MAX_LIMITED_MESSAGES:
            self._refuse("rate_limited", "too many messages, for too long", re, True)
            self._close(CloseCode.POLICY, "rate_limited")
        else:
            self._refuse("rate_limited", "too many messages; slow down", re)

    def _detach(self) -> None:
        """Leave nothing behind of a socket that closes by itself."""
        if self._visitor is not None and self._room is not None:
            self._room.forget_visitor(self._visitor, self._now)
            self._visitor = None

    def _close(self, code: int, cause: str) -> None:
        """Nothing follows. A participant whose socket closes for a fault of its own may resume."""
        if self.closing is not None:
            return
        self.lost(self._now)
        self.closing = Close(code, cause)
        self._desk.node.metrics.sockets_closed.labels(cause).inc()
        self._wake()


def _request_id(data: bytes | str) -> int | None:
    """The id of a message that cannot be read otherwise."""
    try:
        return _id_decoder.decode(data).id
    except ValueError:
        return None


def _tag(message: messages.ClientMessage) -> str:
    return str(message.__struct_config__.tag)
