"""`python -m loadtest NAME`; `sfera loadtest NAME` is the same."""

from loadtest.cli import main

main()
