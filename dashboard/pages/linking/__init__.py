"""The steward's queue of links in doubt."""
