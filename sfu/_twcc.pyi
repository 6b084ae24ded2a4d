"""What Python sees of reading transport-wide feedback, for tests (`_twcc.pxd` has the contract of the C side)."""

def read_feedback(data: bytes | bytearray | memoryview) -> list[tuple[int, int, int, list[int | None]]]:
    """Of each feedback packet in a compound: base, feedback count, reference time (us), and of every packet its arrival
    (us, on the receiver's clock) or None. Raises `ValueError` where one is malformed."""
