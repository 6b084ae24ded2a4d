"""Lint, types and the direction of imports. The rules stand in pyproject.toml."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SCRIPTS = Path(sys.executable).parent


def run(checkout: Path, *command: str | Path) -> None:
    """Run a tool in the checkout; what it says is the failure's text."""
    # cython-lint calls pycodestyle by its name.
    environ = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False, env=environ)
    if done.returncode != 0:
        said = f"{Path(command[0]).name} {' '.join(map(str, command[1:3]))}\n{done.stdout}{done.stderr}"
        pytest.fail(said, pytrace=False)


def tracked(checkout: Path, *patterns: str) -> list[str]:
    """Files of the checkout that are, or could be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=checkout, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [name for name in listed.stdout.splitlines() if (checkout / name).is_file()]


def test_ruff(checkout: Path) -> None:
    run(checkout, SCRIPTS / "ruff", "check", "--quiet", ".")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_mypy(checkout: Path) -> None:
    run(checkout, sys.executable, "-m", "mypy")


def test_cython_lint(checkout: Path) -> None:
    run(checkout, SCRIPTS / "cython-lint", *tracked(checkout, "*.pyx", "*.pxd"))


def test_import_linter(checkout: Path) -> None:
    run(checkout, SCRIPTS / "lint-imports", "--no-cache")


def test_shell_scripts_parse(checkout: Path) -> None:
    for name in tracked(checkout, "*.sh", ".ci/run"):
        run(checkout, "bash", "-n", name)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock", "deploy/requirements-node.lock"])
def test_lock_names_versions_and_hashes_but_no_addresses(checkout: Path, name: str) -> None:
    text = (checkout / name).read_text()
    assert not re.search(r"://|file:/|^--", text, re.MULTILINE)
    entries = re.findall(r"^(\S+)==\S+ \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE)
    assert [entry[0] for entry in entries] == re.findall(r"^([A-Za-z][^=\s]*)", text, re.MULTILINE)


def test_lock_covers_what_the_project_depends_on(checkout: Path) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]
    locked = set(re.findall(r"^(\S+)==", (checkout / "requirements-test.lock").read_text(), re.MULTILINE))
    groups = project["optional-dependencies"]
    wanted = [*project["dependencies"], *groups["build"], *groups["load"], *groups["test"]]
    names = {re.split(r"[^A-Za-z0-9-]", requirement)[0].lower() for requirement in wanted}
    assert names <= locked
