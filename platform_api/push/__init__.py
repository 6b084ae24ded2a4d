"""Web Push: a browser that is closed is told that something was written (RFC 8030, 8291, 8292)."""
