"""Requests to join a school: asked by whoever has its address, decided by those who may let such people in."""
