"""How a process that runs for months keeps its memory: what large blocks held goes back, and no garbage piles up."""

from __future__ import annotations

import ctypes
import gc
from typing import Final

LARGE_BYTES: Final = 128 * 1024
"""From this size on a block of memory is a mapping of its own. The packet caches of layers are larger."""

GARBAGE: Final = (700, 10, 1)
"""Thresholds of the collector: it looks at everything about once in 15,000 new containers (Python's own choice is
80,000), and even then only when a quarter of what lives is new."""

_M_MMAP_THRESHOLD: Final = -3  # malloc.h


def give_back_large_blocks() -> bool:
    """Let the kernel have a large block's pages as soon as it is freed. False where the allocator knows no such wish.

    glibc learns: after the first packet cache that is freed it takes later ones from its heap. There every cache lies
    on pages that others have written, between small blocks that live longer: after ten minutes of people who come and
    go the process holds whole caches of which a fraction is in use.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES) == 1


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
