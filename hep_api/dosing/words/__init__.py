"""Doses and schedules as a patient reads them, in every language of foundation.languages.WRITTEN.

Only generated from the values; what a clinic writes itself (the note) is no part of it.
"""
