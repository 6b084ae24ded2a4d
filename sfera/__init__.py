"""The program `sfera`: its commands, the configuration of all processes, and the supervisor that runs them."""
