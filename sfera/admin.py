"""`sfera admin`: what an operator of the server does for schools. Each command prints JSON."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from sfera.config import CONFIG_VARIABLE

if TYPE_CHECKING:
    from platform_api.config import ApiConfig

app = typer.Typer(help="Regions, schools, administrators; resets; personal data.", no_args_is_help=True)

ConfigPath = Annotated[Path | None, typer.Option("--config", metavar="FILE", envvar=CONFIG_VARIABLE, help="TOML file.")]
Login = Annotated[str, typer.Argument(help="Login of the person.")]
Name = Annotated[str, typer.Argument(help="Name as people shall read it.")]
Region = Annotated[str | None, typer.Option(help="Name or id of the region.")]


@app.command("create-region")
def create_region(name: Name, config: ConfigPath = None) -> None:
    """Make a region."""
    from platform_api import operators

    _tell(config, lambda api: operators.create_region(api, name))


@app.command("create-school")
def create_school(
    name: Name,
    city: Annotated[str, typer.Argument(help="City or village.")],
    region: Region = None,
    config: ConfigPath = None,
) -> None:
    """Make a school, with nobody in it yet."""
    from platform_api import operators

    _tell(config, lambda api: operators.create_school(api, name, city, region))


@app.command("create-administrator")
def create_administrator(
    login: Login,
    name: Name,
    school: Annotated[str | None, typer.Option(help="Id of the school; without it the person sets one up.")] = None,
    region: Region = None,
    config: ConfigPath = None,
) -> None:
    """Make somebody administrator of a school, or let them set one school up in the pages."""
    from platform_api import operators

    _tell(config, lambda api: operators.create_administrator(api, login, name, school, region))


@app.command("create-operator")
def create_operator(
    login: Login,
    name: Name,
    region: Annotated[str, typer.Option(help="Name or id of the region.")],
    config: ConfigPath = None,
) -> None:
    """Make somebody operator of a region: they see how its schools take Sfera up, in counts."""
    from platform_api import operators

    _tell(config, lambda api: operators.create_operator(api, login, name, region))


@app.command("schools")
def list_schools(config: ConfigPath = None) -> None:
    """List the schools."""
    from platform_api import operators

    _tell(config, operators.list_schools)


@app.command("reset")
def reset_password(
    login: Login,
    lost_phone: Annotated[
        bool, typer.Option("--lost-phone", help="Take the second step of signing in away too.")
    ] = False,
    config: ConfigPath = None,
) -> None:
    """Make a link by which somebody sets a new password; good once, for a day."""
    from platform_api import operators

    _tell(config, lambda api: operators.reset_password(api, login, lost_phone=lost_phone))


@app.command("export")
def export_person(
    login: Login,
    output: Annotated[Path | None, typer.Option(help="File to write; standard output without it.")] = None,
    config: ConfigPath = None,
) -> None:
    """Print all personal data of somebody."""
    from platform_api import operators

    content = _run(config, lambda api: operators.export_person(api, login))
    if output is None:
        sys.stdout.buffer.write(content + b"\n")
    else:
        output.touch(mode=0o600)
        output.write_bytes(content)


@app.command("erase")
def erase_person(
    login: Login,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigPath = None,
) -> None:
    """Erase somebody at once and print the act. It cannot be undone."""
    from platform_api import operators

    if not yes:
        typer.confirm(f"Erase {login} for good?", abort=True)
    _tell(config, lambda api: operators.erase_person(api, login))


@app.command("consents")
def list_consents(school: Annotated[str, typer.Argument(help="Id of the school.")], config: ConfigPath = None) -> None:
    """Print the register of consents about the members of a school."""
    from platform_api import operators

    _tell(config, lambda api: operators.list_consents(api, school))


def _tell(config: Path | None, work: Callable[[ApiConfig], Coroutine[Any, Any, Any]]) -> None:
    typer.echo(msgspec.json.format(msgspec.json.encode(_run(config, work)), indent=2).decode())


def _run(path: Path | None, work: Callable[[ApiConfig], Coroutine[Any, Any, Any]]) -> Any:
    """Do it; what is refused is said in one line."""
    from platform_api.operators import Refused
    from sfera.cli import guarded, prepare

    loaded, _ = prepare(path, "api")
    Path(loaded.data_dir).mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return guarded(lambda: asyncio.run(work(loaded.api)))
    except Refused as refusal:
        typer.echo(f"sfera: {refusal}", err=True)
        raise typer.Exit(1) from None
