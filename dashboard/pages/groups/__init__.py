"""Groups of matters about one object."""
