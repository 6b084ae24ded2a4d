"""Migrations of the platform database (alembic)."""
