"""Other projects' servers beside ours (`make test-rivals`): they are installed for it."""
