"""Invitations: links and codes by which people come into a school, bound to a role, a class, or a child."""
