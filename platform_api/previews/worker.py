"""The process that looks into one file: `python -m platform_api.previews.worker KIND SOURCE FOLDER LIMITS`.

It limits itself before it opens anything (`limits`): address space, CPU, size of what it writes, open files, no
network. A bomb ends it and harms nobody else. KIND is picture, pdf, office, video, rendition; LIMITS is JSON
(`Limits`). It writes its files and `result.json` into FOLDER; exit code 3 says that there is nothing to be made of the
file.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import msgspec

from platform_api.previews.limits import Limits, NoPreview, limit
from platform_api.previews.results import Result

NOTHING = 3
MODULES = {"picture": "pictures", "pdf": "pdf", "office": "office", "video": "video", "rendition": "rendition"}


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
