"""Faults to survive, each through the real intake into a real store."""
