"""What Python sees of `_aead.pyx`."""

def backends() -> list[str]:
    """Names of the libraries that were found and work on this processor: "evp", "ipsec-mb"."""

class Aead:
    """AES-128-GCM by one library."""

    name: str

    def __init__(self, name: str) -> None:
        """Raises `LookupError` when the library `name` is not there."""
    def seal_once(self, key: bytes, iv: bytes, aad: bytes, plain: bytes) -> bytes:
        """Ciphertext and tag of one message. Raises `ValueError` on wrong sizes."""
