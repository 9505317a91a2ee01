"""A township: its centre, villages and matters."""
