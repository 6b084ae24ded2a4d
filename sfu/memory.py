"""How a process that runs for months keeps its memory: no garbage piles up. (What is large goes back: `_pages`.)"""

from __future__ import annotations

import gc
from typing import Final

GARBAGE: Final = (700, 10, 1)
"""Thresholds of the collector: it looks at everything about once in 15,000 new containers (Python's own choice is
80,000), and even then only when a quarter of what lives is new."""


def settle() -> None:
    """Call it once everything has started: what is there now is there for good and is never looked through again.

    Connections that are gone are cycles (aiohttp's request, its socket and their tracebacks point to one another), and
    the collector waits until they are many beside all that lives, modules and classes of the whole program among it.
    Without these, what waits is a part of what the rooms hold, and a collection takes a millisecond or two.
    """
    gc.collect()
    gc.freeze()
    gc.collect()  # from now on "many" is reckoned without what is frozen
    gc.set_threshold(*GARBAGE)
