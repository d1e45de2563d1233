"""Writes of the library, split by what is written."""
