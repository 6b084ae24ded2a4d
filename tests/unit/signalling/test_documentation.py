"""docs/signalling.md names every message and every error code there is, and none that is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from signalling import messages

CODE = re.compile(r"""\b(?:Refused|_refuse|TransportFailed|ParameterError)\(\s*"([a-z_]+)\"""")


@pytest.fixture
def page(checkout: Path) -> str:
    return (checkout / "docs" / "signalling.md").read_text()


def table(page: str, heading: str) -> set[str]:
    """What stands in code type in the first column of a section's table."""
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    return {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}


def test_every_error_code(page: str, checkout: Path) -> None:
    raised = {
        code
        for folder in ("sfu", "signalling")
        for source in (checkout / folder).glob("*.py")
        if source.name not in ("control.py", "taps.py")  # answered by the control API
        for code in CODE.findall(source.read_text())
    }
    raised |= {"bad_message", "rate_limited"}
    assert table(page, "Errors") == raised


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
