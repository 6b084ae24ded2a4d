"""What keeps chats safe: reports of messages, the school's list of words, how long messages are kept."""
