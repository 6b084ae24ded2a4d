"""Messages: one path by which they are written, how they are shown, found, and what hangs on them."""
