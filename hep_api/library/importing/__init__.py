"""Brings collections of exercises into a clinic's library, whatever format they come in."""
