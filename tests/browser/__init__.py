"""The product in real browsers: what a person would notice."""
