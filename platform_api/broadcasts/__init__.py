"""Broadcasts: lessons that are watched through HLS, while they go on and as recordings."""
