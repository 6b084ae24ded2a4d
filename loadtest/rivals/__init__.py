"""Other servers, each behind one small interface (`lines.Server`), and the same lesson through them and ours."""

from typing import Final

from loadtest.paths import PathError
from loadtest.rivals.janus_api import JanusError
from loadtest.rivals.janus_process import JanusMissing
from loadtest.rivals.sdp import SdpError
from loadtest.rivals.whip import WhipError

RIVAL_FAILURES: Final = (JanusError, JanusMissing, WhipError, SdpError, PathError)
"""What keeps another server from being measured, through no fault of the load tester."""
