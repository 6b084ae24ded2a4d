"""Chats: personal ones and groups, those of classes and parents, a school's chats and channels."""
