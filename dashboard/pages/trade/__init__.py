"""One category of disputes across the townships: a trade."""
