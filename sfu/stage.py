"""The stage: which picture those who watch from outside are shown. A rule only: no commands, no clock of its own.

The screen of whoever shares, else the camera of the loudest who is heard, else a host's camera (at first, and when
nobody speaks). Nobody's camera is shown who neither speaks nor is a host: to be in the room is not to be on the stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sfu.participant import Track

STAGE_SECONDS = 3.0
"""Another's camera comes on stage when it has been the one to show for this long: a cough does not take it."""


class Stage:
    """The picture on one stage. `shown` is what it is now."""

    def __init__(self) -> None:
        self.shown: Track | None = None
        self._challenger: Track | None = None
        self._since = 0.0

    def choose(self, tracks: Sequence[Track], speakers: Sequence[str], now: float) -> Track | None:
        """The track to show.

        `tracks` are all of the room, oldest first; `speakers` the participants who are heard, loudest first; `now` is
        monotonic. A screen that begins or ends, and a camera that goes, count at once.
        """
        visible = [track for track in tracks if track.visible]
        screens = [track for track in visible if track.source == "screen"]
        if screens:
            # Of two screens the one that is shown stays; whoever began first is first.
            return self._settle(self.shown if self.shown in screens else screens[0])
        best = _best_camera([track for track in visible if track.source == "camera"], speakers)
        if best is self.shown or self.shown not in visible:
            return self._settle(best)
        if best is not self._challenger:
            self._challenger, self._since = best, now
        if now - self._since >= STAGE_SECONDS:
            return self._settle(best)
        return self.shown

    def _settle(self, track: Track | None) -> Track | None:
        self.shown, self._challenger = track, None
        return track


def _best_camera(cameras: Sequence[Track], speakers: Sequence[str]) -> Track | None:
    owned = {camera.participant.id: camera for camera in cameras}
    for speaker in speakers:
        if speaker in owned:
            return owned[speaker]
    return next((camera for camera in cameras if camera.participant.role == "host"), None)
