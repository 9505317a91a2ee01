"""Areas, boundaries, seats, datum conversion, and the way from an address to an area."""
