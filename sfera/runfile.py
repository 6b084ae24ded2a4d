"""`run.json` in the data folder: what runs now, for operators' scripts and for tests. There only while the supervisor
runs."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import Struct


class ProcessState(Struct, frozen=True, kw_only=True):
    """One supervised process."""

    pid: int | None
    """None while it waits to be started again."""
    state: str
    """`starting`, `ready` (its /health answered 200), `waiting` or `stopped`."""
    restarts: int


class RunState(Struct, frozen=True, kw_only=True):
    """Everything in the file."""

    pid: int
    """Of the supervisor."""
    ready: bool
    """Every process is ready."""
    addresses: dict[str, str]
    """`api`, `signal`, `control`, `hls`, `hls_control` and `supervisor`, as a process on this machine reaches them; of
    what does not run here none."""
    processes: dict[str, ProcessState]


def path_in(data_dir: str) -> Path:
    """Where the file of this data folder is."""
    return Path(data_dir) / "run.json"


def write(path: Path, state: RunState) -> None:
    """Replace the file at once, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".run.{os.getpid()}.json")
    temporary.write_bytes(msgspec.json.format(msgspec.json.encode(state), indent=2) + b"\n")
    temporary.replace(path)


def read(path: Path) -> RunState | None:
    """What the file says; None when there is none."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return msgspec.json.decode(data, type=RunState)
