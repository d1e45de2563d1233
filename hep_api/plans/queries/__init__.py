"""Reads of plans, split by what is asked."""
