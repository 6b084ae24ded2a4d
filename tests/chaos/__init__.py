"""What is killed, cut and starved while it works."""
