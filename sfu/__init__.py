"""The media node: packet workers, transports, rooms, slots and the floor. Knows nothing of schools."""
