"""Warning letters."""
