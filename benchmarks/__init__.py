"""Benchmarks that print one JSON object: `python -m benchmarks NAME --json`."""
