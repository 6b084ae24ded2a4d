"""Tickets open a room once; resume tokens bring a participant back once each."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Annotated, Final

import msgspec
from joserfc.jwk import OKPKey
from msgspec import Meta, Struct

from interprocess.keys import ISSUER, decode_claims
from interprocess.once import Crowded, UsedOnce
from sfu.errors import Refused
from sfu.floor import FloorPolicy
from sfu.node import Node
from sfu.participant import Arrival, Participant, Role
from sfu.room import Room, RoomPolicy

AUDIENCE: Final = "sfera-media"

MAX_TICKET_SECONDS: Final = 300
"""Longest life of a ticket that is accepted; it bounds the memory of used ones."""

CLOCK_SKEW: Final = 30
"""Seconds a ticket may come from the future, when two machines' clocks differ."""

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=256)]


class TicketPolicy(Struct, frozen=True):
    """The room's policy, as the platform wrote it into the ticket."""

    floor: FloorPolicy = "hand"
    max: Annotated[int, Meta(ge=1, le=10_000)] = 50
    lobby: bool = True


class Ticket(Struct, frozen=True):
    """The claims of a ticket. Times are Unix seconds; unknown claims are ignored (RFC 7519, section 4)."""

    iss: str
    aud: str
    jti: Annotated[str, Meta(min_length=16, max_length=256)]
    iat: float
    exp: float
    room: Name
    person: Name
    name: Annotated[str, Meta(min_length=1, max_length=256)]
    role: Role
    device: Name
    title: Text = ""
    policy: TicketPolicy = TicketPolicy()

    @property
    def arrival(self) -> Arrival:
        """Who comes with it."""
        return Arrival(person=self.person, name=self.name, role=self.role, device=self.device)

    @property
    def room_policy(self) -> RoomPolicy:
        """The policy of the room it opens."""
        return RoomPolicy(floor=self.policy.floor, max=self.policy.max, lobby=self.policy.lobby)


class TicketVerifier:
    """Takes tickets signed by the platform, each once."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key
        self._used = UsedOnce()

    def take(self, token: str, now: float) -> Ticket:
        """Use a ticket. `now` is Unix time. Raises `Refused` (`ticket_invalid`, `ticket_expired`, `ticket_used`)."""
        claims = decode_claims(token, self._key)
        if claims is None:
            raise Refused("ticket_invalid", "this is no ticket of the platform", fatal=True)
        try:
            ticket = msgspec.convert(claims, Ticket)
            msgspec.json.encode(ticket)  # what is not Unicode text could not be told to the others
        except (msgspec.ValidationError, UnicodeEncodeError) as error:
            raise Refused("ticket_invalid", f"the ticket's claims: {error}", fatal=True) from None
        if ticket.iss != ISSUER or ticket.aud != AUDIENCE:
            raise Refused("ticket_invalid", "the ticket is for somebody else", fatal=True)
        if ticket.exp <= now:
            raise Refused("ticket_expired", "the ticket has expired", fatal=True)
        if ticket.iat > now + CLOCK_SKEW or ticket.exp - ticket.iat > MAX_TICKET_SECONDS:
            raise Refused("ticket_invalid", "the ticket's times are not plausible", fatal=True)
        try:
            if not self._used.take(ticket.jti, ticket.exp, now):
                raise Refused("ticket_used", "the ticket was used before", fatal=True)
        except Crowded:
            raise Refused("overloaded", "too many tickets at once", fatal=True) from None
        return ticket


def issue_resume_token(participant: Participant) -> str:
    """A token that brings this participant back once. The one before is dead; only a digest is kept."""
    secret = secrets.token_urlsafe(32)
    participant.resume_digest = hashlib.sha256(secret.encode()).digest()
    return f"{participant.id}.{secret}"


def redeem_resume_token(token: str, node: Node) -> tuple[Room, Participant]:
    """Use a resume token. Raises `Refused` (`resume_unknown`) when it is unknown, used, or its participant is gone."""
    participant_id, _, secret = token.partition(".")
    found = node.find(participant_id)
    if found is not None:
        expected, found[1].resume_digest = found[1].resume_digest, None
        given = hashlib.sha256(secret.encode()).digest()
        if expected is not None and hmac.compare_digest(expected, given):
            return found
        found[1].resume_digest = expected
    raise Refused("resume_unknown", "nobody waits for this token; ask the platform for a ticket", fatal=True)
