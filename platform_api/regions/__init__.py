"""Regions: how the schools of one take Sfera up, in counts, for region operators."""
