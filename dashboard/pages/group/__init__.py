"""One group of matters."""
