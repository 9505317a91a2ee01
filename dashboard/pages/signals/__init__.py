"""Signals: what grows, and what is done about it."""
