"""`sfera demo` and `sfera seed-demo`: the demonstration school, and what a person who tries it needs to see."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.table import Table
from structlog.stdlib import BoundLogger

from sfera.config import Config, ConfigError
from sfera.runfile import RunState
from sfera.serve import serve

STUDENTS_SHOWN = 3
"""Of each class; the rest sign in the same way."""


class SignIn(NamedTuple):
    """Somebody of the demonstration school."""

    login: str
    name: str
    role: str
    classes: str


def seed(config: Config, password: str) -> list[SignIn]:
    """Put the school into the database; everybody in it, with the password they sign in with."""
    from platform_api.seed import seed_demo
    from platform_api.seed_chats import seed_chats
    from platform_api.seed_documents import seed_documents

    Path(config.data_dir).mkdir(parents=True, exist_ok=True, mode=0o700)
    people = seed_demo(config.api, password)
    seed_documents(config.api)
    seed_chats(config.api)
    return [SignIn(person.login, person.name, person.role, ", ".join(person.classes)) for person in people]


def seed_apart(config_path: Path | None, environ: Mapping[str, str], password: str) -> list[SignIn]:
    """The same in a process of its own: what it needs would otherwise stay in the supervisor's memory for life.

    Raises:
        ConfigError: it could not; it has said why.
    """
    command = [sys.executable, "-m", "sfera", "seed-demo", "--json", "--password", password]
    if config_path is not None:
        command += ["--config", str(config_path)]
    done = subprocess.run(command, env=dict(environ), stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise ConfigError("the demonstration school could not be put into the database")
    return msgspec.json.decode(done.stdout, type=list[SignIn])


def run(config_path: Path | None, environ: Mapping[str, str], log: BoundLogger, password: str) -> int:
    """Seed, run everything, and print addresses and sign-ins once all is ready; returns the exit code."""
    people = seed_apart(config_path, environ, password)

    def show(state: RunState) -> None:
        print_addresses(state)
        print_sign_ins(people, password, everybody=False)
        Console().print("Ctrl-C stops everything.\n")

    return serve(config_path, environ, log, show)


def print_addresses(state: RunState) -> None:
    """Where to go with a browser, and what else listens."""
    console = Console(highlight=False)
    console.print(f"\n[bold]Sfera runs.[/bold] Open  [bold]{state.addresses['api']}[/bold]\n", soft_wrap=True)
    names = {"signal": "signalling", "control": "media node", "hls": "broadcasts", "supervisor": "supervisor"}
    for name, what in names.items():
        if name in state.addresses:
            console.print(f"  {what:<11} {state.addresses[name]}", soft_wrap=True)
    console.print("  /health and /metrics are on the address to open, the media node's and the supervisor's.\n")


def print_sign_ins(people: Sequence[SignIn], password: str, *, everybody: bool) -> None:
    """A table of who may sign in; of the students only a few unless `everybody` is asked for."""
    table = Table("login", "name", "role", "classes", title=f"The demonstration school (password: {password})")
    shown: dict[str, int] = {}
    for person in people:
        if person.role == "student" and not everybody:
            shown[person.classes] = shown.get(person.classes, 0) + 1
            if shown[person.classes] > STUDENTS_SHOWN:
                continue
        table.add_row(*person)
    if not everybody and len(people) > table.row_count:
        table.caption = f"and {len(people) - table.row_count} more students: sfera seed-demo prints everybody"
    Console(highlight=False).print(table)
