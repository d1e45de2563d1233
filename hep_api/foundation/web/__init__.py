"""The HTTP side of every capability's doors."""
