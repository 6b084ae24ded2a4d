"""AES-128-GCM sealing with a key that is kept, over the fastest library of this machine."""

BACKENDS: tuple[str, ...]
"""Names of the libraries that are here and right, the fastest first."""

def seal(backend: str, secret: bytes, iv: bytes, header: bytes, plain: bytes) -> bytes:
    """Ciphertext and tag of one message: for tests against other libraries. Raises `ValueError` on wrong sizes."""

def seals_as_the_rfc_says(backend: str) -> bool:
    """Whether a library gives the packet of RFC 7714 section 16.1.1."""
