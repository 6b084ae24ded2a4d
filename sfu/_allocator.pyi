"""How a line is divided, for tests (`_allocator.pxd` says the rule)."""

from collections.abc import Sequence

def divided(claims: Sequence[tuple[int, int, int, Sequence[int]]], bps: int) -> list[int]:
    """The option each claim gets, -1 for none.

    A claim: its rank, the option it has now (-1), the highest it may have, and the bits a second of its options,
    rising. Raises `ValueError` for more claims than a transport has slots.
    """
