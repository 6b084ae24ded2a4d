"""Memory of tokens that were used, as `interprocess` has it."""

from interprocess.once import Crowded, UsedOnce

__all__ = ["Crowded", "UsedOnce"]
