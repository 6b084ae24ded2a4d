"""docs/signalling.md names every message and every error code there is, and none that is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from signalling import messages

STANDARD_DOORS = {
    "answers.py", "bodies.py", "fragments.py", "negotiation.py", "sdp.py", "stream_keys.py", "streams.py", "whip.py",
}  # fmt: skip
CODE = re.compile(r"""\b(?:Refused|BodyRefused|_refuse|TransportFailed|ParameterError|SdpError)\(\s*"([a-z_]+)\"""")


@pytest.fixture
def page(checkout: Path) -> str:
    return (checkout / "docs" / "signalling.md").read_text()


def sources(checkout: Path) -> list[Path]:
    """The modules that refuse."""
    found = [source for folder in ("sfu", "signalling") for source in (checkout / folder).glob("*.py")]
    return [*found, checkout / "interprocess" / "bodies.py"]


def table(page: str, heading: str) -> set[str]:
    """What stands in code type in the first column of a section's table."""
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    return {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}


def test_every_error_code(page: str, checkout: Path) -> None:
    raised = {
        code
        for source in sources(checkout)
        if source.name not in ("control.py", "taps.py")  # answered by the control API
        and source.name not in STANDARD_DOORS
        for code in CODE.findall(source.read_text())
    }
    raised |= {"bad_message", "rate_limited"}
    assert table(page, "Errors") == raised


def test_every_refusal_of_whip_and_whep(checkout: Path) -> None:
    page = (checkout / "docs" / "whip.md").read_text()
    raised = {
        code
        for source in sources(checkout)
        if source.name in STANDARD_DOORS
        for code in CODE.findall(source.read_text())
    }
    raised |= {"bad_encodings", "bad_parameters", "call_full", "node_full", "overloaded"}  # the room's own
    assert table(page, "Refusals") == raised


def test_every_request(page: str) -> None:
    requests = {kind.__struct_config__.tag for kind in get_args(messages.ClientMessage)}
    assert table(page, "Requests") == requests


def test_every_event(page: str) -> None:
    events = {
        kind.__struct_config__.tag
        for kind in get_args(messages.ServerMessage)
        if not issubclass(kind, messages.Reply) or kind is messages.Error
    }
    assert table(page, "Events") == events
