"""Reads of notifications, split by what is asked."""
