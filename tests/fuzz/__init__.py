"""Fuzz targets for what the network reaches. `make fuzz` builds and runs them; `python -m tests.fuzz -h` lists them."""
