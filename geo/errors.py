"""The one error of this package."""


class GeoError(Exception):
    """Area data that cannot be used; the message says what is wrong and what to do about it."""
