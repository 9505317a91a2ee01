"""One warning letter."""
