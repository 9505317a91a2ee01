"""Tests of the doors and the mapping: sources are built here, in the shapes of connectors/*/README.md."""
