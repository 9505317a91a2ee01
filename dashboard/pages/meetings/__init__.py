"""The list of meetings, and one of them on the desk."""
