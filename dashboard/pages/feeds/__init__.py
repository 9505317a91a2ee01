"""How the feeds stand."""
