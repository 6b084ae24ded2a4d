"""Problem documents, as `interprocess` has them."""

from interprocess.problems import problem

__all__ = ["problem"]
