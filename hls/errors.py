"""What goes wrong in the hls process. Every error carries a stable `code`."""

from __future__ import annotations


class HlsError(Exception):
    """Base of all errors of this package."""

    code = "hls_error"


class FrameRefused(HlsError):
    """An encoded frame that cannot be packaged; the text names what is wrong with it."""

    code = "frame_refused"


class NotConfigured(HlsError):
    """A frame of a kind that the current configuration does not have."""

    code = "not_configured"


class RecordingBroken(HlsError):
    """The journal of a recording does not say what a journal says; the text names the file and the line."""

    code = "recording_broken"


class BroadcastEnded(HlsError):
    """The broadcast has its EXT-X-ENDLIST: nothing can be added to it."""

    code = "broadcast_ended"


class RequestRefused(HlsError):
    """An HTTP request that gets an error status.

    Args:
        status: the HTTP status.
        cause: a short word for metrics and for the body of the answer.
        size: bytes of the resource, where a range was asked for that it does not have.
    """

    code = "request_refused"

    def __init__(self, status: int, cause: str, *, size: int | None = None) -> None:
        super().__init__(f"{status} {cause}")
        self.status = status
        self.cause = cause
        self.size = size


class BroadcastUnknown(HlsError):
    """There is no such broadcast, or it is not live."""

    code = "not_found"


class TooManyBroadcasts(HlsError):
    """As many broadcasts are live as this process takes."""

    code = "too_many_broadcasts"
