"""`python -m sfera`, the same as the command `sfera`."""

from sfera.cli import main

if __name__ == "__main__":
    main()
