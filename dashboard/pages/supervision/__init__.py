"""The desk of supervision."""
