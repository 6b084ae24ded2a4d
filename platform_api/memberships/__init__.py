"""Memberships: how people come into schools and classes, move within them, and leave."""
