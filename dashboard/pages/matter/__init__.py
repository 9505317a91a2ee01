"""The file of one matter."""
