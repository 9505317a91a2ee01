"""The domain: what a matter is, how it is counted, who may see it. Standard library only."""
