"""The drill of a rolling upgrade: an older version and this one at work on one database."""
