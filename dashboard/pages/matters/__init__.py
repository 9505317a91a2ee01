"""The list of matters."""
