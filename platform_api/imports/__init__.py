"""Class lists from tables: read, shown line by line with what is wrong, applied in one transaction."""
