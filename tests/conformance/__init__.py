"""Whether a broadcast keeps the rules of an LL-HLS origin: a client that asserts each by its number, and a source to
try it on."""
