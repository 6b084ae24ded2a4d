"""The platform, tested through its own doors."""
