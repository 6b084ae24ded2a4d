"""First steps: what to do next, for each role, until it is put away; found again in the profile."""
