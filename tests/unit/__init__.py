"""One mechanism at a time."""
