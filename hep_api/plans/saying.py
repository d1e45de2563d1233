"""Doses in words, remembered: the same few are asked for all day, and putting them into words is most of a `today`."""

from dataclasses import replace
from functools import lru_cache

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.dosing.words.prescriptions import prescription_in_words

MOST_REMEMBERED = 4096


def in_words(dose: Dose, schedule: Schedule, language: str) -> str:
    """Return how much and when, in the language of the tag."""
    # A note may be about somebody, and is no part of the words: it is not to stay in memory.
    return _remembered(replace(dose, note="") if dose.note else dose, schedule, language)


_remembered = lru_cache(MOST_REMEMBERED)(prescription_in_words)
