"""Against code of other projects: aiortc, aioice, pylibsrtp, and processes talking over real sockets."""
