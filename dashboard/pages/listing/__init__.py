"""One listing."""
