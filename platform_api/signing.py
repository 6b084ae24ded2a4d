"""What the api signs and verifies: tickets, by which a page enters one room; calls to the other processes; webhooks.

How is in `interprocess`; here are the api's own words for it.
"""

from __future__ import annotations

from joserfc.jwk import OKPKey

from interprocess import keys
from interprocess.calls import (
    CONTROL_AUDIENCE,
    HLS_AUDIENCE,
    WEBHOOK_AUDIENCE,
    CallRefused,
    CallVerifier,
    sign_call,
)
from interprocess.keys import ISSUER, KeyFileError, sign
from platform_api.config import ConfigError

__all__ = [
    "CONTROL_AUDIENCE", "HLS_AUDIENCE", "ISSUER", "STREAM_AUDIENCE", "TICKET_AUDIENCE", "WEBHOOK_AUDIENCE",
    "CallRefused", "CallVerifier", "load_key", "sign", "sign_call",
]  # fmt: skip

TICKET_AUDIENCE = "sfera-media"
STREAM_AUDIENCE = "sfera-stream"


def load_key(path: str, setting: str, *, private: bool) -> OKPKey:
    """Read an Ed25519 key in PEM. Raises ConfigError naming `setting`."""
    try:
        return keys.load_key(path, private=private)
    except KeyFileError as error:
        raise ConfigError(f"api.{setting}: {error}") from error
