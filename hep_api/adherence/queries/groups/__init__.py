"""Reads over the patients of a practitioner, a location or the clinic."""
