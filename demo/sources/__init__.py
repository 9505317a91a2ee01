"""The agencies' own storage, each in its own form."""
