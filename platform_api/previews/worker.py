"""The process that looks into one file: `python -m platform_api.previews.worker KIND SOURCE FOLDER LIMITS`.

It limits itself before it opens anything: address space, CPU, size of what it writes, open files. A bomb ends it and
harms nobody else. KIND is picture, pdf, office, video, rendition; LIMITS is JSON (`Limits`). It writes its files and
`result.json` into FOLDER; exit code 3 says that there is nothing to be made of the file.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import resource
import sys
from pathlib import Path
from typing import Any

import msgspec

from platform_api.previews.results import Result

NOTHING = 3
PR_SET_PDEATHSIG, SIGKILL = 1, 9
MODULES = {"picture": "pictures", "pdf": "pdf", "office": "office", "video": "video", "rendition": "rendition"}


class Limits(msgspec.Struct, frozen=True):
    """What the process allows itself."""

    memory: int
    """Bytes of address space."""
    cpu: int
    """Seconds."""
    written: int
    """Bytes of one file."""
    soffice: str = ""


class NoPreview(Exception):
    """There is nothing to be shown of this file."""


def limit(limits: Limits) -> None:
    """From here on more is refused by the kernel. It ends with its parent, and gives way to everybody else."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
    os.nice(10)
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_FSIZE, limits.written),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError):  # the limit of whoever started us is lower still
            resource.setrlimit(kind, (most, most))


def main(arguments: list[str]) -> int:
    """Make what can be made."""
    kind, source, folder, limits_text = arguments
    limits = msgspec.json.decode(limits_text, type=Limits)
    limit(limits)
    try:
        module: Any = importlib.import_module(f"platform_api.previews.{MODULES[kind]}")
        result: Result = module.make(Path(source), Path(folder), limits)
    except (NoPreview, ImportError, MemoryError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return NOTHING
    (Path(folder) / "result.json").write_bytes(msgspec.json.encode(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
