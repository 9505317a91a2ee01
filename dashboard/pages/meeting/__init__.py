"""One meeting: on the desk, and presented."""
