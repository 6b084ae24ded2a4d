"""The web client's own checks: types, and the tests of its pure parts (web/tests)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("script", ["typecheck", "test", "types:check"])
def test_web_client(checkout: Path, script: str) -> None:
    """Run by the Node.js that builds the client (deploy/node.sh)."""
    command = f"source deploy/node.sh && cd web && npm run --silent {script}"
    done = subprocess.run(["bash", "-c", command], cwd=checkout, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"npm run {script}\n{done.stdout}{done.stderr}", pytrace=False)
