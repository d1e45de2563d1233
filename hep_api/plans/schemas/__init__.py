"""The JSON shapes of plans."""
