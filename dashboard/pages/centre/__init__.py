"""One dispute centre."""
