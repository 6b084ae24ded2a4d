"""Schools and their classes, as their members see them."""
