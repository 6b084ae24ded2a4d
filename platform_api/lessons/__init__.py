"""Lessons: starting and ending them, tickets, the media node's control API and webhooks."""
