"""Reads of messaging, split by what is asked."""
