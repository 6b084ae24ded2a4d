"""What tests see of HMAC-SHA1 (`_hmac.pyx`)."""

def digest(secret: bytes, data: bytes, more: bytes = b"", whole: bool = False) -> bytes:
    """`hmac_kept` of `data` and `more`, or `hmac_sha1` of `data`. For tests only."""
