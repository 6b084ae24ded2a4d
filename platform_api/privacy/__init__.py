"""Personal data (152-FZ): a copy for whose it is, erasure with an act, the register of consents."""
