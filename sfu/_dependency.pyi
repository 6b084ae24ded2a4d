"""Dependency descriptors of one layer, for tests (`_dependency.pyx`)."""

class Reader:
    """Keeps the structure that the last keyframe brought."""

    def read(self, data: bytes) -> dict[str, int | bool | None] | None:
        """What a packet's descriptor says, in the specification's words; None when it cannot be read.

        `present`, `switching` and `active` are sets of decode targets, `carried` one of our own targets, as bits.
        """
