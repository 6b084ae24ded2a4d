"""What Sfera's processes share: keys, signed calls that work once, problem documents, how they begin and end."""
