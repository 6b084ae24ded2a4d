"""Lessons of real browsers over bad lines: `make test-network`."""
