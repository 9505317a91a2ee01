"""A county: its townships on a map and in a table, its centre, its listings."""
