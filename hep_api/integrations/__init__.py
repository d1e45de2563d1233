"""Integrations: what leaves the house for paper and for other programs."""
