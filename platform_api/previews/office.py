"""Office files as pages: LibreOffice makes a PDF of them, where it is installed, within the limits of `worker`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from platform_api.previews import pdf
from platform_api.previews.limits import Limits, NoPreview
from platform_api.previews.results import Result


def make(source: Path, folder: Path, limits: Limits) -> Result:
    """Draw the first pages. Raises NoPreview."""
    program = shutil.which(limits.soffice) if limits.soffice else None
    if program is None:
        raise NoPreview("LibreOffice is not installed")
    home = folder / "home"
    home.mkdir()
    command = [
        program,
        f"-env:UserInstallation={home.as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        "pdf",
        "--outdir",
        str(home),
        str(source),
    ]
    environment = {"HOME": str(home), "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    pages = next(home.glob("*.pdf"), None)
    if pages is None:
        raise NoPreview(f"LibreOffice made nothing ({done.returncode})")
    return pdf.make(pages, folder, limits)
