"""What participants publish, and whether it may be forwarded: the one place where the right to be heard is decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sfu import events
from sfu.errors import Refused
from sfu.parameters import ParameterError, RtpParameters, publish_spec
from sfu.participant import KIND_OF, Participant, Source, Track, new_id
from sfu.transport import TransportState

if TYPE_CHECKING:
    from sfu.room import Room


class Publishing:
    """The tracks of one room's participants."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def publish(
        self,
        participant: Participant,
        source: Source,
        rtp_parameters: RtpParameters,
        width: int,
        height: int,
        on: bool,
        *,
        standard: bool = False,
    ) -> Track:
        """Take a new track; `standard` as in `publish_spec`.

        Raises `Refused` (`source_taken`, `transport_failed` and the codes of `publish_spec`).
        """
        if source in participant.tracks:
            raise Refused("source_taken", f"a track of {source} is published already")
        if participant.send.state is TransportState.FAILED:
            raise Refused("transport_failed", "the send transport will not carry media; join again")
        try:
            spec = publish_spec(KIND_OF[source], rtp_parameters, standard=standard)
        except ParameterError as error:
            raise Refused(error.code, str(error)) from None
        track = Track(new_id("t"), participant, source, KIND_OF[source], spec.scales, on=on, width=width, height=height)
        track.codec = spec.codec
        track.allowed = self._may_forward(track)
        track.forwarded = track.on and track.allowed
        try:
            track.handle = self._room.lane.make(
                self._room.link.worker.add_uptrack,
                participant.send.handle,
                self._room.handle,
                kind=spec.kind,
                codec=spec.codec,
                payload_type=spec.payload_type,
                rtx_payload_type=spec.rtx_payload_type,
                clock_rate=spec.clock_rate,
                mid=spec.mid,
                encodings=spec.encodings,
                extensions=spec.extensions,
                allowed=track.forwarded,
            )
        except ValueError as error:
            raise Refused("bad_parameters", str(error)) from None
        self._room.link.uptracks[track.handle] = track
        participant.tracks[source] = track
        self._room.services.metrics.tracks.labels(source).inc()
        self._room.broadcast(events.TrackPublished(track))
        if track.visible:
            self._room.feeding.refresh_all()
        return track

    def unpublish(self, participant: Participant, track_id: str) -> None:
        """Stop a track. Raises `Refused` (`no_track`)."""
        track = self._own_track(participant, track_id)
        del participant.tracks[track.source]
        track.forwarded = False
        self._room.feeding.refresh_all()
        self._room.link.uptracks.pop(track.handle, None)
        self._room.lane.release(self._room.link.worker.remove_uptrack, track.handle)
        self._room.services.metrics.tracks.labels(track.source).dec()
        self._room.broadcast(events.TrackUnpublished(track))
        self._room.feeding.let_go([track])

    def update_track(
        self, participant: Participant, track_id: str, on: bool | None, width: int | None, height: int | None
    ) -> None:
        """The owner switched a track on or off, or captures another size. Switching on lifts a host's mute."""
        track = self._own_track(participant, track_id)
        before = (track.on, track.width, track.height)
        if on is not None:
            track.on = on
            if on:
                track.muted = False
        track.width = track.width if width is None else width
        track.height = track.height if height is None else height
        changed = (track.on, track.width, track.height) != before
        self.apply_rights([participant], also_tell=[track] if changed else [])
        if track.visible and track.height != before[2]:
            self._room.feeding.refresh_all()

    def apply_rights(self, participants: Iterable[Participant], also_tell: Iterable[Track] = ()) -> None:
        """Let the worker forward what may be forwarded and nothing else, then tell everybody what has changed.

        Rights that end reach the worker before any that begin.
        """
        changed: dict[str, Track] = {track.id: track for track in also_tell}
        begin: list[Track] = []
        refresh = False
        for participant in participants:
            for track in participant.tracks.values():
                allowed = self._may_forward(track)
                if allowed != track.allowed:
                    track.allowed = allowed
                    changed[track.id] = track
                if (track.on and allowed) == track.forwarded:
                    continue
                refresh = refresh or track.kind == "video"
                if track.forwarded:
                    track.forwarded = False
                    self._room.lane.do(self._room.link.worker.set_allowed, track.handle, False)
                else:
                    begin.append(track)
        for track in begin:
            track.forwarded = True
            self._room.lane.do(self._room.link.worker.set_allowed, track.handle, True)
        if refresh:
            self._room.feeding.refresh_all()
        for track in changed.values():
            self._room.broadcast(events.TrackUpdated(track))

    def _may_forward(self, track: Track) -> bool:
        """Hosts always, cameras of everybody, the rest with the floor; nothing a host has muted."""
        if track.muted:
            return False
        if track.participant.role == "host" or track.source == "camera":
            return True
        return self._room.floor.may_speak(track.participant.id)

    def _own_track(self, participant: Participant, track_id: str) -> Track:
        track = participant.track(track_id)
        if track is None:
            raise Refused("no_track", "you publish no such track")
        return track
