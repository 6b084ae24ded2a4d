"""What Python sees of the crypto binding (`_crypto.pyx`)."""

def hmac_sha1_digest(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA1, for tests of the binding."""
