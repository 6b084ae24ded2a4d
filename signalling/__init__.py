"""The room protocol: messages, sessions, tickets, the control API and webhooks of a media node."""
