"""Properties that hold over every input (hypothesis)."""
