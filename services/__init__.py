"""The use cases. Nothing here knows Dash; nothing here writes SQL."""
