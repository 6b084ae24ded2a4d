"""Participants made of other people's parts (aioice, OpenSSL, libsrtp, aiortc): for tests and small loads."""
