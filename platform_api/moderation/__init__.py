"""What keeps chats and comments safe: reports, a school's list of words, how long messages are kept."""
