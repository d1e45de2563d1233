"""Reads of the library, split by what is asked."""
