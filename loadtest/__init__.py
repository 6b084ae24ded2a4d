"""The load tester: participants of our own, each with its own socket, ICE, DTLS and SRTP keys."""
