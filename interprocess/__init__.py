"""What Sfera's processes share to trust one another: keys, signed calls that work once, problem documents."""
